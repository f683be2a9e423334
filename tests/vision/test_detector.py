from __future__ import annotations

import cv2
import numpy as np
import pytest

from emocare.domain.errors import WeightsMissing
from emocare.vision.detector import HaarDetector, brightened, shrunk, windows


def cartoon(size: int) -> np.ndarray:
    """A face as a cascade of light and dark rectangles wants it."""
    grey = np.full((size, size), 190, np.uint8)
    u = size / 24

    def box(x1: float, y1: float, x2: float, y2: float, value: int) -> None:
        grey[round(y1 * u) : round(y2 * u), round(x1 * u) : round(x2 * u)] = value

    box(3, 6, 10, 10, 60)
    box(14, 6, 21, 10, 60)
    box(10, 6, 14, 16, 215)
    box(8, 18, 16, 20, 90)
    box(0, 0, 2, 24, 90)
    box(22, 0, 24, 24, 90)
    return cv2.GaussianBlur(grey, (0, 0), u * 0.6)


def picture() -> np.ndarray:
    grey = np.full((480, 640), 120, np.uint8)
    grey[120:300, 300:480] = cartoon(180)
    return grey


def test_shrinking_never_enlarges() -> None:
    assert shrunk(picture(), 0.25).shape == (120, 160)
    assert shrunk(picture(), 2.0).shape == (480, 640)


def test_it_proposes_the_place_and_size_of_a_face() -> None:
    guesses = HaarDetector.load().find(picture())
    assert guesses
    best = guesses[0]
    assert best.x == pytest.approx(390, abs=25)
    assert best.y == pytest.approx(230, abs=35)
    assert best.spread == pytest.approx(58, rel=0.35)
    assert best.roll_deg == 0


def test_windows_cover_the_picture_and_overlap() -> None:
    squares = windows(360, 640)
    assert len(squares) < 45
    for x in range(60, 600, 20):
        for y in range(60, 320, 20):
            near = [max(abs(s.x - x), abs(s.y - y)) / s.side for s in squares]
            assert min(near) <= 0.26
    assert all(s.side / 2 <= s.x <= 640 - s.side / 2 for s in squares)
    assert len(windows(48, 48)) >= 4


def test_faces_below_the_smallest_size_are_not_sought() -> None:
    small = np.full((480, 640), 120, np.uint8)
    small[100:124, 100:124] = cartoon(24)
    assert HaarDetector.load().find(small) == []
    assert HaarDetector.load().find(np.full((16, 16), 9, np.uint8)) == []


def test_brightening_raises_contrast_of_a_dim_picture() -> None:
    dim = (picture() // 6).astype(np.uint8)
    lit = brightened(dim)
    assert lit.shape == dim.shape
    assert lit.std() > 1.5 * dim.std()


def test_a_missing_cascade_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.data, "haarcascades", "/nowhere/")
    with pytest.raises(WeightsMissing, match="haarcascade"):
        HaarDetector.load()
