"""Brings a database file up to date: numbered SQL files, each in one transaction, recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from emocare.domain.errors import SchemaTooNew, StoreError

FOLDER = Path(__file__).resolve().parent / "migrations"
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

_RECORD = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; ``number`` is the schema version it leads to."""

    number: int
    name: str
    sql: str


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The steps in their order.

    Raises:
        StoreError: A name is not NNNN_words.sql, or the numbers are not 1, 2, 3 ...
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise StoreError(f"Migration {path.name}: expected a name like 0001_words.sql.")
        found.append(Migration(int(match[1]), path.name, path.read_text(encoding="utf-8")))
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise StoreError(f"Migrations are not numbered 1 to {len(found)} without a gap.")
    return found


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path = FOLDER) -> int:
    """Applies what is missing and returns the schema version.

    Args:
        connection: Of the one process that holds the file.
        path: The database file, for messages.
        folder: Where the numbered files are.

    Raises:
        SchemaTooNew: The file knows a later step than this program.
        StoreError: The file holds something else, or a step failed (and left nothing behind).
    """
    steps = migrations(folder)
    version = schema_version(connection, path)
    if version > len(steps):
        raise SchemaTooNew(
            f"{path.name} was written by a newer version of Emo-Care (schema {version}, this one "
            f"knows {len(steps)}). Update Emo-Care to open it."
        )
    for step in steps[version:]:
        _apply(connection, path, step)
    return len(steps)


def schema_version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The number of the last step applied to the file; 0 for an empty one.

    Raises:
        StoreError: There are tables, but not ours.
    """
    tables = {name for (name,) in connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT internal "
        "AND database_name = current_database()").fetchall()}  # fmt: skip
    if tables and "schema_migrations" not in tables:
        raise StoreError(
            f"{path.name} is a database, but not of Emo-Care. Move it away or set another data "
            "folder."
        )
    if not tables:
        return 0
    row = connection.execute("SELECT coalesce(max(number), 0) FROM schema_migrations").fetchone()
    return 0 if row is None else int(row[0])


def _apply(connection: duckdb.DuckDBPyConnection, path: Path, step: Migration) -> None:
    connection.execute("BEGIN TRANSACTION")
    try:
        connection.execute(_RECORD)
        connection.execute(step.sql)
        connection.execute("INSERT INTO schema_migrations VALUES (?, ?, ?)",
                           [step.number, step.name, datetime.now(UTC)])  # fmt: skip
        connection.execute("COMMIT")
    except (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException,
            duckdb.ConstraintException, duckdb.ConversionException) as error:  # fmt: skip
        connection.execute("ROLLBACK")
        raise StoreError(
            f"{path.name} could not be updated: step {step.name} failed and was undone: {error}"
        ) from error
