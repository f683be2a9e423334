from __future__ import annotations

import numpy as np
import pytest

from emocare.vision.pose import Pose


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, -20, 10), (-45, 15, -30), (5, 60, 80)])
def test_angles_and_rotation_say_the_same(angles: tuple[float, float, float]) -> None:
    pose = Pose(*angles)
    again = Pose.of(pose.rotation())
    assert (again.yaw_deg, again.pitch_deg, again.roll_deg) == pytest.approx(angles, abs=1e-9)
    assert pose.rotation() @ pose.rotation().T == pytest.approx(np.eye(3))


def test_signs() -> None:
    """Camera coordinates: x right, y up, z towards the viewer."""
    nose = np.array([0.0, 0.0, 1.0])
    assert (Pose(20, 0, 0).rotation() @ nose)[0] > 0
    assert (Pose(0, 20, 0).rotation() @ nose)[1] > 0
    right_ear_side = np.array([1.0, 0.0, 0.0])
    assert (Pose(0, 0, 20).rotation() @ right_ear_side)[1] < 0


def test_a_frontal_face_turned_with_its_picture_only_rolls() -> None:
    turned = Pose(0, 0, 5).turned(20)
    assert (turned.yaw_deg, turned.pitch_deg, turned.roll_deg) == pytest.approx((0, 0, 25))


def test_a_face_turned_aside_looks_down_when_the_picture_is_laid_over() -> None:
    turned = Pose(30, 0, 0).turned(90)
    assert (turned.yaw_deg, turned.pitch_deg) == pytest.approx((0, -30), abs=1e-9)
