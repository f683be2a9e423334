"""Displacement fields: made once from a few hand-set points, added up and inverted per picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from sample_videos.studio.portrait import ORIGIN, SCALE

Field = NDArray[np.float32]
"""(H, W, 2): how far a point moves, x then y, in plate pixels."""


class Region:
    """A rectangle of the plate with its coordinates.

    Attributes:
        x, y: First column and row on the plate.
        w, h: Width and height in plate pixels.
        grid: (h, w, 2) float32 plate positions.
    """

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        """Args: the rectangle in source pixels."""
        self.x, self.y = int((left - ORIGIN[0]) * SCALE), int((top - ORIGIN[1]) * SCALE)
        self.w, self.h = int((right - left) * SCALE), int((bottom - top) * SCALE)
        columns, rows = np.meshgrid(np.arange(self.w), np.arange(self.h))
        self.grid = np.dstack([columns + self.x, rows + self.y]).astype(np.float32)

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the plate."""
        return slice(self.y, self.y + self.h), slice(self.x, self.x + self.w)

    def source_corner(self) -> tuple[float, float]:
        """Source position of the first pixel."""
        return self.x / SCALE + ORIGIN[0], self.y / SCALE + ORIGIN[1]

    def source(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Source x and y of every pixel, (h, w) each."""
        return (self.grid[..., 0] / SCALE + ORIGIN[0]).astype(np.float32), (
            self.grid[..., 1] / SCALE + ORIGIN[1]
        ).astype(np.float32)


def scattered(
    region: Region,
    moves: Sequence[tuple[float, float, float, float]],
    still: Sequence[tuple[float, float]],
) -> Field:
    """A smooth field through given moves.

    Args:
        region: Where.
        moves: (x, y, dx, dy) in source pixels, y down.
        still: (x, y) that stay where they are, in source pixels.
    """
    points = np.array([m[:2] for m in moves] + list(still), np.float64)
    shifts = np.array([m[2:] for m in moves] + [(0.0, 0.0)] * len(still), np.float64)
    fit = RBFInterpolator(points, shifts, kernel="thin_plate_spline", smoothing=0.5)
    step = 4
    xs, ys = (a[::step, ::step] for a in region.source())
    coarse = fit(np.column_stack([xs.ravel(), ys.ravel()])).reshape(*xs.shape, 2)
    wide = (region.w + step - 1) // step * step, (region.h + step - 1) // step * step
    matrix = np.array([[step, 0, 0], [0, step, 0]], np.float64)
    field = cv2.warpAffine(coarse.astype(np.float32), matrix, wide, flags=cv2.INTER_LINEAR,
                           borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return np.ascontiguousarray(field[: region.h, : region.w]) * np.float32(SCALE)


def fade_edges(field: Field, margin_px: int) -> Field:
    """The field going to zero at its border, so that nothing tears there."""
    h, w = field.shape[:2]
    rise = [np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / margin_px, 0, 1) for n in (h, w)]
    ramp = [r * r * (3 - 2 * r) for r in rise]
    return (field * (ramp[0][:, None] * ramp[1][None, :])[..., None]).astype(np.float32)


def inverse(field: Field, positions: NDArray[np.float32], rounds: int = 6) -> NDArray[np.float32]:
    """Where the material at ``positions`` came from: q with q + field(q) = position.

    Args:
        field: On its own pixel grid.
        positions: (h, w, 2) float32 in that grid's pixels.
        rounds: Steps of the damped fixed-point search.

    Returns:
        (h, w, 2) float32 in the same pixels.
    """
    found = positions.copy()
    for _ in range(rounds):
        moved = cv2.remap(field, found, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        moved += found
        np.subtract(positions, moved, out=moved)
        moved *= np.float32(0.72)
        found += moved
    return found


def coarse_inverse(field: Field, coarse: NDArray[np.float32], rounds: int = 6) -> Field:
    """``inverse`` for every pixel of a smooth field, searched for at every other pixel.

    Args:
        field: (h, w, 2) on its own pixel grid, h and w even.
        coarse: (h / 2, w / 2, 2) positions of the even pixels.
        rounds: As in ``inverse``.

    Returns:
        (h, w, 2).
    """
    found = inverse(field, coarse, rounds)
    h, w = field.shape[:2]
    matrix = np.array([[2, 0, 0], [0, 2, 0]], np.float64)
    return cv2.warpAffine(found, matrix, (w, h), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)  # fmt: skip


def curve(points: Sequence[tuple[float, float]], xs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Height of a smooth line through ``points`` at ``xs``; straight on beyond its ends."""
    px, py = (np.array([p[i] for p in points], np.float64) for i in (0, 1))
    fine = np.linspace(px[0], px[-1], 200)
    line = np.interp(fine, px, py)
    kernel = np.hanning(21)
    padded = np.pad(line, 10, mode="reflect", reflect_type="odd")
    line = np.convolve(padded, kernel / kernel.sum(), "valid")
    return np.interp(xs, fine, line).astype(np.float32)


def smoothstep(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """0 below 0, 1 above 1, smooth between."""
    y = np.clip(x, 0, 1)
    return (y * y * (3 - 2 * y)).astype(np.float32)
