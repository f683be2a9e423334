"""One file, one connection, one writer: how every part of the store reads and writes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self
from weakref import WeakValueDictionary

import duckdb
import pyarrow as pa

from emocare.domain.errors import NotFound, StoreBusy, StoreError
from emocare.store.conversion import encrypt, settle, tidy
from emocare.store.encryption import NAME, attach, clear_spills, engine, plain
from emocare.store.faults import explained
from emocare.store.kept import Kept
from emocare.store.keys import DatabaseKey
from emocare.store.migrate import FOLDER, migrate

_log = logging.getLogger(__name__)

Cursor = duckdb.DuckDBPyConnection
Row = dict[str, Any]

KEPT_BLOCKS = "6MB"
"""What the engine may keep in memory between two writes of a recording."""


class Database:
    """The open file.

    Every use takes its own cursor, because sharing one connection between threads mixes results;
    writing takes one lock, because two updates of one row at the same time conflict. All methods
    may be called from any thread.
    """

    _open_here: ClassVar[WeakValueDictionary[Path, Database]] = WeakValueDictionary()
    _opening: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, connection: Cursor, path: Path, key: DatabaseKey | None = None) -> None:
        self._connection: Cursor | None = connection
        self._path = path
        self._key = key
        self._writing = threading.RLock()
        self._counting = threading.Condition()
        self._reads = 0
        self._exchanging = False
        self._of_thread = threading.local()
        self._kept = Kept()

    @classmethod
    def open(
        cls, path: Path, migrations: Path = FOLDER, keys: Sequence[DatabaseKey] = ()
    ) -> Self:
        """Opens or creates the file and brings it up to date.

        Args:
            path: The database file. Its folder is made if it is missing.
            migrations: Where the numbered SQL files are.
            keys: What it may be encrypted with; the first for a new file, and for one that an
                earlier version left readable. Without any it is not encrypted.

        Raises:
            StoreBusy: Another process (named) has it open, or this one has.
            WrongKey: It is encrypted with another key, or none was given.
            SchemaTooNew: A newer version wrote it.
            StoreError: It is not a database, damaged, or cannot be written.
        """
        path = path.resolve()
        with cls._opening:
            if path in cls._open_here:
                # The engine would share the file silently, with two write locks.
                raise StoreBusy(
                    f"The database {path.name} is already open in this process. Close it first."
                )
            # Arrow's own pool keeps what it has freed; the C library can be asked to return it.
            pa.set_memory_pool(pa.system_memory_pool())
            _prepare(path, keys)
            connection = engine(path, ciphers=bool(keys))
            try:
                key = _attach_private(connection, path, keys)
                with explained(path):
                    migrate(connection, path, migrations)
            except BaseException:
                connection.close()
                raise
            database = cls(connection, path, key)
            cls._open_here[path] = database
            return database

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @property
    def key(self) -> DatabaseKey | None:
        """What the file is encrypted with."""
        return self._key

    def close(self) -> None:
        """Writes everything back and lets the file go. Calling it again does nothing."""
        with self._writing:
            connection, self._connection = self._connection, None
            if connection is not None:
                with explained(self._path):
                    connection.close()
                Database._open_here.pop(self._path, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _read(self) -> Iterator[Cursor]:
        """A cursor that sees one consistent state."""
        with self._counted(), closing(self._cursor()) as cursor, explained(self._path):
            yield cursor

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Counts a reading. It begins only while the file is not being exchanged, unless the same
        thread reads already: the exchange waits for that one."""
        mine = self._of_thread
        with self._counting:
            if not getattr(mine, "reads", 0):
                self._counting.wait_for(lambda: not self._exchanging)
            self._reads += 1
            mine.reads = getattr(mine, "reads", 0) + 1
        try:
            yield
        finally:
            with self._counting:
                self._reads -= 1
                mine.reads -= 1
                self._counting.notify_all()

    @contextmanager
    def _write(self, *, changes_sessions: bool = True) -> Iterator[Cursor]:
        """A cursor in a transaction: all of it is on the disk afterwards, or nothing is.

        Args:
            changes_sessions: Whether the table ``sessions`` may change; what is kept of it is
                forgotten then.
        """
        with self._writing:
            cursor = self._cursor()
            try:
                with explained(self._path):
                    cursor.execute("BEGIN TRANSACTION")
                    try:
                        yield cursor
                    except BaseException:
                        _undo(cursor)
                        raise
                    cursor.execute("COMMIT")
            finally:
                cursor.close()
                if changes_sessions:
                    self._kept.forget()

    def _give_back(self) -> None:
        """Lets the engine forget the blocks it has written, about 1 MB a minute of a recording.

        It has no command for that, but takes a lower limit as one. While the limit is low no
        query runs: with readings under way nothing is done. About 2 ms.
        """
        with self._writing, self._counting:
            if self._reads or self._connection is None:
                return
            with closing(self._cursor()) as cursor:
                usual = rows(cursor, "SELECT current_setting('memory_limit') AS bytes")[0]["bytes"]
                try:
                    cursor.execute(f"SET memory_limit = '{KEPT_BLOCKS}'")
                except duckdb.OutOfMemoryException:
                    _log.debug("the engine needs more than %s", KEPT_BLOCKS)
                finally:
                    # RESET would change what the setting says, not what the engine does.
                    cursor.execute(f"SET memory_limit = '{usual}'")

    def _cursor(self) -> Cursor:
        connection = self._connection
        if connection is None:
            raise StoreError("The database is closed. Start Emo-Care again.")
        with explained(self._path):
            cursor = connection.cursor()
            cursor.execute(f"USE {NAME}")
            return cursor


def rows(cursor: Cursor, sql: str, values: Sequence[object] = ()) -> list[Row]:
    """The rows of a query as name -> value."""
    found = cursor.execute(sql, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one(cursor: Cursor, sql: str, values: Sequence[object], missing: str) -> Row:
    """The only row of a query.

    Raises:
        NotFound: There is none; ``missing`` is the message.
    """
    found = rows(cursor, sql, values)
    if not found:
        raise NotFound(missing)
    return found[0]


def insert(cursor: Cursor, table: str, row: Mapping[str, object]) -> None:
    """Adds one row; table and column names are the program's own."""
    marks = ", ".join("?" * len(row))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def update(
    cursor: Cursor, table: str, row: Mapping[str, object], where: str, values: Sequence[object]
) -> int:
    """Changes columns of the rows that ``where`` names and returns how many there were."""
    pairs = ", ".join(f"{name} = ?" for name in row)
    cursor.execute(f"UPDATE {table} SET {pairs} WHERE {where}", [*row.values(), *values])
    changed = cursor.fetchone()
    return 0 if changed is None else int(changed[0])


def _prepare(path: Path, keys: Sequence[DatabaseKey]) -> None:
    """Makes the folder, ends what a killed process began, encrypts what an earlier version left."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        settle(path)
        if path.is_file() and path.stat().st_size == 0:
            # A process was killed while it made the file: there is nothing in it to lose.
            path.unlink()
        if keys and plain(path):
            encrypt(path, keys[0])
    except OSError as error:
        raise StoreError(
            f"The folder {path.parent} cannot be made or read: {error.strerror}. Set another "
            "data folder."
        ) from error


def _attach_private(
    connection: Cursor, path: Path, keys: Sequence[DatabaseKey]
) -> DatabaseKey | None:
    created = not path.exists()
    key = attach(connection, path, keys)
    with explained(path):
        connection.execute(f"USE {NAME}")
    clear_spills(path)
    tidy(path)
    if created:
        path.chmod(0o600)
    return key


def _undo(cursor: Cursor) -> None:
    """Rolls back; after a fault of the disk the engine has already done so or refuses."""
    try:
        cursor.execute("ROLLBACK")
    except (duckdb.TransactionException, duckdb.FatalException):
        return
