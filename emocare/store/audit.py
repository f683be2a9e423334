"""The log of what was done: rows are added at its end and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from emocare.domain.audit import FIRST, AuditFilter, AuditPage, AuditRow, Entry, chained
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

    def audit_rows(self, last: int | None = None) -> list[AuditRow]:
        """Rows as they are stored, by number; only the last so many where a number is given."""
        of = "audit" if last is None else (
            f"(SELECT *, rowid FROM audit ORDER BY number DESC, rowid DESC LIMIT {int(last)})")
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_COLUMNS} FROM {of} ORDER BY number, rowid")
        return [_from_row(row) for row in found]

    def audit_page(self, wanted: AuditFilter, start: int, size: int) -> AuditPage:
        """The rows that fit, newest first.

        Args:
            start: How many of the newest are left out.
            size: How many rows at most.
        """
        where, values = _where(wanted)
        with self._read() as cursor:
            count = rows(cursor, f"SELECT count(*) AS n FROM audit WHERE {where}", values)
            found = rows(cursor, f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY number "
                                 "DESC, rowid DESC LIMIT ? OFFSET ?", [*values, size, start])
        return AuditPage(tuple(map(_from_row, found)), count[0]["n"])

    def audit_everybody(self) -> list[str]:
        """Everybody who stands in the log."""
        with self._read() as cursor:
            return [row["who"] for row in rows(cursor, "SELECT DISTINCT who FROM audit")]

    def patient_of(self, table: str, record_id: str) -> PatientId | None:
        """Whose a session or an alert is, None when there is none with this identifier.

        Args:
            table: "sessions" or "alerts".
        """
        with self._read() as cursor:
            found = rows(cursor, f"SELECT patient_id FROM {table} WHERE id = ?", [record_id])
        return PatientId(found[0]["patient_id"]) if found else None


def _where(wanted: AuditFilter) -> tuple[str, list[object]]:
    """The condition and its values."""
    asked: list[tuple[str, object]] = [
        ("who = ?", wanted.who), ("kind = ?", wanted.kind), ("contains(record, ?)", wanted.record)
    ]  # fmt: skip
    asked = [(part, value) for part, value in asked if value]
    times = (("at_us >= ?", wanted.from_us), ("at_us < ?", wanted.before_us))
    asked += [(part, value) for part, value in times if value is not None]
    return " AND ".join(["true", *(part for part, _ in asked)]), [value for _, value in asked]


def _to_row(row: AuditRow) -> dict[str, object]:
    return {
        "number": row.number, "at_us": row.entry.at_us, "who": row.entry.who,
        "kind": str(row.entry.kind), "what": row.entry.what, "record": row.entry.record,
        "previous": row.previous, "hash": row.hash,
    }  # fmt: skip


def _from_row(row: Row) -> AuditRow:
    entry = Entry(row["at_us"], row["who"], row["kind"], row["what"], row["record"])
    return AuditRow(row["number"], entry, row["previous"], row["hash"])
