"""The log of what was done: rows are added at its end and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from emocare.domain.audit import FIRST, AuditRow, Entry, chained
from emocare.domain.records import PatientId
from emocare.store.database import Database, Row, insert, rows

_COLUMNS = "number, at_us, who, kind, what, record, previous, hash"


class AuditLog(Database):
    """The table ``audit``."""

    def append_audit(self, entries: Sequence[Entry]) -> AuditRow:
        """Adds rows at the end of the chain, in one transaction; returns the last one."""
        with self._write(changes_sessions=False) as cursor:
            last = rows(cursor, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
            number, previous = (last[0]["number"], last[0]["hash"]) if last else (0, FIRST)
            for entry in entries:
                number += 1
                row = chained(entry, number, previous)
                previous = row.hash
                insert(cursor, "audit", _to_row(row))
        return row

    def audit_rows(self) -> list[AuditRow]:
        """Every row as it is stored, by number."""
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_COLUMNS} FROM audit ORDER BY number, rowid")
        return [_from_row(row) for row in found]

    def patient_of(self, table: str, record_id: str) -> PatientId | None:
        """Whose a session or an alert is, None when there is none with this identifier.

        Args:
            table: "sessions" or "alerts".
        """
        with self._read() as cursor:
            found = rows(cursor, f"SELECT patient_id FROM {table} WHERE id = ?", [record_id])
        return PatientId(found[0]["patient_id"]) if found else None


def _to_row(row: AuditRow) -> dict[str, object]:
    return {
        "number": row.number, "at_us": row.entry.at_us, "who": row.entry.who,
        "kind": str(row.entry.kind), "what": row.entry.what, "record": row.entry.record,
        "previous": row.previous, "hash": row.hash,
    }  # fmt: skip


def _from_row(row: Row) -> AuditRow:
    entry = Entry(row["at_us"], row["who"], row["kind"], row["what"], row["record"])
    return AuditRow(row["number"], entry, row["previous"], row["hash"])
