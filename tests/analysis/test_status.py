"""Whether one frame is measured, and if not, why (section 4.1)."""

import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.status import face_faults, quality_flags, status_of
from emocare.domain.faces import Face
from emocare.domain.frames import Box
from emocare.domain.readings import FrameStatus
from tests.analysis.made_up import face, quality

CONFIG = AnalysisConfig()


def status(
    one: Face | None, *, brightness: float = 120.0, settled: bool = True, pitch0: float = 0.0
) -> FrameStatus:
    return status_of(one, brightness, settled=settled, pitch0_deg=pitch0, config=CONFIG)


def test_a_good_face_is_measured() -> None:
    assert status(face()) is FrameStatus.OK


def test_without_a_face() -> None:
    assert status(None) is FrameStatus.NO_FACE
    assert status(None, brightness=25.0) is FrameStatus.TOO_DARK
    assert status(None, brightness=3.0) is FrameStatus.CAMERA_OFF


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"box_px": Box(0, 0, 35.9, 50)}, FrameStatus.TOO_SMALL),
        ({"box_px": Box(0, 0, 36.1, 50)}, FrameStatus.OK),
        ({"yaw_deg": 30.1}, FrameStatus.TURNED_AWAY),
        ({"yaw_deg": -30.1}, FrameStatus.TURNED_AWAY),
        ({"yaw_deg": 29.9}, FrameStatus.OK),
        ({"pitch_deg": -25.1}, FrameStatus.TURNED_AWAY),
        ({"roll_deg": 31.0}, FrameStatus.TURNED_AWAY),
        ({"quality": quality(sharpness=39.0)}, FrameStatus.TOO_BLURRED),
        ({"quality": quality(clip_fraction=0.3, brightness=60.0)}, FrameStatus.TOO_DARK),
        ({"quality": quality(clip_fraction=0.3, brightness=200.0)}, FrameStatus.TOO_BRIGHT),
        ({"quality": quality(left_right_luminance_ratio=0.4)}, FrameStatus.TOO_DARK),
        ({"mouth_occluded": 0.9, "eyes_occluded": 0.9}, FrameStatus.OCCLUDED),
        ({"mouth_occluded": 0.9}, FrameStatus.OK),
        ({"eyes_occluded": 0.9}, FrameStatus.OK),
    ],
)
def test_each_limit(changes: dict[str, object], expected: FrameStatus) -> None:
    assert status(face(**changes)) is expected


def test_a_dark_face_with_contrast_is_measured_and_one_without_is_not() -> None:
    """Darker skin keeps its contrast in good light; an underexposed face loses it."""
    assert status(face(quality=quality(brightness=32.0, sharpness=120.0))) is FrameStatus.OK
    flat = face(quality=quality(brightness=32.0, sharpness=20.0))
    assert status(flat) is FrameStatus.TOO_DARK
    assert face_faults(flat, 0.0, CONFIG) == (FrameStatus.TOO_DARK, FrameStatus.TOO_BLURRED)


def test_a_bright_face_with_contrast_is_measured_and_one_without_is_not() -> None:
    assert status(face(quality=quality(brightness=230.0, sharpness=90.0))) is FrameStatus.OK
    assert status(face(quality=quality(brightness=230.0, sharpness=9.0))) is FrameStatus.TOO_BRIGHT


def test_pitch_counts_from_the_persons_own() -> None:
    tilted = face(pitch_deg=-30.0)
    assert status(tilted) is FrameStatus.TURNED_AWAY
    assert status(tilted, pitch0=-15.0) is FrameStatus.OK


def test_several_faces_only_while_it_is_not_settled() -> None:
    assert status(face(), settled=False) is FrameStatus.SEVERAL_FACES


def test_a_still_picture_lists_every_flag() -> None:
    assert quality_flags(face(), CONFIG) == ()
    poor = face(
        yaw_deg=50.0, mouth_occluded=0.8, quality=quality(brightness=30.0, sharpness=10.0)
    )
    assert quality_flags(poor, CONFIG) == (
        "TURNED_AWAY", "TOO_DARK", "TOO_BLURRED", "DARK_ON_AVERAGE", "MOUTH_COVERED",
    )  # fmt: skip
    assert quality_flags(face(eyes_occluded=0.8, quality=quality(brightness=230.0)), CONFIG) == (
        "BRIGHT_ON_AVERAGE", "EYES_COVERED",
    )  # fmt: skip
