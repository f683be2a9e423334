"""How well a picture or a recording can be read, as measures with the field's names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class QualityMeasure:
    """One measure under its ISO/IEC 29794-5 name.

    Attributes:
        name: As in ISO/IEC 29794-5 (OFIQ), for example "Sharpness".
        value: Native value in ``unit``; of a recording the time-weighted median. None with a
            ``reason``.
        unit: "px", "deg", "share" (0..1), "0-255", "widths" (face widths) or "" (a bare number).
        score: 0..100, higher is better; 50 exactly at the limit where there is one.
        least: Smallest native value that passes, None without one.
        most: Largest native value that passes, None without one.
        passed: Whether it passes; None where the measure is not judged or was not measured.
        passed_share: Of a recording: share of the measured time in which it passes.
        needed_share: Share of that time that a recording needs.
        advice: What to do about it, where it does not pass.
        reason: Why ``value`` is None, or why it is not judged.
    """

    name: str
    value: float | None
    unit: str
    score: float | None
    least: float | None = None
    most: float | None = None
    passed: bool | None = None
    passed_share: float | None = None
    needed_share: float | None = None
    advice: str | None = None
    reason: str | None = None


def measures_to_dict(measures: Iterable[QualityMeasure]) -> dict[str, dict[str, Any]]:
    """Name -> everything else, in the order of ``measures``."""
    found = {}
    for measure in measures:
        values = asdict(measure)
        found[values.pop("name")] = values
    return found


def title(name: str) -> str:
    """A measure's name in words: "UpwardCropOfTheFaceImage" is "Upward crop of the face image"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


def native_text(value: float | None, unit: str) -> str:
    """A native value as it is printed: "34 %", "12°", "132 px"; "" for None."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.0f} %"
    if unit == "deg":
        return f"{value:.0f}°"
    if unit == "widths":
        return f"{value:.1f} widths".replace("-", "−")
    digits = 2 if unit == "" and abs(value) < 10 else 0
    return f"{value:.{digits}f}{' px' if unit == 'px' else ''}"


def need_text(measure: QualityMeasure) -> str:
    """The limits as they are printed: "40 to 220", "96 px", "≤ 30°", for an edge of the picture
    "inside"; "" without any."""
    if measure.unit == "widths" and measure.least == 0:
        return "inside"
    least, most = (native_text(v, measure.unit) for v in (measure.least, measure.most))
    if least and most:
        return f"{least} to {most}"
    return f"≤ {most}" if most else least
