"""Many rows at once, for clinics that are made up: nothing is checked row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from emocare.domain.records import Patient, Response, SessionRecord
from emocare.store.database import Cursor, Database
from emocare.store.rows import patient_to_row, response_to_row, session_to_row


class Bulk(Database):
    """Adds what no person entered. The caller answers for identifiers that are new and parents
    that exist."""

    def add_made_up(
        self, patients: Sequence[Patient] = (), sessions: Sequence[SessionRecord] = (),
        responses: Sequence[Response] = (),
    ) -> None:  # fmt: skip
        """Adds all of them in one transaction."""
        with self._write() as cursor:
            _add(cursor, "patients", [patient_to_row(p) for p in patients])
            _add(cursor, "sessions", [session_to_row(s) for s in sessions])
            _add(cursor, "responses", [response_to_row(r) for r in responses])


def _add(cursor: Cursor, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    cursor.register("made_up", pa.Table.from_pylist([dict(row) for row in rows]))
    cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM made_up")
    cursor.unregister("made_up")
