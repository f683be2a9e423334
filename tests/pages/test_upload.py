"""Upload: consent, staging, region, the queue, and the questionnaire that opens by itself."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.consent import Use
from emocare.domain.frames import Box
from emocare.domain.records import Consent, Patient, SessionState
from emocare.ui import queue
from emocare.ui.region import REGIONS
from tests.media.clips import make_clip
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene, readings


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "visit.mp4", np.arange(0, 2, 0.1).tolist())


def wait_until_ended(scene: Scene) -> None:
    """Until the worker has nothing left to do; fails instead of hanging."""
    for _ in range(1200):
        jobs = scene.app.recordings.jobs()
        if jobs and all(job.state not in queue.AT_WORK for job in jobs):
            return
        time.sleep(0.1)
    raise AssertionError(f"still at work: {scene.app.recordings.jobs()}")


def dropped(page: AppTest, clip: Path) -> AppTest:
    page.file_uploader[0].upload(clip.name, clip.read_bytes())
    return page.run()


def agree(page: AppTest, *, keep_video: bool = False) -> AppTest:
    page.checkbox[0].check()
    page.checkbox[1].check()
    if keep_video:
        page.checkbox[2].check()
    return page.run()


def agreed(open_page: Open, person: Patient, clip: Path, *, keep_video: bool = False) -> AppTest:
    """The page with the boxes ticked and then a video dropped."""
    page = agree(open_page("upload", patient=person.id), keep_video=keep_video)
    return dropped(page, clip)


def start(page: AppTest) -> AppTest:
    return page.button(key="upload_start").click().run()


def test_nothing_is_ticked_beforehand_and_start_says_what_is_missing(
    open_page: Open, scene: Scene
) -> None:
    page = open_page("upload")
    assert not page.exception
    assert [box.value for box in page.checkbox] == [False] * 5
    assert page.button(key="upload_start").disabled
    assert page.file_uploader[0].disabled
    needs = "To start: choose a patient, add a video or take a sample, tick the first two boxes."
    assert needs in words(page)
    assert "This is an emotion-recognition system" in words(page)
    assert "Nothing is being read." in words(page)


def test_consent_alone_keeps_start_shut(open_page: Open, scene: Scene, clip: Path) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = open_page("upload", patient=person.id)
    page.checkbox[0].check().run()
    assert page.file_uploader[0].disabled
    page.checkbox[1].check().run()
    assert not page.file_uploader[0].disabled
    assert page.button(key="upload_start").disabled
    assert not dropped(page, clip).button(key="upload_start").disabled


def test_a_tick_taken_off_again_deletes_what_was_copied(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    page = agreed(open_page, scene.patient("P-1", "Ada Lang"), clip)
    folder = scene.app.settings.clips_dir
    assert len(list(folder.iterdir())) == 1
    page.checkbox[0].uncheck().run()
    assert list(folder.iterdir()) == [] and page.file_uploader[0].disabled
    agree(page)
    assert len(list(folder.iterdir())) == 1


def test_a_minor_gets_no_boxes_and_says_what_to_do(open_page: Open, scene: Scene) -> None:
    child = scene.patient("P-1", "Kim Lang", date.today() - timedelta(days=15 * 365))
    page = open_page("upload", patient=child.id)
    assert not page.exception
    assert len(page.checkbox) == 0 and page.button(key="upload_start").disabled
    assert "14 years old" in words(page) and "Edit person" in words(page)


def test_without_a_birth_date_the_clinician_confirms(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    person = scene.patient("P-1", "Ada Lang", None)
    page = agree(open_page("upload", patient=person.id))
    assert page.file_uploader[0].disabled
    assert "To start: add a video or take a sample, confirm that the person is an adult." in (
        words(page))  # fmt: skip
    page.checkbox[5].check().run()
    start(dropped(page, clip))
    wait_until_ended(scene)
    consent = scene.app.recordings.sessions()[0].consent
    assert consent is not None and consent.adult
    assert len(open_page("upload", patient=person.id).checkbox) == 5, "asked once"


def test_another_person_begins_with_empty_boxes(open_page: Open, scene: Scene) -> None:
    first, second = scene.patient("P-1", "Ada Lang"), scene.patient("P-2", "Bo Berg")
    page = agree(open_page("upload", patient=first.id))
    page.selectbox[0].set_value(second.id).run()
    assert [box.value for box in page.checkbox] == [False] * 5


def test_a_withdrawal_and_a_new_text_are_said_before_the_boxes(
    open_page: Open, scene: Scene
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    made = scene.session(person, readings(2), days_ago=1)
    store = scene.app._store
    store.update_session(replace(made, consent=replace(made.consent, version="2026-11-2")))
    assert "The consent text has changed" in words(open_page("upload", patient=person.id))
    scene.app.consents.withdraw(person.id, [Use.ANALYSE])
    assert "has withdrawn the consent" in words(open_page("upload", patient=person.id))


def test_a_dropped_file_is_copied_at_once_and_deleted_when_taken_off(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    page = agreed(open_page, scene.patient("P-1", "Ada Lang"), clip)
    folder = scene.app.settings.clips_dir
    assert [p.read_bytes() == clip.read_bytes() for p in folder.glob("*.mp4")] == [True]
    page.file_uploader[0].set_value([]).run()
    assert not page.exception
    assert list(folder.glob("*.mp4")) == []


def test_the_queue_shows_the_reading_and_leads_to_the_review(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = start(agreed(open_page, person, clip))
    assert not page.exception
    assert [box.value for box in page.checkbox] == [False] * 5
    wait_until_ended(scene)
    page.run()
    assert "**visit.mp4**" in words(page)
    record = scene.app.recordings.sessions()[0]
    assert record.state is SessionState.READY
    assert record.consent == Consent(
        record.consent.version, True, True, False, record.consent.recorded_at
    )
    assert record.clip_path is None
    next(b for b in page.button if b.key == f"review_{record.id}").click().run()
    assert not page.exception
    assert page.query_params["session"] == record.id


def test_consent_to_research_is_kept_with_the_session(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = agreed(open_page, person, clip)
    page.checkbox[3].check()
    start(page)
    wait_until_ended(scene)
    consent = scene.app.recordings.sessions()[0].consent
    assert consent is not None and consent.research and not consent.keep_video


def test_a_kept_video_stays(open_page: Open, scene: Scene, clip: Path) -> None:
    person = scene.patient("P-1", "Ada Lang")
    start(agreed(open_page, person, clip, keep_video=True))
    wait_until_ended(scene)
    record = scene.app.recordings.sessions()[0]
    assert scene.app.recordings.clip(record.id) is not None


def test_an_unreliable_recording_counts_down_to_the_questionnaire(
    open_page: Open, scene: Scene, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = start(agreed(open_page, person, clip))
    wait_until_ended(scene)
    page.run()
    record = scene.app.recordings.sessions()[0]
    assert "The questionnaire opens in 4 s. What was measured is kept." in words(page)
    reason = scene.app.questionnaires.needed(record.id).reasons[0]
    assert reason in words(page)
    monkeypatch.setattr(queue, "COUNT_DOWN_S", 0)
    page.run()
    assert page.title[0].value.startswith("Little interest")
    assert page.query_params["kiosk"] == "1"
    assert page.query_params["session"] == record.id
    assert "The picture could not be used, so we ask instead." in words(page)


def test_stay_here_keeps_the_page(
    open_page: Open, scene: Scene, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = start(agreed(open_page, person, clip))
    wait_until_ended(scene)
    page.run()
    page.button(key="offer_stay").click().run()
    monkeypatch.setattr(queue, "COUNT_DOWN_S", 0)
    page.run()
    assert page.title[0].value == "Upload"


def test_another_browser_that_did_not_watch_is_left_alone(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    start(agreed(open_page, person, clip))
    wait_until_ended(scene)
    other = open_page("upload")
    assert "visit.mp4" in words(other)
    assert "The questionnaire opens" not in words(other)


def test_a_failed_video_says_why_in_its_row(open_page: Open, scene: Scene, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no video")
    person = scene.patient("P-1", "Ada Lang")
    page = agreed(open_page, person, broken)
    assert not page.exception
    assert page.error
    page = start(page)
    wait_until_ended(scene)
    page.run()
    record = scene.app.recordings.sessions()[0]
    assert record.state is SessionState.FAILED
    assert record.error in words(page)
    page.button(key=f"dismiss_{record.id}").click().run()
    assert scene.app.recordings.jobs() == []


def test_presets_choose_a_part_of_the_picture(open_page: Open, scene: Scene, clip: Path) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = agreed(open_page, person, clip)
    assert "Whole picture, 64 x 48 px." in words(page)
    page.button(key="preset_Left half").click().run()
    assert list(page.session_state[REGIONS].values()) == [Box(0, 0, 32, 48)]
    assert "0 to 32 px across" in words(page)
    start(page)
    wait_until_ended(scene)
    assert scene.app.recordings.sessions()[0].region == Box(0, 0, 32, 48)


def test_typed_corners_must_make_a_box(open_page: Open, scene: Scene, clip: Path) -> None:
    page = agreed(open_page, scene.patient("P-1", "Ada Lang"), clip)
    page.number_input[2].set_value(0)
    page.button(key="region_use").click().run()
    assert "The right edge must lie right of the left one" in words(page)
    page.number_input[2].set_value(40)
    page.button(key="region_use").click().run()
    assert list(page.session_state[REGIONS].values()) == [Box(0, 0, 40, 48)]


def add_sample(scene: Scene, clip: Path) -> None:
    """Makes ``clip`` the only sample."""
    folder = scene.app.settings.samples_dir
    folder.mkdir()
    (folder / "long.mp4").write_bytes(clip.read_bytes())
    truth = {"title": "A long visit", "description": "Two voices.", "duration_s": 2.0,
             "expected": {"gate": "reliable"}}  # fmt: skip
    (folder / "long.json").write_text(json.dumps(truth), encoding="utf-8")
    clips = [{"name": "long", "file": "long.mp4", "truth": "long.json"}]
    (folder / "manifest.json").write_text(json.dumps({"clips": clips}), encoding="utf-8")


def test_a_sample_is_taken_from_the_address(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    add_sample(scene, clip)
    page = open_page("upload", sample="long")
    assert not page.exception
    assert page.get("pills")[0].value == "long"
    assert "Two voices." in words(page)
    assert page.get("plotly_chart")


def test_a_sample_never_goes_beside_videos_of_a_person(
    open_page: Open, scene: Scene, clip: Path
) -> None:
    add_sample(scene, clip)
    ada = scene.patient("P-1", "Ada Lang")
    page = open_page("upload", sample="long", patient=ada.id)
    assert "it will stand in the record of Ada Lang" in words(page)
    page = start(dropped(agree(page), clip))
    assert not page.exception
    wait_until_ended(scene)
    assert [record.source_name for record in scene.app.recordings.sessions()] == ["visit.mp4"]
