"""The one path: chunks, closing, killing, and live against upload."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.domain.errors import StoreError
from emocare.domain.frames import Frame
from emocare.domain.readings import COLUMNS, FrameStatus, Readings, Segment
from emocare.domain.records import Patient, SessionState
from emocare.services.recording import CHUNK_S, Recording, source_from
from emocare.settings import Settings
from tests.faults import Seen, fault
from tests.services.conftest import PICTURE, consent, record, times
from tests.services.fakes import Clock, ScriptedReader

ROOT = Path(__file__).resolve().parents[2]


def begun(app: App, patient: Patient, clock: Clock) -> Recording:
    """A recording on the test's clock."""
    recording = app.recordings.begin(patient.id, "camera", consent())
    recording._clock = clock  # the seam of the constructor, reached after the service made it
    recording._written_at = clock()
    return recording


def test_rows_reach_the_store_every_second_and_a_half_of_wall_time(
    app: App, patient: Patient
) -> None:
    clock = Clock()
    recording = begun(app, patient, clock)
    stored = []
    for k in range(60):
        clock.now_s = 0.1 * k
        recording.push(Frame(0.1 * k, PICTURE))
        stored.append(len(app.recordings.readings(recording.record.id)))
    assert stored[14] == 0 and stored[15] == 16 and stored[30] == 31
    assert max(k - n for k, n in enumerate(stored)) <= CHUNK_S / 0.1
    recording.close()
    assert len(app.recordings.readings(recording.record.id)) == 60


def test_close_can_be_called_by_everybody(app: App, patient: Patient) -> None:
    recording = app.recordings.begin(patient.id, "camera", consent())
    for t in times(2):
        recording.push(Frame(t, PICTURE))
    latest = recording.latest()
    assert latest is not None and latest.status is FrameStatus.OK
    closed = recording.close()
    assert recording.close() is closed
    assert recording.stop(SessionState.FAILED, "too late") is closed
    assert recording.push(Frame(9.0, PICTURE)) is None
    assert closed.state is SessionState.READY and closed.summary is not None
    source = closed.summary.source
    assert (source.path, source.sha256, source.frames_read) == ("camera", None, 40)
    assert source.duration_s == pytest.approx(2.0)
    assert not source.variable_frame_rate
    assert (source.width_px, source.height_px) == (64, 48)
    assert app.recordings.recompute(closed.id) == closed.summary


def test_rows_that_could_not_be_written_are_written_later(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    clock = Clock()
    recording = begun(app, patient, clock)
    recording.push(Frame(0.0, PICTURE))
    clock.now_s = 3.0
    with monkeypatch.context() as broken:
        broken.setattr(app._store, "append_readings", full)
        with pytest.raises(StoreError, match="full"):
            recording.push(Frame(0.1, PICTURE))
        with pytest.raises(StoreError, match="full"):
            recording.close()
    recording.push(Frame(0.2, PICTURE))
    record = recording.close()
    assert record.state is SessionState.READY
    assert app.recordings.readings(record.id)["t_s"].tolist() == [0.0, 0.1, 0.2]


def test_a_fault_of_the_camera_keeps_and_summarises_what_was_measured(
    app: App, patient: Patient
) -> None:
    recording = app.recordings.begin(patient.id, "camera", consent())
    for t in times(2):
        recording.push(Frame(t, PICTURE))
    ended = recording.stop(SessionState.INTERRUPTED, "The camera was unplugged.")
    assert ended.state is SessionState.INTERRUPTED and ended.error == "The camera was unplugged."
    assert ended.summary is not None and ended.summary.source.frames_read == 40


def test_an_empty_recording_is_ready_and_unreliable(app: App, patient: Patient) -> None:
    ended = app.recordings.begin(patient.id, "camera", consent()).close()
    assert ended.summary is not None
    assert ended.summary.source.duration_s == 0.0
    assert app.questionnaires.needed(ended.id) is not None


def test_segments_are_kept(app: App, patient: Patient) -> None:
    session = record(app, patient, times(2), Segment.REST)
    assert set(app.recordings.readings(session.id).text("segment")) == {"rest"}


def test_live_equals_upload_within_the_interval(app: App, patient: Patient) -> None:
    """The same 90 s with one frame in ten lost and every stamp off by up to 8 ms."""
    random = np.random.default_rng(5)
    even = times(90)
    kept = [t for t in even if random.random() > 0.1]
    uneven = sorted(t + float(random.uniform(0.0, 0.008)) for t in kept)
    whole, rough = record(app, patient, even), record(app, patient, uneven)
    assert whole.summary is not None and rough.summary is not None
    assert rough.summary.source.variable_frame_rate
    one, other = whole.summary.behaviour_index, rough.summary.behaviour_index
    assert one is not None and other is not None and one.ci90 is not None
    assert one.ci90[0] < other.value < one.ci90[1]
    assert abs(one.value - other.value) < 3.0
    assert whole.summary.gate.decision == rough.summary.gate.decision


KILLED = """
    import sys, os, time
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from emocare.app import build_app
    from emocare.domain.frames import Frame
    from emocare.settings import Settings
    from tests.services.conftest import PICTURE, consent
    from tests.services.fakes import ScriptedReader
    app = build_app(Settings(data_dir=Path({data!r})), ScriptedReader().loaded)
    patient = app.people.add("P-1", "Ada Example")
    draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
    draft = app.questionnaires.answer(draft, 0, 3)
    waiting = app.recordings.stage_upload("late.mp4", open({clip!r}, "rb"), patient.id, consent())
    recording = app.recordings.begin(patient.id, "visit.mp4", consent(), sha256="ab" * 32)
    recording._chunk_s = 0.0
    for k in range(100):
        recording.push(Frame(k / 20, PICTURE))
    print(recording.record.id, flush=True)
    recording._chunk_s = 3600.0
    k = 100
    while True:
        recording.push(Frame(k / 20, PICTURE))
        k += 1
        time.sleep(0.01)
"""


@fault("Process killed during an analysis and a form", area="Processes that are killed",
       injected="SIGKILL while rows are written, an answer is stored and an upload waits")
@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_a_killed_process_loses_nothing_that_was_confirmed(
    settings: Settings, short_clip: Path, reader: ScriptedReader, seen: Seen
) -> None:
    code = textwrap.dedent(KILLED).format(
        root=str(ROOT), data=str(settings.data_dir), clip=str(short_clip)
    )
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE,
                             text=True)  # fmt: skip
    assert child.stdout is not None
    session_id = child.stdout.readline().strip()
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=30)
    child.stdout.close()
    assert session_id, "the child did not come up"
    with build_app(settings, reader.loaded) as app:
        (session,) = app.recordings.sessions()
        assert (session.id, session.state) == (session_id, SessionState.INTERRUPTED)
        assert session.error == (
            "Emo-Care ended while this was recorded. The first 5.0 s were measured and are kept."
        )
        assert session.summary is not None
        assert session.summary.source.note == "The recording broke off at 5.0 s."
        assert session.summary.source.sha256 == "ab" * 32
        assert [model.id for model in session.summary.models] == ["scripted"]
        assert len(app.recordings.readings(session.id)) == 100
        seen(session.error, lost=100 - len(app.recordings.readings(session.id)))
        assert app.recordings.recompute(session.id) == session.summary
        assert [job.error for job in app.recordings.jobs()] == [session.error]
        app.recordings.dismiss(session.id)
        patient = app.people.by_code("P-1")
        draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
        assert draft.resumed and draft.answers[0] == 3 and draft.position == 1
        assert list(settings.clips_dir.iterdir()) == [], "staged clips and notes are gone"


def test_queued_work_of_a_killed_process_says_so(
    settings: Settings, short_clip: Path, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        with short_clip.open("rb") as stream:
            staged = app.recordings.stage_upload("a.mp4", stream, patient.id, consent())
        kept = record(app, patient, times(1))
        queued = replace(kept, state=SessionState.QUEUED, summary=None, clip_path=str(staged))
        app._store.update_session(queued)
    with build_app(settings, reader.loaded) as app:
        session = app.recordings.session(queued.id)
        assert session.state is SessionState.INTERRUPTED
        assert session.clip_path is None and session.clip_deleted_at is not None
        assert not staged.exists()
        assert app.recordings.jobs()[0].state is SessionState.INTERRUPTED


def test_a_source_describes_itself() -> None:
    empty = Readings.from_frames([])
    assert source_from(empty, "camera", None).duration_s == 0.0
    assert set(empty.columns) == set(COLUMNS)
