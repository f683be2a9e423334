"""Addresses of other people's records, and faults nobody has foreseen: nothing leaks on a page."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from emocare.app import App
from emocare.domain.accounts import Account, Role
from emocare.domain.records import Patient
from emocare.ui import context
from tests.pages.conftest import PHYSICIAN, Open, SignedIn, words
from tests.ui.scenes import Scene

CLINICAL = ("live", "upload", "review", "timeline", "report", "questionnaire", "plan", "journal")
SECRET = "Kowalska"


@pytest.fixture
def marta(app: App, scene: Scene) -> Patient:
    """A patient of somebody else, with a visit and a questionnaire."""
    patient = scene.patient("P-1", f"Marta {SECRET}")
    app.questionnaires.open_visit(patient.id)
    app.assignments.assign(PHYSICIAN.id, patient.id)
    app.journal.write(patient.id, f"{SECRET} writes", True)
    return patient


def stored(app: App, login: str, *roles: Role, patient: Patient | None = None) -> Account:
    return app.accounts.add(login, login.title(), roles, patient and patient.id).account


def refusals(app: App) -> list[str]:
    return [row.entry.record for row in app.audit.rows() if row.entry.kind == "refused"]


@pytest.mark.parametrize("name", CLINICAL)
@pytest.mark.parametrize("by", ["patient", "session"])
def test_another_physician_with_the_address_sees_nothing_and_it_is_written_down(
    open_page: Open, app: App, marta: Patient, signed_in: SignedIn, name: str, by: str
) -> None:
    (visit,) = app.recordings.sessions(marta.id)
    signed_in.as_(stored(app, "bo", Role.PHYSICIAN))
    before = len(refusals(app))
    page = open_page(name, **{by: marta.id if by == "patient" else visit.id})
    assert not page.exception
    assert SECRET not in everything(page)
    new = refusals(app)[before:]
    assert new and all(f"{by}:{marta.id if by == 'patient' else visit.id}" in one for one in new)


@pytest.mark.parametrize("name", ["plan", "journal"])
def test_a_patient_with_the_address_of_another_stays_with_their_own(
    open_page: Open, app: App, scene: Scene, marta: Patient, signed_in: SignedIn, name: str
) -> None:
    (visit,) = app.recordings.sessions(marta.id)
    jonas = scene.patient("P-2", "Jonas Berg")
    signed_in.as_(stored(app, "jonas", Role.PATIENT, patient=jonas))
    page = open_page(name, patient=marta.id, session=visit.id)
    assert not page.exception and SECRET not in everything(page)


def test_a_device_in_the_hands_of_one_patient_opens_no_other(
    open_page: Open, app: App, scene: Scene, marta: Patient
) -> None:
    jonas = scene.patient("P-2", "Jonas Berg")
    open_page("plan", patient=jonas.id)
    assert context.handed_to() == jonas.id
    for name in ("plan", "journal"):
        page = open_page(name, patient=marta.id, kiosk="1")
        assert not page.exception and SECRET not in everything(page)
        assert f"patient:{marta.id}" in refusals(app)[-1]
    page = open_page("questionnaire", patient=marta.id, form="PHQ-9", mode="interviewer",
                     kiosk="1")  # fmt: skip
    assert not page.exception and SECRET not in everything(page)
    assert context.handed_to() == jonas.id, "an address does not take it back"
    for name in ("timeline", "report", "accounts", "log"):
        page = open_page(name, patient=marta.id)
        assert page.title[0].value == "This device is in the hands of a patient"


def everything(page: AppTest) -> str:
    """All that the page would send to the browser, as text."""
    return words(page) + "".join(str(one.proto) for one in page if hasattr(one, "proto"))


def test_a_fault_nobody_has_foreseen_shows_no_stack_trace(
    open_page: Open, app: App, scene: Scene, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    patient = scene.patient("P-1", f"Marta {SECRET}")
    assert config.get_option("client.showErrorDetails") == "none"

    def breaks(*_: Any) -> None:
        name = patient.name
        raise ZeroDivisionError(f"division by zero in {len(name)} rows")

    monkeypatch.setattr(type(app.courses), "of", breaks)
    with caplog.at_level(logging.DEBUG):
        page = open_page("timeline", patient=patient.id)
    assert page.exception
    shown = everything(page) + "".join(
        f"{one.value} {one.message} {one.stack_trace}" for one in page.exception)  # fmt: skip
    for word in ("ZeroDivision", "division by zero", "Traceback", ".py", "breaks"):
        assert word not in shown, word
    assert SECRET not in caplog.text, "what is logged names places in the program, no values"


def test_locked_accounts_find_nothing_on_an_open_page(
    open_page: Open, app: App, marta: Patient, signed_in: SignedIn
) -> None:
    bo = stored(app, "bo", Role.PHYSICIAN)
    app.assignments.assign(bo.id, marta.id)
    signed_in.as_(replace(bo))
    page = open_page("timeline", patient=marta.id)
    assert SECRET in everything(page)
    app.accounts.lock(bo.id)
    page.run()
    assert "not signed in" in page.error[0].value and SECRET not in words(page)
