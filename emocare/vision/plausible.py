"""Whether landmarks can be those of one face, and of the same face as before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.frames import Box
from emocare.vision.framing import IMAGE_LEFT_EYE, IMAGE_RIGHT_EYE, Framing

MARGIN = 0.3
"""Landmarks may lie this far outside the crop, in sides."""
LEAST_EYE_DISTANCE = 0.07
LEAST_MOUTH_DROP = 0.12
CHIN = 8
MOUTH = slice(48, 60)


def is_a_face(landmarks: NDArray[np.floating[Any]]) -> bool:
    """Whether (70, 2) crop fractions lie as those of an upright face do, seen from any side."""
    points = np.asarray(landmarks, dtype=np.float64)
    if not np.isfinite(points).all() or (np.abs(points[:68] - 0.5) > 0.5 + MARGIN).any():
        return False
    left, right = points[IMAGE_LEFT_EYE].mean(axis=0), points[IMAGE_RIGHT_EYE].mean(axis=0)
    mouth = points[MOUTH].mean(axis=0)
    return bool(
        right[0] - left[0] >= LEAST_EYE_DISTANCE
        and mouth[1] - (left[1] + right[1]) / 2 >= LEAST_MOUTH_DROP
        and points[CHIN, 1] > mouth[1]
    )


def agree(seen: Framing, wanted: Framing, *, shift: float, scale: float, turn_deg: float) -> bool:
    """Whether two framings are of the same face.

    Args:
        seen: Framing by the landmarks that were found.
        wanted: Framing that was looked at, or that of the picture before.
        shift: Largest distance of the centres, in sides of ``wanted``.
        scale: Largest ratio of the sides, above 1.
        turn_deg: Largest difference of the rolls.
    """
    ratio = seen.side / wanted.side
    return (
        seen.shift_from(wanted) <= shift
        and 1 / scale <= ratio <= scale
        and seen.turn_from(wanted) <= turn_deg
    )


def face_box(landmarks_px: NDArray[np.floating[Any]]) -> Box:
    """The face box: smallest rectangle around the 68 landmarks, brow to chin, cheek to cheek.

    It is parallel to the picture's edges and holds neither forehead nor ears; a head laid to one
    side has a wider box.
    """
    face = np.asarray(landmarks_px, dtype=np.float64)[:68]
    (x1, y1), (x2, y2) = face.min(axis=0), face.max(axis=0)
    return Box(float(x1), float(y1), float(max(x2, x1 + 1e-3)), float(max(y2, y1 + 1e-3)))


def same_face(one: Box, other: Box) -> bool:
    """Whether two boxes of one picture are of one face: they overlap, or one holds the other."""
    if one.iou(other) > 0.3:
        return True
    small, large = sorted((one, other), key=lambda box: box.area)
    return large.contains(*small.centre)
