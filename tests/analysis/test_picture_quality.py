"""Named quality measures: limits, scores, what is never judged, what is null with a reason."""

from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.picture_quality import recording_quality, still_quality
from emocare.analysis.quality_rules import CROP_REASON, rules
from emocare.analysis.status import face_faults
from emocare.domain.faces import Face
from emocare.domain.frames import Box
from emocare.domain.quality import QualityMeasure, measures_to_dict
from emocare.domain.readings import FrameStatus, Readings
from tests.analysis.made_up import MadeUpPerson, changed, face, quality, stamps, with_status

CONFIG = AnalysisConfig()
SIZE = (640, 480)
OBSERVED = ("EyesOpen", "MouthClosed", "ExpressionNeutrality")


def of(one: Face | None, *, second: float = 0.0, crop: bool = False) -> dict[str, QualityMeasure]:
    found = still_quality(one, second, SIZE, CONFIG, crop=crop)
    assert len({m.name for m in found}) == len(found)
    return {m.name: m for m in found}


def over(readings: Readings, size: tuple[int, int] = SIZE) -> dict[str, QualityMeasure]:
    return {m.name: m for m in recording_quality(readings, size, CONFIG)}


def failing(found: dict[str, QualityMeasure]) -> set[str]:
    return {name for name, measure in found.items() if measure.passed is False}


def test_a_good_face_passes_everything_that_is_judged() -> None:
    found = of(face())
    assert failing(found) == set()
    assert all(m.advice is None for m in found.values())
    assert found["Sharpness"].passed
    assert found["Sharpness"].score == 100.0
    assert found["HeadPoseYaw"].score == pytest.approx(100 - 50 * 2 / 30, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"yaw_deg": -30.1}, "HeadPoseYaw"),
        ({"pitch_deg": -25.1}, "HeadPosePitch"),
        ({"roll_deg": 31.0}, "HeadPoseRoll"),
        ({"quality": quality(sharpness=39.0)}, "Sharpness"),
        ({"quality": quality(clip_fraction=0.3, brightness=60.0)}, "UnderExposurePrevention"),
        ({"quality": quality(clip_fraction=0.3, brightness=200.0)}, "OverExposurePrevention"),
        ({"quality": quality(left_right_luminance_ratio=0.4)}, "IlluminationUniformity"),
        ({"eyes_occluded": 0.6}, "EyesVisible"),
        ({"mouth_occluded": 0.6}, "MouthOcclusionPrevention"),
        ({"box_px": Box(200, 100, 290, 210)}, "HeadSize"),
        ({"box_px": Box(-10, 100, 140, 290)}, "LeftwardCropOfTheFaceImage"),
        ({"box_px": Box(500, 100, 650, 290)}, "RightwardCropOfTheFaceImage"),
        ({"box_px": Box(200, -5, 350, 185)}, "UpwardCropOfTheFaceImage"),
        ({"box_px": Box(200, 300, 350, 490)}, "DownwardCropOfTheFaceImage"),
    ],
)
def test_each_limit_fails_one_measure_with_one_advice(
    changes: dict[str, object], name: str
) -> None:
    found = of(face(**changes))
    assert failing(found) == {name}
    assert found[name].score is not None
    assert found[name].score < 50
    assert (found[name].advice or "").endswith(".")


def test_every_rule_scores_fifty_at_its_limit_and_is_judged_there_as_the_gate_does() -> None:
    for rule in rules(CONFIG):
        for limit in (rule.least, rule.most):
            if limit is not None:
                assert rule.scores(np.array([limit]))[0] == 50.0, rule.name
                assert rule.passes(np.array([limit]))[0] == (not rule.strict), rule.name


def test_a_dark_face_with_contrast_passes_and_one_without_fails() -> None:
    """Darker skin keeps its contrast in good light; no floor on the mean may drop it."""
    found = of(face(quality=quality(brightness=30.0, sharpness=120.0)))
    assert failing(found) == set()
    assert found["LuminanceMean"].score == 50.0
    flat = of(face(quality=quality(brightness=30.0, sharpness=20.0)))
    assert failing(flat) == {"LuminanceMean", "Sharpness"}


def test_the_measures_agree_with_what_excludes_a_picture() -> None:
    """What the status calls a fault fails a measure, and nothing else of light, blur, pose does."""
    rng = np.random.default_rng(1)
    judged = {r.name for r in rules(CONFIG)} - {
        "HeadSize", "EyesVisible", "MouthOcclusionPrevention", "SingleFacePresent",
        *(r.name for r in rules(CONFIG) if r.name.endswith("CropOfTheFaceImage")),
    }  # fmt: skip
    for _ in range(300):
        one = face(
            yaw_deg=rng.uniform(-45, 45), pitch_deg=rng.uniform(-35, 35),
            mouth_occluded=rng.uniform(), eyes_occluded=rng.uniform(),
            quality=quality(
                sharpness=rng.uniform(0, 200), brightness=rng.uniform(10, 250),
                clip_fraction=rng.uniform(0, 0.35),
                left_right_luminance_ratio=rng.uniform(0.3, 1.0),
            ),
        )  # fmt: skip
        assert bool(failing(of(one)) & judged) is bool(face_faults(one, 0.0, CONFIG))


def test_what_is_observed_is_named_and_never_judged() -> None:
    tired = face(eye_openness_left=0.02, eye_openness_right=0.02)
    found = of(tired)
    for name in OBSERVED:
        assert found[name].passed is None
        assert found[name].value is not None
        assert (found[name].reason or "").startswith("Not judged")
    assert failing(found) == set()


def test_without_a_face_every_value_is_null_with_a_reason() -> None:
    for measure in of(None).values():
        assert measure.value is None
        assert measure.score is None
        assert measure.passed is None
        assert measure.reason


def test_a_crop_says_nothing_of_what_is_around_it() -> None:
    found = of(face(), crop=True)
    assert found["SingleFacePresent"].reason == CROP_REASON
    assert found["UpwardCropOfTheFaceImage"].value is None
    assert found["Sharpness"].passed


def test_a_second_face_fails_single_face_present() -> None:
    assert failing(of(face(), second=0.5)) == {"SingleFacePresent"}
    assert failing(of(face(), second=0.49)) == set()


def test_a_recording_is_judged_by_the_share_of_time_that_passes() -> None:
    readings = MadeUpPerson(head_deg=1.0).readings(stamps(100, 10))
    t = readings["t_s"]
    for blurred_s, passes in ((29.0, True), (31.0, False)):
        found = over(changed(readings, sharpness=np.where(t < blurred_s, 20.0, 300.0)))
        assert found["Sharpness"].value == 300.0
        assert found["Sharpness"].passed is passes
        assert found["Sharpness"].passed_share == pytest.approx(1 - blurred_s / 100, abs=0.002)
        assert found["Sharpness"].needed_share == 0.7
        assert (found["Sharpness"].advice is None) is passes
    second = over(changed(readings, second_face_ratio=np.where(t < 6.0, 0.8, 0.0)))
    assert failing(second) == {"SingleFacePresent"}


def test_a_recording_needs_no_landmarks_and_says_so() -> None:
    readings = MadeUpPerson().readings(stamps(10, 10))
    assert over(readings)["InterEyeDistance"].reason == "The landmarks were not kept."
    points = np.zeros((len(readings), 70, 2), np.float32)
    points[:, 42:48, 0] = 60.0
    kept = over(Readings(changed(readings, yaw_deg=0.0).columns, points))["InterEyeDistance"]
    assert kept.value == 60.0
    assert kept.passed is None


def test_an_unknown_picture_size_leaves_two_edges_open() -> None:
    found = over(MadeUpPerson().readings(stamps(10, 10)), (0, 0))
    assert found["RightwardCropOfTheFaceImage"].value is None
    assert found["RightwardCropOfTheFaceImage"].reason == "The size of the picture was not kept."
    assert found["LeftwardCropOfTheFaceImage"].value == pytest.approx(200 / 150, abs=1e-3)


def test_pitch_of_a_recording_counts_from_the_persons_own() -> None:
    readings = MadeUpPerson(head_deg=0.0).readings(stamps(20, 10))
    found = over(changed(readings, pitch_deg=-18.0))
    assert found["HeadPosePitch"].value == pytest.approx(0.0, abs=1e-6)


def test_nothing_recorded_and_nobody_seen_are_null() -> None:
    readings = MadeUpPerson().readings(stamps(5, 10))
    gone = with_status(readings, np.ones(len(readings), bool), FrameStatus.NO_FACE)
    for table in (gone, readings.rows(np.zeros(len(readings), bool))):
        assert all(m.value is None and m.reason for m in over(table).values())


def test_json_has_names_as_keys_and_comes_back_equal() -> None:
    measures = still_quality(face(), 0.0, SIZE, CONFIG, crop=False)
    values = measures_to_dict(measures)
    assert next(iter(values)) == "LuminanceMean"
    assert tuple(QualityMeasure(name, **one) for name, one in values.items()) == measures
    assert replace(measures[0], name="x") != measures[0]
