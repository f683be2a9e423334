"""Recordings and their readings."""

from __future__ import annotations

from dataclasses import replace

from emocare.domain.errors import InputError, NotFound
from emocare.domain.readings import Readings
from emocare.domain.records import PatientId, SessionId, SessionRecord, SessionState
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.frames import SELECT, from_batches, to_arrow
from emocare.store.rows import (
    SESSION,
    SESSION_WITHOUT_SUMMARY,
    session_from_row,
    session_to_row,
)

BATCH_ROWS = 4096
"""Rows fetched at a time."""
_UNFINISHED = (SessionState.QUEUED.value, SessionState.ANALYSING.value)


class Sessions(Database):
    """The tables ``sessions`` and ``readings``."""

    def add_session(self, record: SessionRecord) -> None:
        """Adds a recording.

        Raises:
            NotFound: There is no such patient.
            StoreError: The identifier is taken.
        """
        with self._write() as cursor:
            one(cursor, "SELECT id FROM patients WHERE id = ?", [record.patient_id],
                "This patient does not exist.")  # fmt: skip
            insert(cursor, "sessions", session_to_row(record))

    def update_session(self, record: SessionRecord) -> None:
        """Stores a recording anew; identifier and patient stay.

        Raises:
            NotFound: There is no such recording of this patient.
        """
        row = session_to_row(record)
        del row["id"], row["patient_id"]
        with self._write() as cursor:
            if not update(cursor, "sessions", row, "id = ? AND patient_id = ?",
                          [record.id, record.patient_id]):  # fmt: skip
                raise NotFound("This recording does not exist.")

    def session(self, session_id: SessionId) -> SessionRecord:
        """The recording with this identifier.

        Raises:
            NotFound: There is none.
        """
        return self._kept.of(session_id, lambda: self._session(session_id))

    def _session(self, session_id: SessionId) -> SessionRecord:
        with self._read() as cursor:
            return session_from_row(one(
                cursor, f"SELECT {SESSION} FROM sessions WHERE id = ?", [session_id],
                "This recording does not exist.",
            ))  # fmt: skip

    def sessions(
        self, patient_id: PatientId | None = None, *, summaries: bool = True,
        limit: int | None = None,
    ) -> list[SessionRecord]:  # fmt: skip
        """Recordings, newest first; of everybody when no one is named.

        Args:
            patient_id: Whose.
            summaries: False leaves ``summary`` None, for long lists: a summary is some thousand
                numbers, and building one takes longer than everything else of its record.
            limit: Only the newest so many; all when None.
        """
        if patient_id is None:
            return self._sessions(None, summaries, limit)
        question = (patient_id, summaries, limit)
        return list(self._kept.of(question, lambda: self._sessions(*question)))

    def _sessions(
        self, patient_id: PatientId | None, summaries: bool, limit: int | None
    ) -> list[SessionRecord]:
        columns = SESSION if summaries else SESSION_WITHOUT_SUMMARY
        where = "true" if patient_id is None else "patient_id = ?"
        most = "" if limit is None else f" LIMIT {int(limit)}"
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {columns} FROM sessions WHERE {where} "
                f"ORDER BY sessions.started_at DESC, id{most}",
                [] if patient_id is None else [patient_id],
            )
        return [session_from_row(row) for row in found]

    def unfinished(self) -> list[SessionRecord]:
        """Recordings that are queued or being analysed, oldest first.

        Right after opening these are the ones a process left behind when it ended early.
        """
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {SESSION} FROM sessions WHERE state IN (?, ?) ORDER BY started_at, id",
                _UNFINISHED,
            )
        return [session_from_row(row) for row in found]

    def recover(self, sentence: str) -> list[SessionRecord]:
        """Sets every unfinished recording to INTERRUPTED; what was measured is kept.

        To be called once, before anything is recorded.

        Args:
            sentence: Stored as the error of each, for a person.

        Returns:
            The recordings that were set, oldest first.
        """
        left = self.unfinished()
        ended = [replace(r, state=SessionState.INTERRUPTED, error=sentence) for r in left]
        with self._write() as cursor:
            for record in ended:
                update(cursor, "sessions", {"state": record.state.value, "error": sentence},
                       "id = ?", [record.id])  # fmt: skip
        return ended

    def append_readings(self, session_id: SessionId, readings: Readings) -> None:
        """Adds rows to a recording in one transaction. An empty table changes nothing.

        Raises:
            NotFound: There is no such recording.
            InputError: A row is not later than those stored.
        """
        if len(readings) == 0:
            return
        with self._write(changes_sessions=False) as cursor:
            _check_session(cursor, session_id)
            last = rows(cursor, "SELECT max(t_s) AS t_s FROM readings WHERE session_id = ?",
                        [session_id])[0]["t_s"]  # fmt: skip
            first = float(readings["t_s"][0])
            if last is not None and first <= last:
                raise InputError(
                    f"Readings go forward in time: the last one stored is at {last:.3f} s, the "
                    f"first new one at {first:.3f} s."
                )
            cursor.register("chunk", to_arrow(session_id, readings))
            cursor.execute("INSERT INTO readings BY NAME SELECT * FROM chunk")
            cursor.unregister("chunk")
        self._give_back()

    def readings(self, session_id: SessionId) -> Readings:
        """Every row of a recording in time order; empty before the first.

        Landmarks are there when every row was stored with them.

        Raises:
            NotFound: There is no such recording.
        """
        with self._read() as cursor:
            _check_session(cursor, session_id)
            # Not ORDER BY: the rows were written in time order, and sorting them would hold all
            # of them once more. What is out of order is put right afterwards.
            return from_batches(
                cursor.execute(
                    f"SELECT {SELECT} FROM readings WHERE session_id = ?", [session_id]
                ).to_arrow_reader(BATCH_ROWS)
            )

    def delete_readings(self, session_id: SessionId) -> int:
        """Removes the rows of a recording (no consent to keep them) and returns how many.

        Raises:
            NotFound: There is no such recording.
        """
        with self._write() as cursor:
            _check_session(cursor, session_id)
            cursor.execute("DELETE FROM readings WHERE session_id = ?", [session_id])
            removed = cursor.fetchone()
        return 0 if removed is None else int(removed[0])


def _check_session(cursor: Cursor, session_id: SessionId) -> None:
    one(cursor, "SELECT id FROM sessions WHERE id = ?", [session_id],
        "This recording does not exist.")  # fmt: skip
