"""The journal as patient and clinician use it; the alert exists whenever a phrase matches."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocare.app import App
from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.journal import TEXT_LIMIT, JournalId
from emocare.domain.records import AlertState, Patient, PatientId
from emocare.services.patient_journal import PatientJournal
from emocare.services.workplace import Workplace
from emocare.store import Store
from emocare.store import journal as stored
from tests.services.conftest import record, times

PHRASES = ("I want to die", "I can’t go on", "better off without me", "Self-harm again",
           "a goodbye letter", "I don't want to be here any more")  # fmt: skip
PERSON = Patient(PatientId("p1"), "P-1", "Ada", None, None, "Dr Test",
                 datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip


def test_a_plain_entry_is_kept_for_the_patient_alone(app: App, patient: Patient) -> None:
    written = app.journal.write(patient.id, " Rain.\r\nSlept\x00 well. ", shared=False)
    assert written.entry.text == "Rain.\nSlept well." and not written.show_crisis_card
    assert app.journal.entries(patient.id) == [written.entry]
    assert app.journal.shared_entries(patient.id) == []
    assert app.journal.unshared_count(patient.id) == 1
    assert app.alerts.open() == []


def test_a_shared_entry_is_shown_to_the_clinician(app: App, patient: Patient) -> None:
    app.journal.write(patient.id, "Only mine", shared=False)
    shown = app.journal.write(patient.id, "For both", shared=True).entry
    assert app.journal.shared_entries(patient.id) == [shown]
    assert [e.text for e in app.journal.entries(patient.id)] == ["For both", "Only mine"]
    assert app.journal.unshared_count(patient.id) == 1


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "x" * (TEXT_LIMIT + 1)])
def test_empty_and_too_long_entries_are_refused(app: App, patient: Patient, text: str) -> None:
    with pytest.raises(InputError):
        app.journal.write(patient.id, text, shared=False)
    assert app.journal.entries(patient.id) == []


def test_the_longest_entry_fits(app: App, patient: Patient) -> None:
    assert app.journal.write(patient.id, "ä" * TEXT_LIMIT, shared=True).entry.text


def test_nobody_cannot_write(app: App) -> None:
    with pytest.raises(NotFound):
        app.journal.write(PatientId("nobody"), "I want to die", shared=False)
    assert app.alerts.open() == []


@pytest.mark.parametrize("shared", [True, False])
def test_a_phrase_shows_the_card_and_raises_an_alert_without_the_text(
    app: App, patient: Patient, shared: bool
) -> None:
    written = app.journal.write(patient.id, "The zebra says: I want to die", shared=shared)
    (alert,) = app.alerts.open(patient.id)
    assert written.show_crisis_card and written.entry.alert_id == alert.id
    assert (alert.code, alert.level, alert.state) == (
        "JOURNAL_CRISIS_PHRASE", "high", AlertState.RAISED
    )  # fmt: skip
    assert app.alerts.title(alert) == "The journal holds a crisis phrase"
    for word in ("zebra", "want to die"):
        assert word not in repr(alert)
    (row,) = app.people.overview()
    assert "Safety alert" in row.states
    assert app.people.next_steps().items[0].kind == "safety"


def test_only_the_clinician_closes_the_alert(app: App, patient: Patient) -> None:
    entry = app.journal.write(patient.id, "suicide on the news", shared=False).entry
    (alert,) = app.alerts.open()
    assert not app.journal.said_not_about_me(alert)
    app.journal.not_about_me(patient.id, entry.id)
    assert app.journal.said_not_about_me(alert)
    assert app.alerts.open() == [alert]
    app.journal.delete(patient.id, entry.id)
    assert app.journal.entries(patient.id) == []
    assert app.alerts.open() == [alert]
    app.alerts.acknowledge(alert.id)
    app.alerts.resolve(alert.id, "assessed")
    assert app.alerts.open() == []


def test_what_is_not_there_is_said(app: App, patient: Patient) -> None:
    for forbidden in (app.journal.delete, app.journal.not_about_me):
        with pytest.raises(NotFound):
            forbidden(patient.id, JournalId("none"))


def test_a_fault_between_the_two_leaves_neither(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = stored.insert

    def faulty(cursor: object, table: str, row: dict[str, object]) -> None:
        if table == "journal":
            raise StoreError("The disk is full.")
        insert(cursor, table, row)

    monkeypatch.setattr(stored, "insert", faulty)
    with pytest.raises(StoreError):
        app.journal.write(patient.id, "I want to die", shared=False)
    assert app.alerts.open() == [] and app.journal.entries(patient.id) == []


def test_every_report_begins_with_the_alert(app: App, patient: Patient) -> None:
    session = record(app, patient, times(4))
    app.journal.write(patient.id, "The zebra says: I want to die", shared=True)
    document = pypdfium2.PdfDocument(app.reports.draft(session.id).pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    first = " ".join(pages[0].split())
    assert "The journal holds a crisis phrase (high: review immediately)" in first
    assert "NOT YET REVIEWED" in first
    assert all("UNREVIEWED SAFETY ALERT" in page for page in pages)
    assert "zebra" not in " ".join(pages)
    texts = [item.text for item in app.reports.checklist(session.id)]
    assert "Safety alert not reviewed: every page will carry a watermark" in texts


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=200), st.sampled_from(PHRASES), st.text(max_size=200), st.booleans(),
    st.booleans(),
)
def test_a_phrase_always_raises_its_alert(
    before: str, phrase: str, after: str, shared: bool, earlier: bool
) -> None:
    """Whatever else is written, shared or not, and whatever was closed before."""
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "a.duckdb") as store:
        workplace = Workplace("", "Dr Test", "", "US", Path(folder), Path(folder), Path(folder))
        store.add_patient(PERSON)
        journal = PatientJournal(store, workplace)
        if earlier:
            journal.not_about_me(PERSON.id, journal.write(PERSON.id, PHRASES[0], True).entry.id)
        written = journal.write(PERSON.id, f"{before}\n{phrase}\n{after}", shared)
        assert written.show_crisis_card
        opened = {a.id: a for a in store.alerts(PERSON.id, open_only=True)}
        assert len(opened) == 1 + earlier
        assert opened[written.entry.alert_id].level == "high"
        assert store.journal(PERSON.id, shared_only=False)[0] == written.entry
