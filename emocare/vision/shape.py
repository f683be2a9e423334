"""Measures taken from the landmarks of one face."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating[Any]]
OUTER_CORNERS = (36, 45)
"""Outer corners of the eyes."""
LIPS = ((61, 67), (62, 66), (63, 65))
"""Pairs of inner lip points, upper and lower."""
MOUTH_CORNERS = (60, 64)


def mouth_openness(landmarks_px: Points) -> float:
    """Mouth aspect ratio: mean distance of the inner lips over that of the inner corners, >= 0.

    Args:
        landmarks_px: (70, 2) pixels of the picture.
    """
    gaps = [_distance(landmarks_px, upper, lower) for upper, lower in LIPS]
    return float(np.mean(gaps)) / max(_distance(landmarks_px, *MOUTH_CORNERS), 1e-6)


def relative_error(error: Points, side_px: float, landmarks_px: Points) -> float:
    """Mean expected error of the landmarks as a share of the outer inter-ocular distance.

    Args:
        error: (70,) expected distances, fractions of the crop's side.
        side_px: Side of the crop in pixels of the picture.
        landmarks_px: (70, 2) pixels of the picture.
    """
    ocular = max(_distance(landmarks_px, *OUTER_CORNERS), 1e-6)
    return float(error.mean()) * side_px / ocular


def _distance(points: Points, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second]))
