"""What the command line says of reference tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emocare.analysis.config import PROVISIONAL
from emocare.analysis.site_reference import LARGE_SHIFT, Comparison, compare
from emocare.domain.errors import InputError
from emocare.domain.summary import ModelRef
from emocare.services import reference_files as files


def listed(data_dir: Path, setting: str, models: Sequence[ModelRef]) -> list[dict[str, Any]]:
    """Every table as plain values: name, in use, and whether it holds for these networks.

    A file that cannot be used is listed with the reason; the provisional table comes first.
    """
    chosen = files.chosen(setting)
    found: list[dict[str, Any]] = [{"name": PROVISIONAL, "in_use": not chosen, "applies": True}]
    for name in dict.fromkeys([*files.names(data_dir), *chosen]):
        entry: dict[str, Any] = {"name": name, "in_use": name in chosen}
        try:
            site = files.load(data_dir, name)
        except InputError as error:
            found.append({**entry, "applies": False, "fault": str(error)})
            continue
        found.append({
            **entry, "applies": site.fits(site.protocol, models), "protocol": site.protocol,
            "sessions": site.sessions, "built_at": site.built_at, "built_by": site.built_by,
            "table_sha256": site.table_sha256,
        })  # fmt: skip
    return found


def line(entry: dict[str, Any]) -> str:
    """One table as a line."""
    words = [("* " if entry["in_use"] else "  ") + entry["name"]]
    if "fault" in entry:
        words.append(entry["fault"])
    elif "sessions" in entry:
        words.append(f"{entry['sessions']} sessions, built {entry['built_at']} by "
                     f"{entry['built_by']}, SHA-256 {entry['table_sha256']}")  # fmt: skip
        if not entry["applies"]:
            words.append("not applied: built with other networks or another analysis")
    return "; ".join(words)


def compared(data_dir: Path, name: str) -> list[Comparison]:
    """A table beside the provisional one.

    Raises:
        InputError: There is no such table, or it cannot be used.
    """
    if name == PROVISIONAL:
        raise InputError(f"{PROVISIONAL} is what the others are compared with. Name another one.")
    return compare(files.load(data_dir, name))


def table(rows: Sequence[Comparison]) -> str:
    """The comparison as lines of text."""
    lines = [f"{'feature':10} {'':17} {'n':>4} {'site':>17} {'provisional':>17} {'shift':>6} "
             f"{'spread':>6}"]  # fmt: skip
    for row in rows:
        provisional = _pair(row.provisional_mean, row.provisional_sd)
        head = f"{row.feature:10} {row.name:17.17} {row.n:4}"
        if row.mean is None or row.sd is None or row.shift is None or row.spread is None:
            lines.append(f"{head} {'-':>17} {provisional:>17}  {row.reason}")
            continue
        mark = "  look" if row.large else ""
        lines.append(f"{head} {_pair(row.mean, row.sd):>17} {provisional:>17} {row.shift:+6.2f} "
                     f"{row.spread:6.2f}{mark}")  # fmt: skip
    lines.append(
        "Mean and SD in the feature's own unit. shift: difference in provisional SD, + means "
        f"worse; over {LARGE_SHIFT:g} asks for a look. spread: SD over the provisional one. "
        "-: the provisional values stay."
    )
    return "\n".join(lines)


def _pair(mean: float, sd: float) -> str:
    return f"{mean:.3g} ± {sd:.2g}"
