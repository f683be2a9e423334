"""Live sessions that broke off: what is kept, and how they are continued or closed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.domain.errors import InputError
from emocare.domain.live import LivePhase, MarkerKind
from emocare.domain.records import Patient, SessionState
from emocare.domain.summary import Band, ModelRef
from emocare.services.engine import LoadedFace
from emocare.services.live_opening import NOT_BEGUN, RESUME_GAP_S
from emocare.services.recording import CHUNK_S
from emocare.settings import Settings
from tests.faults import Seen, fault
from tests.services.conftest import record
from tests.services.fakes import ScriptedReader
from tests.services.live_tools import Camera, started

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 2

KILLED = """
    import sys, time
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from emocare.app import build_app
    from emocare.domain.frames import Frame
    from emocare.domain.live import MarkerKind
    from emocare.settings import Settings
    from tests.services.conftest import PICTURE, consent
    from tests.services.fakes import ScriptedReader
    app = build_app(Settings(data_dir=Path({data!r})), ScriptedReader().loaded)
    patient = app.people.add("P-{number}", "Ada Example")
    run = app.live.start(patient.id, consent(), guided=False)
    run.begin()
    started, marked = time.monotonic(), False
    while True:
        run.offer(Frame(time.monotonic(), PICTURE))
        time.sleep(0.02)
        view = run.view()
        if view.frames_read > 20 and not marked:
            marked = True
            run.mark(MarkerKind.TEARFUL)
        print(run.session_id, view.elapsed_s, view.frames_read, len(view.markers), flush=True)
"""


def kill_one(settings: Settings, number: int, after_s: float) -> tuple[str, float, int, int]:
    """Kills a process in the middle of a live session; gives the last thing it said."""
    code = textwrap.dedent(KILLED).format(
        root=str(ROOT), data=str(settings.data_dir), number=number
    )
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE,
                             text=True)  # fmt: skip
    assert child.stdout is not None
    line = ""
    while line.split()[1:2] == [] or float(line.split()[1]) < after_s:
        line = child.stdout.readline()
        assert line, "the child did not come up"
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().splitlines(keepends=True)
    child.stdout.close()
    child.wait(timeout=30)
    whole = [text for text in rest if text.endswith("\n")]
    words = (whole[-1] if whole else line).split()
    return words[0], float(words[1]), int(words[2]), int(words[3])


@fault("Process killed during a live session", area="Live session",
       injected="SIGKILL of the process that records, at a random moment",
       lost="at most 2 s, and the picture under way; the session can be continued", at_most=3.0)
@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_a_killed_session_loses_two_seconds_at_most(
    settings: Settings, reader: ScriptedReader, seen: Seen
) -> None:
    chance = random.Random(20261125)
    for number in range(ROUNDS):
        session_id, elapsed_s, frames, markers = kill_one(
            settings, number, chance.uniform(2.5, 4.5)
        )
        with build_app(settings, reader.loaded) as app:
            session = app.recordings.session(next(
                s.id for s in app.live.interrupted() if s.id == session_id
            ))  # fmt: skip
            rows = app.recordings.readings(session.id)
            assert session.state is SessionState.INTERRUPTED and session.live
            # A chunk that is due waits for the picture under way, and is written in its time.
            assert elapsed_s - rows["t_s"][-1] <= CHUNK_S + 1.0
            seen(session.error, lost=float(elapsed_s - rows["t_s"][-1]),
                 hide={f"first {rows['t_s'][-1]:.1f} s": "first N s"})  # fmt: skip
            assert 0 < len(rows) <= frames + 50
            assert len(app.live.markers(session.id)) == markers == 1
            assert session.summary is not None and session.summary.source.note is not None
            assert "are not counted" in session.summary.source.note
            assert app.recordings.recompute(session.id) == session.summary
            assert app.recordings.jobs() == [], "it is no upload"
            app.live.close_interrupted(session.id)


def broken_off(app: App, patient: Patient, *, guided: bool = True) -> Camera:
    """A session whose browser went after 40 s, ten of them of the second part."""
    camera = started(app, patient, guided=guided)
    camera.show(40.0)
    camera.run.mark(MarkerKind.TEARFUL)
    camera.run.lost("The browser was closed.")
    camera.run._thread.join()
    return camera


def test_a_session_is_continued_where_it_broke_off(app: App, patient: Patient) -> None:
    first = broken_off(app, patient)
    session_id = first.run.session_id
    assert [r.id for r in app.live.interrupted()] == [session_id]
    run = app.live.resume(session_id)
    camera = Camera(run, first.clock, stamp_s=5.0)
    view = run.view()
    assert (view.phase, view.part.segment) == (LivePhase.CHECK, "neutral_talk")
    assert view.part_elapsed_s == pytest.approx(10.0, abs=0.1)
    assert [m.kind for m in view.markers] == [MarkerKind.TEARFUL]
    camera.until(lambda: run.view().phase is LivePhase.RECORDING, 5.0)
    camera.show(30.0)
    assert run.view().elapsed_s == pytest.approx(40.0 + RESUME_GAP_S + 30.0, abs=0.2)
    assert run.view().valid_s == pytest.approx(70.0, abs=0.2)
    ended = run.stop()
    assert (ended.state, ended.error) == (SessionState.READY, None)
    rows = app.recordings.readings(session_id)
    assert len(rows) == 800 + 600
    assert float(np.diff(rows["t_s"]).max()) == pytest.approx(RESUME_GAP_S)
    assert set(rows["track_id"]) == {1.0}, "the clinician goes on with the same person"
    summary = ended.summary
    assert summary is not None and summary.gate.metrics.valid_s == pytest.approx(70.5, abs=0.2)
    assert summary.source.frames_decoded == summary.source.frames_read == 1400
    assert summary.source.note is not None and summary.source.note.startswith("Continued at 44.9 s")
    assert summary.baseline.method == "segment"
    assert app.recordings.recompute(session_id) == summary
    assert app.live.interrupted() == []


def test_it_can_break_off_again_and_be_left_again(app: App, patient: Patient) -> None:
    first = broken_off(app, patient, guided=False)
    stored = app.recordings.session(first.run.session_id)
    left = app.live.resume(stored.id)
    left.stop()
    assert app.recordings.session(stored.id) == stored, "a check changes nothing"
    run = app.live.resume(stored.id)
    camera = Camera(run, first.clock)
    run.begin()
    camera.show(5.0)
    run.lost("The browser was closed again.")
    run._thread.join()
    again = app.recordings.session(stored.id)
    assert (again.state, again.error) == (
        SessionState.INTERRUPTED, "The browser was closed again."
    )
    assert again.summary is not None and again.summary.source.frames_read == 900
    assert app.live.resume(stored.id).stop() == again


def test_a_killed_continuation_keeps_both_stretches(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        first = broken_off(app, patient)
        run = app.live.resume(first.run.session_id)
        camera = Camera(run, first.clock)
        run.begin()
        camera.show(5.0)
        # As after a kill: the row says that it runs, and nobody will end it.
        run.recording._write()  # type: ignore[union-attr]
        app._store.update_session(replace(run.record, summary=None))
        run._over.set()
        run._phase = LivePhase.ENDED
        run._mailbox.close()
        run._thread.join()
    with build_app(settings, reader.loaded) as app:
        (session,) = app.live.interrupted()
        stored = app.recordings.session(session.id)
        assert stored.summary is not None and stored.summary.source.frames_read == 900


def test_a_session_that_broke_off_can_be_closed(app: App, patient: Patient) -> None:
    first = broken_off(app, patient)
    closed = app.live.close_interrupted(first.run.session_id)
    assert (closed.state, closed.error) == (SessionState.READY, None)
    assert closed.summary is not None and closed.summary.source.note is not None
    assert app.live.interrupted() == []
    with pytest.raises(InputError, match="not interrupted"):
        app.live.close_interrupted(closed.id)
    with pytest.raises(InputError, match="not interrupted"):
        app.live.resume(closed.id)


def test_a_session_in_which_nothing_was_measured_is_closed_as_such(
    app: App, patient: Patient
) -> None:
    camera = started(app, patient)
    camera.run.lost("The camera was pulled.")
    camera.run._thread.join()
    closed = app.live.close_interrupted(camera.run.session_id)
    assert (closed.state, closed.error) == (SessionState.CANCELLED, NOT_BEGUN)


def test_an_interrupted_upload_is_none_of_these(app: App, patient: Patient) -> None:
    session = record(app, patient, [0.0, 0.05])
    app._store.update_session(replace(session, state=SessionState.INTERRUPTED))
    assert app.live.interrupted() == []
    with pytest.raises(InputError, match="not interrupted"):
        app.live.resume(session.id)


def test_an_earlier_visit_and_another_version_are_not_continued(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    first = broken_off(app, patient)
    stored = app.recordings.session(first.run.session_id)
    yesterday = replace(stored, started_at=stored.started_at - timedelta(hours=20))
    app._store.update_session(yesterday)
    with pytest.raises(InputError, match="earlier visit"):
        app.live.resume(stored.id)
    app._store.update_session(stored)
    newer = (ModelRef("scripted", "2.0.0", "cd" * 32),)
    app.engine._loaded = LoadedFace(reader, newer)
    with pytest.raises(InputError, match="was updated"):
        app.live.resume(stored.id)


def test_what_is_signed_is_not_continued(app: App, patient: Patient) -> None:
    first = broken_off(app, patient)
    app.reviews.save(first.run.session_id, Band.MILD, "partly", [], "")
    app.reports.draft(first.run.session_id)
    app.live.resume(first.run.session_id).stop()
    app.reports.sign(first.run.session_id, "Dr Test", "physician", "L-1")
    with pytest.raises(InputError, match="is signed"):
        app.live.resume(first.run.session_id)


def test_a_run_ends_within_the_life_of_the_application(
    settings: Settings, reader: ScriptedReader
) -> None:
    """Leaving the application ends the session by itself; the next start offers it."""
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        camera = started(app, patient)
        camera.show(3.0)
    with build_app(settings, reader.loaded) as app:
        (session,) = app.live.interrupted()
        assert session.error is not None and "was closed during this session" in session.error
        assert len(app.recordings.readings(session.id)) == 60
