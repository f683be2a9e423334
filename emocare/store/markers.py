"""Markers of a clinician, and the rows of readings that follow from them."""

from __future__ import annotations

from datetime import datetime

from emocare.domain.live import LEAVES_OUT, Marker
from emocare.domain.records import SessionId, SessionRecord
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.rows import MARKER, from_epoch, marker_from_row, marker_to_row, session_to_row

NEWEST = (
    "(SELECT * FROM markers WHERE session_id = ? "
    "QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1)"
)
"""The markers of one recording as they are now, removed ones too."""


class Markers(Database):
    """The table ``markers``, to which versions are added. ``readings.excluded`` always says what
    the newest versions say."""

    def markers(self, session_id: SessionId) -> list[Marker]:
        """The markers of a recording as they are now, in time order."""
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {MARKER} FROM {NEWEST} WHERE NOT removed ORDER BY t_s, made_at, id",
                [session_id],
            )
        return [marker_from_row(row) for row in found]

    def left_out_at(self, session_id: SessionId) -> datetime | None:
        """When it was last said or taken back that seconds are left out; None if it never was."""
        kinds = ", ".join("?" * len(LEAVES_OUT))
        with self._read() as cursor:
            (found,) = rows(
                cursor,
                "SELECT epoch_us(max(made_at)) AS made_at FROM markers WHERE session_id = ? "
                f"AND kind IN ({kinds})",
                [session_id, *(kind.value for kind in LEAVES_OUT)],
            )
        return None if found["made_at"] is None else from_epoch(found["made_at"])

    def save_marker(self, marker: Marker, summarised: SessionRecord | None = None) -> None:
        """Stores a marker, or a new version of it, with what follows from it.

        Args:
            marker: Of a recording that exists.
            summarised: The recording with the summary that comes of it; None while it runs.

        Raises:
            NotFound: There is no such recording.
        """
        with self._write() as cursor:
            one(cursor, "SELECT id FROM sessions WHERE id = ?", [marker.session_id],
                "This recording does not exist.")  # fmt: skip
            _add(cursor, marker, removed=False)
            _follow(cursor, marker.session_id, summarised)

    def remove_marker(self, marker: Marker, summarised: SessionRecord | None = None) -> None:
        """Takes a marker back, with what follows from that; its versions stay.

        Args:
            marker: Says who took it back and when; ``summarised`` as in ``save_marker``.

        Raises:
            NotFound: There is no such marker, or not any more.
        """
        with self._write() as cursor:
            one(cursor, f"SELECT id FROM {NEWEST} WHERE id = ? AND NOT removed",
                [marker.session_id, marker.id],
                "This marker does not exist any more. Reload the page.")  # fmt: skip
            _add(cursor, marker, removed=True)
            _follow(cursor, marker.session_id, summarised)


def _add(cursor: Cursor, marker: Marker, *, removed: bool) -> None:
    last = rows(cursor, "SELECT coalesce(max(version), 0) AS version FROM markers WHERE id = ?",
                [marker.id])[0]["version"]  # fmt: skip
    row = {**marker_to_row(marker), "version": last + 1, "removed": removed}
    insert(cursor, "markers", row)


def _follow(cursor: Cursor, session_id: SessionId, summarised: SessionRecord | None) -> None:
    """Writes which rows are left out now, and the summary."""
    kinds = ", ".join("?" * len(LEAVES_OUT))
    left_out = (
        f"EXISTS (SELECT 1 FROM {NEWEST} AS m WHERE NOT m.removed AND m.kind IN ({kinds}) "
        "AND readings.t_s BETWEEN m.t_s AND m.until_s)"
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
