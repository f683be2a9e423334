"""Many rows at once, for clinics that are made up: nothing is checked row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa

from emocare.domain.readings import Readings
from emocare.domain.records import Alert, Patient, Response, SessionId, SessionRecord
from emocare.store.database import Cursor, Database, rows
from emocare.store.frames import to_arrow
from emocare.store.rows import alert_to_row, patient_to_row, response_to_row, session_to_row

MADE_UP = "Emo-Care demo clinic: everybody in this file is made up"
"""Comment on the table of patients in such a file; it goes wherever the file goes."""


class Bulk(Database):
    """Adds what no person entered. The caller answers for identifiers that are new and parents
    that exist."""

    def add_made_up(
        self, patients: Sequence[Patient] = (), sessions: Sequence[SessionRecord] = (),
        responses: Sequence[Response] = (), alerts: Sequence[Alert] = (),
        readings: Mapping[SessionId, Readings] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Adds all of them in one transaction."""
        with self._write() as cursor:
            _add(cursor, "patients", [patient_to_row(p) for p in patients])
            _add(cursor, "sessions", [session_to_row(s) for s in sessions])
            _add(cursor, "responses", [response_to_row(r) for r in responses])
            _add(cursor, "alerts", [alert_to_row(a) for a in alerts])
            for session_id, rows_of in readings.items():
                _insert(cursor, "readings", to_arrow(session_id, rows_of))

    def mark_made_up(self) -> None:
        """Writes into the file, for good, that everybody in it is made up."""
        with self._write() as cursor:
            cursor.execute(f"COMMENT ON TABLE patients IS '{MADE_UP}'")

    def is_made_up(self) -> bool:
        """Whether the file carries that mark."""
        with self._read() as cursor:
            found = rows(
                cursor, "SELECT comment FROM duckdb_tables() WHERE table_name = 'patients'"
            )
        return any(row["comment"] == MADE_UP for row in found)


def _add(cursor: Cursor, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    _insert(cursor, table, pa.Table.from_pylist([dict(row) for row in rows]))


def _insert(cursor: Cursor, table: str, made_up: pa.Table) -> None:
    cursor.register("made_up", made_up)
    cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM made_up")
    cursor.unregister("made_up")
