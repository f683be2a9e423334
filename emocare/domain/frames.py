"""Pictures with their time, and rectangles in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle in pixels, x to the right and y down.

    Attributes:
        x1: Left edge.
        y1: Top edge.
        x2: Right edge, greater than ``x1``.
        y2: Bottom edge, greater than ``y1``.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x2 > self.x1 and self.y2 > self.y1):
            raise ValueError(
                f"expected x2 > x1 and y2 > y1, got ({self.x1}, {self.y1}, {self.x2}, {self.y2})"
            )

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Centre (x, y) in pixels."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the edge."""
        return self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        w = min(self.x2, other.x2) - max(self.x1, other.x1)
        h = min(self.y2, other.y2) - max(self.y1, other.y1)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / (self.area + other.area - w * h)


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a recording.

    Attributes:
        t_s: Media clock in seconds from presentation time stamps; 0 is the start of the
            recording. Never computed from a frame index.
        rgb: (H, W, 3) uint8, upright (rotation already applied), not mirrored.
    """

    t_s: float
    rgb: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.rgb.dtype != np.uint8 or self.rgb.ndim != 3 or self.rgb.shape[2] != 3:
            raise ValueError(
                f"expected (H, W, 3) uint8, got {self.rgb.shape} {self.rgb.dtype}"
            )
        if not np.isfinite(self.t_s):
            raise ValueError(f"expected a finite time, got {self.t_s}")
