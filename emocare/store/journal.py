"""What patients wrote, and the alerts that their words raised."""

from __future__ import annotations

from emocare.domain.errors import InputError, NotFound
from emocare.domain.journal import JournalEntry, JournalId
from emocare.domain.records import Alert, AlertId, AlertState, PatientId
from emocare.store.database import Database, Row, insert, one, rows, update
from emocare.store.rows import alert_to_row, from_epoch, to_utc

_ENTRY = (
    "id, patient_id, epoch_us(written_at) AS written_at, day, text, shared, not_about_me, alert_id"
)


class Journal(Database):
    """The table ``journal``. An entry can be deleted; its alert cannot."""

    def add_journal_entry(self, entry: JournalEntry, alert: Alert | None) -> None:
        """Stores an entry and the alert it raises in one transaction.

        Raises:
            NotFound: There is no such patient.
            InputError: The alert is not of this entry, or not in state raised.
        """
        if (None if alert is None else alert.id) != entry.alert_id:
            raise InputError("An entry names the alert that it raises, and no other.")
        if alert is not None and (alert.patient_id, alert.response_id, alert.state) != (
            entry.patient_id, None, AlertState.RAISED
        ):  # fmt: skip
            raise InputError("An alert of the journal begins as raised, for who wrote the entry.")
        with self._write() as cursor:
            one(cursor, "SELECT id FROM patients WHERE id = ?", [entry.patient_id],
                "This patient does not exist.")  # fmt: skip
            if alert is not None:
                insert(cursor, "alerts", alert_to_row(alert))
            insert(cursor, "journal", _to_row(entry))

    def journal(self, patient_id: PatientId, *, shared_only: bool) -> list[JournalEntry]:
        """Entries of a person, newest first.

        Args:
            shared_only: Only those that the patient shows to the clinician.
        """
        only = " AND shared" if shared_only else ""
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {_ENTRY} FROM journal WHERE patient_id = ?{only} "
                "ORDER BY journal.written_at DESC, rowid DESC",
                [patient_id],
            )
        return [_from_row(row) for row in found]

    def unshared_journal_count(self, patient_id: PatientId) -> int:
        """How many entries of a person are not shown to the clinician."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT count(*) AS n FROM journal WHERE patient_id = ? "
                                 "AND NOT shared", [patient_id])  # fmt: skip
        return int(found[0]["n"])

    def mark_not_about_me(self, patient_id: PatientId, entry_id: JournalId) -> None:
        """Notes on an entry that the patient said so; its alert is not touched.

        Raises:
            NotFound: This person has no such entry, or it raised no alert.
        """
        with self._write() as cursor:
            if not update(cursor, "journal", {"not_about_me": True},
                          f"{_OF_PATIENT} AND alert_id IS NOT NULL",
                          [entry_id, patient_id]):  # fmt: skip
                raise NotFound(_NONE)

    def said_not_about_me(self, alert_id: AlertId) -> bool:
        """Whether the patient said so of the entry behind this alert; no once it is deleted."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT id FROM journal WHERE alert_id = ? AND not_about_me",
                         [alert_id])  # fmt: skip
        return bool(found)

    def delete_journal_entry(self, patient_id: PatientId, entry_id: JournalId) -> None:
        """Deletes an entry; the alert it raised stays.

        Raises:
            NotFound: This person has no such entry.
        """
        with self._write() as cursor:
            one(cursor, f"SELECT id FROM journal WHERE {_OF_PATIENT}", [entry_id, patient_id],
                _NONE)  # fmt: skip
            cursor.execute(f"DELETE FROM journal WHERE {_OF_PATIENT}", [entry_id, patient_id])


_OF_PATIENT = "id = ? AND patient_id = ?"
_NONE = "This journal entry does not exist any more. Reload the page."


def _to_row(entry: JournalEntry) -> dict[str, object]:
    return {
        "id": entry.id, "patient_id": entry.patient_id, "written_at": to_utc(entry.written_at),
        "day": entry.day, "text": entry.text, "shared": entry.shared,
        "not_about_me": entry.not_about_me, "alert_id": entry.alert_id,
    }  # fmt: skip


def _from_row(row: Row) -> JournalEntry:
    return JournalEntry(
        id=JournalId(row["id"]), patient_id=PatientId(row["patient_id"]),
        written_at=from_epoch(row["written_at"]), day=row["day"], text=row["text"],
        shared=row["shared"], not_about_me=row["not_about_me"],
        alert_id=AlertId(row["alert_id"]) if row["alert_id"] else None,
    )  # fmt: skip
