"""Measures of the 68 landmarks that a data set publishes instead of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emocare.learning import measures

Floats = NDArray[np.float64]
COUNT = 68
INNER_LIPS = ((61, 67), (62, 66), (63, 65))
INNER_CORNERS = (60, 64)


def shape_measures(points: Floats) -> dict[str, Floats]:
    """Columns of readings that need no unit of length.

    Args:
        points: (T, 68, 2) iBUG landmarks, x to the right and y down, of true aspect, in any unit.

    Returns:
        Eye aspect ratio of both eyes, mouth aspect ratio, and roll: the angle of the line through
        the centres of the eyes, degrees clockwise in the image.
    """
    line = points[:, measures.LEFT_EYE].mean(axis=1) - points[:, measures.RIGHT_EYE].mean(axis=1)
    gaps = [np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in INNER_LIPS]
    corners = points[:, INNER_CORNERS[0]] - points[:, INNER_CORNERS[1]]
    width = np.linalg.norm(corners, axis=1)
    return {
        "eye_openness_left": measures.eye_aspect_ratio(points[:, measures.LEFT_EYE]),
        "eye_openness_right": measures.eye_aspect_ratio(points[:, measures.RIGHT_EYE]),
        "mouth_openness": np.mean(gaps, axis=0) / np.maximum(width, 1e-9),
        "roll_deg": np.degrees(np.arctan2(line[:, 1], line[:, 0])),
    }


def face_box(points: Floats) -> dict[str, Floats]:
    """The box around the landmarks as columns of readings, in pixels.

    Args:
        points: (T, 68, 2) in pixels of the picture. The landmarks end at the brows, so the box
            lacks the forehead that the face box of the reader has.
    """
    low, high = points.min(axis=1), points.max(axis=1)
    return {"face_x1_px": low[:, 0], "face_y1_px": low[:, 1],
            "face_x2_px": high[:, 0], "face_y2_px": high[:, 1]}  # fmt: skip
