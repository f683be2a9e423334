"""From what a run knows to what a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from emocare.analysis import Watched
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.live import Trail
from emocare.domain.readings import FrameReading, FrameStatus
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import DIMENSIONS

TRAIL_S = 60.0
SIGNED = ("valence", "arousal")
"""Dimensions in -1..1; the others lie in 0..100."""


def trails(found: Watched, now_s: float) -> Mapping[str, Trail]:
    """The dimensions over the last minute, cut at the ends of their scales."""
    points = [point for point in found.points if now_s - point.t_s <= TRAIL_S]
    t_s = np.array([point.t_s - now_s for point in points])
    values = _table([point.value for point in points])
    halves = _table([point.half for point in points])
    shown = {}
    for k, name in enumerate(DIMENSIONS):
        low, high = (-1.0, 1.0) if name in SIGNED else (0.0, 100.0)
        value, half = np.clip(values[:, k], low, high), halves[:, k]
        shown[name] = Trail(
            np.minimum(t_s, 0.0), value, np.clip(value - half, low, high),
            np.clip(value + half, low, high),
        )  # fmt: skip
    return shown


def model_trails(found: SequenceReading | None, now_s: float) -> Mapping[str, Trail]:
    """The dimensions over the last minute as the sequence networks put them; empty without."""
    if found is None:
        return {}
    shown = {}
    for name, line in found.trajectories.items():
        recent = now_s - line.t_s <= TRAIL_S
        shown[name] = Trail(
            np.minimum(line.t_s[recent] - now_s, 0.0), line.value[recent], line.low[recent],
            line.high[recent],
        )  # fmt: skip
    return shown


def action_units(reading: FrameReading | None, found: Watched) -> NDArray[np.float64]:
    """(17,) AU' of the newest picture; NaN where not measured."""
    if reading is None or reading.face is None or reading.status is not FrameStatus.OK:
        return np.full(len(ACTION_UNITS), np.nan)
    units = reading.face.action_units.astype(np.float64)
    rest = found.resting_units
    return np.asarray(np.maximum(0.0, (units - rest) / (1.0 - rest)))


def _table(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(-1, len(DIMENSIONS))
