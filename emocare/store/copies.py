"""Copies of the whole open database: for back-ups, for another key, to be rid of what is gone."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import duckdb

from emocare.domain.errors import StoreError
from emocare.store.conversion import Contents, beside, copy, keep, remove
from emocare.store.database import Cursor, Database
from emocare.store.encryption import NAME, attach
from emocare.store.faults import explained
from emocare.store.keys import DatabaseKey

QUIET_S = 60.0
"""How long the exchange of the file waits for the readings that have begun."""


class Copies(Database):
    """Everything at one moment, while recordings go on."""

    def copy_to(self, path: Path) -> Contents:
        """Writes what is there now into a new file under the same key, and compares it.

        Recordings may go on; what they add afterwards is not in the copy.

        Raises:
            StoreError: It cannot be written. Nothing is left behind.
        """
        # While it is counted as a reading, nobody lowers the engine's limit of memory.
        with self._counted(), closing(self._cursor()) as cursor:
            return copy(cursor, path, self._key, f"copy_{uuid4().hex}")

    def rewrite(self, key: DatabaseKey | None = None) -> Contents:
        """Writes the file anew and puts it in the place of the old one.

        What was deleted is then in no block of it. Killed in the middle, the old file or the
        new one is there, whole. Writers wait; readers wait only for the exchange itself.

        Args:
            key: Encrypts it from now on; the present one when None.

        Raises:
            StoreError: The disk is full, or a reading does not end. The old file stays.
        """
        new = beside(self._path, "new")
        key = key or self._key
        with self._writing:
            with closing(self._cursor()) as cursor:
                held = copy(cursor, new, key, f"copy_{uuid4().hex}")
            with self._counting:
                self._exchanging = True
                try:
                    if not self._counting.wait_for(lambda: not self._reads, QUIET_S):
                        raise StoreError(
                            "The database is being read and cannot be exchanged now. Try again."
                        )
                    self._exchange(new, key)
                finally:
                    remove(new)
                    self._exchanging = False
                    self._counting.notify_all()
        return held

    def _exchange(self, new: Path, key: DatabaseKey | None) -> None:
        connection = self._connection
        if connection is None:
            raise StoreError("The database is closed. Start Emo-Care again.")
        with explained(self._path):
            connection.execute(f"CHECKPOINT {NAME}")
            connection.execute("USE memory")
        try:
            _swap(connection, new, self._path)
            self._key = attach(connection, self._path, [] if key is None else [key])
            with explained(self._path):
                connection.execute(f"USE {NAME}")
        except (OSError, StoreError, duckdb.Error) as error:
            # What lies on the disk is whole; only this process no longer knows which it is.
            self._connection = None
            connection.close()
            Database._open_here.pop(self._path, None)
            raise StoreError(
                "The database was written anew but could not be opened again. Start Emo-Care again."
            ) from error


def _swap(connection: Cursor, new: Path, path: Path) -> None:
    """Windows does not replace a file that is open; elsewhere the old one is held until the end,
    so that no other process comes between."""
    if os.name == "nt":
        connection.execute(f"DETACH {NAME}")
        new.replace(path)
    else:
        new.replace(path)
        keep(path.parent)
        connection.execute(f"DETACH {NAME}")
