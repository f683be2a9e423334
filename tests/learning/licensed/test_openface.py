"""Signs and scales of OpenFace against heads whose nose and ears are followed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning.licensed import openface
from emocare.learning.licensed.tables import readings_of

NOSE = np.array([0.0, 0.0, -1.0])
"""In the head, towards the camera: OpenFace's camera looks along +z, y is down."""
IMAGE_RIGHT = np.array([1.0, 0.0, 0.0])


def turned(rx: float, ry: float, rz: float, point: np.ndarray) -> np.ndarray:
    angles = (np.array([angle]) for angle in (rx, ry, rz))
    return openface.rotation(*angles)[0] @ point


def pose(rx: float, ry: float, rz: float) -> dict[str, float]:
    found = openface.head_pose(*(np.array([angle]) for angle in (rx, ry, rz)))
    return {name: float(values[0]) for name, values in found.items()}


def test_yaw_is_positive_when_the_nose_goes_to_the_image_right() -> None:
    assert turned(0, -0.3, 0, NOSE)[0] > 0.2
    assert pose(0, -0.3, 0)["yaw_deg"] == pytest.approx(np.degrees(0.3))


def test_pitch_is_positive_when_the_nose_goes_up() -> None:
    assert turned(-0.3, 0, 0, NOSE)[1] < -0.2, "y is down"
    assert pose(-0.3, 0, 0)["pitch_deg"] == pytest.approx(np.degrees(0.3))


def test_roll_is_positive_clockwise_in_the_image() -> None:
    assert turned(0, 0, 0.3, IMAGE_RIGHT)[1] > 0.2, "what was right goes down"
    assert pose(0, 0, 0.3)["roll_deg"] == pytest.approx(np.degrees(0.3))


def test_the_rotation_is_the_product_of_the_three() -> None:
    alone = [openface.rotation(*(np.array([a]) for a in angles))[0]
             for angles in ((0.2, 0, 0), (0, -0.4, 0), (0, 0, 0.1))]  # fmt: skip
    whole = openface.rotation(*(np.array([a]) for a in (0.2, -0.4, 0.1)))[0]
    np.testing.assert_allclose(whole, alone[0] @ alone[1] @ alone[2])
    np.testing.assert_allclose(whole @ whole.T, np.eye(3), atol=1e-12)


def test_a_look_into_the_camera_from_a_lowered_head_is_a_look_up() -> None:
    lowered = openface.rotation(*(np.array([a]) for a in (0.3, 0.0, 0.0)))
    found = openface.gaze_columns(openface.gaze_in_head(NOSE[None], lowered))
    assert found["gaze_up"][0] == pytest.approx(np.degrees(0.3) / 30)
    assert found["gaze_down"][0] == 0.0


def test_gaze_columns_by_angle() -> None:
    down = np.radians([0.0, 15.0, 45.0, -15.0])
    gaze = np.stack([np.zeros(4), np.sin(down), -np.cos(down)], axis=1)
    found = openface.gaze_columns(gaze)
    np.testing.assert_allclose(found["gaze_down"], [0, 0.5, 1, 0], atol=1e-12)
    np.testing.assert_allclose(found["gaze_up"], [0, 0, 0, 0.5], atol=1e-12)
    aside = openface.gaze_columns(np.array([[np.sin(0.2), 0.0, -np.cos(0.2)]]))["gaze_side"]
    assert aside[0] == pytest.approx(np.degrees(0.2) / 30), "image right is the subject's left"


def test_intensities_become_shares_and_presences_stand_in() -> None:
    table = {"AU12_r": np.array([0.0, 2.5, 9.0]), "AU45_c": np.array([0.0, 1.0, 1.0]),
             "AU28_c": np.array([1.0, 0.0, 0.0])}  # fmt: skip
    found = openface.action_units(table)
    assert found["au12"].tolist() == [0.0, 0.5, 1.0]
    assert found["au45"].tolist() == [0.0, 1.0, 1.0] and found["au28"].tolist() == [1.0, 0.0, 0.0]
    assert "au07" not in found
    with_intensity = openface.action_units(table | {"AU45_r": np.array([0.5, 1.0, 0.0])})
    np.testing.assert_allclose(with_intensity["au45"], [0.1, 0.2, 0.0])


def test_only_rows_that_were_followed_and_sure_are_measured() -> None:
    ok = openface.measured_rows(np.array([1, 1, 0, 1.0]), np.array([0.6, 0.59, 0.9, np.nan]))
    assert ok.tolist() == [True, False, False, False]


def test_rows_that_are_not_later_are_dropped() -> None:
    t_s = np.array([0.0, 0.2, 0.2, np.nan, 0.1, 0.4])
    readings = readings_of(t_s, np.ones(6, bool), {"au12": np.arange(6.0)})
    assert readings["t_s"].tolist() == [0.0, 0.2, 0.4]
    assert readings["au12"].tolist() == [0.0, 1.0, 5.0]
