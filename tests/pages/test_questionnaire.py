"""Questionnaire: hand-over, one question at a time, crisis card, pause, end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import build_app
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context, kiosk_state
from tests.pages.conftest import Open, taken_back, words
from tests.ui.scenes import MODEL, Scene, SteadyReader, readings

ANSWERS = [1, 0, 1, 1, 0, 0, 0, 0]


def begun(open_page: Open, scene: Scene, **address: str) -> AppTest:
    person = scene.patient("P-1", "Ada Lang")
    return open_page("questionnaire", patient=person.id, form="PHQ-9", mode="self", kiosk="1",
                     **address)  # fmt: skip


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def choose(page: AppTest, value: int) -> AppTest:
    page.radio[0].set_value(value).run()
    return page


def answer(page: AppTest, value: int) -> AppTest:
    return press(choose(page, value), "Next")


def test_hand_over_chooses_person_and_form(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = open_page("questionnaire")
    assert page.button(key="q_start").disabled
    page.selectbox[0].set_value(person.id).run()
    page.segmented_control(key="q_form").set_value("GAD-7").run()
    page.button(key="q_start").click().run()
    assert not page.exception
    assert page.title[0].value == "Feeling nervous, anxious, or on edge"
    assert page.query_params["form"] == "GAD-7"


def test_one_question_and_nothing_else(open_page: Open, scene: Scene) -> None:
    page = begun(open_page, scene)
    assert not page.exception
    text = words(page)
    assert "Ada" not in text
    assert "Question 1 of 9" in text
    assert "About the last 2 weeks" in text
    assert page.radio[0].value is None
    assert page.button(key="answer_PHQ-9_0_next").disabled
    assert [b.label for b in page.button if b.proto.type == "primary"] == ["Next"]
    assert page.radio[0].options == ["Not at all", "Several days", "More than half the days",
                                     "Nearly every day"]  # fmt: skip


def test_back_shows_the_answer_and_it_can_be_changed(open_page: Open, scene: Scene) -> None:
    page = answer(begun(open_page, scene), 2)
    page = press(page, "Back")
    assert page.radio[0].value == 2
    page = answer(page, 3)
    draft = scene.app.questionnaires.draft(page.session_state["patient"], None, "PHQ-9")
    assert draft.answers[0] == 3


def test_prefer_not_to_say_is_stored_as_no_answer(open_page: Open, scene: Scene) -> None:
    page = press(choose(begun(open_page, scene), 2), "I prefer not to say")
    draft = scene.app.questionnaires.draft(page.session_state["patient"], None, "PHQ-9")
    assert draft.answers[0] is None
    assert draft.answered[0]
    assert "Question 2 of 9" in words(page)


def test_reload_goes_on_at_the_first_open_question(open_page: Open, scene: Scene) -> None:
    page = answer(answer(begun(open_page, scene), 1), 1)
    again = open_page("questionnaire", **{k: str(v) for k, v in page.query_params.items()})
    assert "Welcome back. We go on with question 3." in words(again)
    assert "Question 3 of 9" in words(again)


def test_all_zero_ends_without_the_question_on_daily_life(open_page: Open, scene: Scene) -> None:
    page = begun(open_page, scene)
    for _ in range(9):
        page = answer(page, 0)
    assert page.title[0].value == "Thank you"
    response = scene.app.questionnaires.responses(page.session_state["patient"])[0]
    assert (response.result.total, response.difficulty) == (0, None)
    assert scene.app.alerts.open() == []


def test_any_problem_asks_about_daily_life_and_the_score_stays_hidden(
    open_page: Open, scene: Scene
) -> None:
    page = begun(open_page, scene)
    for value in [*ANSWERS, 0]:
        page = answer(page, value)
    assert page.title[0].value.startswith("If you checked off any problems")
    page = answer(page, 2)
    response = scene.app.questionnaires.responses(page.session_state["patient"])[0]
    assert (response.result.total, response.difficulty, response.mode) == (3, 2, "self")
    assert "3" not in words(page).replace("key", "")


def test_item_9_shows_the_crisis_card_at_once_and_alerts_the_clinic(
    open_page: Open, scene: Scene
) -> None:
    page = begun(open_page, scene)
    for value in ANSWERS:
        page = answer(page, value)
    page = choose(page, 1)
    text = words(page)
    assert page.title[0].value == "You do not have to be alone with this"
    assert "988" in text and "911" in text
    assert "This app does not alert anyone in real time." in text
    assert not page.radio
    page = press(page, "I have told someone here")
    assert page.radio[0].value == 1
    page = press(page, "Next")
    page = press(page, "I prefer not to say")
    assert page.title[0].value == "Thank you"
    assert [a.code for a in scene.app.alerts.open()] == ["SI_ITEM9_POSITIVE"]
    home = taken_back(open_page("patients"), "patients")
    assert "PHQ-9 item 9 “several days”" in words(home)


def test_help_in_a_crisis_is_there_at_any_time(open_page: Open, scene: Scene) -> None:
    page = press(begun(open_page, scene), "Help in a crisis")
    text = words(page)
    assert "You do not have to be alone with this" in text
    assert "You answered that" not in text
    page = press(page, "Go on with the questions")
    assert "Question 1 of 9" in words(page)


def test_a_pause_covers_the_answers(open_page: Open, scene: Scene,
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    page = answer(begun(open_page, scene), 2)
    monkeypatch.setattr(kiosk_state, "TIME_OUT_S", -1.0)
    page.run()
    assert page.title[0].value == "Your answers are covered"
    assert not page.radio
    monkeypatch.setattr(kiosk_state, "TIME_OUT_S", 180.0)
    page = press(page, "Go on with the questions")
    assert "Question 2 of 9" in words(page)


def test_a_pause_after_item_9_still_alerts_the_clinic(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begun(open_page, scene)
    for value in ANSWERS:
        page = answer(page, value)
    page = choose(page, 3)
    assert scene.app.alerts.open() == []
    monkeypatch.setattr(kiosk_state, "TIME_OUT_S", -1.0)
    page.run()
    assert [a.level for a in scene.app.alerts.open()] == ["high"]
    assert page.title[0].value == "Thank you"


def test_the_end_survives_a_reload(open_page: Open, scene: Scene) -> None:
    page = begun(open_page, scene)
    for _ in range(9):
        page = answer(page, 0)
    again = open_page("questionnaire", **{k: str(v) for k, v in page.query_params.items()})
    assert again.title[0].value == "Thank you"
    again = press(again, "Staff: go on")
    assert again.title[0].value == "This device is in the hands of a patient"
    assert "kiosk" not in again.query_params


def test_opened_by_the_gate_it_says_why(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(40, face_share=0.3))
    page = open_page("questionnaire", patient=person.id, session=record.id, form="PHQ-9",
                     mode="self", gate="1", kiosk="1")  # fmt: skip
    assert "The picture could not be used, so we ask instead." in words(page)


def test_numbers_out_of_date_are_said_and_hide_nothing(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = scene.app.questionnaires
    card = service.crisis_card()
    old = replace(card, verified_on=card.verified_on.replace(year=card.verified_on.year - 3))
    monkeypatch.setattr(type(service), "crisis_card", lambda self: old)
    page = press(begun(open_page, scene), "Help in a crisis")
    text = words(page)
    assert "Staff: these numbers were listed on" in text
    assert "988" in text


def test_a_form_that_does_not_exist_is_refused_kindly(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    page = open_page("questionnaire", patient=person.id, form="BDI", kiosk="1")
    assert not page.exception
    assert page.error


def test_clinician_pages_end_the_kiosk(open_page: Open, scene: Scene) -> None:
    begun(open_page, scene)
    page = open_page("review", state={kiosk_state.FLAG: True})
    assert "Ada" not in words(page)
    page = taken_back(page, "review")
    assert kiosk_state.FLAG not in page.session_state
    assert context.ROLE in page.session_state


def started(open_page: Open, scene: Scene, form: str) -> AppTest:
    person = scene.patient("P-1", "Ada Lang")
    return open_page("questionnaire", patient=person.id, form=form, mode="self", kiosk="1")


FORMS = ("PHQ-9", "GAD-7", "DASS-21", "GAD-2", "K10", "K6", "PHQ-2", "PHQ-4", "PHQ-8", "WHO-5")


@pytest.mark.parametrize("name", FORMS)
def test_every_form_can_be_answered(open_page: Open, scene: Scene, name: str) -> None:
    """From the first question to the thanks, with the lowest answer each time."""
    assert set(FORMS) == set(scene.app.questionnaires.names())
    form = scene.app.questionnaires.form(name)
    page = started(open_page, scene, name)
    for number, item in enumerate(form.items, start=1):
        assert not page.exception
        assert f"Question {number} of {len(form.items)}" in words(page)
        assert page.title[0].value.replace("\\", "") == item.text
        assert page.radio[0].options == [option.text for option in form.options]
        page = answer(page, form.values[0])
    assert page.title[0].value == "Thank you"
    (response,) = scene.app.questionnaires.responses(page.session_state["patient"])
    assert response.answers == (form.values[0],) * len(form.items)
    assert (response.mode, response.language) == ("self", "en")
    if form.scales:
        assert [scale.total for scale in response.result.scales] == [0, 0, 0]
    else:
        assert response.result.total == form.lowest


def test_a_positive_short_form_goes_on_into_the_full_ones(open_page: Open, scene: Scene) -> None:
    page = started(open_page, scene, "PHQ-4")
    for value in (2, 1, 3, 2):
        page = answer(page, value)
    text = words(page)
    assert "Question 3 of 9" in text and "A few more questions follow." in text
    assert page.query_params["form"] == ["PHQ-9"] or page.query_params["form"] == "PHQ-9"
    back = press(press(page, "Back"), "Back")
    assert "Question 1 of 9" in words(back) and back.radio[0].value == 3
    page = press(press(back, "Next"), "Next")
    for value in (0, 0, 0, 0, 0, 0, 0):
        page = answer(page, value)
    page = press(page, "I prefer not to say")
    assert "Question 3 of 7" in words(page)
    for _ in range(5):
        page = answer(page, 1)
    assert page.title[0].value == "Thank you"
    found = scene.app.questionnaires.responses(page.session_state["patient"])
    assert {r.instrument: r.result.total for r in found} == {"PHQ-4": 8, "PHQ-9": 5, "GAD-7": 8}


def test_hand_over_says_that_the_full_form_is_next(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    scene.answers(person, None, [3, 3], form="PHQ-2")
    page = open_page("questionnaire", patient=person.id)
    assert page.segmented_control(key="q_form").value == "PHQ-9"
    assert "PHQ-9 is asked next." in words(page)
    assert page.button(key="q_start").label == "Start at question 3"
    assert "2 answers of today’s short form are taken over." in words(page)


def test_where_nobody_looks_the_same_day(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    with build_app(replace(settings, data_dir=settings.data_dir / "other", same_day_review=False),
                   lambda: LoadedFace(SteadyReader(), (MODEL,))) as app:  # fmt: skip
        monkeypatch.setattr(context, "_shared_app", lambda: app)
        person = app.people.add("P-1", "Ada Lang")
        page = open_page("questionnaire", patient=person.id)
        assert page.segmented_control(key="q_form").value == "PHQ-8"
        assert "PHQ-9" not in page.segmented_control(key="q_form").options
        assert "PHQ-8 takes the place of PHQ-9" in words(page)
        page.button(key="q_start").click().run()
        for _ in range(8):
            page = answer(page, 0)
        text = words(page)
        assert page.title[0].value == "Thank you"
        assert "988" in text and "This app does not alert anyone in real time." in text


def test_what_the_staff_should_mend_is_said(open_page: Open, scene: Scene) -> None:
    folder = scene.app.settings.data_dir
    (folder / "crisis_resources.toml").write_text(
        'verified_on = 2020-02-02\n[country.US]\nemergency = "911"\n', encoding="utf-8")
    text = words(open_page("questionnaire"))
    assert "The crisis numbers were last checked on 2020-02-02." in text


def test_an_alert_of_the_highest_level_says_what_to_do_at_once(
    open_page: Open, scene: Scene
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    scene.answers(person, None, [0] * 8 + [1])
    said = "Do not leave the person alone until this is reviewed."
    assert said not in words(open_page("patients"))
    scene.answers(person, None, [0] * 8 + [2])
    assert said in words(open_page("patients"))
    for alert in scene.app.alerts.open():
        scene.app.alerts.acknowledge(alert.id)
    assert said not in words(open_page("patients"))
