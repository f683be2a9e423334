"""Timeline and plan: every state, entering and removing, and what a patient may see."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.care import (
    CareKind,
    Content,
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.records import Patient
from tests.pages.conftest import Open, taken_back, words
from tests.ui.scenes import Scene, readings
from tests.ui.year import Year, odd_course, whole_year

TODAY = date.today()


@pytest.fixture
def patient(scene: Scene) -> Patient:
    return scene.patient("P-0148", "Marta Kowalska", date(1984, 5, 3))


def metrics(page: AppTest) -> list[tuple[str, str, str]]:
    return [(m.label, m.value, m.delta) for m in page.metric]


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


def test_without_a_choice_everybody_can_be_opened(open_page: Open, patient: Patient) -> None:
    page = open_page("timeline")
    assert page.title[0].value == "Timeline"
    assert page.selectbox[0].options == ["Marta Kowalska, P-0148"]
    page.selectbox[0].set_value(patient.id).run()
    assert not page.exception
    assert "Nothing to show over time yet." in words(page)


def test_without_anybody_it_leads_to_the_patients(open_page: Open) -> None:
    page = open_page("timeline")
    button(page, "Open the patients").click().run()
    assert page.title[0].value == "Patients"


def test_an_empty_course_leads_to_the_questionnaire(open_page: Open, patient: Patient) -> None:
    page = open_page("timeline", patient=patient.id)
    assert not page.metric and not page.get("plotly_chart")
    button(page, "Open questionnaire").click().run()
    assert page.title[0].value == "Questionnaire"


def test_a_year_in_four_metrics(open_page: Open, scene: Scene, patient: Patient) -> None:
    whole_year(scene, patient)
    page = open_page("timeline", patient=patient.id)
    assert not page.exception
    assert metrics(page) == [
        ("PHQ-9 since start", "19 → 13", "−6, threshold 5"),
        ("GAD-7 since start", "14 → 9", "−5, threshold 4"),
        ("Response, remission", "Not reached", "needs ≤ 9, below 5"),
        ("Facial index, engine 1.3", "40 → 38", "−2, interval ± 14: no change"),
    ]
    said = words(page)
    assert "Nine visits answered, one missed" in said
    assert "from the first visit (PHQ-9 5, GAD-7 4 points)." in said
    for word in ("improved", "better", "worse", "detected", "mood score"):
        assert word not in said.lower()


def test_a_changed_face_is_only_changed(open_page: Open, scene: Scene, patient: Patient) -> None:
    year = Year(scene.app, patient)
    template = scene.session(scene.patient("T-1", "Template"), readings(120), name="t.mp4")
    for days, value in ((60, 70.0), (30, 60.0), (1, 40.0)):
        year.session(template, days, value, 9.0)
    page = open_page("timeline", patient=patient.id)
    assert metrics(page)[3][1:] == ("70 → 40", "changed vs own history")
    assert "a difference above 12.7 counts: changed vs own history." in words(page)


def test_one_visit_says_that_change_needs_two(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    Year(scene.app, patient).answer("PHQ-9", 12, 1)
    page = open_page("timeline", patient=patient.id)
    assert metrics(page)[0] == ("PHQ-9 since start", "12", "needs two visits")
    assert metrics(page)[1] == ("GAD-7", "–", "Not answered")
    assert "One visit. Change needs two." in words(page)
    assert "One visit answered" in words(page)


def test_odd_forms_are_said(open_page: Open, scene: Scene, patient: Patient) -> None:
    odd_course(scene, patient)
    said = words(open_page("timeline", patient=patient.id))
    assert "Recall periods overlap" in said
    assert "Hollow square with a bar: prorated total with its possible range." in said
    assert "Hollow circle: limited quality." in said
    assert "1 of 3 comparable reliable sessions. No statement is made about the face." in said


def test_reanalysing_makes_sessions_comparable(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    odd_course(scene, patient)
    page = open_page("timeline", patient=patient.id)
    button(page, "Re-analyse 2 older sessions").click().run()
    assert not page.exception
    assert not [b for b in page.button if b.label.startswith("Re-analyse")]
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert not [a for a in figure["layout"]["annotations"] if "not comparable" in a["text"]]


def test_the_span_changes_the_chart_and_not_the_metrics(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    whole_year(scene, patient)
    page = open_page("timeline", patient=patient.id)
    before = metrics(page)
    page.segmented_control(key="course_span").set_value("6 months").run()
    assert not page.exception
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    start = date.fromisoformat(figure["layout"]["xaxis"]["range"][0][:10])
    assert start > TODAY - timedelta(days=210)
    assert metrics(page) == before


def test_the_table_is_one_step_away(open_page: Open, scene: Scene, patient: Patient) -> None:
    whole_year(scene, patient)
    page = open_page("timeline", patient=patient.id)
    assert "As a table" in [e.label for e in page.expander]
    table = page.dataframe[0].value
    assert list(table.columns) == ["Day", "What", "Value", "In words", "Remark"]
    assert (table["What"] == "PHQ-9").sum() == 9


def form(name: str, *arguments: Any) -> AppTest:
    """A form of a dialog on a page of its own: AppTest does not keep a dialog open."""

    def script(name: str, arguments: tuple[object, ...]) -> None:
        from emocare.ui import care_forms

        getattr(care_forms, name)(*arguments)

    return AppTest.from_function(script, args=(name, arguments), default_timeout=60).run()


def test_the_dialogs_open(open_page: Open, scene: Scene, patient: Patient) -> None:
    entry = scene.app.care.add(patient.id, Therapy("CBT", TODAY))
    for press in ("add_treatment", "plan_visit", f"edit_{entry.id}"):
        page = open_page("timeline", patient=patient.id)
        page.button(key=press).click().run()
        assert not page.exception
        assert page.button(key="care_save").label == "Save"


def test_a_treatment_is_added(scene: Scene, patient: Patient) -> None:
    page = form("add_form", patient, [])
    page.button(key="care_save").click().run()
    assert "the text is empty" in page.error[0].value
    page.text_input(key="care_Name").set_value("sertraline")
    page.text_input(key="care_Dose").set_value("50 mg")
    page.button(key="care_save").click().run()
    (entry,) = scene.app.care.treatments(patient.id)
    assert entry.content == Medication("sertraline", "50 mg", TODAY)


@pytest.mark.parametrize(
    ("kind", "field", "content"),
    [
        (CareKind.THERAPY, "Kind of therapy", Therapy("words", TODAY)),
        (CareKind.DIAGNOSIS, "Diagnosis", Diagnosis("words", None, TODAY)),
        (CareKind.EVENT, "What happened", LifeEvent("words", TODAY)),
    ],
)
def test_every_kind_is_added(
    scene: Scene, patient: Patient, kind: CareKind, field: str, content: Content
) -> None:
    page = form("add_form", patient, [])
    page.segmented_control(key="care_kind").set_value(kind).run()
    page.text_input(key=f"care_{field}").set_value("words")
    page.button(key="care_save").click().run()
    assert [e.content for e in scene.app.care.entries(patient.id)] == [content]


def test_a_dose_is_changed(scene: Scene, patient: Patient) -> None:
    old = scene.app.care.add(
        patient.id, Medication("sertraline", "50 mg", TODAY - timedelta(days=30))
    )
    page = form("add_form", patient, [old])
    page.selectbox(key="care_which").set_value(old.id).run()
    page.text_input(key="care_new_dose").set_value("100 mg")
    page.button(key="care_save").click().run()
    assert [e.content.label for e in scene.app.care.treatments(patient.id)] == [
        "sertraline 50 mg", "sertraline 100 mg"]  # fmt: skip


def test_an_entry_is_changed_and_ended(scene: Scene, patient: Patient) -> None:
    entry = scene.app.care.add(patient.id, Therapy("CBT", TODAY - timedelta(days=30)))
    page = form("edit_form", entry)
    page.text_input(key="care_Kind of therapy").set_value("CBT, weekly")
    page.button(key="care_save").click().run()
    (changed,) = scene.app.care.entries(patient.id)
    assert changed.content == Therapy("CBT, weekly", TODAY - timedelta(days=30))
    form("edit_form", changed).button(key="care_end").click().run()
    (ended,) = scene.app.care.entries(patient.id)
    assert ended.content == Therapy("CBT, weekly", TODAY - timedelta(days=30), TODAY)


def test_an_old_form_does_not_overwrite(scene: Scene, patient: Patient) -> None:
    entry = scene.app.care.add(patient.id, Goal("Walk"))
    page = form("edit_form", entry)
    scene.app.care.change(entry, Goal("Walk daily"))
    page.button(key="care_save").click().run()
    assert "changed in the meantime" in page.error[0].value


def test_removing_asks_and_keeps_the_history(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    entry = scene.app.care.add(patient.id, Therapy("CBT", TODAY))
    page = form("edit_form", entry)
    assert "stays in the history" in words(page)
    page.button(key="care_remove").click().run()
    assert scene.app.care.entries(patient.id) == []
    history = open_page("timeline", patient=patient.id).dataframe[-1].value
    assert history["What"].tolist() == ["removed", "entered"]
    assert set(history["Who"]) == {"Dr A. Lindqvist"}


def test_a_visit_is_planned_and_noted(scene: Scene, patient: Patient) -> None:
    page = form("visit_form", patient)
    page.date_input(key="care_on").set_value(TODAY + timedelta(days=28))
    page.button(key="care_save").click().run()
    (entry,) = scene.app.care.entries(patient.id, CareKind.VISIT)
    assert entry.content == Visit(TODAY + timedelta(days=28))
    page = form("edit_form", entry)
    page.segmented_control(key="care_state").set_value(VisitState.CANCELLED)
    page.button(key="care_save").click().run()
    (entry,) = scene.app.care.entries(patient.id, CareKind.VISIT)
    assert entry.content.state is VisitState.CANCELLED


def test_goals_and_steps_are_kept(open_page: Open, scene: Scene, patient: Patient) -> None:
    page = open_page("timeline", patient=patient.id)
    page.text_input(key="goal_new_0").set_value("See my sister").run()
    ((goal),) = scene.app.care.plan(patient.id).goals
    page.text_input(key=f"step_new_{goal.entry.id}_0").set_value("Call her").run()
    ((goal),) = scene.app.care.plan(patient.id).goals
    (step,) = goal.steps
    page.checkbox(key=f"done_{step.id}_1").check().run()
    assert not page.exception
    ((goal),) = scene.app.care.plan(patient.id).goals
    assert goal.steps[0].content == Step(goal.entry.id, "Call her", TODAY)
    assert "1 of 1 steps done" in words(page)


def test_the_patient_sees_the_plan_and_nothing_else(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    whole_year(scene, patient)
    page = open_page("timeline", patient=patient.id)
    button(page, "Show to the patient").click().run()
    assert page.title[0].value == "Your plan"
    page = open_page("plan", patient=patient.id)
    assert not page.exception
    said = words(page)
    for shown in ("See my sister every week", "Call her on Sunday (done)", "Walk together once",
                  "Help in a crisis", "10:30"):  # fmt: skip
        assert shown in said
    for hidden in ("PHQ", "sertraline", "F33.1", "Kowalska", "index", "missed"):
        assert hidden not in said
    button(page, "Help in a crisis").click().run()
    assert "You do not have to be alone with this" in words(page)
    button(page, "Go on with the questions").click().run()
    button(page, "Hand the device back").click().run()
    assert "See my sister" not in words(page)
    button(page, "Show my plan").click().run()
    assert "See my sister" in words(page)
    button(page, "Hand the device back").click().run()
    page = taken_back(button(page, "Staff: go on").click().run(), "timeline")
    assert "Therapy history" in words(page)


def test_a_plan_without_goals_says_so(open_page: Open, patient: Patient) -> None:
    page = open_page("plan", patient=patient.id)
    assert not page.exception
    assert "Nothing is planned yet." in words(page)


def test_a_reached_goal_is_said_to_the_patient(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    scene.app.care.add(patient.id, Goal("Sleep before midnight", TODAY))
    assert "You reached this." in words(open_page("plan", patient=patient.id))
