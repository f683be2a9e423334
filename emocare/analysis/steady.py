"""Landmarks without the trembling of the reader: the head moves at once, the shape settles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
TAU_S = 0.05
"""Time constant of the shape: at 30 frames a second half of a change is taken at once."""
LONGEST_GAP_S = 0.3
"""After a longer gap, or with another person, it begins anew."""


class SteadyLandmarks:
    """Smooths what a similarity (shift, turn, zoom) of the head leaves between frames.

    The last shape is laid over the new landmarks by the similarity that fits best in the mean
    square, then moved towards them by 1 - exp(-dt / tau). So a moving head has no lag, and only
    what changes within the face is smoothed. Not safe for two threads at once.
    """

    def __init__(self) -> None:
        self._points: NDArray[np.complex128] | None = None
        self._t_s = -math.inf
        self._track_id = 0

    def take(self, t_s: float, track_id: int, landmarks_px: Points) -> Points:
        """The steadied landmarks (70, 2) of a frame; call it for every followed frame.

        Args:
            t_s: Media clock, seconds.
            track_id: Number of the followed person.
            landmarks_px: (70, 2) as read, pixels of the picture.
        """
        read = landmarks_px[:, 0].astype(np.float64) + 1j * landmarks_px[:, 1]
        away = t_s - self._t_s
        last = self._points
        if last is not None and track_id == self._track_id and 0 < away <= LONGEST_GAP_S:
            laid = _laid_over(last, read)
            read = laid + (1.0 - math.exp(-away / TAU_S)) * (read - laid)
        self._points, self._t_s, self._track_id = read, t_s, track_id
        return np.stack([read.real, read.imag], axis=1).astype(np.float32)


def _laid_over(
    shape: NDArray[np.complex128], onto: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """``shape`` under the similarity that brings it nearest to ``onto`` (least squares)."""
    centred, middle = shape - shape.mean(), onto.mean()
    spread = np.vdot(centred, centred).real
    if spread <= 0:
        return onto
    return np.asarray(middle + np.vdot(centred, onto - middle) / spread * centred)
