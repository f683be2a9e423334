"""Safety alerts: raised by answers, acknowledged and resolved by a person, never by the face."""

from __future__ import annotations

from collections.abc import Mapping

from emocare import clinical
from emocare.domain.records import Alert, AlertId, PatientId
from emocare.report import words
from emocare.services.texts import ALERT_NOTE_LIMIT, within
from emocare.services.workplace import Workplace, now
from emocare.store import Store

ACTIONS: Mapping[str, str] = {str(code): words for code, words in clinical.ACTIONS.items()}
"""Action code -> words (clinical specification 1.5)."""


class Alerts:
    """The life of safety alerts: raised -> acknowledged -> resolved, never backwards."""

    ACTIONS = ACTIONS

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def open(self, patient_id: PatientId | None = None) -> list[Alert]:
        """Alerts that are not resolved, newest first, of those raised together the gravest first;
        of everybody when no one is named."""
        return list(self._store.alerts(patient_id, open_only=True))

    def all(self, patient_id: PatientId) -> list[Alert]:
        """Every alert of one person, newest first."""
        return list(self._store.alerts(patient_id))

    def title(self, alert: Alert) -> str:
        """The alert in words, the same as in a report."""
        return words.alert_title(alert.code)

    def acknowledge(self, alert_id: AlertId) -> Alert:
        """Notes that the clinician has seen the alert.

        Raises:
            NotFound: No such alert.
            InputError: It was acknowledged or resolved before.
        """
        return self._store.acknowledge_alert(alert_id, self._workplace.signer, now())

    def resolve(self, alert_id: AlertId, action: str, note: str = "") -> Alert:
        """Closes an acknowledged alert with what was done.

        Args:
            action: A key of ``ACTIONS``.
            note: Free text, may be empty.

        Raises:
            NotFound: No such alert.
            InputError: The action is unknown, the note too long, or the alert is not acknowledged.
        """
        within(note.strip(), "note", ALERT_NOTE_LIMIT)
        return self._store.resolve_alert(
            alert_id, self._workplace.signer, now(), action, note.strip()
        )
