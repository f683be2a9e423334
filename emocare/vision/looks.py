"""One look: squares of a picture, each with what the network reads in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.frames import Box
from emocare.vision.framing import Framing, Grey
from emocare.vision.network import CropReader, CropReading
from emocare.vision.plausible import face_box


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network reads in one square of a picture.

    Attributes:
        reading: Numbers relative to the square.
        framing: The square.
        landmarks_px: (70, 2) pixels of the picture.
        box: Face box around them.
    """

    reading: CropReading
    framing: Framing
    landmarks_px: NDArray[np.float32]
    box: Box


def look(network: CropReader, grey: Grey, squares: Sequence[Framing]) -> list[Seen]:
    """Reads all squares in one call of the network; none gives none."""
    if not squares:
        return []
    crops = np.stack([square.cut(grey, network.size) for square in squares])
    seen = []
    for square, reading in zip(squares, network.read(crops), strict=True):
        points = square.to_picture(reading.landmarks)
        seen.append(Seen(reading, square, points, face_box(points)))
    return seen
