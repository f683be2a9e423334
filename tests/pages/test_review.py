"""Review: three voices, picture and chart, decision, and every state without one of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emocare.analysis import AnalysisConfig, summarise
from emocare.domain.records import SessionState
from emocare.domain.summary import Band
from emocare.settings import Settings
from emocare.ui import context
from tests.analysis.made_up import changed
from tests.media.clips import make_clip
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene, clinic, readings

PHQ = [2, 2, 2, 2, 1, 2, 1, 1, 0]


def opened(open_page: Open, scene: Scene, *, answers: bool = True, seconds: float = 211,
           face_share: float = 1.0, clip: Path | None = None) -> AppTest:  # fmt: skip
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(seconds, face_share=face_share), clip=clip)
    if answers:
        scene.answers(person, record, PHQ, difficulty=1)
    return open_page("review", session=record.id)


def figure(page: AppTest) -> dict:
    return json.loads(page.get("plotly_chart")[0].proto.spec)


def test_without_any_recording_it_leads_to_upload(open_page: Open, scene: Scene) -> None:
    page = open_page("review")
    assert "Nothing has been recorded yet." in words(page)
    next(b for b in page.button if b.label == "Upload a recording").click().run()
    assert page.title[0].value == "Upload"


def test_without_a_choice_every_session_can_be_opened(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page("review")
    assert not page.exception
    assert any("Kowalska, Marta, P-0148" in option for option in page.selectbox[0].options)


def test_three_voices_stand_side_by_side(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    assert not page.exception
    text = words(page)
    assert page.header[0].value == "Moderate"
    assert "PHQ-9 **13 of 27**, native: moderate" in text
    assert "Item 9 was “not at all”: a zero does not rule out risk." in text
    assert re.search(r"Index \*\*\d+\.\d\*\*, 90 % interval", text)
    assert "Investigational, provisional reference." in text
    assert "This neither confirms nor reassures." in text
    for word in ("detected", "improved", "mood score"):
        assert word not in text


def test_a_result_of_the_site_reference_says_so(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(120))
    assert record.summary is not None
    config = replace(
        AnalysisConfig.from_dict(record.summary.config), reference="site-free-v1",
        reference_values={"f1": (0.5, 0.1)},
    )  # fmt: skip
    summary = summarise(readings(120), config, record.summary.source, record.summary.models)
    scene.app._store.update_session(replace(record, summary=summary))
    text = words(open_page("review", session=record.id))
    assert "Investigational, site reference site-free-v1." in text
    assert "Grey: typical range, site reference site-free-v1." in text
    assert "provisional reference" not in text


def test_a_file_that_broke_off_says_so(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(90.0), note="The file breaks off at 90.0 s.")
    page = open_page("review", session=record.id)
    assert "The file breaks off at 90.0 s." in words(page).replace("\\", "")


def test_the_patient_bar_names_the_session(open_page: Open, scene: Scene) -> None:
    text = words(opened(open_page, scene))
    assert "**Ada Lang**" in text
    assert "Session 1 · today" in text


def test_chart_has_every_row_and_fixed_axes(open_page: Open, scene: Scene) -> None:
    chart = figure(opened(open_page, scene))
    labels = [a["text"] for a in chart["layout"]["annotations"]]
    for name in ("Quality", "Events", "Valence", "Arousal", "Anhedonia", "Anxiety",
                 "Irritability", "Fatigue"):  # fmt: skip
        assert name in labels
    assert chart["layout"]["xaxis"]["range"][0] == 0
    assert chart["layout"]["xaxis"]["fixedrange"]
    assert labels.count("■") == 3
    heat = next(t for t in chart["data"] if t["type"] == "heatmap")
    assert (heat["zmin"], heat["zmax"]) == (0, 1)


def test_rows_can_be_limited(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    page.segmented_control(key="rows").set_value("Action Units").run()
    assert "Anhedonia" not in [a["text"] for a in figure(page)["layout"]["annotations"]]
    page.segmented_control(key="rows").set_value("Dimensions").run()
    assert not [t for t in figure(page)["data"] if t["type"] == "heatmap"]


def test_drivers_are_sorted_and_say_what_is_missing(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    points = page.dataframe[0].value["Points"].tolist()
    assert points == sorted(points, reverse=True)
    assert "Not available: Dimpler AU14" in words(page)


def test_picture_quality_names_measures_needs_and_what_to_do(
    open_page: Open, scene: Scene
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, changed(readings(211), sharpness=20.0))
    page = open_page("review", session=record.id)
    page.button(key="quality_open").click().run()
    assert not page.exception
    table = page.table[0].value
    line = table[table["Measure"] == "Sharpness"].iloc[0]
    assert (line["Value"], line["Needed"]) == ("20", "40")
    assert line["Passes"] == "**No, 0 %.** Steady and focus the camera, and clean its lens."
    assert "Without a value: " in words(page)


def test_a_face_taken_up_anew_is_said_and_marked_on_the_strip(
    open_page: Open, scene: Scene
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    rows = readings(211)
    late = rows["t_s"] >= 190.0
    two = changed(rows, track_id=np.where(late, 2, 1), second_face_ratio=np.where(late, 0.7, 0.0))
    record = scene.session(person, two)
    page = open_page("review", session=record.id)
    assert "Another person may have been measured from 3:10 to 3:31" in words(page)
    assert "a face taken up anew" in words(page)
    marks = [t for t in figure(page)["data"] if t.get("marker", {}).get("symbol") == ["x"]]
    assert len(marks) == 1


def test_wrong_person_asks_first_and_can_be_taken_back(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    page.button(key="wrong_person").click().run()
    assert "The readings stay, and the mark can be taken back." in words(page)
    page.button(key="wrong_go").click().run()
    assert not page.exception
    assert "Unreliable" in [h.value for h in page.header]
    assert "Marked as of another person by" in words(page)
    assert "Index **" not in words(page)
    page.button(key="wrong_undo").click().run()
    assert "Index **" in words(page)
    assert "Marked as of another person by" not in words(page)


def test_no_questionnaire_offers_to_ask(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene, answers=False)
    assert "Not answered" in [h.value for h in page.header]
    assert any(h.value.endswith(", provisional") for h in page.header)
    assert [b.label for b in page.button if b.proto.type == "primary"] == ["Open questionnaire"]
    page.button(key="open_q").click().run()
    assert page.title[0].value == "Questionnaire"
    assert "Counts for the recording of today" in words(page)


def test_unreliable_gives_the_reason_and_no_index(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene, seconds=40, face_share=0.3)
    text = words(page)
    assert "Unreliable" in [h.value for h in page.header]
    assert "Index **" not in text
    assert "need" in text
    assert len(page.dataframe) == 0
    chart = figure(page)
    assert [a["text"] for a in chart["layout"]["annotations"]] == ["Quality", "Events"]


def test_indeterminate_names_the_two_bands(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(211))
    index = replace(
        record.summary.behaviour_index, value=44.0, ci90=(30.0, 58.0), band=Band.INDETERMINATE,
        band_probabilities=(0.01, 0.53, 0.45, 0.01),
    )  # fmt: skip
    changed = replace(record, summary=replace(record.summary, behaviour_index=index))
    scene.app._store.update_session(changed)
    scene.answers(person, record, PHQ)
    page = open_page("review", session=record.id)
    assert "Mildly to moderately atypical" in [h.value for h in page.header]
    assert "does not settle on one band" in words(page)


def test_face_far_above_the_answers_asks_to_look_again(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(211))
    index = replace(record.summary.behaviour_index, value=70.0, band=Band.SEVERE)
    changed = replace(record, summary=replace(record.summary, behaviour_index=index))
    scene.app._store.update_session(changed)
    scene.answers(person, record, [0] * 9)
    text = words(open_page("review", session=record.id))
    assert "Look again" in text
    assert "three bands above" in text


def test_video_gone_says_when(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    assert "Video deleted after analysis, today" in words(page)
    assert not page.get("video")


def test_a_kept_video_is_shown(open_page: Open, scene: Scene, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "visit.mp4", np.arange(0, 1, 0.1).tolist())
    page = opened(open_page, scene, clip=clip)
    assert not page.exception
    assert len(page.get("video")) == 1


def test_a_container_no_browser_plays_says_so(
    open_page: Open, scene: Scene, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "visit.avi", np.arange(0, 1, 0.1).tolist())
    page = opened(open_page, scene, clip=clip)
    assert "Browsers do not play AVI files." in words(page)
    assert page.get("imgs") or page.get("image")


def test_who_saves_after_another_window_is_told_and_can_save_again(
    open_page: Open, scene: Scene
) -> None:
    page = opened(open_page, scene)
    session_id = page.session_state["session"]
    scene.app.reviews.save(session_id, Band.SEVERE, None, (), "of the other window")
    page.text_area(key=f"note_{session_id}").set_value("mine")
    page.button(key="decision_save").click().run()
    assert any("in another window" in one.value for one in page.error)
    assert scene.app.reviews.latest(session_id).note == "of the other window"
    page.button(key="decision_save").click().run()
    assert not page.error and scene.app.reviews.latest(session_id).note == "mine"
    page.text_area(key=f"note_{session_id}").set_value("mine, later")
    page.button(key="decision_save").click().run()
    assert not page.error and scene.app.reviews.latest(session_id).note == "mine, later"


def test_own_impression_first_hides_the_face(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    blind = replace(scene.app, settings=replace(settings, blind_first=True))
    monkeypatch.setattr(context, "_shared_app", lambda: blind)
    page = opened(open_page, scene)
    text = words(page)
    assert "Hidden for now" in text
    assert "Index **" not in text
    assert not page.get("plotly_chart") and not page.dataframe
    page.segmented_control(key="blind_impression").set_value(Band.MILD).run()
    page.button(key="blind_note").click().run()
    assert "Index **" in words(page)
    review = scene.app.reviews.latest(page.session_state["session"])
    assert review.impression is Band.MILD


def sent(page: AppTest) -> str:
    """Everything that is sent to the browser, widgets and drawings included."""
    return " ".join(str(getattr(node, "proto", "")) for node in page._tree)


def test_no_number_of_the_face_is_sent_before_the_own_impression(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Neither on the review nor on the report, whose pages show the face."""
    blind = replace(scene.app, settings=replace(settings, blind_first=True))
    monkeypatch.setattr(context, "_shared_app", lambda: blind)
    page = opened(open_page, scene)
    record = scene.app.recordings.session(page.session_state["session"])
    index = record.summary.behaviour_index
    numbers = [f"{index.value:.1f}", "plotly", "behaviour_index"] + [
        f"{d.value:.2f}" for d in record.summary.dimensions.values() if d is not None
    ]
    here = {"patient": record.patient_id, "session": record.id}
    report = open_page("report", **here)
    assert "Your clinic asks for your own impression first." in words(report)
    assert not report.get("imgs") and not report.get("download_button")
    for hidden in (page, report):
        assert not [n for n in numbers if n in sent(hidden)]

    scene.app.reviews.save(record.id, Band.MILD, None, (), "")
    assert f"{index.value:.1f}" in sent(open_page("review", **here))
    assert "own impression first" not in words(open_page("report", **here))


def test_compare_names_the_items_of_every_form(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    session = scene.app.recordings.session(page.session_state["session"])
    person = scene.app.people.get(session.patient_id)
    scene.answers(person, session, [2, 2, 2, 2, 1, 2, 1, 1, 0], difficulty=1)
    scene.answers(person, session, [3, 3, 2, 2, 1], form="WHO-5")
    scene.answers(person, session, [4] * 10, form="K10")
    scene.answers(person, session, [2] * 21, form="DASS-21")
    page = open_page("review", patient=person.id, session=session.id)
    assert not page.exception
    text = words(page)
    assert "DASS-21 stress **28 of 42**, native: severe" in text
    assert "K10 **40 of 50**" in text and "WHO-5 **44 of 100**" in text
    page.button(key="compare").click().run()
    table = page.table[0].value
    told = dict(zip(table["Dimension"], table["Items"], strict=True))
    assert told["Valence"].replace("\\", "") == "PHQ-9 2; WHO-5 1"
    assert told["Fatigue"].replace("\\", "") == "PHQ-9 4; K10 1; WHO-5 3, 4"
    assert told["Irritability"].replace("\\", "") == "DASS-21 6, 11, 14, 18"
    assert told["Anxiety"] == ""
    assert list(table["Evidence"]) == ["C", "not graded", "A–B", "C", "D", "C"]


def test_decision_is_saved_and_makes_the_report(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    session_id = page.session_state["session"]
    page.segmented_control(key=f"impression_{session_id}").set_value(Band.MODERATE)
    page.multiselect(key=f"confounders_{session_id}").set_value(["crying"])
    page.text_area(key=f"note_{session_id}").set_value("Sleep still broken.")
    page.button(key="decision_save").click().run()
    review = scene.app.reviews.latest(session_id)
    assert (review.impression, review.confounders, review.note) == (
        Band.MODERATE, ("crying",), "Sleep still broken.",
    )  # fmt: skip
    assert "version 1" in words(page)
    page.button(key="decision_report").click().run()
    assert not page.exception
    assert "Preview" in [s.value for s in page.subheader]


def test_answers_without_a_recording_are_shown(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    scene.answers(person, None, [0, 0, 0, 0, 0, 0, 0, None, 2])
    page = open_page("review", patient=person.id)
    assert not page.exception
    assert "Nothing has been recorded for this person yet." in words(page)
    table = page.table[0].value
    assert table["Answer"].tolist()[8] == "**More than half the days (2)**"
    assert table["Answer"].tolist()[7] == "not answered"
    assert [b.label for b in page.button if b.proto.type == "primary"] == ["Acknowledge"]


def test_a_kept_video_can_be_deleted(open_page: Open, scene: Scene) -> None:
    folder = scene.app.settings.clips_dir
    folder.mkdir(parents=True, exist_ok=True)
    clip = make_clip(folder / "visit.mp4", np.arange(0, 1, 0.1).tolist())
    page = opened(open_page, scene, clip=clip)
    page.button(key="delete_clip").click().run()
    assert "The video is deleted for good." in words(page)
    page.button(key="delete_clip_go").click().run()
    assert not page.exception


def test_compare_lists_six_dimensions(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    page.button(key="compare").click().run()
    table = page.table[0].value
    assert table["Dimension"].tolist() == ["Valence", "Arousal", "Anhedonia", "Anxiety",
                                           "Irritability", "Fatigue"]  # fmt: skip
    assert "not answered" in table["Answered"].tolist()


def test_a_session_that_is_still_read_leads_to_the_queue(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(60))
    scene.app._store.update_session(
        replace(record, state=SessionState.ANALYSING, summary=None)
    )
    page = open_page("review", session=record.id)
    assert "still being read" in words(page)


def test_an_address_that_names_nothing_is_forgotten(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page("review", session="no-such-session", patient="nobody")
    assert not page.exception
    assert page.title[0].value == "Review"


def test_a_session_of_somebody_else_is_not_shown(open_page: Open, scene: Scene) -> None:
    people = clinic(scene)
    other = scene.app.recordings.sessions(people["duarte"].id)[0]
    page = open_page("review", patient=people["kowalska"].id, session=other.id)
    assert "**Kowalska, Marta**" in words(page)
    assert "Duarte" not in words(page)
