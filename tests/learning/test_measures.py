"""Action Units, eye aspect ratio and head angles against hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning import measures
from emocare.learning.recipe import ACTION_UNITS


def test_every_action_unit_has_its_blendshapes() -> None:
    assert tuple(measures.ACTION_UNIT_SHAPES) == ACTION_UNITS


def test_left_and_right_blendshapes_are_averaged() -> None:
    names = sorted({name for shapes in measures.ACTION_UNIT_SHAPES.values() for name in shapes})
    shapes = np.zeros((1, len(names)))
    shapes[0, names.index("mouthSmileLeft")] = 0.8
    shapes[0, names.index("mouthRollUpper")] = 0.6
    units = dict(zip(ACTION_UNITS, measures.action_units(shapes, names)[0], strict=True))
    assert units["au12"] == pytest.approx(0.4)
    assert units["au28"] == pytest.approx(0.3)
    assert sum(units.values()) == pytest.approx(0.7)


def test_eye_aspect_ratio_of_a_known_eye() -> None:
    eye = np.array([[0, 0], [3, -2], [7, -2], [10, 0], [7, 1], [3, 1]], dtype=float)
    assert measures.eye_aspect_ratio(eye) == pytest.approx((3 + 3) / (2 * 10))


def test_eye_openness_gives_the_subjects_left_eye_first() -> None:
    points = np.zeros((70, 2))
    wide = np.array([[0, 0], [3, -3], [7, -3], [10, 0], [7, 3], [3, 3]], dtype=float)
    points[42:48] = wide
    points[36:42] = wide * [1.0, 0.1]
    left, right = measures.eye_openness(points)
    assert left == pytest.approx(0.6)
    assert right == pytest.approx(0.06)


@pytest.mark.parametrize("angle", [-25.0, 0.0, 40.0])
def test_each_head_angle_comes_back(angle: float) -> None:
    a = np.radians(angle)
    c, s = np.cos(a), np.sin(a)
    yaw = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    pitch = np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
    assert measures.angles(yaw) == pytest.approx([angle, 0, 0], abs=1e-9)
    assert measures.angles(pitch) == pytest.approx([0, angle, 0], abs=1e-9)
    turned = measures.turn_in_image(np.eye(3), angle)
    assert measures.angles(turned) == pytest.approx([0, 0, angle], abs=1e-9)


def test_a_mirror_swaps_yaw_and_roll_and_keeps_pitch() -> None:
    a, b = np.radians(20), np.radians(-10)
    yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    head = measures.turn_in_image(pitch @ yaw, 7.0)
    before, after = measures.angles(head), measures.angles(measures.mirror_rotation(head))
    assert after == pytest.approx(before * [-1, 1, -1], abs=1e-9)


def test_the_mirror_order_is_its_own_inverse() -> None:
    order = measures.mirror_order()
    assert sorted(order) == list(range(70))
    assert (order[order] == np.arange(70)).all()
