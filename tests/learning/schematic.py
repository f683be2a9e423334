"""A schematic face: seventy points of known symmetry."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from emocare.learning.augment import Example


def face_points() -> NDArray[np.floating]:
    """Seventy points (fractions of the crop) of a level, symmetric, schematic face."""
    points = np.zeros((70, 2))
    t = np.linspace(0, np.pi, 17)
    points[0:17] = np.stack([0.5 - 0.35 * np.cos(t), 0.45 + 0.4 * np.sin(t)], axis=1)
    points[17:22] = np.stack([np.linspace(0.22, 0.42, 5), np.full(5, 0.3)], axis=1)
    points[22:27] = np.stack([np.linspace(0.58, 0.78, 5), np.full(5, 0.3)], axis=1)
    points[27:31] = np.stack([np.full(4, 0.5), np.linspace(0.4, 0.55, 4)], axis=1)
    points[31:36] = np.stack([np.linspace(0.43, 0.57, 5), np.full(5, 0.6)], axis=1)
    for first, middle in ((36, 0.32), (42, 0.68)):
        x = middle + np.array([-0.08, -0.03, 0.03, 0.08, 0.03, -0.03])
        y = 0.4 + np.array([0.0, -0.03, -0.03, 0.0, 0.02, 0.02])
        points[first : first + 6] = np.stack([x, y], axis=1)
    outer = np.linspace(np.pi, 3 * np.pi, 13)[:12]
    points[48:60] = np.stack([0.5 + 0.12 * np.cos(outer), 0.72 + 0.05 * np.sin(outer)], axis=1)
    inner = np.linspace(np.pi, 3 * np.pi, 9)[:8]
    points[60:68] = np.stack([0.5 + 0.08 * np.cos(inner), 0.72 + 0.02 * np.sin(inner)], axis=1)
    points[68], points[69] = (0.32, 0.4), (0.68, 0.4)
    return points


def copy_example(example: Example) -> Example:
    """A copy that shares no array with the original."""
    return copy.deepcopy(example)
