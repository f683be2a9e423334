"""While recording: gate with hysteresis, sitting position, dimensions of the last minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis.analyzer import Analyzer
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.live_check import GREEN_S, SittingCheck
from emocare.analysis.live_gate import GateWatch
from emocare.analysis.live_trails import Point
from emocare.analysis.live_watch import LiveWatch
from emocare.analysis.timeline import timeline
from emocare.domain.faces import Face
from emocare.domain.frames import Box, Frame
from emocare.domain.live import LiveCheck, LiveGateState
from emocare.domain.readings import FrameReading, FrameStatus, Readings, Segment
from emocare.domain.summary import DIMENSIONS, Gate, GateDecision, GateMetrics, GateReason
from tests.analysis.made_up import face, quality
from tests.services.fakes import ScriptedReader, face_at

CONFIG = AnalysisConfig()
GUIDED = AnalysisConfig(protocol="guided")
PICTURE = np.full((8, 8, 3), 120, np.uint8)
REASON = GateReason("face_fraction", 0.1, 0.8, "Stay in the picture.", GateDecision.UNRELIABLE)
GOOD = Gate(GateDecision.RELIABLE, (), GateMetrics(15.0, 1.0, 1.0, 150.0, 30.0, 0.0))
BAD = replace(GOOD, decision=GateDecision.UNRELIABLE, reasons=(REASON,))
FPS = 20.0


def task_at(t_s: float) -> Segment:
    """Half a minute of neutral face, then talk."""
    return Segment.BASELINE if t_s < 30.0 else Segment.NEUTRAL_TALK


def read(
    seconds: float, script: Callable[[float], Face | None] = face_at,
    task: Callable[[float], Segment] = task_at, analyzer: Analyzer | None = None,
) -> Iterator[FrameReading]:  # fmt: skip
    """Readings of a made-up person, one after the other."""
    analyzer = analyzer or Analyzer(ScriptedReader(script), GUIDED)
    for k in range(round(seconds * FPS)):
        yield analyzer.push(Frame(k / FPS, PICTURE), task(k / FPS))


def watched(seconds: float, **given: object) -> LiveWatch:
    """A watch that has taken so many seconds."""
    watch = LiveWatch(GUIDED)
    for reading in read(seconds, **given):  # type: ignore[arg-type]
        watch.add(reading)
    return watch


def curve(points: tuple[Point, ...], name: str) -> np.ndarray:
    return np.array([point.value[DIMENSIONS.index(name)] for point in points])


# The gate


def test_it_collects_for_fifteen_seconds() -> None:
    watch = watched(10.0)
    assert watch.found.gate is None and watch.found.collected_s == pytest.approx(9.0)
    gate = GateWatch().update(0.0, watch.found.gate, watch.found.collected_s, 0.0)
    assert gate.state is LiveGateState.COLLECTING and gate.collecting_s == pytest.approx(6.0)
    assert watched(17.0).found.gate is not None


def test_the_questionnaire_is_due_after_ten_seconds_of_failure() -> None:
    watch = GateWatch()
    assert watch.update(0.0, GOOD, 15.0, 0.0).questionnaire_in_s is None
    found = [watch.update(float(k), BAD, 15.0, 0.0) for k in range(1, 13)]
    assert [g.questionnaire_in_s for g in found[:3]] == [10.0, 9.0, 8.0]
    assert [g.questionnaire_due for g in found] == [False] * 10 + [True, True]
    assert found[0].missing == (REASON,) and found[0].state is LiveGateState.UNRELIABLE


def test_a_moment_of_luck_does_not_stop_the_countdown_and_recovery_does() -> None:
    watch = GateWatch()
    for k in range(7):
        watch.update(float(k), BAD, 15.0, 0.0)
    lucky = watch.update(7.0, GOOD, 15.0, 0.0)
    assert lucky.state is LiveGateState.RELIABLE and lucky.failing_for_s == 6.0
    watch.update(8.0, BAD, 15.0, 0.0)
    assert watch.update(9.0, BAD, 15.0, 0.0).failing_for_s == 7.0
    for k in range(10, 13):
        found = watch.update(float(k), GOOD, 15.0, 0.0)
    assert found.failing_for_s == 0.0 and found.questionnaire_in_s is None


def test_there_is_one_retry() -> None:
    watch = GateWatch()
    watch.update(-1.0, GOOD, 15.0, 0.0)
    assert not watch.retry(), "nothing fails yet, and nothing is used up"
    for k in range(12):
        due = watch.update(float(k), BAD, 15.0, 0.0)
    assert due.questionnaire_due and due.retry_left
    assert watch.retry()
    again = watch.update(12.0, None, 0.0, 0.0)
    assert again.questionnaire_in_s is None and not again.retry_left
    assert not watch.retry()
    for k in range(13, 25):
        due = watch.update(float(k), BAD, 15.0, 0.0)
    assert due.questionnaire_due


def test_a_camera_that_stalls_fails_at_once_with_its_own_reason() -> None:
    watch = GateWatch()
    assert watch.update(0.0, GOOD, 15.0, 2.9).state is LiveGateState.RELIABLE
    stalled = watch.update(1.0, None, 5.0, 4.0)
    assert stalled.state is LiveGateState.UNRELIABLE
    assert stalled.missing[0].advice == (
        "Check the camera: no picture has come for 4 s. Is its cable in, and does no other "
        "program use it?"
    )


def test_limited_is_no_failure() -> None:
    watch = GateWatch()
    limited = replace(GOOD, decision=GateDecision.LIMITED, reasons=(REASON,))
    for k in range(30):
        found = watch.update(float(k), limited, 15.0, 0.0)
    assert found.state is LiveGateState.LIMITED and found.questionnaire_in_s is None
    assert found.missing == (REASON,)


def test_only_the_last_fifteen_seconds_count() -> None:
    watch = watched(50.0, script=lambda t: None if t < 30.0 else face_at(t))
    assert watch.found.gate is not None
    assert watch.found.gate.decision is GateDecision.RELIABLE


def test_after_a_pause_it_collects_anew() -> None:
    watch = watched(40.0)
    assert watch.found.gate is not None
    watch.interrupt()
    assert watch.found.gate is None and watch.found.collected_s == 0.0
    assert np.isnan(watch.found.points[-1].value).all()


# The sitting position


def sit(*faces: Face | None, second: float = 0.0, status: FrameStatus | None = None) -> LiveCheck:
    """What is said after so many pictures, ten a second."""
    check = SittingCheck(CONFIG)
    for k, one in enumerate(faces):
        state = status or (FrameStatus.NO_FACE if one is None else FrameStatus.OK)
        found = check.add(FrameReading(k / 10, state, face=one, n_faces=int(one is not None),
                                       second_face_ratio=second))  # fmt: skip
    return found


def failing(check: LiveCheck) -> dict[str, str]:
    return {line.name: line.advice for line in check.lines if not line.passed}


def test_a_person_who_sits_well_is_green_for_as_long_as_that_holds() -> None:
    check = sit(*[face()] * 41)
    assert failing(check) == {} and check.green_for_s == pytest.approx(4.0)
    assert check.needed_s == GREEN_S
    assert [(line.name, line.value) for line in check.lines] == [
        ("light", 120.0), ("distance", 150.0), ("angle", 2.0), ("one_person", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "name", "advice"),
    [
        ({"quality": quality(brightness=22.0, sharpness=10.0)}, "light",
         "Turn a lamp towards the face: brightness 22, need 40."),
        ({"quality": quality(brightness=230.0, clip_fraction=0.4)}, "light",
         "Turn the light away or close the blind: parts of the face are dazzled, brightness 230, "
         "at most 220."),
        ({"quality": quality(left_right_luminance_ratio=0.3)}, "light",
         "Light both sides of the face: the darker side has 30 % of the other's light, need 50 %."),
        ({"box_px": Box(0, 0, 58, 80)}, "distance", "Move closer: face 58 px, need 96."),
        ({"yaw_deg": -31.0}, "angle", "Face the camera: the head is turned 31°, at most 20°."),
        ({"pitch_deg": -24.0}, "angle",
         "Put the camera at eye height: the head is tilted 24°, at most 20°."),
        ({"roll_deg": 33.0}, "angle",
         "Hold the head and the camera upright: it leans 33°, at most 30°."),
    ],
)  # fmt: skip
def test_every_fault_has_figure_and_remedy(
    changes: dict[str, object], name: str, advice: str
) -> None:
    check = sit(*[face(**changes)] * 10)
    assert failing(check) == {name: advice} and check.green_for_s == 0.0


def test_dark_skin_in_good_light_is_no_fault() -> None:
    assert failing(sit(*[face(quality=quality(brightness=35.0))] * 10)) == {}


def test_somebody_beside_the_patient_is_named() -> None:
    assert failing(sit(*[face()] * 10, second=0.8)) == {
        "one_person": "Only the patient in the picture: 2 people are seen."
    }
    assert failing(sit(*[face()] * 10, second=0.3)) == {}, "far behind, and small"


def test_nobody_and_a_black_picture_are_two_things() -> None:
    assert set(failing(sit(*[None] * 5))) == {"light", "distance", "angle", "one_person"}
    black = failing(sit(*[None] * 5, status=FrameStatus.CAMERA_OFF))
    assert black["light"].startswith("Switch the camera on")


def test_one_bad_picture_does_not_begin_the_three_seconds_again() -> None:
    aside = face(yaw_deg=40.0)
    assert sit(*[face()] * 20, aside, *[face()] * 10).green_for_s == pytest.approx(3.0)
    assert sit(*[face()] * 20, *[aside] * 5, *[face()] * 10).green_for_s < 1.0


# The dimensions


def test_the_neutral_baseline_has_no_trail() -> None:
    assert all(np.isnan(point.value).all() for point in watched(30.0).found.points)


def test_there_is_one_point_a_second_of_the_last_minute() -> None:
    points = watched(120.0).found.points
    assert np.diff([point.t_s for point in points]) == pytest.approx(1.0)
    assert len(points) == 61
    assert all(np.isfinite(curve(points, name)).all() for name in DIMENSIONS)


def test_trails_are_the_windows_of_the_summary() -> None:
    """The same windows by the timeline, which knows the whole recording."""
    analyzer, watch = Analyzer(ScriptedReader(), GUIDED), LiveWatch(GUIDED)
    for reading in read(200.0, analyzer=analyzer):
        watch.add(reading)
    later = timeline(analyzer.readings(), GUIDED)
    scale = {"valence": 2.0, "arousal": 2.0} | dict.fromkeys(DIMENSIONS[2:], 100.0)
    for name in DIMENSIONS:
        known = later.dimensions[name]
        at = {round(float(t) + 5.0): v for t, v in zip(known.t_s, known.value, strict=True)}
        pairs = np.array([
            (point.value[DIMENSIONS.index(name)], at[round(point.t_s)])
            for point in watch.found.points if abs(point.t_s - round(point.t_s)) < 0.1
            and round(point.t_s) in at
        ])  # fmt: skip
        assert len(pairs) >= 10, name
        away = np.abs(np.clip(pairs[:, 0], 0 if scale[name] > 2 else -1, scale[name]) - pairs[:, 1])
        assert np.median(away) < 0.03 * scale[name], name


def test_a_band_stands_around_every_value() -> None:
    """Its noise is that of windows that differ: none where the made-up person never moves."""
    for point in watched(90.0).found.points:
        seen = np.isfinite(point.value)
        assert (np.isfinite(point.half) == seen).all() and (point.half[seen] >= 0).all()
        assert (point.half[[0, 1, 2]] > 0).all() == seen[[0, 1, 2]].all()


def test_nobody_there_is_a_gap_and_not_a_zero() -> None:
    watch = watched(80.0, script=lambda t: None if 50.0 < t < 65.0 else face_at(t))
    points = watch.found.points
    t_s, valence = np.array([p.t_s for p in points]), curve(points, "valence")
    assert np.isnan(valence[(t_s > 55.0) & (t_s < 70.0)]).all()
    assert np.isfinite(valence[(t_s > 40.0) & (t_s < 54.0)]).all()
    assert np.isfinite(valence[t_s > 72.0]).all()


def test_windows_that_are_taken_back_leave_no_trace() -> None:
    """What was left out has no part in what comes later."""
    grinning = watched(60.0, script=lambda t: face_at(t))
    other = LiveWatch(GUIDED)
    for reading in read(60.0):
        other.add(reading)
    other.forget(50.0)
    sums = other._trails._raw[Segment.NEUTRAL_TALK]["f1"]
    until = [p for p in grinning.found.points if p.raw is not None and p.t_s <= 50.0]
    assert sums.count == len(until)
    assert sums.total == pytest.approx(sum(p.raw["f1"] or 0.0 for p in until if p.raw is not None))
    assert all(np.isnan(p.value).all() for p in other.found.points if p.t_s > 50.0)
    other.forget(30.0, Segment.NEUTRAL_TALK)
    assert Segment.NEUTRAL_TALK not in other._trails._raw


def test_the_share_of_expressions_is_that_of_the_last_minute() -> None:
    analyzer, watch = Analyzer(ScriptedReader(), GUIDED), LiveWatch(GUIDED)
    for reading in read(150.0, analyzer=analyzer):
        watch.add(reading)
    rows = analyzer.readings()
    recent = rows["t_s"] > 89.0
    mean = [float(np.nanmean(rows[f"p_{name}"][recent])) for name in
            ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear",
             "contempt")]  # fmt: skip
    assert watch.found.expression_share == pytest.approx(mean, abs=0.01)
    assert watch.found.expression_share.sum() == pytest.approx(1.0)


def test_the_resting_face_is_the_neutral_segments() -> None:
    analyzer, watch = Analyzer(ScriptedReader(), GUIDED), LiveWatch(GUIDED)
    for reading in read(60.0, analyzer=analyzer):
        watch.add(reading)
    rows = analyzer.readings()
    neutral = rows["t_s"] < 30.0
    assert watch.found.resting_units[8] == pytest.approx(np.median(rows["au12"][neutral]))
    free = LiveWatch(CONFIG)
    for reading in read(60.0, task=lambda t: Segment.FREE):
        free.add(reading)
    assert free.found.resting_units[8] == pytest.approx(np.percentile(rows["au12"], 10), abs=0.01)
    assert free.found.resting_units[8] != watch.found.resting_units[8]


# Going on after a break


def test_an_analysis_goes_on_after_rows_that_were_stored() -> None:
    analyzer = Analyzer(ScriptedReader(), GUIDED)
    list(read(20.0, analyzer=analyzer))
    before = analyzer.readings()
    later = Analyzer(ScriptedReader(), GUIDED, before=before)
    assert len(later.take_chunk()) == 0, "they are stored"
    reading = later.push(Frame(500.0, PICTURE), Segment.REST)
    assert reading.track_id == 1
    assert len(later.take_chunk()) == 1 and len(later.readings()) == len(before) + 1


def test_whoever_comes_after_the_person_has_a_new_number() -> None:
    """The operator's word holds for the next face only."""
    others = {100.0: Box(20, 20, 120, 140), 200.0: Box(400, 200, 500, 320)}

    def script(t_s: float) -> Face | None:
        known = [box for at, box in others.items() if at <= t_s < at + 5.0]
        return face_at(t_s, known[0]) if known else face_at(t_s) if t_s < 5.0 else None

    analyzer = Analyzer(ScriptedReader(script), CONFIG)
    tracks: list[int] = []
    for start_s in (0.0, 100.0, 200.0):
        if start_s == 100.0:
            analyzer.same_person()
        tracks += [analyzer.push(Frame(start_s + k / FPS, PICTURE)).track_id for k in range(100)]
    assert (set(tracks[:100]), set(tracks[100:200]), set(tracks[200:])) == ({1}, {1}, {2})


def test_left_out_rows_reach_the_rows_of_the_analyzer() -> None:
    analyzer = Analyzer(ScriptedReader(), CONFIG)
    list(read(20.0, analyzer=analyzer))
    analyzer.exclude([(5.0, 9.99)])
    assert int(analyzer.readings().excluded.sum()) == 100
    analyzer.push(Frame(21.0, PICTURE))
    assert int(analyzer.readings().excluded.sum()) == 100
    analyzer.exclude([])
    assert not analyzer.readings().excluded.any()
    assert isinstance(analyzer.readings(), Readings)


def test_looking_keeps_no_row() -> None:
    analyzer = Analyzer(ScriptedReader(), CONFIG)
    assert analyzer.look(Frame(0.0, PICTURE)).face is not None
    assert len(analyzer.readings()) == 0
