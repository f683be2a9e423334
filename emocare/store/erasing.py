"""Erasing people: every row of theirs, and a mark that they were erased. Legal holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from emocare.domain.data_life import Erasure, LegalHold
from emocare.domain.errors import AccessDenied
from emocare.domain.records import PatientId
from emocare.store.database import Cursor, Database, Row, insert, one, rows, update
from emocare.store.rows import from_epoch

OF_PATIENT = ("responses", "drafts", "alerts", "care", "journal", "legal_holds", "accounts",
              "assignments", "emergency_access", "consents")  # fmt: skip
"""Tables whose rows name a patient."""

OF_SESSION = ("readings", "reviews", "reports", "person_marks", "markers", "reanalyses")
"""Tables whose rows name a session of a patient."""

OF_ACCOUNT = ("identities",)
"""Tables whose rows name an account of a patient."""

KEPT = ("erasures",)
"""Tables that name a patient and stay: they hold nothing about the person."""

_HOLD = "patient_id, reason, set_by, epoch_us(set_at) AS set_at"
_ERASURE = "patient_id, erased_by, epoch_us(erased_at) AS erased_at, counts, finished"


class Erasing(Database):
    """The tables ``legal_holds`` and ``erasures``."""

    def set_hold(self, hold: LegalHold) -> None:
        """Keeps a person's data from being erased, until it is lifted. Holds add up.

        Raises:
            NotFound: There is no such patient.
        """
        with self._write() as cursor:
            _check_patient(cursor, hold.patient_id)
            insert(cursor, "legal_holds", {
                "patient_id": hold.patient_id, "reason": hold.reason, "set_by": hold.set_by,
                "set_at": hold.set_at, "lifted_by": None, "lifted_at": None,
            })  # fmt: skip

    def lift_holds(self, patient_id: PatientId, lifted_by: str, lifted_at: datetime) -> int:
        """Lifts every hold of a person and returns how many there were."""
        with self._write() as cursor:
            return update(
                cursor, "legal_holds", {"lifted_by": lifted_by, "lifted_at": lifted_at},
                "patient_id = ? AND lifted_at IS NULL", [patient_id],
            )  # fmt: skip

    def holds(self, patient_id: PatientId | None = None) -> list[LegalHold]:
        """Holds that are not lifted, oldest first; of everybody when no one is named."""
        with self._read() as cursor:
            return _holds(cursor, patient_id)

    def rows_of(self, patient_id: PatientId) -> dict[str, int]:
        """Table -> how many rows ``erase`` would remove.

        Raises:
            NotFound: There is no such patient.
        """
        with self._read() as cursor:
            _check_patient(cursor, patient_id)
            return {
                table: int(rows(cursor, f"SELECT count(*) AS n FROM {which}", [patient_id])[0]["n"])
                for table, which in _which()
            }

    def erase(
        self, patient_id: PatientId, erased_by: str, erased_at: datetime, clips: int = 0
    ) -> Erasure:
        """Removes every row of a person and notes that, in one transaction.

        The blocks of the file still hold what was in the rows until it is written anew.

        Args:
            clips: Number of files of the person, for the counts.

        Raises:
            NotFound: There is no such patient.
            AccessDenied: A legal hold lies on the person.
        """
        with self._write() as cursor:
            _check_patient(cursor, patient_id)
            if found := _holds(cursor, patient_id):
                raise AccessDenied(
                    f"A legal hold lies on this person since {found[0].set_at:%Y-%m-%d} "
                    f"({found[0].reason}). Nothing may be erased until it is lifted."
                )
            counts = _remove(cursor, patient_id) | {"clips": clips}
            erasure = Erasure(patient_id, erased_by, erased_at, counts)
            _note(cursor, erasure)
        return erasure

    def erase_again(self, erasures: Iterable[Erasure]) -> int:
        """Removes people that were erased before and came back with an older back-up.

        Holds do not count: they are as old as the back-up.

        Returns:
            How many people came back.
        """
        back = 0
        with self._write() as cursor:
            noted = {row["patient_id"] for row in rows(cursor, "SELECT patient_id FROM erasures")}
            for erasure in erasures:
                back += _remove(cursor, erasure.patient_id)["patients"]
                if erasure.patient_id not in noted:
                    noted.add(erasure.patient_id)
                    _note(cursor, erasure)
        return back

    def erasures(self, *, unfinished: bool = False) -> list[Erasure]:
        """Who was erased, oldest first; only those whose file was not written anew since."""
        only = "NOT finished" if unfinished else "true"
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_ERASURE} FROM erasures WHERE {only} "
                                 "ORDER BY erasures.erased_at, rowid")  # fmt: skip
        return [_erasure(row) for row in found]

    def finish_erasures(self) -> None:
        """Notes that the file was written anew."""
        with self._write() as cursor:
            update(cursor, "erasures", {"finished": True}, "NOT finished", [])


def _which() -> Iterator[tuple[str, str]]:
    """Table and the rows of it that are a person's, in the order in which they can go."""
    theirs = "session_id IN (SELECT id FROM sessions WHERE patient_id = ?)"
    yield from ((table, f"{table} WHERE {theirs}") for table in OF_SESSION)
    its = "account_id IN (SELECT id FROM accounts WHERE patient_id = ?)"
    yield from ((table, f"{table} WHERE {its}") for table in OF_ACCOUNT)
    yield from ((table, f"{table} WHERE patient_id = ?") for table in (*OF_PATIENT, "sessions"))
    yield "patients", "patients WHERE id = ?"


def _remove(cursor: Cursor, patient_id: PatientId) -> dict[str, int]:
    counts = {}
    for table, which in _which():
        counts[table] = _deleted(cursor, which, patient_id)
    update(cursor, "sign_ins", {"handed_to": None}, "handed_to = ?", [patient_id])
    return counts


def _deleted(cursor: Cursor, which: str, patient_id: PatientId) -> int:
    cursor.execute(f"DELETE FROM {which}", [patient_id])
    row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _note(cursor: Cursor, erasure: Erasure) -> None:
    insert(cursor, "erasures", {
        "patient_id": erasure.patient_id, "erased_by": erasure.erased_by,
        "erased_at": erasure.erased_at, "counts": json.dumps(dict(erasure.counts)),
        "finished": False,
    })  # fmt: skip


def _erasure(row: Row) -> Erasure:
    return Erasure(PatientId(row["patient_id"]), row["erased_by"], from_epoch(row["erased_at"]),
                   json.loads(row["counts"]), row["finished"])  # fmt: skip


def _holds(cursor: Cursor, patient_id: PatientId | None) -> list[LegalHold]:
    whose = "true" if patient_id is None else "patient_id = ?"
    found = rows(
        cursor, f"SELECT {_HOLD} FROM legal_holds WHERE lifted_at IS NULL AND {whose} "
        "ORDER BY legal_holds.set_at, rowid", [] if patient_id is None else [patient_id],
    )  # fmt: skip
    return [LegalHold(PatientId(row["patient_id"]), row["reason"], row["set_by"],
                      from_epoch(row["set_at"])) for row in found]  # fmt: skip


def _check_patient(cursor: Cursor, patient_id: PatientId) -> None:
    one(cursor, "SELECT id FROM patients WHERE id = ?", [patient_id],
        "This patient does not exist.")  # fmt: skip
