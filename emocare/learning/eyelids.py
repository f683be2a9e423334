"""Closing the eyes of a pictured face: the data holds few closed eyes and blinks matter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
UPPER = {36: (37, 38), 42: (43, 44)}
"""Upper lid points of the eye that starts at the key (iBUG order)."""
LOWER = {36: (41, 40), 42: (47, 46)}
BROW = {36: slice(17, 22), 42: slice(22, 27)}
BLINK_AT_RATIO = (
    (0.01, 0.04, 0.06, 0.09, 0.125, 0.167, 0.217, 0.27, 0.34),
    (0.90, 0.75, 0.65, 0.55, 0.45, 0.35, 0.25, 0.15, 0.05),
)
"""The teacher's eyeBlink at an eye aspect ratio: means over faces.npz and FER+ training faces."""


def blink_at(ratio: float) -> float:
    """The blink unit (0..1) that the teacher gives at an eye aspect ratio."""
    return float(np.interp(ratio, *BLINK_AT_RATIO))


def close_eye(
    picture: NDArray[np.uint8], points: Floats, first: int, closure: float
) -> tuple[NDArray[np.uint8], Floats]:
    """Draw the upper lid of one eye down towards the lower lid.

    The skin between brow and lid is stretched over the eye, so that the lash line comes along;
    the lash line is darkened a little.

    Args:
        picture: grey uint8 (H, W).
        points: (70, 2) landmarks in picture pixels (pixel centres).
        first: 36 for the eye at the image's left, 42 for the other.
        closure: 0 leaves the eye, 1 brings the lid to the lower lid line.

    Returns:
        The new picture and the new landmarks; the inputs are left alone.
    """
    corner, other = points[first], points[first + 3]
    along = other - corner
    width = float(np.linalg.norm(along))
    if width < 3.0:
        return picture, points
    along = along / width
    down = np.array([-along[1], along[0]])
    frame = np.stack([along, down])
    upper = (points[list(UPPER[first])] - corner) @ frame.T
    lower = (points[list(LOWER[first])] - corner) @ frame.T
    brow = float(((points[BROW[first]] - corner) @ down).mean())
    moved = points.copy()
    drop = closure * np.maximum(lower[:, 1] - upper[:, 1], 0.0)
    moved[list(UPPER[first])] = points[list(UPPER[first])] + drop[:, None] * down
    x0, y0, x1, y1 = eye_window(picture.shape, points, first, width)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return picture, moved
    grid = np.stack(np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)), axis=-1) - corner
    s, n = grid @ along, grid @ down
    lid = lid_curve(s, upper, width)
    line = lid + closure * np.maximum(lid_curve(s, lower, width) - lid, 0.0)
    top = lid + 0.55 * (min(brow, float(upper[:, 1].mean()) - 1.0) - lid)
    stretched = top + (n - top) * (lid - top) / np.maximum(line - top, 1e-6)
    inside = (s > 0) & (s < width) & (n > top) & (n < line)
    shift = np.where(inside, stretched - n, 0.0)
    source = (grid + shift[..., None] * down + corner).astype(np.float32)
    patch = cv2.remap(
        picture, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    lash = np.exp(-(((n - line) / (0.035 * width + 0.4)) ** 2)) * ((s > 0) & (s < width))
    result = picture.copy()
    result[y0:y1, x0:x1] = patch * (1.0 - 0.35 * closure * lash)
    return result, moved


def lid_curve(s: Floats, lid: Floats, width: float) -> Floats:
    """Height of a lid over the corner line at positions `s`, through its two points and corners."""
    knots = np.array([0.0, lid[0, 0], lid[1, 0], width])
    return np.interp(s, knots, np.array([0.0, lid[0, 1], lid[1, 1], 0.0]))


def eye_window(
    shape: tuple[int, ...], points: Floats, first: int, width: float
) -> tuple[int, int, int, int]:
    """Pixel window x0, y0, x1, y1 around an eye and its lid, inside the picture."""
    eye = points[first : first + 6]
    low = np.floor(eye.min(axis=0) - np.array([1.0, 0.6 * width])).astype(int)
    high = np.ceil(eye.max(axis=0) + np.array([2.0, 0.2 * width])).astype(int)
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, [shape[1], shape[0]])
    return int(x0), int(y0), int(x1), int(y1)
