"""How well a face can be read (clinical specification 4.1), measured on its skin."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import FaceQuality
from emocare.vision.framing import Framing, Grey

WIDTH = 160
"""Side of the aligned crop on which sharpness is defined; sharpness depends on it."""
CLIPPED_LOW, CLIPPED_HIGH = 5, 250
OUTLINE = np.r_[0:27]
"""Jaw and brows: their hull is the face without hair and background."""
MIDLINE = np.r_[27:31, 33, 51, 57, 8]
"""Nose ridge, nose base, lips and chin."""


def face_quality(
    grey: Grey, framing: Framing, landmarks_px: NDArray[np.floating[Any]]
) -> FaceQuality:
    """Measures sharpness and light on the face.

    Every measure is taken inside the hull of jaw and brows of the aligned crop, 160 px wide: a
    sharp or bright background says nothing about the face. Left and right halves are split at
    the mean of the midline points.

    Args:
        grey: (H, W) picture, not enhanced in any way.
        framing: Aligned square around the face.
        landmarks_px: (70, 2) pixels of the picture.
    """
    crop = framing.cut(grey, WIDTH)
    points = framing.to_crop(landmarks_px) * WIDTH - 0.5
    hull = cv2.convexHull(points[OUTLINE].astype(np.float32)).round().astype(np.int32)
    mask = np.zeros((WIDTH, WIDTH), np.uint8)
    cv2.fillConvexPoly(mask, hull, 255)
    inside = mask > 0
    if not inside.any():
        inside[:] = True
    skin = crop[inside]
    split = int(np.clip(round(float(points[MIDLINE, 0].mean())), 1, WIDTH - 1))
    laplacian = cv2.Laplacian(crop, cv2.CV_32F)
    clipped = (skin <= CLIPPED_LOW) | (skin >= CLIPPED_HIGH)
    return FaceQuality(
        sharpness=float(laplacian[inside].var()),
        brightness=float(skin.mean()),
        clip_fraction=float(clipped.mean()),
        left_right_luminance_ratio=_balance(crop, inside, split),
    )


def _balance(crop: Grey, inside: NDArray[np.bool_], split: int) -> float:
    """Darker half over brighter half; 1 when one half cannot be seen at all."""
    left, right = crop[:, :split][inside[:, :split]], crop[:, split:][inside[:, split:]]
    if left.size == 0 or right.size == 0:
        return 1.0
    dark, bright = sorted((float(left.mean()), float(right.mean())))
    return dark / bright if bright > 0 else 1.0
