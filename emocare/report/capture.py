"""Picture measures of a recording, taken from its readings alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import Readings
from emocare.report.content import Capture

OCCLUDED_FROM = 0.5
"""From this probability on a region counts as covered."""


def capture_measures(readings: Readings, *, occluded_from: float = OCCLUDED_FROM) -> Capture:
    """Medians and shares over the frames in which a face was followed.

    Args:
        readings: The stored table, any length.
        occluded_from: Probability from which mouth or eyes count as covered, 0..1.

    Returns:
        The measures; None where no frame has the value.
    """
    seen = readings.tracked

    def median(name: str, *, absolute: bool = False) -> float | None:
        values = _finite(readings[name][seen])
        return _median(np.abs(values) if absolute else values)

    def share(name: str) -> float | None:
        values = _finite(readings[name][seen])
        return float((values >= occluded_from).mean()) if len(values) else None

    return Capture(
        sharpness=median("sharpness"),
        brightness=median("brightness"),
        clip_fraction=median("clip_fraction"),
        left_right_luminance_ratio=median("left_right_luminance_ratio"),
        yaw_deg=median("yaw_deg", absolute=True),
        pitch_deg=median("pitch_deg", absolute=True),
        roll_deg=median("roll_deg", absolute=True),
        mouth_occluded=share("mouth_occluded"),
        eyes_occluded=share("eyes_occluded"),
    )


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values)]


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values)) if len(values) else None
