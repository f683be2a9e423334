"""Questionnaires: finished, half done, and the alerts they raised."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from emocare.domain.alert_life import acknowledge, resolve
from emocare.domain.errors import InputError
from emocare.domain.records import (
    Alert,
    AlertId,
    AlertState,
    PatientId,
    Response,
    ResponseId,
    SessionId,
)
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.rows import (
    ALERT,
    RESPONSE,
    alert_from_row,
    alert_to_row,
    response_from_row,
    response_to_row,
    to_json,
)


class Answers(Database):
    """The tables ``responses``, ``drafts`` and ``alerts``. There is no way to delete an alert."""

    def add_response(self, response: Response, alerts: Sequence[Alert]) -> None:
        """Stores a finished form and its alerts in one transaction.

        Raises:
            NotFound: There is no such patient, or no such recording of this patient.
            InputError: An alert is not of this response, or not in state raised.
            StoreError: An identifier is taken.
        """
        for alert in alerts:
            if (alert.response_id, alert.patient_id) != (response.id, response.patient_id):
                raise InputError("An alert belongs to the response that raised it.")
            if alert.state is not AlertState.RAISED:
                raise InputError(f"An alert begins as raised, got {alert.state.value}.")
        with self._write() as cursor:
            _check_owner(cursor, response.patient_id, response.session_id)
            insert(cursor, "responses", response_to_row(response))
            for alert in alerts:
                insert(cursor, "alerts", alert_to_row(alert))

    def response(self, response_id: ResponseId) -> Response:
        """The finished form with this identifier.

        Raises:
            NotFound: There is none.
        """
        with self._read() as cursor:
            return response_from_row(one(
                cursor, f"SELECT {RESPONSE} FROM responses WHERE id = ?", [response_id],
                "This questionnaire does not exist.",
            ))  # fmt: skip

    def responses(
        self, patient_id: PatientId | None = None, instrument: str | None = None
    ) -> list[Response]:
        """Finished forms, newest first; of everybody when no one is named.

        Args:
            patient_id: Whose.
            instrument: Only this one.
        """
        wanted = {"patient_id": patient_id, "instrument": instrument}
        named = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in named) or "true"
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {RESPONSE} FROM responses WHERE {where} ORDER BY answered_at DESC, id",
                list(named.values()),
            )
        return [response_from_row(row) for row in found]

    def save_draft(
        self, patient_id: PatientId, session_id: SessionId | None, instrument: str,
        content: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Keeps a form while it is being answered, in place of what was kept before.

        Args:
            content: JSON values; given back by ``draft`` as they are.

        Raises:
            NotFound: There is no such patient, or no such recording of this patient.
        """
        with self._write() as cursor:
            _check_owner(cursor, patient_id, session_id)
            cursor.execute(
                "INSERT INTO drafts VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET content = excluded.content",
                [patient_id, session_id or "", instrument, to_json(dict(content))],
            )

    def draft(
        self, patient_id: PatientId, session_id: SessionId | None, instrument: str
    ) -> dict[str, Any] | None:
        """What was kept of a form, None when nothing was."""
        with self._read() as cursor:
            found = rows(
                cursor, f"SELECT content FROM drafts WHERE {_DRAFT}",
                [patient_id, session_id or "", instrument],
            )  # fmt: skip
        if not found:
            return None
        content: dict[str, Any] = json.loads(found[0]["content"])
        return content

    def drafts(self) -> list[tuple[PatientId, SessionId | None, str]]:
        """Whose forms are half done: person, recording if any, instrument."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT patient_id, session_id, instrument FROM drafts "
                                 "ORDER BY ALL")  # fmt: skip
        return [
            (PatientId(row["patient_id"]),
             SessionId(row["session_id"]) if row["session_id"] else None, row["instrument"])
            for row in found
        ]  # fmt: skip

    def delete_draft(
        self, patient_id: PatientId, session_id: SessionId | None, instrument: str
    ) -> None:
        """Forgets what was kept of a form; does nothing when nothing was."""
        with self._write() as cursor:
            cursor.execute(f"DELETE FROM drafts WHERE {_DRAFT}",
                           [patient_id, session_id or "", instrument])  # fmt: skip

    def alert(self, alert_id: AlertId) -> Alert:
        """The alert with this identifier.

        Raises:
            NotFound: There is none.
        """
        with self._read() as cursor:
            return _alert(cursor, alert_id)

    def alerts(self, patient_id: PatientId | None = None, open_only: bool = False) -> list[Alert]:
        """Alerts, newest first, of those raised together the gravest first; of everybody when no
        one is named.

        Args:
            patient_id: Whose.
            open_only: Without the resolved ones.
        """
        where = ["true" if patient_id is None else "patient_id = ?"]
        if open_only:
            where.append("state <> 'resolved'")
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {ALERT} FROM alerts WHERE {' AND '.join(where)} "
                "ORDER BY raised_at DESC, level = 'high' DESC, level = 'elevated' DESC, code, id",
                [] if patient_id is None else [patient_id],
            )
        return [alert_from_row(row) for row in found]

    def acknowledge_alert(self, alert_id: AlertId, by: str, at: datetime) -> Alert:
        """Notes that ``by`` has seen the alert, and returns it.

        Raises:
            NotFound: There is no such alert.
            InputError: It was acknowledged before, or nobody is named.
        """
        with self._write() as cursor:
            changed = acknowledge(_alert(cursor, alert_id), by, at)
            _store_alert(cursor, changed, AlertState.RAISED)
        return changed

    def resolve_alert(
        self, alert_id: AlertId, by: str, at: datetime, action: str, note: str = ""
    ) -> Alert:
        """Closes an acknowledged alert with what was done, and returns it.

        Args:
            action: A value of ``AlertAction``.

        Raises:
            NotFound: There is no such alert.
            InputError: It is not acknowledged, it is resolved, or the action is unknown.
        """
        with self._write() as cursor:
            changed = resolve(_alert(cursor, alert_id), by, at, action, note)
            _store_alert(cursor, changed, AlertState.ACKNOWLEDGED)
        return changed


_DRAFT = "patient_id = ? AND session_id = ? AND instrument = ?"


def _alert(cursor: Cursor, alert_id: AlertId) -> Alert:
    return alert_from_row(one(cursor, f"SELECT {ALERT} FROM alerts WHERE id = ?", [alert_id],
                              "This alert does not exist."))  # fmt: skip


def _store_alert(cursor: Cursor, alert: Alert, before: AlertState) -> None:
    """Writes what a step adds; the state before is part of the condition."""
    row = alert_to_row(alert)
    added = ("state", "acknowledged_by", "acknowledged_at", "resolved_by", "resolved_at",
             "action", "note")  # fmt: skip
    changed = update(cursor, "alerts", {name: row[name] for name in added},
                     "id = ? AND state = ?", [alert.id, before.value])  # fmt: skip
    if changed != 1:
        raise InputError("The alert was changed by someone else. Reload the page.")


def _check_owner(
    cursor: Cursor, patient_id: PatientId, session_id: SessionId | None
) -> None:
    one(cursor, "SELECT id FROM patients WHERE id = ?", [patient_id],
        "This patient does not exist.")  # fmt: skip
    if session_id is not None:
        one(cursor, "SELECT id FROM sessions WHERE id = ? AND patient_id = ?",
            [session_id, patient_id], "This patient has no such recording.")  # fmt: skip
