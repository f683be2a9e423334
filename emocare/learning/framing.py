"""The canonical framing: which square of a picture the network sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning.recipe import BOX_DOWN, BOX_SIDE, CENTRE_UP, SIDE_PER_SPREAD

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Framing:
    """A square in a picture.

    Attributes:
        centre_x: centre in pixels of true aspect.
        centre_y: likewise, down.
        side: side length in the same pixels.
        roll_deg: turn of the square, clockwise in the image.
    """

    centre_x: float
    centre_y: float
    side: float
    roll_deg: float

    def matrix(self) -> Floats:
        """Affine (2, 3) from crop fractions to picture coordinates (pixel edges, not centres)."""
        a = np.radians(self.roll_deg)
        turn = self.side * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        centre = np.array([self.centre_x, self.centre_y])
        return np.column_stack([turn, centre - turn @ np.array([0.5, 0.5])])


def frame_landmarks(points: Floats) -> Framing:
    """Frame a face from its landmarks (68 or 70, 2) in pixels of true aspect."""
    face = np.asarray(points, dtype=np.float64)[:68]
    mean = face.mean(axis=0)
    spread = float(np.sqrt(((face - mean) ** 2).sum(axis=1).mean()))
    eyes = face[42:48].mean(axis=0) - face[36:42].mean(axis=0)
    roll = float(np.arctan2(eyes[1], eyes[0]))
    up = np.array([np.sin(roll), -np.cos(roll)])
    centre = mean + CENTRE_UP * spread * up
    return Framing(
        float(centre[0]), float(centre[1]), SIDE_PER_SPREAD * spread, float(np.degrees(roll))
    )


def frame_box(x: float, y: float, width: float, height: float) -> Framing:
    """Frame a face from a plain forehead-to-chin box in pixels, before landmarks are known."""
    return Framing(
        x + width / 2, y + height / 2 + BOX_DOWN * height, BOX_SIDE * height, roll_deg=0.0
    )


def apply(matrix: Floats, points: Floats) -> Floats:
    """Map points (..., 2) through an affine (2, 3)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def invert(matrix: Floats) -> Floats:
    """Invert an affine (2, 3)."""
    turn = np.linalg.inv(matrix[:, :2])
    return np.column_stack([turn, -turn @ matrix[:, 2]])


def chain(outer: Floats, inner: Floats) -> Floats:
    """The affine (2, 3) that applies `inner` first, then `outer`."""
    return np.column_stack([outer[:, :2] @ inner[:, :2], apply(outer, inner[:, 2])])


def cut(
    picture: NDArray[np.uint8], to_picture: Floats, size: int, border: int = cv2.BORDER_REPLICATE
) -> NDArray[np.uint8]:
    """Cut a crop (size, size) from a grey picture (H, W).

    Args:
        picture: grey uint8 picture.
        to_picture: affine (2, 3) from crop fractions to picture coordinates.
        size: side of the crop in pixels.
        border: OpenCV border mode outside the picture.
    """
    step = np.linalg.norm(to_picture[:, 0]) / size
    if step > 2.0:
        shrink = 1.0 / step
        height, width = picture.shape
        small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
        to_picture = np.diag([small[0] / width, small[1] / height]) @ to_picture
    pixels = to_picture.copy()
    pixels[:, :2] /= size
    pixels[:, 2] += pixels[:, :2] @ np.array([0.5, 0.5]) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, pixels, (size, size), flags=flags, borderMode=border)
