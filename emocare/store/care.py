"""Care over time, and summaries of stored readings under a later method."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emocare.domain.care import CareEntry, CareId, CareKind
from emocare.domain.care_json import content_from_dict, content_to_dict
from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.records import PatientId, SessionId
from emocare.domain.summary import Summary
from emocare.domain.summary_json import summary_from_dict, summary_to_dict
from emocare.store.database import Cursor, Database, Row, insert, one, rows
from emocare.store.rows import from_epoch, to_json, to_utc

_CARE = (
    "id, patient_id, version, kind, content, removed, saved_by, epoch_us(saved_at) AS saved_at"
)
_NEWEST = "QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1"


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """A summary computed later from the readings of a session, beside the session's own."""

    session_id: SessionId
    summary: Summary
    made_by: str
    made_at: datetime


class Care(Database):
    """The tables ``care`` and ``reanalyses``. Nothing in them is changed or deleted."""

    def save_care(self, *entries: CareEntry) -> None:
        """Stores the next version of one or more entries, all of them or none.

        Raises:
            NotFound: There is no such patient, or no such entry of this patient.
            InputError: Somebody else has changed the entry in between, it was removed, or it
                became of another kind.
        """
        with self._write() as cursor:
            for entry in entries:
                one(cursor, "SELECT id FROM patients WHERE id = ?", [entry.patient_id],
                    "This patient does not exist.")  # fmt: skip
                _check_version(cursor, entry)
                insert(cursor, "care", _to_row(entry))

    def care(
        self, patient_id: PatientId | None = None, kinds: Sequence[CareKind] = ()
    ) -> list[CareEntry]:
        """The newest version of every entry that is not removed, in the order of entering.

        Args:
            patient_id: Whose; everybody's when no one is named.
            kinds: Only these; all when empty.
        """
        where = ["true" if patient_id is None else "patient_id = ?"]
        if kinds:
            where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values = [*([] if patient_id is None else [patient_id]), *(k.value for k in kinds)]
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT * FROM (SELECT {_CARE}, rowid AS place FROM care "
                f"WHERE {' AND '.join(where)} {_NEWEST}) WHERE NOT removed ORDER BY place",
                values,
            )
        return [_from_row(row) for row in found]

    def care_history(self, patient_id: PatientId, care_id: CareId | None = None) -> list[CareEntry]:
        """Every version of a patient's entries, removals too, newest first.

        Args:
            care_id: Only of this entry.
        """
        only = "" if care_id is None else " AND id = ?"
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {_CARE} FROM care WHERE patient_id = ?{only} "
                "ORDER BY care.saved_at DESC, rowid DESC",
                [patient_id, *([] if care_id is None else [care_id])],
            )
        return [_from_row(row) for row in found]

    def add_reanalysis(self, made: Reanalysis) -> None:
        """Keeps a summary beside the one of the session.

        Raises:
            NotFound: There is no such recording.
        """
        with self._write() as cursor:
            one(cursor, "SELECT id FROM sessions WHERE id = ?", [made.session_id],
                "This recording does not exist.")  # fmt: skip
            insert(cursor, "reanalyses", {
                "session_id": made.session_id, "config_hash": made.summary.config["config_hash"],
                "summary": to_json(summary_to_dict(made.summary)), "made_by": made.made_by,
                "made_at": to_utc(made.made_at),
            })  # fmt: skip

    def reanalyses(self, patient_id: PatientId) -> dict[SessionId, Reanalysis]:
        """The newest re-analysis of each recording of a person that has any."""
        with self._read() as cursor:
            found = rows(
                cursor,
                "SELECT session_id, summary, made_by, epoch_us(made_at) AS made_at "
                "FROM reanalyses WHERE session_id IN (SELECT id FROM sessions WHERE "
                "patient_id = ?) QUALIFY row_number() OVER "
                "(PARTITION BY session_id ORDER BY reanalyses.made_at DESC, rowid DESC) = 1",
                [patient_id],
            )
        return {SessionId(row["session_id"]): _reanalysis(row) for row in found}

    def sessions_with_readings(self, patient_id: PatientId) -> set[SessionId]:
        """The recordings of a person of which readings are stored."""
        with self._read() as cursor:
            found = rows(
                cursor,
                "SELECT id FROM sessions WHERE patient_id = ? AND EXISTS "
                "(SELECT 1 FROM readings WHERE session_id = sessions.id)",
                [patient_id],
            )
        return {SessionId(row["id"]) for row in found}


def _check_version(cursor: Cursor, entry: CareEntry) -> None:
    """The version follows the one that is stored, so that no change of another gets lost."""
    found = rows(
        cursor, "SELECT patient_id, version, kind, removed FROM care WHERE id = ? "
        "ORDER BY version DESC LIMIT 1", [entry.id],
    )  # fmt: skip
    if not found:
        if entry.version != 1:
            raise NotFound("This entry does not exist.")
        return
    stored = found[0]
    if stored["patient_id"] != entry.patient_id or stored["kind"] != entry.kind.value:
        raise StoreError("An entry keeps its patient and its kind. Reload the page.")
    if stored["removed"]:
        raise InputError("This entry was removed in the meantime. Reload the page.")
    if entry.version != stored["version"] + 1:
        raise InputError("This entry was changed in the meantime. Reload the page.")


def _to_row(entry: CareEntry) -> dict[str, object]:
    return {
        "id": entry.id, "patient_id": entry.patient_id, "version": entry.version,
        "kind": entry.kind.value, "content": to_json(content_to_dict(entry.content)),
        "removed": entry.removed, "saved_by": entry.saved_by, "saved_at": to_utc(entry.saved_at),
    }  # fmt: skip


def _from_row(row: Row) -> CareEntry:
    content: dict[str, Any] = json.loads(row["content"])
    return CareEntry(
        id=CareId(row["id"]), patient_id=PatientId(row["patient_id"]), version=row["version"],
        content=content_from_dict(CareKind(row["kind"]), content), removed=row["removed"],
        saved_by=row["saved_by"], saved_at=from_epoch(row["saved_at"]),
    )  # fmt: skip


def _reanalysis(row: Row) -> Reanalysis:
    return Reanalysis(
        session_id=SessionId(row["session_id"]),
        summary=summary_from_dict(json.loads(row["summary"])), made_by=row["made_by"],
        made_at=from_epoch(row["made_at"]),
    )  # fmt: skip
