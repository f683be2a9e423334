"""Features on made-up people with known behaviour, and when each is null (section 3.4)."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.analysis.analysed import Analysis, analyse
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.measures import FEATURES
from emocare.domain.readings import Readings, Segment
from emocare.domain.summary import Feature
from tests.analysis.made_up import MadeUpPerson, changed, lively, stamps

CONFIG = AnalysisConfig()
MOUTH_FEATURES = ("f1", "f2", "f3", "f4", "f8", "f13", "f14", "f17", "f18", "f20")
EYE_FEATURES = ("f7", "f10", "f11", "f12", "f15", "f19", "f20", "au12_pair")


def features(readings: Readings, config: AnalysisConfig = CONFIG) -> dict[str, Feature]:
    return dict(analysed(readings, config).features)


def analysed(readings: Readings, config: AnalysisConfig = CONFIG) -> Analysis:
    return analyse(readings, config, None)


def value(readings: Readings, name: str, config: AnalysisConfig = CONFIG) -> float:
    found = features(readings, config)[name]
    assert found.value is not None, found.reason
    return found.value


def every(
    seconds: float, length: float, step: float, start: float = 1.0
) -> list[tuple[float, float]]:
    return [(s, s + length) for s in np.arange(start, seconds - length, step)]


def test_all_features_are_there_with_a_value_or_a_reason() -> None:
    found = features(lively(120).readings(stamps(120, 30)))
    assert tuple(found) == FEATURES
    for name, feature in found.items():
        assert (feature.value is None) == (feature.z is None) == (feature.u is None), name
        assert feature.value is not None or feature.reason, name
    assert [n for n, f in found.items() if f.value is None] == ["f9", "f21"]


def test_smile_time_and_peak() -> None:
    readings = MadeUpPerson(smiles=every(60, 2.0, 10.0), noise=0.0).readings(stamps(60, 30))
    assert value(readings, "f1") == pytest.approx(0.2, abs=0.01)
    assert value(readings, "f2") == pytest.approx((0.7 - 0.06) / 0.94, abs=0.05)


def test_a_livelier_face_has_more_expressivity_and_speed() -> None:
    still = MadeUpPerson(unit_motion=0.02).readings(stamps(60, 30))
    moving = MadeUpPerson(unit_motion=0.3).readings(stamps(60, 30))
    assert value(moving, "f3") > 4 * value(still, "f3")
    assert value(moving, "f4") > 2 * value(still, "f4")


def test_speed_of_a_known_movement() -> None:
    """All units rise and fall by 0.4 in 8 s: 0.1 a second; spread of a triangle 0.4/sqrt(12).

    The median flattens a quarter of a second at each turn.
    """
    t = stamps(80, 30)
    triangle = 0.1 + 0.4 * np.abs((t % 8) / 4 - 1)
    units = {f"au{n:02d}": triangle for n in (1, 2, 4, 7, 10, 12, 15, 17, 20, 24, 26, 28)}
    config = AnalysisConfig(baseline_percentile=0.0)
    readings = changed(MadeUpPerson().readings(t), **units)
    assert value(readings, "f4", config) == pytest.approx(0.1 / 0.9, rel=0.08)
    assert value(readings, "f3", config) == pytest.approx(0.4 / 0.9 / np.sqrt(12), rel=0.08)


def test_head_speed_and_amplitude_of_a_known_turn() -> None:
    """Yaw swings evenly by 10 degrees in a second, back in the next."""
    t = stamps(60, 30)
    yaw = 10 * np.abs(t % 2 - 1)
    still = np.zeros(len(t))
    readings = changed(MadeUpPerson().readings(t), yaw_deg=yaw, pitch_deg=still, roll_deg=still)
    assert value(readings, "f5") == pytest.approx(10.0, rel=0.02)
    assert value(readings, "f6") == pytest.approx(10 / np.sqrt(12) / 3, rel=0.03)


def test_jitter_is_what_lies_between_two_and_six_hertz() -> None:
    t = stamps(60, 30)
    still = np.zeros(len(t))
    for hz, expected in ((0.4, 0.0), (4.0, 1.0 / np.sqrt(2)), (10.0, 0.0)):
        wave = np.sin(2 * np.pi * hz * t)
        readings = changed(MadeUpPerson().readings(t), yaw_deg=wave, pitch_deg=wave, roll_deg=wave)
        assert value(readings, "f16") == pytest.approx(expected, abs=0.05), hz
    readings = changed(MadeUpPerson().readings(t), yaw_deg=still, pitch_deg=still, roll_deg=still)
    assert value(readings, "f16") == 0.0


def test_looking_down_is_counted_on_tracked_frames_but_not_with_closed_eyes() -> None:
    person = MadeUpPerson(down=every(60, 3.0, 10.0), head_deg=1.0)
    assert value(person.readings(stamps(60, 30)), "f7") == pytest.approx(0.3, abs=0.01)
    asleep = MadeUpPerson(down=[(0, 30)], closures=[(0, 30)], head_deg=1.0)
    assert value(asleep.readings(stamps(60, 30)), "f7") == pytest.approx(0.0, abs=0.01)


def test_a_head_that_is_down_counts_although_its_frames_are_not_measured() -> None:
    readings = MadeUpPerson(head_deg=1.0).readings(stamps(60, 30))
    t = readings["t_s"]
    down = t % 10 < 3
    status = readings.text("status").copy()
    status[down] = "TURNED_AWAY"
    bowed = changed(readings, pitch_deg=np.where(down, -38.0, readings["pitch_deg"]), status=status)
    assert value(bowed, "f7") == pytest.approx(0.3, abs=0.01)
    under = changed(readings, pitch_deg=np.where(down, -60.0, readings["pitch_deg"]), status=status)
    assert value(under, "f7") == pytest.approx(0.0, abs=0.01)


def test_eyes() -> None:
    person = MadeUpPerson(closures=every(120, 2.0, 20.0), blinks=list(np.arange(5.0, 119, 4.0)))
    readings = person.readings(stamps(120, 30))
    blinks = [c for c in np.arange(5.0, 119, 4.0)
              if not any(a - 0.1 <= c <= b + 0.1 for a, b in person.closures)]  # fmt: skip
    assert value(readings, "f11") == pytest.approx(6.0, abs=0.3)
    assert value(readings, "f10") == pytest.approx(12 / 120 + len(blinks) * 0.14 / 120, abs=0.01)
    assert value(readings, "f15") == pytest.approx(len(blinks) / 2, abs=0.01)


def test_drooping_lids_count_from_the_persons_own_open_eye() -> None:
    t = stamps(60, 30)
    eo = np.where(t % 10 < 2, 0.30, 0.24)
    for scale in (1.0, 0.6):
        readings = changed(MadeUpPerson().readings(t), eye_openness_left=scale * eo,
                           eye_openness_right=scale * eo)  # fmt: skip
        assert value(readings, "f12") == pytest.approx(0.2, abs=0.01)


def test_yawns_lips_and_brows() -> None:
    person = MadeUpPerson(yawns=[(10, 14), (40, 44)], frowns=every(60, 3.0, 10.0),
                          raises=every(60, 1.0, 10.0))  # fmt: skip
    readings = person.readings(stamps(60, 30))
    t = readings["t_s"]
    readings = changed(readings, au24=np.where(t % 10 < 1, 0.6, 0.05),
                       au28=np.where(t % 10 > 8, 0.6, 0.05))  # fmt: skip
    assert value(readings, "f13") == pytest.approx(2.0, abs=0.01)
    assert value(readings, "f19") == pytest.approx(0.3, abs=0.01)
    assert value(readings, "au12_pair") == pytest.approx(0.1, abs=0.01)
    assert value(readings, "f17") == pytest.approx(0.3, abs=0.01)


def test_valence_of_the_worked_example() -> None:
    """Section 3.4: baseline and expression as given make V = -0.172 and sum a p' = -0.035."""
    order = {"happiness": (0.05, 0.02), "sadness": (0.30, 0.10), "anger": (0.05, 0.02),
             "fear": (0.02, 0.01), "disgust": (0.02, 0.01), "surprise": (0.01, 0.01),
             "contempt": (0.05, 0.03)}  # fmt: skip
    parts = []
    for column, (segment, start) in enumerate(
        [(Segment.NEUTRAL_TALK, 30.0), (Segment.BASELINE, 0.0)]
    ):
        p = {f"p_{name}": values[column] for name, values in order.items()}
        p["p_neutral"] = 1 - sum(p.values())
        parts.append(changed(MadeUpPerson().readings(start + stamps(30, 30), segment), **p))
    found = analysed(Readings.concatenate(parts[::-1]))
    assert found.features["f8"].value == pytest.approx(-0.172, abs=5e-4)
    speed = found.features["f4"].value or 0.0
    lively_part = 0.3 * np.tanh((np.log(speed + 1e-4) + 2.9) / 0.9)
    from emocare.analysis.estimates import affect_series

    arousal = affect_series("arousal", found, CONFIG).mean()
    assert arousal == pytest.approx(0.7 * -0.035 + lively_part, abs=0.03)


def test_fear_and_anger_are_means_of_corrected_expressions() -> None:
    t = stamps(60, 30)
    p = {f"p_{n}": np.where(t % 10 < 5, 0.2, 0.0) for n in ("fear", "anger", "disgust", "contempt")}
    readings = changed(MadeUpPerson().readings(t), **p)
    assert value(readings, "f14") == pytest.approx(0.1, abs=2e-3)
    assert value(readings, "f18") == pytest.approx(0.25, abs=5e-3)


def test_au14_counts_only_from_a_reader_that_measures_it() -> None:
    t = stamps(60, 30)
    readings = changed(MadeUpPerson(smiles=every(60, 1.0, 10.0, 0.0)).readings(t),
                       au14=np.where(t % 10 < 3, 0.6, 0.05))  # fmt: skip
    assert features(readings)["f9"].value is None
    measured = AnalysisConfig(dimpler_measured=True)
    assert value(readings, "f9", measured) == pytest.approx(0.2, abs=0.02)


def test_slow_recordings_lose_what_needs_speed() -> None:
    found = features(lively(120).readings(stamps(120, 12)))
    missing = {n for n, f in found.items() if f.value is None}
    assert missing == {"f9", "f10", "f11", "f15", "f16", "f21"}
    assert "15 frames a second" in (found["f10"].reason or "")


@pytest.mark.parametrize(
    ("seconds", "known", "sure"), [(50, False, False), (100, True, False), (200, True, True)]
)
def test_blink_rate_needs_a_minute_and_is_sure_after_three(
    seconds: float, known: bool, sure: bool
) -> None:
    found = features(lively(seconds).readings(stamps(seconds, 15)))["f15"]
    assert (found.value is not None) is known
    if known:
        assert (found.reason is None) is sure


def test_blink_rate_is_of_one_task() -> None:
    blinks = [*np.arange(1.0, 100.0, 2.0), *np.arange(101.0, 170.0, 6.0)]
    person = MadeUpPerson(blinks=blinks)
    readings = Readings.concatenate([
        person.readings(stamps(100, 15), Segment.NEUTRAL_TALK),
        person.readings(100 + stamps(70, 15), Segment.REST),
    ])  # fmt: skip
    assert value(readings, "f15") == pytest.approx(30.0, abs=0.5)


@pytest.mark.parametrize(
    ("column", "missing"),
    [
        ("mouth_occluded", {*MOUTH_FEATURES, "f9", "f21"}),
        ("eyes_occluded", {*EYE_FEATURES, "f9", "f21"}),
    ],
)  # fmt: skip
def test_a_covered_region_drops_its_own_items(column: str, missing: set[str]) -> None:
    readings = lively(120).readings(stamps(120, 15))
    covered = np.where(readings["t_s"] < 50, 0.9, 0.02)
    found = features(changed(readings, **{column: covered}))
    assert {n for n, f in found.items() if f.value is None} == missing


def test_a_region_covered_for_a_while_is_only_left_out_there() -> None:
    readings = MadeUpPerson(smiles=every(120, 2.0, 10.0)).readings(stamps(120, 15))
    covered = np.where(readings["t_s"] < 30, 0.9, 0.02)
    smile = np.where(covered > 0.5, 0.9, readings["au12"])
    hidden = changed(readings, mouth_occluded=covered, au12=smile)
    assert value(hidden, "f1") == pytest.approx(0.2, abs=0.02)


def test_positive_reactivity_compares_two_tasks() -> None:
    person = MadeUpPerson(smiles=[*every(60, 1.0, 10.0), *every(120, 4.0, 10.0, 61.0)])
    talk = person.readings(stamps(60, 15), Segment.NEUTRAL_TALK)
    memory = person.readings(60 + stamps(60, 15), Segment.POSITIVE_MEMORY)
    assert value(Readings.concatenate([talk, memory]), "f21") == pytest.approx(0.3, abs=0.02)
    assert features(talk)["f21"].value is None


def test_no_valid_window_leaves_only_what_needs_none() -> None:
    found = features(lively(5).readings(stamps(5, 30)))
    assert {n for n, f in found.items() if f.value is not None} == {"f7"}


def test_a_unit_that_no_reader_measures_does_not_spoil_the_means() -> None:
    readings = lively(60).readings(stamps(60, 15))
    nothing = np.full(len(readings), np.nan)
    assert features(changed(readings, au17=nothing, au20=nothing))["f3"].value is not None
    gone = dict.fromkeys(("au15", "au17", "au20", "au24", "au28"), nothing)
    assert features(changed(readings, **gone))["f3"].value is None
    assert features(changed(readings, **gone))["f4"].value is None
