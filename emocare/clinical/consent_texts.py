"""The numbered consent texts of the product, kept as data: every version that was ever in use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from emocare.domain.consent import Use

FOLDER = Path(__file__).resolve().parent / "consent"
CURRENT = "2026-11-3"
"""The version that is asked now."""
OPERATOR = "operator-cli-1"
"""Of sessions stored from the command line: given on the operator's word."""


@dataclass(frozen=True, slots=True)
class ConsentPoint:
    """One box of a text.

    Attributes:
        live: Its words where a camera is used, "" where it is not asked.
        upload: Its words where a video is added, "" likewise.
        help: What it means, may be empty.
        after: What happens when it is taken back, "" in texts that did not say.
    """

    use: Use
    live: str
    upload: str
    help: str
    after: str

    def words(self, *, live: bool) -> str:
        """As asked for a camera or for a video."""
        return self.live if live else self.upload

    @property
    def label(self) -> str:
        """Its words where it does not matter by which way the picture came."""
        return self.live or self.upload


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version.

    Attributes:
        notice: That this is an emotion-recognition system, and what that is.
        live: What is agreed to before a camera, "" where there was no such text.
        upload: The same before a video.
        adults: For whom the product is.
        withdrawal: How it is taken back.
        kept: What stays then, why, and the way to erasure.
        points: The boxes in their order.
    """

    version: str
    date: date
    title: str
    notice: str
    live: str
    upload: str
    adults: str
    withdrawal: str
    kept: str
    points: tuple[ConsentPoint, ...]

    def statement(self, *, live: bool) -> str:
        """What the patient agrees to."""
        return self.live if live else self.upload

    def asked(self, *, live: bool) -> tuple[ConsentPoint, ...]:
        """The boxes before a camera or before a video."""
        return tuple(point for point in self.points if point.words(live=live))


@cache
def consent_texts() -> Mapping[str, ConsentText]:
    """Every version that was ever in use, by its number."""
    found = (_read(path) for path in sorted(FOLDER.glob("*.toml")))
    return MappingProxyType({text.version: text for text in found})


def current_text() -> ConsentText:
    """The version that is asked now."""
    return consent_texts()[CURRENT]


def _read(path: Path) -> ConsentText:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return ConsentText(
        version=data["version"], date=data["date"], title=data["title"], notice=data["notice"],
        live=data["live"], upload=data["upload"], adults=data["adults"],
        withdrawal=data["withdrawal"], kept=data["kept"],
        points=tuple(
            ConsentPoint(Use(row["use"]), row.get("live", ""), row.get("upload", ""),
                         row.get("help", ""), row.get("after", ""))
            for row in data["uses"]
        ),
    )  # fmt: skip
