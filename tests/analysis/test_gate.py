"""Reliable, limited or unreliable, with cause, figure and remedy (section 4.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis.analysed import analyse
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.gate import GateInput, decide
from emocare.analysis.live_gate import live_gate
from emocare.analysis.summarise import severity_of, summarise
from emocare.analysis.uncertainty import Spread
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import Gate, GateDecision, GateMetrics
from tests.analysis.made_up import SOURCE, MadeUpPerson, changed, lively, stamps, with_status

CONFIG = AnalysisConfig()
GOOD = GateMetrics(120.0, 0.99, 0.95, 150.0, 30.0, 0.0)
FINE = GateInput({}, spread=Spread(12, 0.1, 0.2, 8.0, 3.0))
RELIABLE, LIMITED, UNRELIABLE = GateDecision.RELIABLE, GateDecision.LIMITED, GateDecision.UNRELIABLE


def judge(more: GateInput = FINE, **metrics: float | None) -> Gate:
    return decide(replace(GOOD, **metrics), CONFIG, more)  # type: ignore[arg-type]


def metrics_of(gate: Gate) -> list[str]:
    return [reason.metric for reason in gate.reasons]


@pytest.mark.parametrize(
    ("metric", "value", "decision"),
    [
        ("valid_s", 60.0, RELIABLE), ("valid_s", 59.9, LIMITED), ("valid_s", 30.0, LIMITED),
        ("valid_s", 29.9, UNRELIABLE),
        ("face_fraction", 0.80, RELIABLE), ("face_fraction", 0.799, LIMITED),
        ("face_fraction", 0.5, LIMITED), ("face_fraction", 0.499, UNRELIABLE),
        ("valid_fraction", 0.70, RELIABLE), ("valid_fraction", 0.5, LIMITED),
        ("valid_fraction", 0.499, UNRELIABLE),
        ("face_width_px", 96.0, RELIABLE), ("face_width_px", 95.9, LIMITED),
        ("face_width_px", 64.0, LIMITED), ("face_width_px", 63.9, UNRELIABLE),
        ("fps", 15.0, RELIABLE), ("fps", 14.9, LIMITED), ("fps", 5.0, LIMITED),
        ("fps", 4.9, UNRELIABLE),
        ("second_face_fraction", 0.05, RELIABLE), ("second_face_fraction", 0.051, LIMITED),
        ("second_face_fraction", 0.20, LIMITED), ("second_face_fraction", 0.201, UNRELIABLE),
    ],
)  # fmt: skip
def test_every_limit(metric: str, value: float, decision: GateDecision) -> None:
    gate = judge(**{metric: value})
    assert gate.decision is decision
    assert metrics_of(gate) == ([] if decision is RELIABLE else [metric])
    if gate.reasons:
        assert gate.reasons[0].value == value
        assert gate.reasons[0].level is decision


def test_vignette_22() -> None:
    gate = decide(GateMetrics(22.0, 0.41, 0.3, 150.0, 28.0, 0.0), CONFIG, GateInput({}))
    assert gate.decision is UNRELIABLE
    assert set(metrics_of(gate)) == {"valid_s", "face_fraction", "valid_fraction"}
    severity = severity_of(gate.decision, None)
    assert (severity.band, severity.source) == (None, "none")
    assert severity.flags == ("FACE_UNRELIABLE_USE_QUESTIONNAIRE", "QUESTIONNAIRE_REQUIRED")


def test_shortness_is_named_after_every_other_cause() -> None:
    gate = judge(valid_s=10.0, face_width_px=58.0)
    assert metrics_of(gate) == ["face_width_px", "valid_s"]
    gate = judge(valid_s=10.0, face_width_px=80.0)
    assert metrics_of(gate) == ["valid_s", "face_width_px"]
    assert gate.decision is UNRELIABLE


def test_the_worst_measure_wins() -> None:
    gate = judge(fps=10.0, second_face_fraction=0.5)
    assert gate.decision is UNRELIABLE
    assert metrics_of(gate) == ["second_face_fraction", "fps"]


@pytest.mark.parametrize(
    ("more", "metric", "decision"),
    [
        (replace(FINE, mouth_covered=0.31), "mouth_occluded", LIMITED),
        (replace(FINE, foreign_s=2.0), "track_switches", UNRELIABLE),
        (replace(FINE, bitrate_kbps=150.0), "bitrate", LIMITED),
        (replace(FINE, wrong_person=True), "wrong_person", UNRELIABLE),
        (replace(FINE, spread=Spread(12, 0.9, 0.8, 2.5, 9.0)), "ess", LIMITED),
        (replace(FINE, spread=Spread(5, None, None, None, None)), "windows", LIMITED),
    ],
)
def test_other_causes(more: GateInput, metric: str, decision: GateDecision) -> None:
    gate = judge(more)
    assert gate.decision is decision
    assert metrics_of(gate) == [metric]


def test_causes_that_are_within_limits_are_not_named() -> None:
    fine = replace(FINE, mouth_covered=0.30, foreign_s=0.5, bitrate_kbps=200.0)
    assert judge(fine).decision is RELIABLE


def test_too_few_windows_say_nothing_more_than_too_short() -> None:
    short = replace(FINE, spread=Spread(3, None, None, None, None))
    assert metrics_of(judge(short, valid_s=35.0)) == ["valid_s"]


def test_nothing_to_measure_is_no_reason_of_its_own() -> None:
    gate = judge(valid_s=0.0, face_fraction=0.0, valid_fraction=None, face_width_px=None)
    assert metrics_of(gate) == ["face_fraction", "valid_s"]


def test_advice_has_cause_figure_and_need() -> None:
    assert judge(face_width_px=58.0).reasons[0].advice == "Move closer: face 58 px, need 96."
    dark = replace(FINE, excluded={"TOO_DARK": 30.0, "TURNED_AWAY": 4.0})
    advice = judge(dark, valid_fraction=0.41).reasons[0].advice
    assert advice.startswith("Turn a lamp towards the face")
    assert "41 %" in advice
    assert "70 %" in advice
    away = replace(FINE, excluded={"TURNED_AWAY": 40.0})
    assert "Insufficient frontal view" in judge(away, valid_fraction=0.3).reasons[0].advice
    off = replace(FINE, excluded={"CAMERA_OFF": 40.0})
    assert judge(off, face_fraction=0.3).reasons[0].advice.startswith("Switch the camera on")


def test_every_advice_is_a_sentence() -> None:
    gate = judge(
        GateInput({"NO_FACE": 9.0}, 0.5, 3.0, 0.0, 90.0, True, Spread(12, 0.9, 0.8, 2.5, 9.0)),
        valid_s=1.0, face_fraction=0.1, valid_fraction=0.1, face_width_px=20.0, fps=3.0,
        second_face_fraction=0.6,
    )  # fmt: skip
    assert len(gate.reasons) == 11
    for reason in gate.reasons:
        assert reason.advice.endswith(".")
        assert ":" in reason.advice or ";" in reason.advice
        assert reason.advice[0].isupper()


def gate_of(readings: Readings, bitrate: float | None = None) -> Gate:
    return analyse(readings, CONFIG, bitrate).gate


def test_a_good_recording_is_reliable() -> None:
    gate = gate_of(lively(70).readings(stamps(70, 30)))
    assert gate.decision is RELIABLE
    assert gate.metrics == GateMetrics(70.0, 1.0, 1.0, 150.0, 30.0, 0.0)


def test_exactly_a_minute_at_ntsc_rate_is_long_enough() -> None:
    readings = lively(60.06).readings(np.arange(1800) * 1001 / 30000)
    assert "valid_s" not in metrics_of(gate_of(readings))
    assert gate_of(lively(60).readings(stamps(60, 15))).metrics.valid_s == 60.0


def test_measures_count_time_and_not_frames() -> None:
    """Half the minute has no face, at a third of the frame rate."""
    t = np.concatenate([np.arange(0, 30, 1 / 30), np.arange(30, 60, 1 / 10)])
    readings = lively(60).readings(t)
    gate = gate_of(with_status(readings, t >= 30, FrameStatus.NO_FACE))
    assert gate.metrics.face_fraction == pytest.approx(0.5, abs=0.01)
    assert gate.metrics.valid_s == pytest.approx(30.0, abs=0.1)
    assert gate.excluded == {"NO_FACE": pytest.approx(30.0, abs=0.1)}


def test_a_pause_in_the_camera_is_no_missing_face() -> None:
    t = np.concatenate([stamps(40, 30), 100 + stamps(40, 30)])
    metrics = gate_of(lively(140).readings(t)).metrics
    assert metrics.face_fraction == 1.0
    assert metrics.valid_s == pytest.approx(80.0, abs=0.6)
    assert metrics.fps == 30.0


def test_second_faces_and_several_faces() -> None:
    readings = lively(70).readings(stamps(70, 15))
    some = changed(readings, second_face_ratio=np.where(readings["t_s"] < 7, 0.6, 0.3))
    assert gate_of(some).metrics.second_face_fraction == pytest.approx(0.1)
    assert gate_of(some).decision is LIMITED
    crowd = with_status(changed(readings, second_face_ratio=0.9, track_id=0),
                        np.ones(len(readings), bool), FrameStatus.SEVERAL_FACES)  # fmt: skip
    gate = gate_of(crowd)
    assert gate.decision is UNRELIABLE
    assert "second_face_fraction" in metrics_of(gate)
    assert "face_fraction" not in metrics_of(gate)


def test_another_person_makes_it_unreliable_and_is_not_measured() -> None:
    readings = lively(90).readings(stamps(90, 15))
    other = readings["t_s"] >= 80
    swapped = changed(readings, track_id=np.where(other, 2, 1),
                      face_x1_px=readings["face_x1_px"] + 300 * other,
                      face_x2_px=readings["face_x2_px"] + 300 * other)  # fmt: skip
    gate = gate_of(swapped)
    assert gate.decision is UNRELIABLE
    assert metrics_of(gate) == ["track_switches"]
    assert gate.metrics.valid_s == pytest.approx(80.0, abs=0.1)


def test_a_false_face_for_half_a_second_does_no_harm() -> None:
    readings = lively(90).readings(stamps(90, 15))
    false = (readings["t_s"] >= 80) & (readings["t_s"] < 80.5)
    swapped = changed(readings, track_id=np.where(false, 2, 1),
                      face_x1_px=readings["face_x1_px"] + 300 * false,
                      face_x2_px=readings["face_x2_px"] + 300 * false)  # fmt: skip
    assert gate_of(swapped).decision is RELIABLE


def test_a_few_false_faces_in_two_hours_do_no_harm() -> None:
    long = replace(FINE, foreign_s=4.0, measured_s=7000.0)
    assert judge(long).decision is RELIABLE
    assert judge(replace(long, foreign_s=71.0)).decision is UNRELIABLE


def test_a_covered_mouth_limits() -> None:
    readings = lively(90).readings(stamps(90, 15))
    covered = changed(readings, mouth_occluded=np.where(readings["t_s"] < 40, 0.9, 0.0))
    assert metrics_of(gate_of(covered)) == ["mouth_occluded"]


def test_a_starved_upload_limits() -> None:
    readings = lively(70).readings(stamps(70, 15))
    assert metrics_of(gate_of(readings, 150.0)) == ["bitrate"]
    source = replace(SOURCE, bitrate_kbps=150.0)
    assert summarise(readings, CONFIG, source, ()).gate.decision is LIMITED


def test_no_rows_at_all() -> None:
    gate = gate_of(Readings.from_frames([]))
    assert gate.decision is UNRELIABLE
    assert gate.metrics == GateMetrics(0.0, 0.0, None, None, 0.0, 0.0)


def test_live_state_is_collecting_for_fifteen_seconds() -> None:
    readings = MadeUpPerson().readings(stamps(14, 30))
    assert live_gate(readings, CONFIG) is None
    assert live_gate(Readings.from_frames([]), CONFIG) is None


def test_live_state_looks_at_the_last_fifteen_seconds_only() -> None:
    readings = MadeUpPerson().readings(stamps(60, 30))
    t = readings["t_s"]
    early = live_gate(with_status(readings, t < 40, FrameStatus.NO_FACE), CONFIG)
    late = live_gate(with_status(readings, t >= 50, FrameStatus.NO_FACE), CONFIG)
    assert early is not None
    assert early.decision is RELIABLE
    assert late is not None
    assert late.decision is UNRELIABLE
    assert metrics_of(late) == ["face_fraction"]
