"""Where the attention of the severity network lay, ready to be drawn under the clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.sequence import AttendedMoment, SequenceReading
from emocare.ui.text import sequence as text
from emocare.ui.wording import clock, span

DARKEST = 5.0
"""How many times an even share is drawn darkest; the scale is fixed, never fitted to a session."""
MOST_CELLS = 600
STEPS = 20
"""Steps of darkness; neighbours of one step are drawn as one."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What the player draws.

    Attributes:
        cells: (start_s, end_s, darkness 0..1) of stretches in time order; nothing where nothing
            was measured.
        moments: At most five stretches, most attended first.
        alt: The strip in words.
    """

    cells: tuple[tuple[float, float, float], ...]
    moments: tuple[AttendedMoment, ...]
    alt: str

    def data(self) -> dict[str, object]:
        """For the component: cells, and each moment with its time, words and reason."""
        return {
            "cells": self.cells, "alt": self.alt,
            "moments": [
                {"t": round(m.start_s, 2), "until": round(m.end_s, 2), "label": _label(m),
                 "why": _why(m)}
                for m in self.moments
            ],
        }  # fmt: skip


def strip(reading: SequenceReading, duration_s: float) -> Strip:
    """The attention of a reading over the whole clip."""
    alt = text.LOOKED_ALT.format(length=span(duration_s))
    return Strip(tuple(_cells(reading)), reading.moments, alt)


def shares(reading: SequenceReading) -> NDArray[np.float64]:
    """(K,) attention as multiples of an even share over the measured seconds; NaN where nothing
    was measured."""
    seen = reading.attention > 0
    return np.where(seen, reading.attention * np.count_nonzero(seen), np.nan)


def _cells(reading: SequenceReading) -> Sequence[tuple[float, float, float]]:
    """Seconds of one darkness as one stretch; long sessions in coarser steps."""
    level = np.minimum(shares(reading) / DARKEST, 1.0)
    each = max(1, -(-len(level) // MOST_CELLS))
    cells: list[tuple[float, float, float]] = []
    for i in range(0, len(level), each):
        part = level[i : i + each]
        measured = part[np.isfinite(part)]
        if not len(measured):
            continue
        start, end = float(reading.t_s[i]) - 1.0, float(reading.t_s[i + len(part) - 1])
        dark = round(float(measured.mean()) * STEPS) / STEPS
        if cells and cells[-1][1] >= start - 1e-6 and cells[-1][2] == dark:
            start = cells.pop()[0]
        cells.append((round(max(0.0, start), 3), round(end, 3), dark))
    return cells


def _label(moment: AttendedMoment) -> str:
    return text.ATTENDED.format(time=clock(moment.start_s), percent=_percent(moment))


def _why(moment: AttendedMoment) -> str:
    return text.ATTENDED_WHY.format(start=clock(moment.start_s), end=clock(moment.end_s),
                                    percent=_percent(moment))  # fmt: skip


def _percent(moment: AttendedMoment) -> int:
    return max(1, round(100 * moment.share))
