"""Measures from landmarks: known mouths, known errors, whatever the size."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.vision.shape import mouth_openness, relative_error


def mouth(gap: float) -> np.ndarray:
    points = np.zeros((70, 2))
    points[60], points[64] = (0, 0), (40, 0)
    for k, (upper, lower) in enumerate(((61, 67), (62, 66), (63, 65))):
        points[upper], points[lower] = (10 * (k + 1), -gap / 2), (10 * (k + 1), gap / 2)
    points[36], points[45] = (-30, -50), (70, -50)
    return points


def test_a_shut_mouth_is_zero_and_a_square_one_is_one() -> None:
    assert mouth_openness(mouth(0.0)) == 0.0
    assert mouth_openness(mouth(40.0)) == pytest.approx(1.0)
    assert mouth_openness(3 * mouth(10.0)) == pytest.approx(0.25)


def test_an_error_of_a_hundredth_of_the_crop_by_the_distance_of_the_eyes() -> None:
    assert relative_error(np.full(70, 0.01), 250.0, mouth(1.0)) == pytest.approx(0.025)
    assert relative_error(np.full(70, 0.01), 500.0, 2 * mouth(1.0)) == pytest.approx(0.025)
