"""Questions about everybody at once, answered in one query each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emocare.domain.records import (
    QUESTIONNAIRE_VISIT,
    PatientId,
    ReportState,
    Response,
    SessionId,
    SessionRecord,
)
from emocare.domain.summary import GateDecision
from emocare.store.database import Database, rows
from emocare.store.rows import (
    RESPONSE,
    SESSION,
    SESSION_WITHOUT_SUMMARY,
    response_from_row,
    session_from_row,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    patients: int
    sessions: int
    readings: int
    responses: int
    open_alerts: int
    reports: int


class Overview(Database):
    """What lists of many people need; each call is one query however many people there are."""

    def counts(self) -> Counts:
        """How many rows of each kind there are."""
        with self._read() as cursor:
            row = rows(
                cursor,
                "SELECT (SELECT count(*) FROM patients) AS patients, "
                "(SELECT count(*) FROM sessions) AS sessions, "
                "(SELECT count(*) FROM readings) AS readings, "
                "(SELECT count(*) FROM responses) AS responses, "
                "(SELECT count(*) FROM alerts WHERE state <> 'resolved') AS open_alerts, "
                "(SELECT count(*) FROM reports) AS reports",
            )[0]
        return Counts(**row)

    def session_counts(self) -> dict[PatientId, int]:
        """Number of recordings of each person who has any."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT patient_id, count(*) AS n FROM sessions GROUP BY ALL")
        return {PatientId(row["patient_id"]): row["n"] for row in found}

    def latest_sessions(
        self, *, summaries: bool = True, measured: bool = False
    ) -> dict[PatientId, SessionRecord]:
        """The newest recording of each person who has any.

        Args:
            summaries: False leaves ``summary`` None; see ``sessions``.
            measured: Only recordings with a summary to review, and visits without a recording,
                so that a later file that could not be read does not hide them.
        """
        columns = SESSION if summaries else SESSION_WITHOUT_SUMMARY
        wanted = "true"
        if measured:
            wanted = f"(gate IS NOT NULL OR protocol = '{QUESTIONNAIRE_VISIT}')"
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {columns} FROM sessions WHERE id IN (SELECT "
                f"{_newest('started_at')} FROM sessions WHERE {wanted} GROUP BY patient_id)",
            )
        return {record.patient_id: record for record in map(session_from_row, found)}

    def latest_gates(self) -> dict[PatientId, GateDecision]:
        """Capture quality of each person's newest recording, where it was measured."""
        with self._read() as cursor:
            found = rows(
                cursor,
                "SELECT patient_id, gate FROM sessions WHERE id IN (SELECT "
                f"{_newest('started_at')} FROM sessions GROUP BY patient_id)",
            )
        return {PatientId(row["patient_id"]): GateDecision(row["gate"])
                for row in found if row["gate"] is not None}  # fmt: skip

    def latest_responses(
        self, instruments: Sequence[str] = ()
    ) -> dict[PatientId, Response]:
        """The newest finished form of each person who has any.

        Args:
            instruments: Only these; all when empty.
        """
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {RESPONSE} FROM responses WHERE id IN (SELECT "
                f"{_newest('answered_at')} FROM responses WHERE {_among(instruments)} "
                "GROUP BY patient_id)",
                list(instruments),
            )
        return {response.patient_id: response for response in map(response_from_row, found)}

    def totals(self, instruments: Sequence[str] = ()) -> dict[PatientId, list[int]]:
        """The totals of each person, oldest first, without forms that could not be scored.

        Args:
            instruments: Only these; all when empty.
        """
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT patient_id, total FROM responses WHERE total IS NOT NULL "
                f"AND {_among(instruments)} ORDER BY answered_at, id",
                list(instruments),
            )
        totals: dict[PatientId, list[int]] = {}
        for row in found:
            totals.setdefault(PatientId(row["patient_id"]), []).append(row["total"])
        return totals

    def open_alert_counts(self) -> dict[PatientId, int]:
        """Number of alerts that are not resolved, of each person who has any."""
        with self._read() as cursor:
            found = rows(
                cursor,
                "SELECT patient_id, count(*) AS n FROM alerts WHERE state <> 'resolved' "
                "GROUP BY ALL",
            )
        return {PatientId(row["patient_id"]): row["n"] for row in found}

    def reviewed_sessions(self) -> set[SessionId]:
        """The recordings that have a review."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT DISTINCT session_id FROM reviews")
        return {SessionId(row["session_id"]) for row in found}

    def report_states(self, audience: str = "file") -> dict[SessionId, ReportState]:
        """State of the newest version of each recording's report, where there is one."""
        with self._read() as cursor:
            found = rows(
                cursor,
                "SELECT session_id, arg_max(state, version) AS state FROM reports "
                "WHERE audience = ? GROUP BY ALL",
                [audience],
            )
        return {SessionId(row["session_id"]): ReportState(row["state"]) for row in found}

    def clip_paths(self) -> dict[SessionId, str]:
        """The clips that still lie on this machine."""
        with self._read() as cursor:
            found = rows(
                cursor, "SELECT id, clip_path FROM sessions WHERE clip_path IS NOT NULL"
            )
        return {SessionId(row["id"]): row["clip_path"] for row in found}


def _newest(moment: str) -> str:
    """The identifier of a person's newest row. Narrow on purpose: the wide columns are then read
    of one row per person instead of all of them."""
    return f"first(id ORDER BY {moment} DESC, id)"


def _among(instruments: Sequence[str]) -> str:
    return f"instrument IN ({', '.join('?' * len(instruments))})" if instruments else "true"
