"""Live: consent before the camera, the session's states, its ends, and what broke off.

The camera is replaced at its one seam; pictures are handed to the session by the test.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.frames import Frame
from emocare.domain.live import LivePhase, MarkerKind
from emocare.domain.records import Patient, SessionState
from emocare.services.live_run import LiveRun
from emocare.ui import live_camera, live_faults, live_picker, live_state
from emocare.ui.consent import Ticks
from emocare.ui.live_camera_link import CameraFault, CameraState
from emocare.ui.live_picker import Picked
from emocare.ui.text import live as text
from tests.media.clips import make_clip
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene

PICTURE = np.full((360, 640, 3), 120, np.uint8)
READY = Picked(True, "", "Test camera")


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the browser and its camera answer; a test changes it as it goes."""
    said: dict[str, object] = {"picked": READY, "camera": CameraState(True)}
    monkeypatch.setattr(live_picker, "answer", lambda: said["picked"])
    monkeypatch.setattr(live_camera, "webrtc_streamer", lambda **more: None)
    monkeypatch.setattr(live_camera, "state", lambda key: said["camera"])
    return said


@pytest.fixture
def person(scene: Scene) -> Patient:
    return scene.patient("P-1", "Ada Lang")


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def agree(page: AppTest) -> AppTest:
    page.checkbox[0].check()
    page.checkbox[1].check()
    return page.run()


def started(open_page: Open, person: Patient) -> tuple[AppTest, LiveRun]:
    page = press(agree(open_page("live", patient=person.id)), "live_start")
    run = live_state.context.app().live.current()
    assert run is not None
    return page, run


def feed(run: LiveRun, seconds: float, start_s: float = 0.0) -> None:
    """Pictures ten times a second of the camera's clock, each one read before the next comes."""
    for i in range(int(seconds * 10)):
        before = run.view().frames_read
        run.offer(Frame(start_s + i / 10, PICTURE))
        for _ in range(200):
            if run.view().frames_read != before or run.view().phase is not LivePhase.RECORDING:
                break
            time.sleep(0.005)


def begin(page: AppTest, run: LiveRun) -> AppTest:
    """Starts the recording, which waits for the camera's first picture."""
    assert page.button(key="live_begin").disabled
    run.offer(Frame(0.0, PICTURE))
    for _ in range(200):
        if run.view().frames_read:
            break
        time.sleep(0.005)
    return press(page.run(), "live_begin")


def keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button if button.key}


def test_consent_comes_before_the_camera(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page = open_page("live", patient=person.id)
    assert not page.exception
    assert [box.value for box in page.checkbox] == [False] * 4
    assert page.button(key="live_start").disabled
    assert "The video is not stored." in words(page)
    assert "To start: tick the first two boxes." in words(page)
    assert not agree(page).button(key="live_start").disabled


def test_the_check_shows_what_is_missing_and_can_be_cancelled(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    assert not page.exception
    assert {"live_begin", "live_cancel", "live_questions"} <= keys(page)
    assert "live_stop" not in keys(page)
    assert "Waiting for the first picture." in words(page)
    assert "Consent 2026-11" in words(page)
    page = press(page, "live_cancel")
    assert not page.exception
    assert run.phase is LivePhase.ENDED
    assert scene.app.recordings.sessions() == []
    assert [box.value for box in page.checkbox] == [False] * 4


def test_without_sequence_networks_nothing_of_them_is_offered(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, _ = started(open_page, person)
    assert not page.exception
    assert [c.key for c in page.segmented_control if c.key == "lines"] == []
    assert "Severity network" not in words(page)


def test_pause_resume_and_skip_follow_the_protocol(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    page = begin(page, run)
    assert run.phase is LivePhase.RECORDING
    feed(run, 1.0)
    page = press(page, "live_skip")
    assert "room you woke up in" in words(page)
    assert "Talk 60 s" in words(page)
    page = press(page, "live_pause")
    assert run.phase is LivePhase.PAUSED
    assert page.button(key="live_pause").label == "Resume"
    assert not press(page, "live_pause").exception
    assert run.phase is LivePhase.RECORDING
    for _ in range(3):
        page = press(page, "live_skip")
    assert "All parts are done" in words(page)
    assert "live_skip" not in keys(page)


def test_stop_opens_the_review_of_what_was_recorded(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    page = begin(page, run)
    feed(run, 2.0)
    page = press(page, "live_stop")
    assert not page.exception
    record = scene.app.recordings.session(run.session_id)
    assert record.state is SessionState.READY
    assert page.query_params["session"] == record.id
    assert "Ada Lang" in words(page)


def test_marks_are_set_while_it_runs(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    assert page.button(key="mark_tearful").disabled
    page = begin(page, run)
    feed(run, 2.0)
    page = press(page, "mark_tearful")
    page.text_input(key="live_note").input("looked at the door").run()
    page = press(page, "mark_exclude")
    assert not page.exception
    kinds = [mark.kind for mark in run.view().markers]
    assert sorted(kinds) == sorted([MarkerKind.TEARFUL, MarkerKind.NOTE, MarkerKind.EXCLUDED])
    assert "Note: looked at the door" in words(page)
    assert page.text_input(key="live_note").value == ""


def test_a_free_recording_is_marked_and_has_no_parts_to_skip(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page = agree(open_page("live", patient=person.id))
    page.get("button_group")[1].set_value(False).run()
    page = press(page, "live_start")
    run = live_state.context.app().live.current()
    assert run is not None
    page = begin(page, run)
    assert not page.exception
    assert text.FREE_BADGE in words(page)
    assert "live_skip" not in keys(page)


@pytest.mark.parametrize("name", ["NotAllowedError", "NotFoundError", "NotReadableError"])
def test_a_camera_that_cannot_be_opened_says_why_and_what_else_there_is(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object], name: str
) -> None:
    browser["picked"] = Picked(True, name, "")
    page = press(agree(open_page("live", patient=person.id)), "live_start")
    assert not page.exception
    cause, remedy = text.FAULTS[name]
    assert cause in words(page) and remedy in words(page)
    assert {"instead_sample", "instead_snapshot", "instead_upload"} <= keys(page)
    assert scene.app.live.current() is None
    page = press(page, "instead_snapshot")
    assert "Tick the first box" in words(page) or page.get("camera_input")


def test_a_camera_that_is_lost_pauses_and_can_be_connected_again(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    page = begin(page, run)
    feed(run, 1.0)
    browser["camera"] = CameraState(False, True, CameraFault.LOST)
    page = page.run()
    assert run.phase is LivePhase.PAUSED
    assert text.FAULTS["lost"][0] in words(page)
    browser["camera"] = CameraState(True)
    page = press(page, "live_connect")
    assert not page.exception
    assert live_faults.KEPT not in page.session_state
    assert "live_connect" not in keys(page)


def test_a_connection_is_tried_once_more_without_a_word(
    open_page: Open, person: Patient, browser: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, run = started(open_page, person)
    asked: list[object] = []
    monkeypatch.setattr(live_faults, "connect", asked.append)
    browser["camera"] = CameraState(False, True, CameraFault.NOT_CONNECTED)
    page = page.run()
    assert asked == [run.session_id]
    assert text.FAULTS["not_connected"][0] in words(page)
    page = page.run()
    assert asked == [run.session_id]


def test_answer_questions_instead_hands_the_device_over(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    page = begin(page, run)
    feed(run, 1.0)
    page = press(page, "live_questions")
    assert not page.exception
    assert page.query_params["kiosk"] == "1"
    assert page.query_params["session"] == run.session_id
    assert page.title[0].value.startswith("Little interest")
    assert scene.app.recordings.session(run.session_id).state is SessionState.READY


def test_questions_before_any_recording_belong_to_no_session(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, _ = started(open_page, person)
    page = press(page, "live_questions")
    assert not page.exception
    assert "session" not in page.query_params
    assert page.title[0].value.startswith("Little interest")
    assert scene.app.recordings.sessions() == []


def test_a_vanished_browser_leaves_a_session_to_continue_or_close(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    begin(page, run)
    feed(run, 2.0)
    run.lost(text.GONE)
    for _ in range(400):
        if run.ended:
            break
        time.sleep(0.01)
    record = scene.app.recordings.session(run.session_id)
    assert record.state is SessionState.INTERRUPTED
    other = open_page("live", patient=person.id)
    assert "was cut off" in words(other) and "browser window was closed" in words(other)
    other = press(other, f"continue_{record.id}")
    assert not other.exception
    again = scene.app.live.current()
    assert again is not None and again.session_id == record.id
    again.stop()


def test_a_session_that_broke_off_can_be_closed(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    begin(page, run)
    feed(run, 2.0)
    scene.app.live.close()
    other = press(open_page("live", patient=person.id), f"close_{run.session_id}")
    assert not other.exception
    assert scene.app.recordings.session(run.session_id).state is SessionState.READY
    assert other.query_params["session"] == run.session_id


def test_a_second_window_is_told_of_the_open_session_and_can_take_it_over(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    begin(page, run)
    feed(run, 1.0)
    other = agree(open_page("live", patient=person.id))
    assert "is open and recording" in words(other)
    assert other.button(key="live_start").disabled
    other = press(other, f"continue_{run.session_id}")
    assert not other.exception
    assert run.phase is LivePhase.PAUSED
    assert other.button(key="live_pause").label == "Resume"
    page = page.run()
    assert not page.exception
    assert "is open and paused" in words(page)


def test_leaving_the_page_pauses_and_closes_the_camera(
    open_page: Open, person: Patient, browser: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    page, run = started(open_page, person)
    monkeypatch.setattr(live_camera, "close", closed.append)
    page = begin(page, run)
    feed(run, 1.0)
    page.switch_page("pages/clinician/patients.py").run()
    assert run.phase is LivePhase.PAUSED
    assert closed == [run.session_id]
    page.switch_page("pages/clinician/live.py").run()
    assert not page.exception
    assert text.RETURNED in words(page)


def test_a_sample_plays_as_the_camera_and_its_end_opens_the_review(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    clip = make_clip(tmp_path / "visit.mp4", np.arange(0, 2, 0.1).tolist())
    consent = Ticks(True, True, False).consent()
    run = scene.app.live.start(person.id, consent, guided=False, source=clip.name)
    run.begin()
    run.play(clip)
    monkeypatch.setattr(live_state, "conducted", lambda: run)
    page = open_page("live", state={live_state.SOURCE: text.SOURCE_SAMPLE})
    assert text.SAMPLE_BADGE in words(page)
    for _ in range(600):
        if run.view().source_ended:
            break
        time.sleep(0.01)
    page = page.run()
    assert not page.exception
    assert page.query_params["session"] == run.session_id
    assert scene.app.recordings.session(run.session_id).state is SessionState.READY
