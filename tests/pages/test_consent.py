"""Consent on the record and in the hands of the patient: state, history, taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.accounts import AccountId, Role
from emocare.domain.consent import ConsentKind, Use
from emocare.domain.records import Patient
from tests.pages.conftest import PHYSICIAN, Open, SignedIn, words
from tests.ui.scenes import Scene, readings


@pytest.fixture
def patient(scene: Scene) -> Patient:
    made = scene.patient("P-0148", "Kowalska, Marta")
    scene.session(made, readings(2))
    return made


def box(page: AppTest, label: str) -> Any:
    return next(b for b in page.checkbox if b.label == label)


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def test_the_record_shows_what_stands_and_when_it_was_given(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    page = open_page("timeline", patient=patient.id)
    assert not page.exception
    said = words(page)
    assert "Text version 2026-11-3 of 25 Nov 2026" in said
    assert said.count("Not agreed") == 3 and said.count("Agreed ") == 2
    assert "keeping of measurements" in said and page.get("download_button")


def form(name: str, patient: Patient) -> AppTest:
    """A form of a dialog on a page of its own: AppTest does not keep a dialog open."""

    def script(name: str, patient: object) -> None:
        from emocare.ui import consent_record

        getattr(consent_record, name)(patient)

    return AppTest.from_function(script, args=(name, patient), default_timeout=60).run()


def test_a_physician_withdraws_after_seeing_what_follows(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    page = form("withdraw_form", patient)
    assert page.button(key="withdraw_go").disabled
    box(page, "Analysis of facial movement").check().run()
    said = words(page)
    assert "A running recording ends at once" in said
    assert "the clinic has to keep it" in said and "can ask the clinic to erase" in said
    page.text_input(key="withdraw_reason").set_value("does not feel well with it")
    assert not press(page, "withdraw_go").exception
    assert "Consent withdrawn" in words(open_page("timeline", patient=patient.id))
    event = scene.app.consents.history(patient.id)[0]
    assert (event.kind, event.by, event.by_patient, event.reason) == (
        ConsentKind.WITHDRAWN, PHYSICIAN.full_name, False, "does not feel well with it",
    )  # fmt: skip


def test_everything_can_be_withdrawn_at_once_or_nothing(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    press(form("withdraw_form", patient), "withdraw_not")
    assert scene.app.consents.standing(patient.id).withdrawn == frozenset()
    page = form("withdraw_form", patient)
    box(page, "Everything").check().run()
    press(page, "withdraw_go")
    assert scene.app.consents.standing(patient.id).in_force == frozenset()
    page = open_page("timeline", patient=patient.id)
    assert "consent_withdraw" not in {b.key for b in page.button}


def test_the_dialogs_open(open_page: Open, patient: Patient) -> None:
    for opener, inside in (("consent_withdraw", "withdraw_go"), ("edit_person", "edit_person_go")):
        page = press(open_page("timeline", patient=patient.id), opener)
        assert not page.exception and page.button(key=inside)


def test_a_wrong_birth_date_is_corrected_here(scene: Scene, patient: Patient) -> None:
    page = form("edit_form", patient)
    page.text_input[1].set_value(" ")
    assert "The name is empty" in words(press(page, "edit_person_go"))
    page.text_input[1].set_value("Kowalska-Nowak, Marta")
    page.date_input[0].set_value(date(1984, 5, 3))
    assert not press(page, "edit_person_go").exception
    changed = scene.app.people.get(patient.id)
    assert (changed.name, changed.birth_date) == ("Kowalska-Nowak, Marta", date(1984, 5, 3))


def test_the_patient_takes_back_in_their_own_account_and_shows_the_journal_again(
    open_page: Open, scene: Scene, patient: Patient, signed_in: SignedIn
) -> None:
    scene.app.journal.write(patient.id, "For you", shared=True)
    signed_in.as_(replace(PHYSICIAN, id=AccountId("b" * 32), full_name="Marta",
                          roles=frozenset({Role.PATIENT}), patient_id=patient.id))  # fmt: skip
    page = open_page("consent")
    assert not page.exception
    assert page.title[0].value == "Your consent"
    assert "This is an emotion-recognition system" in words(page)
    page = press(page, "my_withdraw")
    box(page, "Sharing of the journal").check().run()
    page = press(page, "my_go")
    assert not page.exception
    assert "Withdrawn: sharing of the journal." in words(page)
    assert scene.app.journal.shared_entries(patient.id) == []
    event = scene.app.consents.history(patient.id)[0]
    assert (event.by, event.by_patient) == ("Kowalska, Marta", True)
    journal = open_page("journal")
    assert box(journal, "Show this entry to my clinician").disabled
    page = press(open_page("consent"), "my_share")
    assert Use.JOURNAL in scene.app.consents.standing(patient.id).in_force


def test_it_is_handed_over_from_the_record(
    open_page: Open, scene: Scene, patient: Patient
) -> None:
    page = press(open_page("timeline", patient=patient.id), "consent_open")
    assert not page.exception
    assert page.title[0].value == "Your consent"
    page = press(open_page("consent", patient=patient.id), "my_withdraw")
    box(page, "Everything").check().run()
    page = press(page, "my_go")
    assert scene.app.consents.history(patient.id)[0].by_patient
    assert "Analysis of facial movement" in words(page)


def test_who_has_agreed_to_nothing_reads_so(open_page: Open, scene: Scene) -> None:
    nobody = scene.patient("P-2", "Bo Berg")
    page = open_page("timeline", patient=nobody.id)
    assert "No consent to a recording yet." in words(page)
    assert "consent_withdraw" not in {b.key for b in page.button}
    own = open_page("consent", patient=nobody.id)
    assert not own.exception
    assert "You have agreed to nothing yet" in words(own)
