"""A live session from the check to the summary, read step by step."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.domain.errors import AccessDenied, InputError, NotFound, StoreError
from emocare.domain.faces import ACTION_UNITS, Face
from emocare.domain.frames import Frame
from emocare.domain.live import PROTOCOL, LiveGateState, LivePhase, MarkerKind
from emocare.domain.readings import COLUMNS, FrameStatus
from emocare.domain.records import Patient, SessionState
from emocare.domain.summary import DIMENSIONS
from emocare.services.live_opening import CLOSED, FAULT, NO_CAMERA
from emocare.services.live_reader import LEFT_AFTER_S, LOST_AFTER_S
from emocare.settings import Settings
from emocare.ui.text.live import GONE
from tests.faults import Seen, fault
from tests.services.conftest import PICTURE, consent, record
from tests.services.fakes import ScriptedReader, face_at
from tests.services.live_tools import BLACK, STEP_S, started, wait_until


def test_only_the_newest_picture_is_read_when_the_machine_is_behind(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    """A reader that is as slow as the test wants: of six pictures the first and the last."""
    camera = started(app, patient)
    run = camera.run
    camera.show(1.0)
    before = run.view()
    reader.gate.clear()
    for k in range(1, 7):
        camera.clock.now_s += 0.15
        run.offer(Frame(camera.stamp_s + 0.15 * k, PICTURE))
        if k == 1:
            wait_until(lambda: run._mailbox._slot is None)  # taken: the reader is at it
    reader.gate.set()
    wait_until(camera.idle)
    after = run.view()
    assert after.frames_in - before.frames_in == 6
    assert after.frames_read - before.frames_read == 2
    assert after.frames_dropped - before.frames_dropped == 4
    times = run.stop() and app.recordings.readings(run.session_id)["t_s"]
    assert times[-2:] - times[-3] == pytest.approx([0.15, 0.9])
    summary = app.recordings.session(run.session_id).summary
    assert summary is not None
    assert (summary.source.frames_decoded, summary.source.frames_dropped) == (26, 4)


def test_the_delay_is_that_of_the_picture_that_is_read(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    """However many pictures come meanwhile, a picture waits for one reading at most."""
    camera = started(app, patient)
    for _ in range(10):
        reader.gate.clear()
        camera.stamp_s += 0.15
        camera.run.offer(Frame(camera.stamp_s, PICTURE))
        wait_until(lambda: camera.run._mailbox._slot is None)
        for _ in range(4):
            camera.stamp_s += 0.03
            camera.run.offer(Frame(camera.stamp_s, PICTURE))
        camera.clock.now_s += 0.15
        reader.gate.set()
        wait_until(camera.idle)
    view = camera.run.view()
    assert view.delay_ms == pytest.approx(150.0)
    assert (view.frames_in, view.frames_read, view.frames_dropped) == (50, 20, 30)


def test_a_guided_session_begins_after_three_green_seconds(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True, recording=False)
    camera.show(2.5)
    view = camera.run.view()
    assert view.phase is LivePhase.CHECK and view.check is not None
    assert [line.name for line in view.check.lines] == ["light", "distance", "angle", "one_person"]
    assert all(line.passed for line in view.check.lines)
    assert view.check.green_for_s == pytest.approx(2.45) and view.check.needed_s == 3.0
    with pytest.raises(NotFound):
        app.recordings.session(camera.run.session_id)
    with pytest.raises(InputError, match="Nothing is being recorded"):
        camera.run.mark(MarkerKind.TEARFUL)
    camera.until(lambda: camera.run.view().phase is LivePhase.RECORDING, 1.0)
    assert app.recordings.session(camera.run.session_id).protocol == "guided"
    assert camera.run.view().check is None
    camera.run.stop()


def test_nothing_is_stored_of_a_check_that_is_left(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True, recording=False)
    camera.show(1.0)
    ended = camera.run.stop()
    assert ended.state is SessionState.CANCELLED
    assert app.recordings.sessions() == [] and app.live.current() is None
    camera.run.begin()
    assert app.recordings.sessions() == []


def test_every_part_is_tagged_and_has_its_length(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True)
    camera.until(lambda: camera.run.view().protocol_done, 260.0)
    view = camera.run.view()
    assert view.phase is LivePhase.PAUSED and view.part_left_s == pytest.approx(0.0, abs=1e-6)
    record = camera.run.stop()
    spans = app.recordings.timeline(record.id).segments
    assert [span.segment for span in spans] == [part.segment for part in PROTOCOL]
    for span, part in zip(spans, PROTOCOL, strict=True):
        assert span.end_s - span.start_s == pytest.approx(part.length_s, abs=2 * STEP_S)
    assert record.summary is not None
    assert record.summary.baseline.method == "segment"
    assert record.summary.features["f21"].value is not None
    assert app.recordings.recompute(record.id) == record.summary


def test_it_can_go_on_without_protocol_after_the_last_part(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True)
    for _ in PROTOCOL:
        camera.show(1.0)
        camera.run.skip()
    assert camera.run.view().protocol_done
    camera.show(2.0)
    camera.run.resume()
    camera.show(3.0)
    view = camera.run.view()
    assert view.part.segment == "free" and view.part_left_s is None and not view.protocol_done
    camera.run.skip()
    assert camera.run.view().phase is LivePhase.RECORDING, "a part without end is not skipped"
    segments = camera.run.stop() and app.recordings.readings(view.session_id).text("segment")
    assert [s for k, s in enumerate(segments) if k == 0 or segments[k - 1] != s] == [
        "baseline", "neutral_talk", "positive_memory", "rest", "free",
    ]  # fmt: skip


def test_a_free_recording_is_marked_as_free(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(3.0)
    assert camera.run.view().part_left_s is None and not camera.run.view().guided
    record = camera.run.stop()
    assert record.protocol == "free" and record.summary is not None
    assert record.summary.config["protocol"] == "free"
    assert set(app.recordings.readings(record.id).text("segment")) == {"free"}


def test_in_a_pause_nothing_is_read_and_the_person_stays_the_same(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    camera = started(app, patient, guided=True)
    camera.show(10.0)
    camera.run.pause()
    reads, left = reader.reads, camera.run.view().part_left_s
    camera.show(40.0)
    view = camera.run.view()
    assert reader.reads == reads and view.latest is None and view.part_left_s == left
    assert view.no_picture_for_s == 0.0
    camera.run.resume()
    camera.show(10.0)
    assert camera.run.view().part_left_s == pytest.approx(10.0, abs=0.2)
    record = camera.run.stop()
    rows = app.recordings.readings(record.id)
    assert set(rows["track_id"]) == {1.0}
    assert np.diff(rows["t_s"]).max() == pytest.approx(40.0, abs=0.2)
    assert record.summary is not None
    assert "track_switches" not in {r.metric for r in record.summary.gate.reasons}
    assert record.summary.gate.metrics.valid_s == pytest.approx(20.5, abs=0.2)


def test_a_part_that_is_done_again_counts_once(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True)
    camera.show(35.0)
    camera.run.redo()
    view = camera.run.view()
    assert view.part.segment == "neutral_talk" and view.part_elapsed_s == 0.0
    camera.show(25.0)
    assert camera.run.view().part_elapsed_s == pytest.approx(25.0, abs=0.1)
    record = camera.run.stop()
    rows = app.recordings.readings(record.id)
    again = rows.excluded
    assert set(rows.text("segment")[again]) == {"neutral_talk"}
    assert again.sum() == pytest.approx(100, abs=2)
    assert record.summary is not None
    assert record.summary.left_out_s == pytest.approx(5.0, abs=0.1)
    assert app.recordings.recompute(record.id) == record.summary
    assert [m.kind for m in app.live.markers(record.id)] == [MarkerKind.REDONE]


def test_the_same_frames_give_the_same_readings_live_and_pushed(
    app: App, patient: Patient
) -> None:
    camera = started(app, patient)
    camera.show(20.0)
    live = camera.run.stop()
    times = app.recordings.readings(live.id)["t_s"]
    pushed = record(app, patient, times.tolist())
    for name in COLUMNS:
        one, other = (app.recordings.readings(i).columns[name] for i in (live.id, pushed.id))
        np.testing.assert_array_equal(one, other, err_msg=name)


def test_the_view_has_the_last_minute_of_everything(app: App, patient: Patient) -> None:
    camera = started(app, patient, guided=True)
    camera.show(31.0)
    assert np.isnan(camera.run.view().trails["valence"].value).all(), "the baseline has none"
    camera.show(100.0)
    view = camera.run.view()
    assert set(view.trails) == set(DIMENSIONS)
    for name, trail in view.trails.items():
        assert len(trail.t_s) in (60, 61) and -60.0 <= trail.t_s[0] < trail.t_s[-1] <= 0.0
        seen = np.isfinite(trail.value)
        assert seen[-30:].all() == (name in ("valence", "arousal", "anhedonia", "irritability",
                                             "fatigue", "anxiety"))  # fmt: skip
        assert (trail.low[seen] <= trail.value[seen]).all()
        assert (trail.value[seen] <= trail.high[seen]).all()
    assert view.expression_share.sum() == pytest.approx(1.0)
    assert np.isnan(view.action_units[ACTION_UNITS.index("au05")])
    assert np.isfinite(view.action_units[ACTION_UNITS.index("au12")])
    assert view.gate is not None and view.gate.state is LiveGateState.RELIABLE
    assert view.gate.missing == () and view.gate.questionnaire_in_s is None
    assert view.readings_per_s == pytest.approx(20.0, abs=0.5) and view.delay_ms == 0.0
    assert view.picture_px == (64, 48) and view.fault is None
    assert view.valid_s == pytest.approx(131.0, abs=0.2)
    camera.run.stop()


def test_a_view_does_not_grow_with_the_session(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(80.0)
    run, watch = camera.run, camera.run._watch
    early = (len(run.view().trails["valence"].t_s), len(watch._rows), len(watch._shares))
    camera.show(120.0)
    late = (len(run.view().trails["valence"].t_s), len(watch._rows), len(watch._shares))
    assert late == pytest.approx(early, abs=2)
    run.stop()


def test_black_pictures_are_told_from_no_pictures(
    app: App, patient: Patient, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = started(app, patient)
    camera.show(2.0)
    real = reader.read

    def dark(frame: Frame, hint: object) -> object:
        found = real(frame, hint)  # type: ignore[arg-type]
        brightness = float(frame.rgb.mean())
        return type(found)(None, False, True, 0, 0.0, brightness) if brightness < 1 else found

    monkeypatch.setattr(reader, "read", dark)
    for _ in range(80):
        camera.stamp_s += STEP_S
        camera.clock.now_s += STEP_S
        camera.run.offer(Frame(camera.stamp_s, BLACK))
        wait_until(camera.idle)
    view = camera.run.view()
    assert view.latest is not None and view.latest.status is FrameStatus.CAMERA_OFF
    assert view.black_for_s == pytest.approx(3.95) and view.no_picture_for_s == 0.0
    camera.clock.now_s += 4.0
    view = camera.run.view()
    assert view.no_picture_for_s == pytest.approx(4.0)
    wait_until(lambda: bool((v := camera.run.view()).gate and v.gate.missing))
    gate = camera.run.view().gate
    assert gate is not None and gate.state is LiveGateState.UNRELIABLE
    assert [reason.metric for reason in gate.missing] == ["no_picture"]
    camera.run.stop()


def test_nobody_there_brings_the_questionnaire_and_one_retry(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    reader._script = lambda t_s: face_at(t_s) if t_s < 30.0 else None
    camera = started(app, patient)
    camera.show(20.0)
    view = camera.run.view()
    assert view.gate is not None and view.gate.questionnaire_in_s is None
    camera.until(lambda: (g := camera.run.view().gate) is not None and g.failing_for_s > 0, 40.0)
    camera.show(5.0)
    gate = camera.run.view().gate
    assert gate is not None and gate.questionnaire_in_s == pytest.approx(5.0, abs=1.1)
    assert "Stay in the picture" in gate.missing[0].advice
    camera.show(7.0)
    gate = camera.run.view().gate
    assert gate is not None and gate.questionnaire_due and gate.retry_left
    assert camera.run.retry()
    gate = camera.run.view().gate
    assert gate is not None and gate.state is LiveGateState.COLLECTING and not gate.retry_left
    camera.show(27.0)
    gate = camera.run.view().gate
    assert gate is not None and gate.questionnaire_due and not camera.run.retry()
    record = camera.run.stop()
    assert record.state is SessionState.READY, "what was measured is kept"
    assert len(app.recordings.readings(record.id).ok.nonzero()[0]) > 500


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_reader_is_kept_and_shown(
    app: App, patient: Patient, reader: ScriptedReader
) -> None:
    camera = started(app, patient)
    camera.show(3.95)
    reader.fail_at_s = 0.0
    camera.one()
    wait_until(lambda: camera.run.ended)
    view = camera.run.view()
    assert (view.phase, view.fault) == (LivePhase.ENDED, FAULT)
    record = camera.run.stop()
    assert (record.state, record.error) == (SessionState.INTERRUPTED, FAULT)
    assert record.summary is not None and record.summary.source.frames_read == 79
    assert record.summary.source.note == "The recording broke off at 3.9 s."
    assert len(app.recordings.readings(record.id)) == 79
    assert app.live.current() is None and app.live.run(record.id) is camera.run


def test_a_full_disk_ends_it_with_its_sentence(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    camera = started(app, patient)
    camera.show(3.0)
    with monkeypatch.context() as broken:
        broken.setattr(app._store, "append_readings", full)
        with pytest.raises(StoreError, match="full"):
            camera.run.stop()
        assert not camera.run.ended, "its last rows are not stored yet"
    record = camera.run.stop()
    assert record.state is SessionState.READY
    assert len(app.recordings.readings(record.id)) == 60


@fault("Camera lost in the middle", area="Live session",
       injected="no picture comes any more for as long as the session waits",
       lost="nothing that had been seen; the session can be continued")
def test_a_camera_that_is_lost_ends_the_session(
    app: App, patient: Patient, seen: Seen
) -> None:
    camera = started(app, patient)
    camera.show(5.0)
    camera.clock.now_s += LOST_AFTER_S + 1.0
    wait_until(lambda: camera.run.ended)
    assert [r.id for r in app.live.interrupted()] == [camera.run.session_id]
    seen(app.recordings.session(camera.run.session_id).error,
         lost=100 - len(app.recordings.readings(camera.run.session_id)))  # fmt: skip


@fault("Browser vanishes in the middle", area="Live session",
       injected="the connection of the camera ends as that of a closed window does",
       lost="nothing that had been seen; the session can be continued")
def test_a_browser_that_vanishes_ends_the_session(
    app: App, patient: Patient, seen: Seen
) -> None:
    camera = started(app, patient)
    camera.show(5.0)
    camera.run.lost(GONE)
    wait_until(lambda: camera.run.ended)
    run = app.live.resume(camera.run.session_id)
    assert run.session_id == camera.run.session_id
    run.stop()
    seen(GONE, lost=100 - len(app.recordings.readings(run.session_id)))


@fault("Application closed during a live session", area="Live session",
       injected="it is closed while pictures come",
       lost="nothing that had been seen; the session can be continued")
def test_an_application_that_is_closed_ends_the_session(
    app: App, patient: Patient, seen: Seen
) -> None:
    camera = started(app, patient)
    camera.show(5.0)
    app.live.close()
    record = app.recordings.session(camera.run.session_id)
    seen(record.error, lost=100 - len(app.recordings.readings(record.id)))


@pytest.mark.parametrize("how", ["browser", "camera", "application"])
def test_what_vanishes_ends_the_session_with_what_was_measured(
    app: App, patient: Patient, how: str
) -> None:
    camera = started(app, patient)
    camera.show(5.0)
    if how == "browser":
        camera.run.lost("The browser was closed.")
    elif how == "camera":
        camera.clock.now_s += LOST_AFTER_S + 1.0
    else:
        app.live.close()
    wait_until(lambda: camera.run.ended)
    record = app.recordings.session(camera.run.session_id)
    sentence = {"browser": "The browser was closed.", "camera": NO_CAMERA, "application": CLOSED}
    assert (record.state, record.error) == (SessionState.INTERRUPTED, sentence[how])
    assert record.summary is not None and record.summary.source.frames_read == 100
    assert len(app.recordings.readings(record.id)) == 100
    assert [r.id for r in app.live.interrupted()] == [record.id]
    assert camera.run.view().fault == sentence[how]


def test_a_paused_session_waits_longer_for_somebody_to_come_back(
    app: App, patient: Patient
) -> None:
    camera = started(app, patient)
    camera.show(3.0)
    camera.run.pause()
    assert len(app.recordings.readings(camera.run.session_id)) == 60, "nothing waits in a pause"
    camera.clock.now_s += LEFT_AFTER_S - 1.0
    camera.run._tick()
    assert camera.run.phase is LivePhase.PAUSED
    camera.clock.now_s += 2.0
    wait_until(lambda: camera.run.ended)
    assert app.recordings.session(camera.run.session_id).state is SessionState.INTERRUPTED


def test_lost_only_signals(app: App, patient: Patient, reader: ScriptedReader) -> None:
    """It may be called where nothing may wait: the reader ends the session."""
    camera = started(app, patient)
    reader.gate.clear()
    camera.run.offer(Frame(camera.stamp_s + 1.0, PICTURE))
    camera.run.lost("The camera was pulled.")
    assert not camera.run.ended
    reader.gate.set()
    wait_until(lambda: camera.run.ended)


def test_stamps_that_stand_still_are_dropped_and_counted(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(1.0)
    for _ in range(3):
        camera.run.offer(Frame(camera.stamp_s, PICTURE))
        wait_until(camera.idle)
    camera.run.missed(2)
    view = camera.run.view()
    assert (view.frames_in, view.frames_read, view.frames_dropped) == (25, 20, 5)
    camera.run.stop()


def test_a_camera_that_is_taken_up_anew_goes_on_on_the_same_clock(
    app: App, patient: Patient
) -> None:
    camera = started(app, patient)
    camera.show(2.0)
    camera.stamp_s, camera.clock.now_s = 3.0, camera.clock.now_s + 2.0
    camera.show(2.0)
    record = camera.run.stop()
    t_s = app.recordings.readings(record.id)["t_s"]
    assert len(t_s) == 80 and t_s[-1] == pytest.approx(1.95 + 2.05 + 1.95)


def test_one_session_per_workstation(app: App, patient: Patient) -> None:
    checking = started(app, patient, recording=False)
    camera = started(app, patient)
    assert checking.run.ended and app.live.current() is camera.run
    with pytest.raises(InputError, match="Stop it first"):
        app.live.start(patient.id, consent(), guided=True)
    camera.run.stop()
    started(app, patient).run.stop()
    assert app.live.run(camera.run.session_id) is None


def test_no_consent_no_session(app: App, patient: Patient) -> None:
    with pytest.raises(AccessDenied):
        app.live.start(patient.id, None, guided=True)
    assert app.live.current() is None


def test_pages_and_camera_at_once(app: App, patient: Patient) -> None:
    """A camera, two pages that look and one that clicks, without waiting for each other."""
    camera = started(app, patient, guided=True)
    run, faults, over = camera.run, list[BaseException](), threading.Event()

    def look() -> None:
        try:
            while not over.is_set():
                view = run.view()
                assert view.frames_read + view.frames_dropped <= view.frames_in
        except BaseException as fault:
            faults.append(fault)
            raise

    def click() -> None:
        try:
            for k in range(12):
                run.mark(MarkerKind.NOTE, f"note {k}")
                run.pause()
                run.resume()
                (run.redo, run.skip, lambda: run.exclude_last(0.5))[k % 3]()
        except BaseException as fault:
            faults.append(fault)
            raise

    pages = [threading.Thread(target=work) for work in (look, look, click)]
    for page in pages:
        page.start()
    for _ in range(400):
        camera.stamp_s += STEP_S
        run.offer(Frame(camera.stamp_s, PICTURE))
    pages[2].join()
    camera.show(1.0)
    over.set()
    for page in pages:
        page.join()
    record = run.stop()
    assert faults == []
    rows = app.recordings.readings(record.id)
    assert record.summary is not None and record.summary.source.frames_read == len(rows)
    assert app.recordings.recompute(record.id) == record.summary
    notes = [m for m in app.live.markers(record.id) if m.kind is MarkerKind.NOTE]
    assert len(notes) == 12


def turned(t_s: float) -> Face:
    """Somebody who looks aside."""
    return face_at(t_s, yaw_deg=35.0)


def test_a_person_who_sits_badly_is_told_how_to_sit(settings: Settings) -> None:
    with build_app(settings, ScriptedReader(turned).loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        camera = started(app, patient, guided=True, recording=False)
        camera.show(6.0)
        view = camera.run.view()
        assert view.phase is LivePhase.CHECK and view.check is not None
        failing = {line.name: line.advice for line in view.check.lines if not line.passed}
        assert failing == {
            "angle": "Face the camera: the head is turned 35°, at most 20°."
        }
        assert view.check.green_for_s == 0.0
        camera.run.begin()
        assert camera.run.view().phase is LivePhase.RECORDING, "the clinician may go on"
        camera.run.stop()


