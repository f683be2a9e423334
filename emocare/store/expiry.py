"""What is past its retention time. A legal hold on the person keeps everything."""

from __future__ import annotations

from datetime import datetime

from emocare.domain.data_life import DataClass, Expired
from emocare.store.database import Cursor, Database, rows
from emocare.store.erasing import OF_SESSION

_FREE = "patient_id NOT IN (SELECT patient_id FROM legal_holds WHERE lifted_at IS NULL)"
_OVER = "state NOT IN ('queued', 'analysing')"
_OLD_SESSIONS = f"SELECT id FROM sessions WHERE started_at < ? AND {_OVER} AND {_FREE}"

_WHICH = {
    DataClass.READINGS: f"readings WHERE session_id IN ({_OLD_SESSIONS})",
    # Not while a report stands: a report without its session could not be found any more.
    DataClass.SESSIONS: (
        f"sessions WHERE started_at < ? AND {_OVER} AND {_FREE} "
        "AND id NOT IN (SELECT session_id FROM reports)"
    ),
    # Not while somebody still has to look at an alert of it.
    DataClass.QUESTIONNAIRES: (
        f"responses WHERE answered_at < ? AND {_FREE} AND id NOT IN "
        "(SELECT response_id FROM alerts WHERE state <> 'resolved')"
    ),
    DataClass.JOURNAL: f"journal WHERE written_at < ? AND {_FREE}",
    DataClass.REPORTS: (
        "reports WHERE coalesce(signed_at, created_at) < ? "
        f"AND session_id IN (SELECT id FROM sessions WHERE {_FREE})"
    ),
}
"""Class -> the rows of it that are older than a moment."""

_SESSIONS_OF = {DataClass.READINGS: "session_id", DataClass.REPORTS: "session_id"}


class Expiry(Database):
    """Lists and removes by age."""

    def expired(self, kind: DataClass, before: datetime) -> Expired:
        """How much of a class is older than ``before`` and may go."""
        with self._read() as cursor:
            return _expired(cursor, kind, before)

    def remove_expired(self, kind: DataClass, before: datetime) -> Expired:
        """Removes what ``expired`` counts, in one transaction, and says what went.

        Answers of a session that goes stay, on their own. The blocks of the file still hold what
        was in the rows until it is written anew.
        """
        with self._write() as cursor:
            found = _expired(cursor, kind, before)
            which = _WHICH[kind]
            if kind is DataClass.SESSIONS:
                old = f"(SELECT id FROM {which})"
                for table in OF_SESSION:
                    cursor.execute(f"DELETE FROM {table} WHERE session_id IN {old}", [before])
                cursor.execute(
                    f"UPDATE responses SET session_id = NULL WHERE session_id IN {old}", [before]
                )
            if kind is DataClass.QUESTIONNAIRES:
                cursor.execute(
                    f"DELETE FROM alerts WHERE response_id IN (SELECT id FROM {which})", [before]
                )
            cursor.execute(f"DELETE FROM {which}", [before])
        return found

    def clips_of_expired(self, before: datetime) -> list[str]:
        """Clips of the sessions that ``remove_expired`` would remove."""
        with self._read() as cursor:
            found = rows(cursor, f"SELECT clip_path FROM {_WHICH[DataClass.SESSIONS]} "
                                 "AND clip_path IS NOT NULL", [before])  # fmt: skip
        return [row["clip_path"] for row in found]


def _expired(cursor: Cursor, kind: DataClass, before: datetime) -> Expired:
    who = "patient_id"
    if kind in _SESSIONS_OF:
        who = f"(SELECT patient_id FROM sessions WHERE sessions.id = {_SESSIONS_OF[kind]})"
    row = rows(cursor, f"SELECT count(*) AS n, count(DISTINCT {who}) AS people "
                       f"FROM {_WHICH[kind]}", [before])[0]  # fmt: skip
    return Expired(kind, before, int(row["n"]), int(row["people"]))
