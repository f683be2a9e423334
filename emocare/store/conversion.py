"""Whole files: copied with everything in them compared, swapped so that a kill loses nothing.

Beside a database may lie, for a moment or after a killed process: ``.new``, ``.backup``,
``.trial`` and ``.restoring``, copies that are not finished; ``.ready``, a restored database that
takes the empty place; ``.old``, the readable file of an earlier version, until it has been
overwritten.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from emocare.domain.errors import StoreError
from emocare.store.encryption import NAME, attach, encrypted, engine, plain
from emocare.store.faults import explained
from emocare.store.keys import DatabaseKey

PIECE = 1024 * 1024
UNFINISHED = ("new", "backup", "trial", "restoring", "restoring.new", "ready")


@dataclass(frozen=True, slots=True)
class TableContents:
    """One table.

    Attributes:
        rows: How many.
        digest: Sum of the hashes of all rows; the same for the same rows, in the same version of
            the engine.
    """

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds, to compare two of them.

    Attributes:
        schema: Number of the last migration.
        columns: SHA-256 of every column, type, default and constraint.
        tables: By name.
    """

    schema: int
    columns: str
    tables: dict[str, TableContents]


def contents(connection: duckdb.DuckDBPyConnection, name: str = NAME) -> Contents:
    """Reads every block of an attached database."""
    names = [row[0] for row in connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT internal "
        "ORDER BY 1", [name]).fetchall()]  # fmt: skip
    described = [
        connection.execute(f"SELECT {what} WHERE database_name = ? ORDER BY ALL", [name]).fetchall()
        for what in (
            "table_name, column_index, column_name, data_type, column_default, is_nullable "
            "FROM duckdb_columns()",
            "table_name, constraint_type, constraint_text FROM duckdb_constraints()",
        )
    ]
    tables = {}
    for table in names:
        row = connection.execute(
            f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {name}.{table} t"
        ).fetchone()
        if row is not None:
            tables[table] = TableContents(int(row[0]), str(row[1]))
    version = 0
    if "schema_migrations" in tables:
        newest = f"SELECT coalesce(max(number), 0) FROM {name}.schema_migrations"
        found = connection.execute(newest).fetchone()
        version = 0 if found is None else int(found[0])
    return Contents(version, hashlib.sha256(repr(described).encode()).hexdigest(), tables)


def contents_of(path: Path, keys: Sequence[DatabaseKey]) -> Contents:
    """What a closed file holds; nothing of it is changed.

    Raises:
        WrongKey: No key fits.
        StoreError: It is damaged or no database.
    """
    connection = engine(path, ciphers=bool(keys))
    try:
        attach(connection, path, keys, read_only=True)
        with explained(path):
            return contents(connection)
    finally:
        connection.close()


def copy(
    connection: duckdb.DuckDBPyConnection, path: Path, key: DatabaseKey | None, name: str
) -> Contents:
    """Writes the database ``NAME`` as it is at one moment into a new file, and compares them.

    The copy holds no trace of rows that were deleted.

    Args:
        connection: Of the open database, for this alone; writers may go on meanwhile.
        path: The new file; what lies there is removed.
        key: What encrypts it.
        name: What the engine calls it meanwhile.

    Raises:
        StoreError: It cannot be written, or does not hold the same. Nothing is left behind.
    """
    remove(path)
    try:
        attach(connection, path, [] if key is None else [key], name)
        try:
            path.chmod(0o600)
            with explained(path):
                held = _copied(connection, name)
        finally:
            with explained(path):
                connection.execute(f"DETACH {name}")
        keep(path)
    except OSError as error:
        remove(path)
        raise StoreError(
            f"{path.name} cannot be written in {path.parent}: {error.strerror}."
        ) from error
    except BaseException:
        remove(path)
        raise
    return held


def _copied(connection: duckdb.DuckDBPyConnection, name: str) -> Contents:
    connection.execute("BEGIN TRANSACTION")
    try:
        held = contents(connection)
        connection.execute(f"COPY FROM DATABASE {NAME} TO {name}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute(f"CHECKPOINT {name}")
    if contents(connection, name) != held:
        raise StoreError(
            "The copy of the database does not hold what the database holds, so it was not used. "
            "Try again; if it happens again, the disk may be failing."
        )
    return held


def encrypt(path: Path, key: DatabaseKey) -> Contents:
    """Encrypts a file that an earlier version left readable, and overwrites that one.

    Whenever the process is killed, the file is there, whole, in one form or the other.

    Raises:
        StoreBusy: Another process has it open.
        StoreError: It is damaged, or there is no room for a copy. It is left as it was.
    """
    new, old = beside(path, "new"), beside(path, "old")
    connection = engine(path, ciphers=True)
    try:
        attach(connection, path, [])
        with explained(path):
            connection.execute(f"CHECKPOINT {NAME}")
        held = copy(connection, new, key, "converted")
    finally:
        connection.close()
    with suppress(OSError):
        # Not every disk has links; the readable file is then gone without being overwritten.
        old.unlink(missing_ok=True)
        os.link(path, old)
    new.replace(path)
    keep(path.parent)
    settle(path)
    return held


def settle(path: Path) -> None:
    """Puts a restored database into its place, and overwrites what was readable before.

    Nothing is done to files that another process may be using.
    """
    ready, old = beside(path, "ready"), beside(path, "old")
    if ready.is_file() and not path.exists():
        ready.replace(path)
        keep(path.parent)
    if old.is_file() and encrypted(path):
        overwrite(old)
    elif old.is_file() and plain(path):
        # Killed before the swap: both names are of one file.
        old.unlink()


def tidy(path: Path) -> None:
    """Removes what is not finished. Only for who holds the file."""
    for word in UNFINISHED:
        remove(beside(path, word))


def beside(path: Path, word: str) -> Path:
    """The file next to a database with one more word in its name."""
    return path.with_name(f"{path.name}.{word}")


def remove(path: Path) -> None:
    """Removes a database file and its log of writes, where they are."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def keep(path: Path) -> None:
    """Has a file, or the names in a folder, written to the disk before anything else."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def overwrite(path: Path) -> None:
    """Writes zeros over a file, down to the disk, and removes it."""
    left = path.stat().st_size
    with path.open("r+b") as file:
        while left > 0:
            left -= file.write(bytes(min(PIECE, left)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
