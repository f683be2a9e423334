"""The canonical framing: what it is centred on, and that turning and cutting agree."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emocare.learning import framing
from emocare.learning.recipe import CENTRE_UP, SIDE_PER_SPREAD, crop_recipe
from tests.learning.schematic import face_points


def test_a_level_face_is_framed_by_spread_and_mean() -> None:
    points = face_points() * 200
    frame = framing.frame_landmarks(points)
    mean = points[:68].mean(axis=0)
    spread = np.sqrt(((points[:68] - mean) ** 2).sum(axis=1).mean())
    assert frame.side == pytest.approx(SIDE_PER_SPREAD * spread)
    assert frame.roll_deg == pytest.approx(0.0, abs=1e-9)
    assert [frame.centre_x, frame.centre_y] == pytest.approx(mean - [0, CENTRE_UP * spread])


def test_turning_the_face_turns_the_frame_and_nothing_else() -> None:
    points = face_points() * 200
    turn = cv2.getRotationMatrix2D((90.0, 110.0), -25.0, 1.0)
    level, turned = framing.frame_landmarks(points), framing.frame_landmarks(points @ turn[:, :2].T)
    assert turned.roll_deg == pytest.approx(25.0)
    assert turned.side == pytest.approx(level.side)
    fractions = framing.apply(framing.invert(level.matrix()), points)
    again = framing.apply(framing.invert(turned.matrix()), points @ turn[:, :2].T)
    assert again == pytest.approx(fractions)


@pytest.mark.parametrize("scale", [1.0, 6.0])
def test_a_cut_shows_each_place_where_the_matrix_says(scale: float) -> None:
    size = 80
    picture = np.zeros((round(120 * scale), round(100 * scale)), np.uint8)
    spot = np.array([60.0, 50.0]) * scale
    cv2.circle(picture, np.round(spot).astype(int).tolist(), round(3 * scale), 255, -1)
    matrix = framing.Framing(55.0 * scale, 60.0 * scale, 70.0 * scale, 15.0).matrix()
    crop = framing.cut(picture, matrix, size).astype(float)
    seen = np.array([(crop * axis).sum() for axis in np.mgrid[0:size, 0:size]])[::-1] / crop.sum()
    expected = framing.apply(framing.invert(matrix), spot + 0.5) * size - 0.5
    assert seen == pytest.approx(expected, abs=0.35)


def test_a_box_gives_the_same_square_as_the_recipe_says() -> None:
    recipe = crop_recipe()
    frame = framing.frame_box(10.0, 20.0, 30.0, 40.0)
    assert frame.side == pytest.approx(40.0 * float(str(recipe["box_side_per_height"])))
    assert frame.centre_x == pytest.approx(25.0)
    assert frame.centre_y == pytest.approx(40.0 * (1 + float(str(recipe["box_down_in_heights"]))))
