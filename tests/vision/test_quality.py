from __future__ import annotations

import cv2
import numpy as np
import pytest

from emocare.domain.faces import FaceQuality
from emocare.vision.quality import face_quality
from tests.vision.scripted import RECIPE, Disc

DISC = Disc(160, 130, 40)
FRAMING = RECIPE.from_landmarks(DISC.landmarks_px)


def measure(grey: np.ndarray) -> FaceQuality:
    return face_quality(grey.astype(np.uint8), FRAMING, DISC.landmarks_px)


def texture(low: int = 60, high: int = 180) -> np.ndarray:
    noise = np.random.default_rng(5).integers(low, high, (260, 320))
    return cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 0.8)


def test_blur_lowers_sharpness_below_the_limit() -> None:
    sharp, blurred = measure(texture()), measure(cv2.GaussianBlur(texture(), (0, 0), 6))
    assert sharp.sharpness > 40 > blurred.sharpness
    assert sharp.brightness == pytest.approx(120, abs=3)


def test_the_background_says_nothing() -> None:
    x1, y1 = DISC.landmarks_px[:68].min(axis=0).astype(int) - 6
    x2, y2 = DISC.landmarks_px[:68].max(axis=0).astype(int) + 6
    background = np.random.default_rng(1).choice([0, 255], (260, 320)).astype(np.float32)
    background[y1:y2, x1:x2] = 120.0
    quality = measure(background)
    assert quality.sharpness < 40
    assert quality.brightness == pytest.approx(120, abs=1)
    assert quality.clip_fraction == 0.0


def test_clipped_pixels_are_counted_at_both_ends() -> None:
    grey = texture()
    grey[:, 160:] = 255
    assert measure(grey).clip_fraction == pytest.approx(0.5, abs=0.05)
    grey[:, :160] = 3
    assert measure(grey).clip_fraction == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("left", "right"), [(60, 120), (120, 60)])
def test_uneven_light_is_darker_over_brighter(left: int, right: int) -> None:
    grey = np.full((260, 320), left)
    grey[:, 160:] = right
    assert measure(grey).left_right_luminance_ratio == pytest.approx(0.5, abs=0.04)


def test_a_black_picture_has_numbers_too() -> None:
    quality = measure(np.zeros((260, 320)))
    assert quality == FaceQuality(0.0, 0.0, 1.0, 1.0)
