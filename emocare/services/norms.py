"""Reliable change with a site's own norms (clinical specification 1.6).

A clinic that knows the spread and the reliability of a questionnaire in its own patients writes
them into ``norms.toml`` in the data folder; without that file no reliable change is stated.

    ["PHQ-9"]
    sd = 5.4
    reliability = 0.84
    source = "our clinic, 2025, 312 patients"
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from emocare.domain.errors import InputError

FILE = "norms.toml"
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Norm:
    """Spread and reliability of one instrument's totals.

    Attributes:
        sd: Standard deviation of totals, points, above 0.
        reliability: Test-retest reliability, at least 0 and below 1.
        source: Where both come from.
    """

    sd: float
    reliability: float
    source: str

    @property
    def needed(self) -> float:
        """Points beyond which a difference is reliable: 1.96 SD sqrt(2) sqrt(1 - r)."""
        return Z95 * self.sd * math.sqrt(2.0) * math.sqrt(1.0 - self.reliability)


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """The reliable change index (x2 - x1) / (SD sqrt(2) sqrt(1 - r)) between two totals."""

    index: float
    norm: Norm

    @property
    def reliable(self) -> bool:
        """Whether the difference exceeds what measuring twice would give in 95 of 100 cases."""
        return abs(self.index) > Z95


def reliable_change(first: int, last: int, norm: Norm) -> ReliableChange:
    """The index of the difference ``last - first``."""
    return ReliableChange((last - first) / (norm.needed / Z95), norm)


def load_norms(folder: Path) -> dict[str, Norm]:
    """The norms of this site by name of the instrument; empty without a file.

    Raises:
        InputError: The file cannot be read, or a number is impossible.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{FILE} cannot be read: {error}. Correct it or take it away.") from error
    return {name: _norm(name, table) for name, table in tables.items()}


def _norm(name: str, table: object) -> Norm:
    values = table if isinstance(table, dict) else {}
    sd, reliability = _number(values.get("sd")), _number(values.get("reliability"))
    if not (sd > 0 and 0 <= reliability < 1):
        raise InputError(
            f"{FILE}, {name}: expected sd above 0 and reliability from 0 to below 1, got "
            f"{values.get('sd')!r} and {values.get('reliability')!r}."
        )
    return Norm(sd, reliability, str(values.get("source", "")))


def _number(value: object) -> float:
    """The number, NaN for anything else."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and math.isfinite(value) else math.nan  # type: ignore[arg-type]
