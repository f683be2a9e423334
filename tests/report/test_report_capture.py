"""Picture measures from readings."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, LANDMARKS, Face, FaceQuality
from emocare.domain.frames import Box
from emocare.domain.readings import FrameReading, FrameStatus, Readings
from emocare.report.capture import capture_measures


def face(yaw: float, sharpness: float, mouth: float) -> Face:
    """A face that differs in three measures."""
    return Face(
        Box(0, 0, 100, 120), 0.9, np.zeros((LANDMARKS, 2), np.float32), yaw, -4.0, 2.0, 0.3, 0.3,
        0.1, mouth, 0.0, np.full(len(EXPRESSIONS), 0.125, np.float32),
        np.zeros(len(ACTION_UNITS), np.float32), FaceQuality(sharpness, 120.0, 0.02, 0.9),
    )  # fmt: skip


def test_medians_and_shares_over_followed_faces() -> None:
    frames = [
        FrameReading(0.0, FrameStatus.OK, face=face(-10.0, 100.0, 0.1), track_id=1),
        FrameReading(0.1, FrameStatus.TURNED_AWAY, face=face(40.0, 200.0, 0.9), track_id=1),
        FrameReading(0.2, FrameStatus.OK, face=face(6.0, 300.0, 0.5), track_id=1),
        FrameReading(0.3, FrameStatus.NO_FACE),
    ]
    found = capture_measures(Readings.from_frames(frames))
    assert found.yaw_deg == 10.0
    assert found.pitch_deg == 4.0
    assert found.sharpness == 200.0
    assert found.mouth_occluded == pytest.approx(2 / 3)
    assert found.eyes_occluded == 0.0


def test_nothing_followed_is_nothing_measured() -> None:
    for frames in ([], [FrameReading(0.0, FrameStatus.NO_FACE)]):
        found = capture_measures(Readings.from_frames(frames))
        assert found.brightness is None and found.roll_deg is None and found.mouth_occluded is None
