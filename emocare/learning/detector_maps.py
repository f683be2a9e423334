"""What the detector should say of a picture whose faces are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emocare.learning.detector_recipe import PLACE, STRIDE
from emocare.learning.pasting import Place

HEAT_WIDTH = 0.10
LEAST_HEAT_WIDTH = 0.6
"""Standard deviation of the heat around a face's middle: in crop sides, and at least in cells."""


def target_maps(places: list[Place], height: int, width: int) -> NDArray[np.float32]:
    """What the network should say (6, height / 8, width / 8): heat, then `PLACE`.

    Where faces meet, a cell belongs to the one that is warmer there.
    """
    rows, columns = height // STRIDE, width // STRIDE
    maps = np.zeros((1 + len(PLACE), rows, columns), np.float32)
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    for place in places:
        dx, dy = place.x / STRIDE - x, place.y / STRIDE - y
        width_cells = max(LEAST_HEAT_WIDTH, HEAT_WIDTH * place.side / STRIDE)
        heat = 0.99 * np.exp(-(dx**2 + dy**2) / (2 * width_cells**2))
        row, column = int(place.y // STRIDE), int(place.x // STRIDE)
        if 0 <= row < rows and 0 <= column < columns:
            heat[row, column] = 1.0
        nearer = heat > maps[0]
        roll = np.radians(place.roll_deg)
        size = np.log(place.spread / STRIDE)
        values = (heat, dx, dy, size, np.sin(roll), np.cos(roll))
        for known, value in zip(maps, values, strict=True):
            known[nearer] = np.broadcast_to(value, heat.shape)[nearer]
    return maps
