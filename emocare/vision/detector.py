"""Where faces may be: OpenCV's frontal Haar cascade, tuned to miss little, and plain windows.

What they give are guesses. The face network decides which of them are faces, so false ones cost
time and nothing else. The cascade is quick and finds small faces, but hardly ever one that wears
a mask or is laid over by more than 20 degrees; the windows find those when they are large.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

import cv2
import cv2.data
import numpy as np

from emocare.domain.errors import WeightsMissing
from emocare.vision.framing import Framing, Grey, Guess

CASCADE = "haarcascade_frontalface_default.xml"
LONG_SIDE = 640
"""Pictures are searched at this size of their longer side, or smaller when only large faces are
sought."""
SMALLEST_PX = 36
SMALLEST_SHARE = 1 / 20
"""Faces smaller than this many pixels, or this share of the shorter side, are not sought."""
CASCADE_PX = 20.0
"""Size at which the cascade was trained."""
FINEST_PX = 26.0
"""The smallest face sought is shrunk to this width: more would only cost time."""
SCALE_STEP = 1.15
NEIGHBOURS = 2
MOST_GUESSES = 12
SPREAD_PER_BOX = 1 / 3.08
CENTRE_DOWN = 0.128
"""A Haar box against the landmarks of the face in it: their spread over the box's width, and how
far their mean lies below the box's centre, in widths. Medians over 230 frames of four clips."""
WINDOW_SHARES = (0.45, 0.7, 1.0)
"""Sides of the windows that are tried when the cascade finds nothing, as shares of the picture's
shorter side."""
WINDOW_STEP = 0.5
"""Most that neighbouring windows are apart, in sides: the network finds a face a quarter of the
side off the middle."""


class Detector(Protocol):
    """Proposes faces; the seam at which tests put a scripted one."""

    def find(self, grey: Grey, least_spread: float = 0.0) -> list[Guess]:
        """Upright faces that may be in a grey picture (H, W), surest first.

        Args:
            grey: The picture.
            least_spread: Faces of a smaller landmark spread need not be found.
        """
        ...


class HaarDetector:
    """The cascade that comes with OpenCV. Safe to share: searches take turns."""

    def __init__(self, cascade: cv2.CascadeClassifier) -> None:
        self._cascade = cascade
        self._turn = threading.Lock()

    @classmethod
    def load(cls) -> HaarDetector:
        """Loads the cascade file of the installed OpenCV.

        Raises:
            WeightsMissing: This OpenCV comes without it.
        """
        path = Path(cv2.data.haarcascades) / CASCADE
        cascade = cv2.CascadeClassifier(str(path)) if path.exists() else None
        if cascade is None or cascade.empty():
            raise WeightsMissing(
                f"OpenCV's file {CASCADE} is missing: install the version in requirements.txt."
            )
        return cls(cascade)

    def find(self, grey: Grey, least_spread: float = 0.0) -> list[Guess]:
        """Upright faces, up to about 20 degrees of roll."""
        least = max(SMALLEST_PX, SMALLEST_SHARE * min(grey.shape), least_spread / SPREAD_PER_BOX)
        scale = min(1.0, LONG_SIDE / max(grey.shape), FINEST_PX / least)
        return [
            Guess(x / scale, y / scale, spread / scale)
            for x, y, spread in self._search(shrunk(grey, scale), least * scale)
        ]

    def _search(self, small: Grey, least: float) -> list[tuple[float, float, float]]:
        """Boxes as (x, y, spread) of the landmarks expected in them, surest first."""
        least = max(least, CASCADE_PX)
        if least > min(small.shape):
            return []
        with self._turn:
            boxes, _, weights = self._cascade.detectMultiScale3(
                cv2.equalizeHist(small),
                scaleFactor=SCALE_STEP,
                minNeighbors=NEIGHBOURS,
                minSize=(int(least), int(least)),
                outputRejectLevels=True,
            )
        order = np.argsort(-np.asarray(weights, dtype=np.float64).reshape(-1), kind="stable")
        found = []
        for x, y, width, height in np.asarray(boxes, dtype=np.float64).reshape(-1, 4)[order]:
            down = (0.5 + CENTRE_DOWN) * height
            found.append((x + width / 2, y + down, SPREAD_PER_BOX * width))
        return found[:MOST_GUESSES]


def brightened(grey: Grey) -> Grey:
    """A dim picture with its local contrast raised, for searching only."""
    stretched = cv2.createCLAHE(clipLimit=4.0, tileGridSize=(4, 4)).apply(grey)
    return np.asarray(stretched, dtype=np.uint8)


def windows(height: int, width: int) -> list[Framing]:
    """Overlapping upright squares that cover a picture, small ones first."""
    squares = []
    for share in WINDOW_SHARES:
        side = share * min(height, width)
        for y in _middles(height, side):
            squares += [Framing(x, y, side, 0.0) for x in _middles(width, side)]
    return squares


def _middles(length: int, side: float) -> list[float]:
    count = max(1, int(np.ceil((length - side) / (WINDOW_STEP * side))) + 1)
    return [float(v) for v in np.linspace(side / 2, length - side / 2, count)]


def shrunk(grey: Grey, scale: float) -> Grey:
    """The picture at ``scale`` of its size, never enlarged."""
    if scale >= 1.0:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
