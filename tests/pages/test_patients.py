"""Patients: empty, with data, searching, alerts."""

from __future__ import annotations

from datetime import date

from emocare.domain.records import AlertState
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene, clinic, readings


def test_empty_state_offers_the_first_patient_and_the_sample(open_page: Open) -> None:
    page = open_page()
    assert not page.exception
    labels = [button.label for button in page.button]
    assert labels == ["Try with a sample", "Add patient"]
    assert "No patients yet" in words(page)
    assert len(page.dataframe) == 0


def test_foot_stands_once(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    foot = [c.value for c in page.caption if "does not diagnose" in c.value]
    assert foot == ["Emo-Care supports a clinician’s review. It does not diagnose."]


def test_sample_adds_the_made_up_person_and_opens_upload(open_page: Open, scene: Scene) -> None:
    page = open_page()
    page.button[0].click().run()
    assert not page.exception
    people = scene.app.people.overview()
    assert [row.patient.code for row in people] == ["SAMPLE-1"]
    assert page.title[0].value == "Upload"
    assert page.selectbox[0].value == people[0].patient.id


def test_table_shows_severity_with_the_forms_own_word(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang", date(1984, 5, 3))
    scene.answers(person, None, [2, 2, 2, 2, 2, 2, 2, 2, 0])
    scene.answers(person, None, [1, 1, 2, 1, 1, 2, 1], form="GAD-7")
    table = open_page().dataframe[0].value
    assert table["PHQ-9 of 27, severity"].tolist() == ["16 · Severe (mod. severe)"]
    assert table["Last visit"].tolist()[0].startswith("today")
    assert table["Face quality"].tolist() == ["no recording"]


def test_people_with_something_to_do_come_first(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    table = open_page().dataframe[0].value
    assert table["Patient"].tolist()[0] == "Okafor, Daniel"
    assert table["State"].tolist()[0] == ["Safety alert"]
    assert ["Ready for review"] in table["State"].tolist()


def test_cards_name_the_next_steps(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    text = words(page)
    assert "PHQ-9 item 9 “several days”. Not yet acknowledged." in text
    assert "Review session" in text
    assert "and 1 more" in text


def test_search_without_result_can_be_cleared(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    page.text_input(key="home_search").set_value("kow").run()
    assert page.dataframe[0].value["Patient"].tolist() == ["Kowalska, Marta"]
    page.text_input(key="home_search").set_value("nobody*").run()
    assert len(page.dataframe) == 0
    assert "Nobody matches “nobody*”." in words(page)
    next(b for b in page.button if b.label == "Clear").click().run()
    assert len(page.dataframe[0].value) == 5


def test_filter_alerts(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    page.segmented_control(key="home_filter").set_value("Alerts").run()
    assert page.dataframe[0].value["Patient"].tolist() == ["Okafor, Daniel"]


def test_alert_strip_has_the_only_primary_button(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    primary = [b.label for b in page.button if b.proto.type == "primary"]
    assert primary == ["Open review"]


def test_alert_is_acknowledged_then_resolved_with_an_action(open_page: Open, scene: Scene) -> None:
    clinic(scene)
    page = open_page()
    next(b for b in page.button if b.label == "Acknowledge").click().run()
    alert = scene.app.alerts.open()[0]
    assert alert.state is AlertState.ACKNOWLEDGED
    assert "Acknowledge" not in [b.label for b in page.button]
    next(b for b in page.button if b.label == "Resolve").click().run()
    assert page.button(key="resolve_go").disabled
    assert "What was done" in words(page)


def test_long_list_scrolls_in_itself(open_page: Open, scene: Scene) -> None:
    for number in range(20):
        scene.patient(f"P-{number}", f"Person {number:02d}")
    page = open_page()
    assert len(page.dataframe[0].value) == 20
    assert not page.exception


def test_a_person_with_a_recording_but_no_answers_is_asked(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    scene.session(person, readings(20, face_share=0.2))
    text = words(open_page())
    assert "No reliable face in 20 s of video. Questionnaire not yet answered." in text
