"""The patient's journal: writing, deleting, what the clinician may read, and the crisis phrase."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from emocare.clinical import AlertDraft, journal_alert
from emocare.domain.errors import InputError
from emocare.domain.journal import JournalEntry, JournalId
from emocare.domain.records import Alert, AlertId, AlertState, PatientId
from emocare.services.consent_rules import journal_is_closed
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store


@dataclass(frozen=True, slots=True)
class Written:
    """A stored entry, and whether the crisis card is shown at once."""

    entry: JournalEntry
    show_crisis_card: bool


class PatientJournal:
    """Use cases of who writes, and of the clinician, who reads only what was shared.

    A text that holds a phrase of the crisis list raises an alert, shared or not. Neither the
    patient's word that it was not about them nor deleting the entry closes that alert.
    """

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def write(self, patient_id: PatientId, text: str, shared: bool) -> Written:
        """Stores an entry and the alert it raises in one transaction.

        Args:
            text: As typed; signs that cannot be stored are left out.
            shared: Whether the patient shows it to the clinician.

        Raises:
            InputError: The text is empty or too long, or it is to be shown although the patient
                has withdrawn that.
            NotFound: No such patient.
        """
        if shared and journal_is_closed(self._store, patient_id):
            raise InputError(
                "You have withdrawn that your clinician reads your journal. Save the entry for "
                "yourself, or allow it again on the page “Your consent”."
            )
        at = now()
        found = journal_alert(text)
        alert = None if found is None else _raised(patient_id, found, at)
        entry = JournalEntry(
            id=JournalId(new_id()), patient_id=patient_id, written_at=at,
            day=at.astimezone().date(), text=_storable(text), shared=shared,
            alert_id=None if alert is None else alert.id,
        )  # fmt: skip
        self._store.add_journal_entry(entry, alert)
        return Written(entry, alert is not None)

    def entries(self, patient_id: PatientId) -> list[JournalEntry]:
        """Everything a person wrote, newest first; for nobody else's eyes."""
        return self._store.journal(patient_id, shared_only=False)

    def shared_entries(self, patient_id: PatientId) -> list[JournalEntry]:
        """What the clinician may read, newest first; nothing once the patient withdrew that."""
        if journal_is_closed(self._store, patient_id):
            return []
        return self._store.journal(patient_id, shared_only=True)

    def unshared_count(self, patient_id: PatientId) -> int:
        """How many entries the clinician may not read."""
        if journal_is_closed(self._store, patient_id):
            return len(self._store.journal(patient_id, shared_only=False))
        return self._store.unshared_journal_count(patient_id)

    def not_about_me(self, patient_id: PatientId, entry_id: JournalId) -> None:
        """Notes the patient's word on an entry that raised an alert; the alert stays open.

        Raises:
            NotFound: This person has no such entry.
        """
        self._store.mark_not_about_me(patient_id, entry_id)

    def said_not_about_me(self, alert: Alert) -> bool:
        """Whether the patient said so of the entry that raised this alert."""
        return alert.response_id is None and self._store.said_not_about_me(alert.id)

    def delete(self, patient_id: PatientId, entry_id: JournalId) -> None:
        """Deletes an entry for good; an alert that it raised stays.

        Raises:
            NotFound: This person has no such entry.
        """
        self._store.delete_journal_entry(patient_id, entry_id)


def _raised(patient_id: PatientId, draft: AlertDraft, at: datetime) -> Alert:
    return Alert(
        id=AlertId(new_id()), patient_id=patient_id, response_id=None, code=draft.code,
        level=draft.level, detail=draft.detail, state=AlertState.RAISED, raised_at=at,
    )  # fmt: skip


def _storable(text: str) -> str:
    """The text without control signs and half characters; line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(ch for ch in lines
                   if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cs"))  # fmt: skip
