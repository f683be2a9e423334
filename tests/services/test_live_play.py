"""A clip played as if it were the camera."""

from __future__ import annotations

from pathlib import Path

import pytest

from emocare.app import App
from emocare.domain.errors import VideoUnreadable
from emocare.domain.live import LivePhase
from emocare.domain.records import Patient, SessionState
from emocare.services.live_reader import LOST_AFTER_S
from tests.services.conftest import consent
from tests.services.fakes import ScriptedReader
from tests.services.live_tools import wait_until


def test_a_clip_is_the_camera(app: App, patient: Patient, short_clip: Path) -> None:
    run = app.live.start(patient.id, consent(), guided=False, source="../visit.mp4")
    run.begin()
    run.play(short_clip)
    wait_until(lambda: run.view().source_ended and not run.busy)
    view = run.view()
    assert view.phase is LivePhase.RECORDING and view.fault is None
    assert view.frames_in == view.frames_read + view.frames_dropped == 60
    record = run.stop()
    assert (record.state, record.source_name) == (SessionState.READY, "visit.mp4")
    rows = app.recordings.readings(record.id)
    assert len(rows) == view.frames_read
    assert rows["t_s"][-1] == pytest.approx(2.95, abs=0.2)


def test_a_clip_is_not_ahead_of_its_time(app: App, patient: Patient, short_clip: Path) -> None:
    """Three seconds of clip are not over before three seconds have passed: no picture is early."""
    run = app.live.start(patient.id, consent(), guided=False, source="visit.mp4")
    arrivals: list[tuple[float, float]] = []
    offer, clock = run.offer, run._clock
    began = clock()

    def noted(frame: object) -> None:
        arrivals.append((clock() - began, frame.t_s))  # type: ignore[attr-defined]
        offer(frame)  # type: ignore[arg-type]

    run.offer = noted  # type: ignore[method-assign, assignment]
    run.play(short_clip)
    wait_until(lambda: run.view().source_ended)
    assert len(arrivals) == 60
    assert all(at_s >= t_s - 1e-3 for at_s, t_s in arrivals)
    run.stop()


def test_what_is_no_clip_is_refused_at_once(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    run = app.live.start(patient.id, consent(), guided=False, source="text.mp4")
    with pytest.raises(VideoUnreadable):
        run.play(tmp_path / "text.mp4")
    run.stop()


def test_a_clip_stops_with_the_session(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader
) -> None:
    run = app.live.start(patient.id, consent(), guided=False, source="visit.mp4")
    run.begin()
    run.play(short_clip)
    wait_until(lambda: run.view().frames_read > 5)
    run.stop()
    reads = reader.reads
    wait_until(lambda: run.ended)
    assert not run.view().source_ended and reader.reads == reads


def test_a_session_that_nobody_ends_after_its_clip_ends_by_itself(
    app: App, patient: Patient, short_clip: Path
) -> None:
    run = app.live.start(patient.id, consent(), guided=False, source="visit.mp4")
    run.begin()
    run.play(short_clip)
    wait_until(lambda: run.view().source_ended and not run.busy)
    run._arrived_s -= LOST_AFTER_S
    wait_until(lambda: run.ended)
    assert app.recordings.session(run.session_id).state is SessionState.READY
    assert run.view().fault is None
