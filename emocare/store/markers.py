"""Markers of a clinician, and the rows of readings that follow from them."""

from __future__ import annotations

from emocare.domain.errors import NotFound
from emocare.domain.live import LEAVES_OUT, Marker, MarkerId
from emocare.domain.records import SessionId, SessionRecord
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.rows import MARKER, marker_from_row, marker_to_row, session_to_row


class Markers(Database):
    """The table ``markers``. ``readings.excluded`` always says what its markers say."""

    def markers(self, session_id: SessionId) -> list[Marker]:
        """The markers of a recording in time order."""
        with self._read() as cursor:
            return _markers(cursor, session_id)

    def save_marker(self, marker: Marker, summarised: SessionRecord | None = None) -> None:
        """Stores a marker, or anew under its identifier, with what follows from it.

        Args:
            marker: Of a recording that exists.
            summarised: The recording with the summary that comes of it; None while it runs.

        Raises:
            NotFound: There is no such recording.
        """
        with self._write() as cursor:
            one(cursor, "SELECT id FROM sessions WHERE id = ?", [marker.session_id],
                "This recording does not exist.")  # fmt: skip
            row = marker_to_row(marker)
            del row["id"]
            if not update(cursor, "markers", row, "id = ?", [marker.id]):
                insert(cursor, "markers", marker_to_row(marker))
            _follow(cursor, marker.session_id, summarised)

    def delete_marker(
        self, session_id: SessionId, marker_id: MarkerId, summarised: SessionRecord | None = None
    ) -> None:
        """Forgets a marker, with what follows from that; ``summarised`` as in ``save_marker``.

        Raises:
            NotFound: There is no such marker.
        """
        with self._write() as cursor:
            cursor.execute("DELETE FROM markers WHERE id = ? AND session_id = ?",
                           [marker_id, session_id])  # fmt: skip
            removed = cursor.fetchone()
            if removed is None or removed[0] == 0:
                raise NotFound("This marker does not exist any more. Reload the page.")
            _follow(cursor, session_id, summarised)


def _markers(cursor: Cursor, session_id: SessionId) -> list[Marker]:
    found = rows(
        cursor, f"SELECT {MARKER} FROM markers WHERE session_id = ? ORDER BY t_s, made_at, id",
        [session_id],
    )  # fmt: skip
    return [marker_from_row(row) for row in found]


def _follow(cursor: Cursor, session_id: SessionId, summarised: SessionRecord | None) -> None:
    """Writes which rows are left out now, and the summary."""
    left_out = (
        "EXISTS (SELECT 1 FROM markers WHERE markers.session_id = ? AND kind IN "
        f"({', '.join('?' * len(LEAVES_OUT))}) AND readings.t_s BETWEEN markers.t_s AND until_s)"
    )
    values = [session_id, *(kind.value for kind in LEAVES_OUT)]
    cursor.execute(
        f"UPDATE readings SET excluded = {left_out} WHERE session_id = ? "
        f"AND excluded <> {left_out}",
        [*values, session_id, *values],
    )
    if summarised is not None:
        update(cursor, "sessions", {"summary": session_to_row(summarised)["summary"]}, "id = ?",
               [session_id])  # fmt: skip
