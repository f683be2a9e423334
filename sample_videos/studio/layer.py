"""Drawing one cut-out layer over a picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def as_bytes(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours 0..255 as uint8: a quarter of the time in every warp."""
    return np.ascontiguousarray(np.round(picture).clip(0, 255).astype(np.uint8))


def paste(canvas: NDArray[np.float32], colours: NDArray[np.generic], alpha: NDArray[np.float32]
          ) -> None:  # fmt: skip
    """Lays ``colours`` over ``canvas`` in place, as opaque as ``alpha`` (h, w) says."""
    canvas += alpha[..., None] * (colours - canvas)


def bounds(matrix: NDArray[np.float64], inner: tuple[int, int], outer: tuple[int, int]
           ) -> tuple[int, int, int, int]:  # fmt: skip
    """Left, top, right, bottom of a warped rectangle within a picture of size ``outer``."""
    w, h = inner
    corners = matrix @ np.array([[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]], np.float64)
    left, top = np.floor(corners[:2].min(axis=1)).astype(int)
    right, bottom = np.ceil(corners[:2].max(axis=1)).astype(int)
    return max(left, 0), max(top, 0), min(right, outer[0]), min(bottom, outer[1])


class Cutout:
    """A layer of the plate, trimmed to where it is opaque."""

    def __init__(self, colours: NDArray[np.float32], alpha: NDArray[np.float32]) -> None:
        """
        Args:
            colours: (H, W, 3) float32.
            alpha: (H, W) float32, 0..1.
        """
        rows, columns = np.flatnonzero(alpha.max(1) > 0.01), np.flatnonzero(alpha.max(0) > 0.01)
        self.x, self.y = int(columns[0]), int(rows[0])
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        self.colours, self.alpha = as_bytes(colours[window]), np.ascontiguousarray(alpha[window])

    def draw(self, canvas: NDArray[np.float32], matrix: NDArray[np.float64]) -> None:
        """Draws the layer into ``canvas`` (H, W, 3), warped by ``matrix`` from plate to canvas."""
        local = matrix @ np.array([[1, 0, self.x], [0, 1, self.y], [0, 0, 1]], np.float64)
        h, w = self.alpha.shape
        x0, y0, x1, y1 = bounds(local, (w, h), (canvas.shape[1], canvas.shape[0]))
        if x1 <= x0 or y1 <= y0:
            return
        here = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], np.float64) @ local
        size = x1 - x0, y1 - y0
        colours = cv2.warpAffine(self.colours, here[:2], size, borderMode=cv2.BORDER_REPLICATE)
        paste(canvas[y0:y1, x0:x1], colours, cv2.warpAffine(self.alpha, here[:2], size))
