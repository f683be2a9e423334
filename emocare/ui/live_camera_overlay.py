"""What is drawn into the picture on the screen; the picture that is read never carries it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.frames import Box

MEASURED = (159, 211, 232)
"""Light blue, red green blue: the face is measured."""
UNMEASURED = (224, 161, 74)
"""Amber: there is a face, and it is not measured."""
SEATED = (108, 195, 160)
"""Green: the sitting position passes."""
DOT = (255, 255, 255)
EDGE = (15, 24, 32)
"""A dark edge, so that every mark is seen on a light picture too."""

CORNER = 0.18
"""Length of a corner's arms as a share of the face's shorter side."""
HEAD = (0.5, 0.45, 0.22, 0.31)
"""Centre and half axes of the silhouette's head: shares of width, height, height, height."""
SHOULDERS = (1.2, 0.6, 0.42)
"""Centre of the shoulders below the top and their half axes, shares of the height."""


@dataclass(frozen=True, slots=True)
class OverlayState:
    """What to draw.

    Attributes:
        size_px: Width and height of the picture that was read; the one drawn into may differ.
        box_px: The followed face in that picture; None without one.
        landmarks_px: (70, 2) float32 points of the face; None draws none.
        measured: Whether the face is measured: blue corners, otherwise amber.
        silhouette: Whether the place to sit in is drawn.
        seated: Whether the sitting position passes: a green silhouette, otherwise white.
    """

    size_px: tuple[int, int] = (0, 0)
    box_px: Box | None = None
    landmarks_px: NDArray[np.float32] | None = None
    measured: bool = False
    silhouette: bool = False
    seated: bool = False


def draw(rgb: NDArray[np.uint8], state: OverlayState) -> NDArray[np.uint8]:
    """A copy of ``rgb`` (H, W, 3) with silhouette, corners and landmarks."""
    picture = rgb.copy()
    if state.silhouette:
        _silhouette(picture, SEATED if state.seated else DOT)
    if state.box_px is None or 0 in state.size_px:
        return picture
    scale = (rgb.shape[1] / state.size_px[0], rgb.shape[0] / state.size_px[1])
    _corners(picture, state.box_px, scale, MEASURED if state.measured else UNMEASURED)
    if state.landmarks_px is not None:
        _landmarks(picture, state.landmarks_px * np.asarray(scale, np.float32))
    return picture


def _corners(
    picture: NDArray[np.uint8], box: Box, scale: tuple[float, float],
    colour: tuple[int, int, int],
) -> None:  # fmt: skip
    x1, x2 = box.x1 * scale[0], box.x2 * scale[0]
    y1, y2 = box.y1 * scale[1], box.y2 * scale[1]
    arm = CORNER * min(x2 - x1, y2 - y1)
    lines = []
    for x, inward_x in ((x1, arm), (x2, -arm)):
        for y, inward_y in ((y1, arm), (y2, -arm)):
            lines.append(np.array([(x + inward_x, y), (x, y), (x, y + inward_y)]))
    _lines(picture, lines, colour, closed=False)


def _silhouette(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> None:
    height, width = picture.shape[:2]
    x, y, half_x, half_y = HEAD
    head = _arc(width * x, height * y, height * half_x, height * half_y, 0, 360)
    below, wide, high = SHOULDERS
    shoulders = _arc(width * x, height * below, height * wide, height * high, 180, 360)
    _lines(picture, [head], colour, closed=True)
    _lines(picture, [shoulders], colour, closed=False)


def _arc(
    x: float, y: float, half_x: float, half_y: float, start_deg: float, end_deg: float
) -> NDArray[np.float64]:
    angle = np.deg2rad(np.linspace(start_deg, end_deg, 60))
    return np.stack([x + half_x * np.cos(angle), y + half_y * np.sin(angle)], axis=1)


def _lines(
    picture: NDArray[np.uint8], lines: list[NDArray[np.float64]], colour: tuple[int, int, int],
    *, closed: bool,
) -> None:  # fmt: skip
    points = [np.round(line).astype(np.int32) for line in lines]
    thick = max(2, round(picture.shape[0] / 180))
    cv2.polylines(picture, points, closed, EDGE, thick + 2, cv2.LINE_AA)
    cv2.polylines(picture, points, closed, colour, thick, cv2.LINE_AA)


def _landmarks(picture: NDArray[np.uint8], points_px: NDArray[np.float32]) -> None:
    radius = max(1, round(picture.shape[0] / 320))
    for x, y in points_px[np.isfinite(points_px).all(axis=1)].round().astype(int).tolist():
        cv2.circle(picture, (x, y), radius + 1, EDGE, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(picture, (x, y), radius, DOT, cv2.FILLED, cv2.LINE_AA)
