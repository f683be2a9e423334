"""The journal in the patient's hands, and what the clinician sees of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.records import Patient
from emocare.ui import kiosk_state
from tests.pages.conftest import Open, taken_back, words
from tests.ui.scenes import Scene

NOT_WATCHED = "Your clinic is not watching this in real time."


@pytest.fixture
def patient(scene: Scene) -> Patient:
    return scene.patient("P-0148", "Marta Kowalska", date(1984, 5, 3))


@pytest.fixture
def page(open_page: Open, patient: Patient) -> AppTest:
    """The journal, opened by the patient."""
    opened = open_page("journal", patient=patient.id)
    return button(opened, "Open my journal").click().run()


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


def said(page: AppTest) -> str:
    return words(page) + "\n".join(t.value for t in page.text)


def save(page: AppTest, text: str, *, show: bool = False) -> AppTest:
    page.text_area[0].set_value(text)
    if show:
        page.checkbox[0].check()
    return button(page, "Save entry").click().run()


def test_it_is_handed_over_closed(open_page: Open, scene: Scene, patient: Patient) -> None:
    scene.app.journal.write(patient.id, "Only mine", shared=False)
    page = open_page("timeline", patient=patient.id)
    button(page, "Journal").click().run()
    assert page.title[0].value == "Your journal is closed"
    page = open_page("journal", patient=patient.id)
    assert "Only mine" not in said(page) and NOT_WATCHED in said(page)
    button(page, "Open my journal").click().run()
    assert not page.exception
    assert "Only mine" in said(page) and "Kowalska" not in said(page)


def test_the_empty_journal_says_what_to_do(page: AppTest) -> None:
    assert page.title[0].value == "Your journal"
    assert page.text_area[0].label == "What is on your mind today?"
    assert page.checkbox[0].label == "Show this entry to my clinician"
    assert page.checkbox[0].value is False
    for sentence in (NOT_WATCHED, "No entries yet. Write above", "Help in a crisis"):
        assert sentence in said(page)


def test_entries_are_kept_newest_first(page: AppTest, scene: Scene, patient: Patient) -> None:
    save(page, "First\nline two")
    assert not page.exception and "Your entry is saved." in [s.value for s in page.success]
    assert page.text_area[0].value == ""
    save(page, "Second <b>&amp; **bold**", show=True)
    assert [t.value for t in page.text] == ["Second <b>&amp; **bold**", "First\nline two"]
    assert page.checkbox[0].value is False
    assert "Shown to your clinician" in said(page) and "Only you" in said(page)
    assert [e.shared for e in scene.app.journal.entries(patient.id)] == [True, False]
    assert scene.app.alerts.open() == []


def test_an_empty_entry_is_refused(page: AppTest) -> None:
    save(page, "  ")
    assert "The entry is empty. Write a few words, then save it." in page.error[0].value


def test_what_is_typed_outlasts_cover_and_help(page: AppTest) -> None:
    page.text_area[0].set_value("Half a thought").run()
    page.checkbox[0].check().run()
    button(page, "Help in a crisis").click().run()
    assert "You do not have to be alone with this" in said(page)
    button(page, "Back to my journal").click().run()
    assert page.text_area[0].value == "Half a thought"
    button(page, "Hand the device back").click().run()
    assert "Half a thought" not in said(page)
    assert "is not saved yet" in page.warning[0].value
    button(page, "Open my journal").click().run()
    assert page.text_area[0].value == "Half a thought"
    assert page.checkbox[0].value is True


def test_nothing_typed_is_left_for_staff(page: AppTest) -> None:
    page.text_area[0].set_value("Half a thought").run()
    button(page, "Hand the device back").click().run()
    assert "Half a thought" in repr(page.session_state)
    page = taken_back(button(page, "Staff: go on").click().run(), "timeline")
    assert "Therapy history" in said(page)
    assert "Half a thought" not in repr(page.session_state)


def test_a_pause_covers_it(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    save(page, "Mine")
    monkeypatch.setattr(kiosk_state, "idle_s", lambda: kiosk_state.TIME_OUT_S + 1)
    page.run()
    assert page.title[0].value == "Your journal is closed"
    assert "Mine" not in said(page)


def test_a_crisis_phrase_shows_the_card_first_and_at_once(
    page: AppTest, scene: Scene, patient: Patient
) -> None:
    save(page, "I can’t\n go on")
    assert not page.exception
    assert page.title[0].value == "You do not have to be alone with this"
    assert page.title[1].value == "Your journal"
    assert NOT_WATCHED in said(page)
    (alert,) = scene.app.alerts.open(patient.id)
    assert (alert.code, alert.level) == ("JOURNAL_CRISIS_PHRASE", "high")
    page.run()
    assert page.title[0].value == "You do not have to be alone with this"
    button(page, "I have told someone here").click().run()
    assert page.title[0].value == "Your journal"
    assert scene.app.alerts.open() == [alert]


def test_not_about_me_is_told_and_closes_nothing(
    page: AppTest, open_page: Open, scene: Scene, patient: Patient
) -> None:
    save(page, "A film about suicide")
    button(page, "This is not about me").click().run()
    assert page.title[0].value == "Your journal"
    assert "Noted. Your clinic is told that you said so." in [s.value for s in page.success]
    assert "You said: this is not about me." in said(page)
    assert len(scene.app.alerts.open()) == 1
    strip = said(taken_back(open_page("timeline", patient=patient.id), "timeline"))
    assert "The journal holds a crisis phrase (the patient says: not about me)" in strip
    assert "film" not in strip


def test_deleting_asks_first(page: AppTest, scene: Scene, patient: Patient) -> None:
    save(page, "suicide")
    button(page, "Delete").click().run()
    button(page, "Keep it").click().run()
    assert len(scene.app.journal.entries(patient.id)) == 1
    button(page, "Delete").click().run()
    assert "Delete this entry for good?" in said(page)
    button(page, "Delete for good").click().run()
    assert not page.exception
    assert scene.app.journal.entries(patient.id) == []
    assert len(scene.app.alerts.open()) == 1
    assert "No entries yet." in said(page)


def test_a_long_journal_is_listed_on_request(
    page: AppTest, scene: Scene, patient: Patient
) -> None:
    for number in range(23):
        scene.app.journal.write(patient.id, f"Entry {number}", shared=False)
    page.run()
    assert len(page.text) == 20
    button(page, "Show all 23 entries").click().run()
    assert len(page.text) == 23


def test_the_clinician_reads_only_what_is_shown(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    for text, shared in (("For both <i>", True), ("Only mine", False), ("Also mine", False)):
        scene.app.journal.write(patient.id, text, shared=shared)
    page = open_page("timeline", patient=patient.id)
    assert not page.exception
    assert [t.value for t in page.text] == ["For both <i>"]
    assert "2 entries not shown to you." in said(page)
    assert "mine" not in said(page)
    assert "No alert means nothing: ask." in said(page)


def test_the_alert_of_an_unshared_entry_is_in_the_strip(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    scene.app.journal.write(patient.id, "zebra, I want to die", shared=False)
    for name in ("patients", "timeline"):
        page = open_page(name, patient=patient.id)
        assert "The journal holds a crisis phrase" in said(page)
        assert "Do not leave the person alone until this is reviewed." in said(page)
        assert "zebra" not in said(page)
