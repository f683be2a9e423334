"""A clinic that analyses no faces: every page works, and no page speaks of a face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.domain.errors import AccessDenied
from emocare.domain.records import Patient
from emocare.domain.summary import Band
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context
from tests.pages.conftest import PHYSICIAN, Open, taken_back, words
from tests.services.conftest import consent
from tests.ui.scenes import MODEL, Scene, SteadyReader, readings


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """In place of the one with faces."""
    made = replace(settings, facial_module_enabled=False)
    with build_app(made, lambda: LoadedFace(SteadyReader(), (MODEL,))) as app:
        monkeypatch.setattr(context, "_shared_app", lambda: app)
        app._store.add_account(PHYSICIAN)
        yield app


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def answer_all(page: AppTest, values: list[int]) -> AppTest:
    for value in values:
        page.radio[0].set_value(value).run()
        page = press(page, "Next")
    return page


@pytest.fixture
def person(scene: Scene) -> Patient:
    return scene.patient("P-1", "Ada Lang")


def test_from_the_empty_clinic_to_the_signed_report(
    open_page: Open, scene: Scene, person: Patient
) -> None:
    page = open_page("questionnaire", patient=person.id)
    assert "Counts for today’s visit." in words(page)
    page.button(key="q_start").click().run()
    page = answer_all(page, [2, 2, 1, 1, 1, 1, 1, 1, 0, 1])
    assert page.title[0].value == "Thank you"
    page = taken_back(press(page, "Staff: go on"), "review")
    assert not page.exception
    text = words(page)
    assert "PHQ-9 **10 of 27**" in text
    assert "Little interest or pleasure" in str(page.table[0].value)
    assert "Questionnaires only" in text and "Faces are not analysed in this clinic" in text
    assert_faceless(text)
    assert not page.selectbox and not page.multiselect

    (visit,) = scene.app.recordings.sessions(person.id)
    assert not visit.recorded and visit.summary is None
    page = open_page("review", patient=person.id, session=visit.id)
    page.segmented_control(key=f"impression_{visit.id}").set_value(Band.MODERATE).run()
    page = press(page, "Save and make report")
    assert not page.exception
    assert_faceless(words(page))
    report = scene.app.reports.sign(visit.id, "Dr A. Lindqvist", "psychiatrist", "SE-1")
    assert_faceless(pdf_text(report.pdf), "No face was analysed for this report.")


def pdf_text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join("\n".join(
            page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def assert_faceless(text: str, *allowed: str) -> None:
    """Nothing is said of a face, but what says that there is none, and what the program is for."""
    for sentence in (*allowed, "index of observable facial behaviour", "facial_module_enabled"):
        text = text.replace(sentence, "")
    low = text.lower()
    for word in ("facial", "behaviour index", "gate", "not measured", " face ", "action unit"):
        assert word not in low, f"{word!r} in {low[max(0, low.find(word) - 60):][:140]!r}"


def test_pages_about_faces_are_not_there(open_page: Open, scene: Scene, person: Patient) -> None:
    page = open_page("patients")
    assert not page.exception
    assert "Try with a sample" not in words(page)
    for name in ("upload", "evidence"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_page(name)


def test_a_first_start_offers_no_sample_clip(open_page: Open) -> None:
    page = open_page("patients")
    assert "then open a questionnaire" in words(page)
    assert [b.label for b in page.button] == ["Add patient"]


def test_an_older_recording_shows_its_answers_only(
    open_page: Open, scene: Scene, person: Patient
) -> None:
    record = scene.session(person, readings(90))
    page = open_page("review", patient=person.id, session=record.id)
    assert not page.exception
    text = words(page)
    assert "Not answered" in text
    assert_faceless(text)
    assert not scene.app.questionnaires.needed(record.id)
    headline = scene.app.questionnaires.headline(record.id)
    assert (headline.source, headline.flags) == ("none", ("QUESTIONNAIRE_REQUIRED",))
    table = scene.app.reports.csv(record.id)
    assert "gate" not in table and "behaviour_index" not in table
    assert_faceless(pdf_text(scene.app.reports.draft(record.id).pdf),
                    "No face was analysed for this report.")  # fmt: skip


def test_no_recording_can_be_added(scene: Scene, person: Patient) -> None:
    with pytest.raises(AccessDenied, match="setting facial_module_enabled is off"):
        scene.app.recordings.begin(person.id, "camera", consent())


def test_review_without_a_visit_leads_to_the_questionnaire(
    open_page: Open, person: Patient
) -> None:
    page = open_page("review", patient=person.id)
    assert "Nothing has been answered for this person yet." in words(page)
    page = press(page, "Open questionnaire")
    assert page.title[0].value == "Questionnaire"
    empty = open_page("review")
    assert "There is no visit yet." in words(empty)


def test_patients_lists_visits_and_their_steps(
    open_page: Open, scene: Scene, person: Patient
) -> None:
    visit = scene.app.questionnaires.open_visit(person.id)
    assert scene.app.questionnaires.open_visit(person.id).id == visit.id
    draft = scene.app.questionnaires.draft(person.id, visit.id, "PHQ-9")
    for index in range(9):
        draft = scene.app.questionnaires.answer(draft, index, 1)
    scene.app.questionnaires.finish(draft)
    kinds = [step.kind for step in scene.app.people.next_steps().items]
    assert kinds == ["safety", "review"]
    (row,) = scene.app.people.overview()
    assert row.states == ["Safety alert", "Questionnaire only"]
    page = open_page("patients")
    assert not page.exception
    assert "is ready. Questionnaire: mild." in words(page)
