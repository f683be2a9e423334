from __future__ import annotations

import errno
import logging
import stat
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.domain.errors import (
    AccessDenied,
    InputError,
    NotFound,
    StoreError,
    VideoTooLong,
    VideoUnreadable,
    WeightsMissing,
)
from emocare.domain.frames import Box
from emocare.domain.readings import COLUMNS
from emocare.domain.records import Consent, Patient, PatientId, SessionId, SessionState
from emocare.domain.summary import GateDecision
from emocare.media.digest import sha256_of
from emocare.services.clips import Clips, clean_name
from emocare.services.workplace import now
from emocare.settings import Settings
from tests.faults import Seen, fault
from tests.services.conftest import consent, finished, record, upload
from tests.services.fakes import ScriptedReader


def test_an_upload_becomes_a_ready_session(
    app: App, patient: Patient, short_clip: Path
) -> None:
    session_id = upload(app, patient, short_clip, "Ada visit.mp4")
    done = finished(app, session_id)
    assert done.state is SessionState.READY, done.error
    assert done.summary is not None
    assert done.summary.source.path == "Ada visit.mp4"
    assert done.summary.source.sha256 == sha256_of(short_clip)
    assert done.summary.source.frames_read == len(app.recordings.readings(session_id)) == 60
    assert app.recordings.timeline(session_id).duration_s == pytest.approx(3, abs=0.2)
    job = app.recordings.jobs()[0]
    assert (job.progress, job.state, job.error) == (1.0, SessionState.READY, None)
    assert job.reading is not None and job.reading.valid_s > 2.5


def test_the_same_frames_give_the_same_readings_by_upload_and_by_camera(
    app: App, patient: Patient, short_clip: Path
) -> None:
    uploaded = finished(app, upload(app, patient, short_clip)).id
    pushed = record(app, patient, app.recordings.readings(uploaded)["t_s"].tolist()).id
    for name in COLUMNS:
        one, other = (app.recordings.readings(i).columns[name] for i in (uploaded, pushed))
        np.testing.assert_array_equal(one, other, err_msg=name)


def test_the_clip_goes_right_after_the_analysis(
    app: App, patient: Patient, short_clip: Path, settings: Settings
) -> None:
    record = finished(app, upload(app, patient, short_clip))
    assert record.clip_path is None and record.clip_deleted_at is not None
    assert list(settings.clips_dir.iterdir()) == []
    assert app.recordings.clip(record.id) is None


def test_a_kept_clip_stays_until_it_is_deleted(
    app: App, patient: Patient, short_clip: Path
) -> None:
    record = finished(app, upload(app, patient, short_clip, agreed=consent(keep_video=True)))
    clip = app.recordings.clip(record.id)
    assert clip is not None and record.clip_deleted_at is None
    record = app.recordings.delete_clip(record.id)
    assert not clip.exists() and record.clip_deleted_at is not None
    assert record.summary is not None, "measurements stay"


def test_a_sample_is_never_deleted(app: App, patient: Patient, short_clip: Path) -> None:
    session_id = app.recordings.submit(
        patient.id, short_clip, "smile", consent(), delete_after=True
    )
    record = finished(app, session_id)
    assert record.state is SessionState.READY
    assert short_clip.exists() and app.recordings.clip(session_id) == short_clip
    with pytest.raises(InputError, match="sample"):
        app.recordings.delete_clip(session_id)


def test_recompute_gives_the_stored_summary(app: App, patient: Patient) -> None:
    stored = record(app, patient)
    assert stored.summary is not None
    assert stored.summary.gate.decision is GateDecision.RELIABLE
    assert stored.summary.behaviour_index is not None
    assert app.recordings.recompute(stored.id) == stored.summary
    assert app.recordings.session(stored.id).summary == stored.summary
    with pytest.raises(NotFound):
        app.recordings.recompute(SessionId("none"))


def test_the_mark_of_a_wrong_person_is_kept_recomputed_and_taken_back(
    app: App, patient: Patient
) -> None:
    stored = record(app, patient)
    assert app.person_marks.latest(stored.id) is None
    with pytest.raises(InputError, match="not marked already"):
        app.person_marks.mark(stored.id, wrong=False)
    marked = app.person_marks.mark(stored.id, wrong=True)
    assert marked.gate.decision is GateDecision.UNRELIABLE
    assert [r.metric for r in marked.gate.reasons] == ["wrong_person"]
    assert marked.behaviour_index is None
    assert app.recordings.session(stored.id).summary == marked
    assert app.recordings.recompute(stored.id) == marked
    latest = app.person_marks.latest(stored.id)
    assert latest is not None
    assert (latest.wrong, latest.marked_by) == (True, "Dr Test")
    assert app.person_marks.mark(stored.id, wrong=False) == stored.summary
    assert app.recordings.recompute(stored.id) == stored.summary
    assert [mark.wrong for mark in app.person_marks.history(stored.id)] == [False, True]


def test_the_queue_takes_one_after_the_other(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader
) -> None:
    reader.gate.clear()
    ids = [upload(app, patient, short_clip, f"{k}.mp4") for k in range(3)]
    wait_until(lambda: app.recordings.jobs()[0].state is SessionState.ANALYSING)
    jobs = app.recordings.jobs()
    assert [job.session_id for job in jobs] == ids
    assert [job.state for job in jobs[1:]] == [SessionState.QUEUED] * 2
    assert jobs[2].message == "Waiting, 2 before it"
    assert jobs[0].seconds_left is None
    with pytest.raises(NotFound, match="Cancel it first"):
        app.recordings.dismiss(ids[0])
    reader.gate.set()
    assert all(finished(app, i).state is SessionState.READY for i in ids)
    app.recordings.dismiss(ids[0])
    assert [job.session_id for job in app.recordings.jobs()] == ids[1:]
    assert app.recordings.session(ids[0]).state is SessionState.READY


def test_cancel_of_waiting_and_running_jobs(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader, settings: Settings
) -> None:
    reader.gate.clear()
    running, waiting = (upload(app, patient, short_clip, f"{k}.mp4") for k in range(2))
    wait_until(lambda: app.recordings.jobs()[0].state is SessionState.ANALYSING)
    app.recordings.cancel(waiting)
    app.recordings.cancel(running)
    reader.gate.set()
    first, second = finished(app, running), finished(app, waiting)
    assert first.state is second.state is SessionState.CANCELLED
    assert first.error is not None and "Cancelled at 0 s" in first.error
    assert second.error == "Cancelled before it began."
    assert [p for p in settings.clips_dir.iterdir() if p.suffix == ".mp4"] == []
    with pytest.raises(NotFound):
        app.recordings.cancel(first.patient_id)  # type: ignore[arg-type]


def test_time_left_comes_from_media_position_and_wall_time() -> None:
    from emocare.services.jobs import JobQueue, Task
    from emocare.services.recording import LiveFacts
    from tests.services.fakes import Clock

    clock, seen = Clock(), []
    record = a_record()

    def work(task: Task) -> Any:
        clock.now_s = 10.0
        queue.progress(task, 15.0, 60.0, LiveFacts(15.0))
        seen.append(queue.jobs()[0])
        return task.record

    queue = JobQueue(work, lambda task, state, text: task.record, clock)
    queue.add(Task(record, Path("x.mp4"), delete_after=False))
    wait_until(lambda: bool(seen))
    queue.close()
    assert seen[0].progress == 0.25
    assert seen[0].seconds_left == pytest.approx(30.0)
    assert seen[0].message == "15 of 60 s read"


def test_a_failure_keeps_its_sentence_with_the_name_it_was_given(
    app: App, patient: Patient, short_clip: Path
) -> None:
    staged = app.recordings.stage_upload(
        "notes.mp4", BytesIO(b"hello, this is text"), patient.id, consent())
    bad = app.recordings.submit(patient.id, staged, "notes.mp4", consent(), delete_after=True)
    good = upload(app, patient, short_clip)
    record = finished(app, bad)
    assert record.state is SessionState.FAILED
    assert record.error is not None and record.error.startswith("notes.mp4 is a text file")
    assert staged.name not in record.error
    assert record.clip_deleted_at is not None
    assert app.recordings.jobs()[0].error == record.error
    assert finished(app, good).state is SessionState.READY


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_ends_one_session_and_not_the_queue(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader
) -> None:
    reader.fail_at_s = 2.0
    broken = upload(app, patient, short_clip)
    record = finished(app, broken)
    assert record.state is SessionState.FAILED
    assert record.error is not None and "fault of the program" in record.error
    assert len(app.recordings.readings(broken)) == 40, "what was measured before it is kept"
    reader.fail_at_s = np.inf
    assert finished(app, upload(app, patient, short_clip)).state is SessionState.READY


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_disk_that_fills_up_fails_with_its_sentence_and_the_queue_goes_on(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise StoreError("The disk that holds emocare.duckdb is full.")

    reader.gate.clear()
    first, second = (upload(app, patient, short_clip, f"{k}.mp4") for k in range(2))
    wait_until(lambda: app.recordings.jobs()[0].state is SessionState.ANALYSING)
    monkeypatch.setattr(app._store, "append_readings", full)
    reader.gate.set()
    wait_until(lambda: all(j.state is SessionState.FAILED for j in app.recordings.jobs()))
    assert {job.session_id for job in app.recordings.jobs()} == {first, second}
    assert all("is full" in (job.error or "") for job in app.recordings.jobs())
    monkeypatch.undo()
    assert finished(app, upload(app, patient, short_clip)).state is SessionState.READY


@fault("More videos than can be read at once", area="Files that are read",
       injected="three are added while the reader is held up by the first")
def test_a_full_queue_says_where_each_stands(
    app: App, patient: Patient, short_clip: Path, reader: ScriptedReader, seen: Seen
) -> None:
    reader.gate.clear()
    added = [upload(app, patient, short_clip, f"{k}.mp4") for k in range(3)]
    wait_until(lambda: app.recordings.jobs()[0].state is SessionState.ANALYSING)
    said = [job.message for job in app.recordings.jobs()[1:]]
    reader.gate.set()
    ended = [finished(app, one) for one in added]
    for message in said:
        seen(message, lost=sum(one.state is not SessionState.READY for one in ended))


def test_the_log_names_nobody(
    app: App, patient: Patient, short_clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="emocare")
    finished(app, upload(app, patient, short_clip, "Ada Example.mp4"))
    staged = app.recordings.stage_upload(
        "Ada Example notes.mp4", BytesIO(b"text"), patient.id, consent())
    failed = app.recordings.submit(
        patient.id, staged, "Ada Example notes.mp4", consent(), delete_after=True
    )
    finished(app, failed)
    assert "analysis ended: failed" in caplog.text
    assert "Ada" not in caplog.text and "P-1" not in caplog.text


def test_weights_that_fail_stop_the_face_and_nothing_else(
    settings: Settings, short_clip: Path
) -> None:
    def refuse() -> Any:
        raise WeightsMissing("models/manifest.json is missing: restore the models folder.")

    with build_app(settings, refuse) as app:
        patient = app.people.add("P-1", "Ada Example")
        record = finished(app, upload(app, patient, short_clip))
        assert record.state is SessionState.FAILED
        assert record.error is not None and "restore the models folder" in record.error
        draft = app.questionnaires.draft(patient.id, None, "GAD-7")
        for index in range(7):
            draft = app.questionnaires.answer(draft, index, 1)
        assert app.questionnaires.finish(draft).result.total == 7


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "not agreed to the analysis"),
        (Consent("t", False, True, False, now()), "not agreed to the analysis"),
        (Consent("t", True, False, False, now()), "keep the measurements"),
    ],
)
def test_no_session_without_consent(
    app: App, patient: Patient, short_clip: Path, given: Consent | None, words: str
) -> None:
    with pytest.raises(AccessDenied, match=words):
        app.recordings.submit(patient.id, short_clip, "a.mp4", given, delete_after=True)
    with pytest.raises(AccessDenied, match=words):
        app.recordings.begin(patient.id, "a.mp4", given)
    assert app.recordings.sessions() == []


def test_nothing_is_queued_for_nobody_or_nothing(
    app: App, patient: Patient, short_clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        app.recordings.submit(PatientId("nobody"), short_clip, "a", consent(), delete_after=True)
    with pytest.raises(VideoUnreadable, match="not there any more"):
        app.recordings.submit(
            patient.id, tmp_path / "gone.mp4", "a.mp4", consent(), delete_after=True
        )
    assert app.recordings.jobs() == []


def test_only_the_chosen_part_of_the_picture_is_read(
    app: App, patient: Patient, short_clip: Path
) -> None:
    elsewhere = Box(600.0, 0.0, 700.0, 100.0)
    session_id = app.recordings.submit(
        patient.id, short_clip, "a.mp4", consent(), elsewhere, delete_after=False
    )
    record = finished(app, session_id)
    assert record.region == elsewhere
    assert not app.recordings.readings(session_id).tracked.any()


def test_preview_names_no_generated_file(
    app: App, patient: Patient, short_clip: Path
) -> None:
    assert app.recordings.preview(short_clip, 1.0).rgb.shape == (48, 64, 3)
    staged = app.recordings.stage_upload("a.mp4", BytesIO(b"text"), patient.id, consent())
    with pytest.raises(VideoUnreadable) as refused:
        app.recordings.preview(staged)
    assert staged.name not in str(refused.value)
    app.recordings.discard_upload(staged)
    assert not staged.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("visit.mp4", "visit.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\clip.mov", "clip.mov"),
        ("a\x00b\u202egpj.mp4\n", "abgpj.mp4"),
        ("", "video"),
        ("...", "video"),
        ("/", "video"),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
        ("n" * 300 + ".mp4", "n" * 116 + ".mp4"),
        ("Ada Nowák — визит.webm", "Ada Nowák — визит.webm"),
    ],
)
def test_names_from_outside_are_only_shown(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_uploads_lie_private_under_generated_names(
    app: App, patient: Patient, settings: Settings
) -> None:
    staged = app.recordings.stage_upload(
        "../../Ada Nowak.mp4", BytesIO(b"x" * 10), patient.id, consent())
    assert staged.parent == settings.clips_dir
    assert "Ada" not in staged.name and staged.suffix == ".mp4"
    if sys.platform != "win32":
        assert stat.S_IMODE(settings.clips_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE(staged.stat().st_mode) == 0o600


class BrokenStream(BytesIO):
    """Gives one piece and then the error of a disk."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code
        self._given = False

    def read(self, size: int | None = -1) -> bytes:
        if self._given:
            raise OSError(self._code, "the disk said no")
        self._given = True
        return b"x" * 1000


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "Not enough disk space"),
        (errno.EACCES, "cannot be written"),
        (errno.EIO, "could not be copied"),
    ],
)
def test_a_disk_that_refuses_leaves_nothing_behind(
    app: App, patient: Patient, settings: Settings, code: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        app.recordings.stage_upload("a.mp4", BrokenStream(code), patient.id, consent())
    assert list(settings.clips_dir.iterdir()) == []


def test_limits_of_an_upload(tmp_path: Path) -> None:
    clips = Clips(tmp_path / "clips", max_bytes=100)
    with pytest.raises(VideoTooLong, match="larger than"):
        clips.stage("a.mp4", BytesIO(b"x" * 101))
    with pytest.raises(VideoUnreadable, match=r"a\.mp4 is empty"):
        clips.stage("a.mp4", BytesIO(b""))
    assert list(clips.folder.iterdir()) == []
    (tmp_path / "plain").write_text("no folder")
    with pytest.raises(InputError):
        Clips(tmp_path / "plain", 100).stage("a.mp4", BytesIO(b"x"))


def test_every_tab_sees_the_same_queue(
    app: App, patient: Patient, short_clip: Path
) -> None:
    session_id = upload(app, patient, short_clip)
    finished(app, session_id)
    first, second = app.recordings.jobs(), app.recordings.jobs()
    assert first == second and first[0].session_id == session_id


def test_closing_ends_the_running_job_with_what_was_measured(
    settings: Settings, short_clip: Path, reader: ScriptedReader
) -> None:
    app = build_app(settings, reader.loaded)
    patient = app.people.add("P-1", "Ada Example")
    reader.gate.clear()
    running, waiting = (upload(app, patient, short_clip, f"{k}.mp4") for k in range(2))
    wait_until(lambda: app.recordings.jobs()[0].state is SessionState.ANALYSING)
    reader.gate.set()
    app.close()
    with build_app(settings, reader.loaded) as again:
        states = {again.recordings.session(i).state for i in (running, waiting)}
        assert states <= {SessionState.INTERRUPTED, SessionState.READY}
        assert again.recordings.session(waiting).state is SessionState.INTERRUPTED
        assert again.recordings.jobs() == []


def a_record() -> Any:
    from emocare.domain.records import SessionId, SessionRecord

    return SessionRecord(
        SessionId("s"), PatientId("p"), now(), "free", "x.mp4", SessionState.QUEUED, consent(),
        None, None, None, None, None,
    )  # fmt: skip


def wait_until(condition: Any) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")
