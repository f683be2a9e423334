"""The engine, with files of it that are encrypted as a whole: blocks, log of writes, spills."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import duckdb

from emocare.domain.errors import StoreError, WrongKey
from emocare.store.faults import explained
from emocare.store.keys import DatabaseKey

NAME = "emocare"
"""What the engine calls the file of a store."""

ENGINE = str(duckdb.__version__)
"""Version of the engine; hashes of rows may differ between two of them."""

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": 1,
    "checkpoint_threshold": "2MB",
    "default_block_size": 16384,
    "allocator_background_threads": "true",
    "allocator_flush_threshold": "1MB",
    "allocator_bulk_deallocation_flush_threshold": "1MB",
    "allow_persistent_secrets": "false",
}
"""The engine may never fetch anything. One thread: its queries are small, where more threads cost
twice the processor time, and the network that reads faces needs that. Checkpoints after 2 MB
instead of 16, and blocks of 16 KB instead of 256 in new files: every one of fifty columns takes
some blocks of its own while rows are written, over 40 MB in twenty minutes with the defaults."""

_REMOTE = "HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem"
"""File systems that come with the cipher and are switched off: nothing is ever fetched."""

_MAGIC, _MAGIC_AT, _FLAGS_AT = b"DUCK", 8, 20
"""The first block begins with a checksum (8 bytes), "DUCK", the version (8), then the flags."""


def engine(path: Path, *, ciphers: bool) -> duckdb.DuckDBPyConnection:
    """An engine in memory, to which the file ``path`` can be attached.

    Args:
        path: What does not fit into memory is spilled, encrypted, into a folder beside it.
        ciphers: Whether encrypted files will be opened: loads the cipher, about 50 ms.

    Raises:
        StoreError: The cipher is not installed, or not the one signed by the engine's makers.
    """
    connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": ""})
    try:
        with explained(path):
            if ciphers:
                connection.execute(f"LOAD {_quoted(cipher_file())}")
                connection.execute(f"SET disabled_filesystems = '{_REMOTE}'")
                # Before the folder: refused where a killed process has left spilled files.
                connection.execute("SET temp_file_encryption = true")
            connection.execute(f"SET temp_directory = {_quoted(_spills(path))}")
    except BaseException:
        connection.close()
        raise
    return connection


def attach(
    connection: duckdb.DuckDBPyConnection, path: Path, keys: Sequence[DatabaseKey],
    name: str = NAME, *, read_only: bool = False,
) -> DatabaseKey | None:  # fmt: skip
    """Opens a file under the first key that fits, or creates it under the first.

    Args:
        connection: An engine that has the cipher, if there are keys.
        path: The file.
        keys: What may open it; none for a file that is not encrypted.
        name: What the engine calls it from now on.
        read_only: Nothing of the file may change.

    Returns:
        The key that fitted.

    Raises:
        WrongKey: None does, or the file is encrypted and none was given.
        StoreError: It cannot be opened.
    """
    ways = ["READ_ONLY"] if read_only else []
    if not keys:
        if encrypted(path):
            raise WrongKey(
                f"{path.name} is encrypted and no key was given. Put the key folder back, or "
                "enter the recovery key: python -m emocare key recover"
            )
        with explained(path):
            connection.execute(_attach(path, name, ways))
        return None
    if plain(path):
        raise StoreError(f"{path.name} should be encrypted and is not. Restore a back-up.")
    for key in keys:
        with suppress(WrongKey), explained(path):
            connection.execute(_attach(path, name, [f"ENCRYPTION_KEY '{key.text}'", *ways]))
            return key
    raise WrongKey(
        f"{path.name} was not encrypted with the key of this installation ({keys[0].id}). Put the "
        "right key folder back, or enter the recovery key: python -m emocare key recover"
    )


def encrypted(path: Path) -> bool:
    """Whether the file is there and its first block says that it is encrypted."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_FLAGS_AT + 1)
    except OSError:
        return False
    return head[_MAGIC_AT : _MAGIC_AT + 4] == _MAGIC and bool(head[-1] & 1)


def plain(path: Path) -> bool:
    """Whether the file is a database that anybody can read."""
    if not path.is_file() or path.stat().st_size <= _FLAGS_AT:
        return False
    with path.open("rb") as file:
        head = file.read(_FLAGS_AT + 1)
    return head[_MAGIC_AT : _MAGIC_AT + 4] == _MAGIC and not head[-1] & 1


def clear_spills(path: Path) -> None:
    """Removes what a killed process spilled. Only for who holds the file."""
    shutil.rmtree(_spills(path), ignore_errors=True)


def cipher_file() -> Path:
    """The engine's own cipher, as its package installed it.

    Raises:
        StoreError: It is missing.
    """
    found = find_spec("duckdb_extension_httpfs")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "extensions" / f"v{ENGINE}"
        file = folder / "httpfs.duckdb_extension"
        if file.is_file():
            return file
    raise StoreError(
        "The part that encrypts the database (duckdb-extension-httpfs) is not installed. Run: "
        "python start.py"
    )


def _spills(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp")


def _attach(path: Path, name: str, ways: list[str]) -> str:
    return f"ATTACH {_quoted(path)} AS {name}" + (f" ({', '.join(ways)})" if ways else "")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
