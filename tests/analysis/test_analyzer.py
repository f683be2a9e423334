"""Frames in, readings out: following, chunks, refusals, memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from emocare.analysis.analyzer import Analyzer
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.summarise import summarise
from emocare.domain.errors import InputError
from emocare.domain.faces import PictureReading, ReadHint
from emocare.domain.frames import Box
from emocare.domain.readings import COLUMNS, FrameStatus, Readings, Segment
from tests.analysis.made_up import SOURCE, ScriptedReader, face, frame, seen, stamps

CONFIG = AnalysisConfig()
Script = Callable[[float, ReadHint], PictureReading]


def watch(
    script: Script, seconds: float = 5.0, fps: float = 30.0
) -> tuple[Readings, ScriptedReader]:
    reader = ScriptedReader(script)
    analyzer = Analyzer(reader, CONFIG)
    for t in stamps(seconds, fps):
        analyzer.push(frame(float(t)))
    return analyzer.readings(), reader


def steady(t_s: float, hint: ReadHint) -> PictureReading:
    return seen(face(), followed=hint.landmarks_px is not None, detected=hint.detect)


def at(x: float, width: float = 150.0) -> Box:
    return Box(x, 100, x + width, 100 + 1.25 * width)


def test_a_steady_face_is_one_person_and_searched_twice_a_second() -> None:
    readings, reader = watch(steady)
    assert readings.ok.all()
    assert set(readings["track_id"]) == {1}
    searches = [hint.detect for hint in reader.hints]
    assert searches[0]
    assert sum(searches) == pytest.approx(10, abs=1)
    assert reader.hints[0].landmarks_px is None
    assert all(hint.landmarks_px is not None for hint in reader.hints[1:])


def test_readings_hold_what_the_reader_said() -> None:
    readings, _ = watch(steady, seconds=0.1)
    one = face()
    assert readings["yaw_deg"][0] == pytest.approx(one.yaw_deg)
    assert readings["au12"][0] == pytest.approx(0.1)
    assert np.isnan(readings["au05"][0])
    p = one.expressions.astype(float)
    v = np.array([0, 0.8, 0.1, -0.7, -0.6, -0.65, -0.6, -0.5])
    a = np.array([0, 0.4, 0.7, -0.35, 0.6, 0.3, 0.7, 0.1])
    assert readings["valence"][0] == pytest.approx(v @ p)
    assert readings["arousal"][0] == pytest.approx(0.7 * (a @ p))


def test_while_lost_every_picture_is_searched() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        return seen(None, detected=hint.detect) if 1.0 <= t < 2.0 else steady(t, hint)

    readings, reader = watch(script, seconds=3.0)
    lost = (readings["t_s"] >= 1.0) & (readings["t_s"] < 2.0)
    assert (readings.text("status")[lost] == FrameStatus.NO_FACE).all()
    assert all(hint.detect for hint, gone in zip(reader.hints[1:], lost[:-1], strict=True) if gone)
    assert set(readings["track_id"][lost]) == {0}
    assert set(readings["track_id"][~lost]) == {1}


def test_after_a_long_loss_it_is_not_known_to_be_the_same_person() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        return seen(None) if 1.0 <= t < 3.5 else steady(t, hint)

    readings, _ = watch(script)
    assert readings["track_id"][-1] == 2
    assert readings.ok[-1]


def test_somebody_who_walks_past_during_a_short_loss_is_not_taken() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        if 1.5 <= t < 3.0:
            return seen(face(box_px=at(900.0)), followed=False)
        return steady(t, hint)

    readings, _ = watch(script, seconds=4.0)
    away = (readings["t_s"] >= 1.5) & (readings["t_s"] < 3.0)
    assert (readings.text("status")[away] == FrameStatus.NO_FACE).all()
    assert set(readings["track_id"][~away]) == {1}


def test_two_people_of_like_size_are_not_measured_until_one_leaves() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        if t < 2.0:
            return seen(face(), followed=False, n_faces=2, second=0.8)
        return steady(t, hint)

    readings, reader = watch(script, seconds=4.0)
    early = readings["t_s"] < 2.0
    assert (readings.text("status")[early] == FrameStatus.SEVERAL_FACES).all()
    assert set(readings["track_id"][early]) == {0}
    assert np.isfinite(readings["face_x1_px"][early]).all()
    assert np.isnan(readings["au12"][early]).all()
    assert readings.ok[~early].all()
    assert all(hint.landmarks_px is None for hint in reader.hints[: int(early.sum())])


def test_a_second_face_that_comes_later_is_noted_and_not_followed() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        if t < 2.0:
            return steady(t, hint)
        return seen(face(), followed=True, n_faces=2, second=0.9, detected=hint.detect)

    readings, _ = watch(script, seconds=4.0)
    assert readings.ok.all()
    late = readings["t_s"] >= 2.5
    assert set(readings["n_faces"][late]) == {2}
    assert readings["second_face_ratio"][late] == pytest.approx(0.9)
    assert set(readings["track_id"]) == {1}


def test_a_false_face_before_the_person_holds_nothing_back() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        if 0.5 <= t < 0.8:
            return seen(face(box_px=at(600.0, 40.0)), followed=t > 0.51)
        return seen(None) if t < 1.0 else steady(t, hint)

    readings, _ = watch(script, seconds=3.0)
    assert readings.ok[readings["t_s"] >= 1.0].all()


def test_an_equal_face_within_the_first_second_unsettles() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        crowd = 0.4 <= t < 2.0
        return seen(face(), followed=hint.landmarks_px is not None, detected=hint.detect,
                    n_faces=2 if crowd else 1, second=0.8 if crowd else 0.0)  # fmt: skip

    readings, _ = watch(script, seconds=3.0)
    several = readings.text("status") == FrameStatus.SEVERAL_FACES
    assert several[(readings["t_s"] >= 0.55) & (readings["t_s"] < 1.95)].all()
    assert readings.ok[readings["t_s"] >= 2.0].all()
    assert set(readings["track_id"][~several]) == {1}


def test_a_small_second_face_does_not_unsettle() -> None:
    readings, _ = watch(lambda t, h: seen(face(), followed=False, n_faces=2, second=0.3), seconds=1)
    assert readings.ok.all()


def test_a_face_of_low_confidence_is_none() -> None:
    readings, _ = watch(lambda t, h: seen(face(confidence=0.55)), seconds=0.5)
    assert (readings.text("status") == FrameStatus.NO_FACE).all()
    assert not readings.tracked.any()


def test_a_black_picture_is_a_camera_that_is_off() -> None:
    readings, reader = watch(lambda t, h: seen(face(), brightness=2.0), seconds=0.5)
    assert (readings.text("status") == FrameStatus.CAMERA_OFF).all()
    assert set(readings["n_faces"]) == {0}
    assert all(hint.landmarks_px is None for hint in reader.hints)


def test_the_persons_part_of_the_picture_is_passed_on() -> None:
    reader = ScriptedReader(steady)
    region = Box(0, 0, 100, 100)
    Analyzer(reader, CONFIG, region=region).push(frame(0.0))
    assert reader.hints[0].region == region


def test_a_tilted_camera_is_learned_within_seconds() -> None:
    def script(t: float, hint: ReadHint) -> PictureReading:
        pitch = -18.0 if t < 5.0 else -35.0
        return seen(face(pitch_deg=pitch), followed=hint.landmarks_px is not None)

    readings, _ = watch(script, seconds=8.0)
    assert readings.ok.all()


def test_the_neutral_segment_fixes_the_usual_pitch() -> None:
    reader = ScriptedReader(
        lambda t, h: seen(face(pitch_deg=-10.0 if t < 6.0 else -34.0), followed=t > 0)
    )
    analyzer = Analyzer(reader, CONFIG)
    for t in stamps(60.0, 10.0):
        analyzer.push(frame(float(t)), Segment.BASELINE if t < 6.0 else Segment.REST)
    assert analyzer.readings().ok.all()
    for t in stamps(5.0, 10.0):
        reader._script = lambda t, h: seen(face(pitch_deg=-36.0))
        last = analyzer.push(frame(60.0 + float(t)), Segment.REST)
    assert last.status is FrameStatus.TURNED_AWAY


def test_frames_that_do_not_advance_are_refused_and_change_nothing() -> None:
    analyzer = Analyzer(ScriptedReader(steady), CONFIG)
    analyzer.push(frame(1.0))
    for t in (1.0, 0.4):
        with pytest.raises(InputError, match="time order"):
            analyzer.push(frame(t))
    analyzer.push(frame(1.1))
    assert list(analyzer.readings()["t_s"]) == [1.0, 1.1]


def test_chunks_are_the_rows_since_the_last_take() -> None:
    analyzer = Analyzer(ScriptedReader(steady), CONFIG)
    assert len(analyzer.take_chunk()) == 0
    parts = []
    for i, t in enumerate(stamps(30.0, 30.0)):
        analyzer.push(frame(float(t)))
        if i % 137 == 5:
            parts.append(analyzer.take_chunk())
        if i % 200 == 7:
            analyzer.readings()
    parts.append(analyzer.take_chunk())
    assert len(analyzer.take_chunk()) == 0
    joined, whole = Readings.concatenate(parts), analyzer.readings()
    for name in COLUMNS:
        assert (joined.columns[name] == whole.columns[name]).all() or np.array_equal(
            joined[name], whole[name], equal_nan=True
        )


def test_landmarks_are_kept_on_request() -> None:
    analyzer = Analyzer(ScriptedReader(steady), CONFIG, keep_landmarks=True)
    for t in stamps(12.0, 30.0):
        analyzer.push(frame(float(t)))
    points = analyzer.readings().landmarks_px
    assert points is not None
    assert points.shape == (360, 70, 2)
    assert analyzer.take_chunk().landmarks_px is not None
    assert Analyzer(ScriptedReader(steady), CONFIG).readings().landmarks_px is None


def test_finish_is_summarise_of_the_readings() -> None:
    analyzer = Analyzer(ScriptedReader(steady), CONFIG)
    for t in stamps(70.0, 15.0):
        analyzer.push(frame(float(t)))
    assert analyzer.finish(SOURCE, ()) == summarise(analyzer.readings(), CONFIG, SOURCE, ())


def test_nothing_read() -> None:
    summary = Analyzer(ScriptedReader(steady), CONFIG).finish(SOURCE, ())
    assert summary.behaviour_index is None


def test_two_hours_at_thirty_a_second_stay_under_150_megabytes() -> None:
    one = face()
    analyzer = Analyzer(ScriptedReader(lambda t, h: seen(one)), CONFIG)
    analyzer._reader.hints = _Forgetful()  # type: ignore[attr-defined]
    rows, pictures = 9000, frame(0.0).rgb
    tracemalloc.start()
    try:
        for i in range(rows):
            analyzer.push(type(frame(0.0))(i / 30, pictures))
        analyzer.readings()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / rows * 2 * 3600 * 30 < 150e6


class _Forgetful(list):  # type: ignore[type-arg]
    """A list that keeps nothing, so that only the analyzer's memory is measured."""

    def append(self, item: object) -> None:
        return None
