"""What went wrong in the database, said so that a person can act on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from emocare.domain.errors import SchemaTooNew, StoreBusy, StoreError, WrongKey

_HOLDER = re.compile(r"held in (?P<program>.*?)(?: \(PID (?P<pid>\d+)\))", re.DOTALL)
_FULL = ("no space left", "file too large", "disk quota", "not enough space")
_LOCKED = ("set lock on file", "being used by another process")
_DAMAGED = ("corrupt", "checksum", "could not read enough bytes", "could not read all bytes",
            "deserialize", "unexpected end of file", "wal file")  # fmt: skip


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what the engine says about the file, the disk or a conflict into a ``StoreError``.

    Errors of our own SQL are not touched: they are faults of the program, not of the data.
    """
    try:
        yield
    except duckdb.InvalidInputException as error:
        if (found := _cipher(path, str(error))) is None:
            raise
        raise found from error
    except duckdb.IOException as error:
        raise _input_output(path, str(error)) from error
    except (duckdb.FatalException, duckdb.InternalException,
            duckdb.SerializationException) as error:  # fmt: skip
        raise _severe(path, str(error)) from error
    except duckdb.TransactionException as error:
        raise _transaction(path, str(error)) from error
    except duckdb.OutOfMemoryException as error:
        raise StoreError(
            "The database ran out of memory. Close other programs and try again."
        ) from error
    except duckdb.ConstraintException as error:
        raise StoreError(f"This cannot be stored: {_first_line(str(error))}") from error
    except duckdb.ConnectionException as error:
        raise StoreError("The database is closed. Start Emo-Care again.") from error


def _cipher(path: Path, said: str) -> StoreError | None:
    """What the cipher says, None if it is another fault."""
    low = said.lower()
    if "wrong encryption key" in low:
        return WrongKey(f"{path.name} is encrypted with another key.")
    if "aes tag" in low:
        return StoreError(
            f"{path.name} is damaged. Keep a copy of it and restore the last back-up."
        )
    return None


def _input_output(path: Path, said: str) -> StoreError:
    low = said.lower()
    if any(words in low for words in _LOCKED):
        return busy(path, said)
    if "not a valid duckdb database" in low:
        return StoreError(
            f"{path.name} is not an Emo-Care database. Move it away, or restore a back-up."
        )
    if "version number" in low:
        return SchemaTooNew(
            f"{path.name} was written by a newer version of Emo-Care. Update Emo-Care to open it."
        )
    if "signature is either missing or invalid" in low:
        return StoreError(
            "The part that encrypts the database is not the one of its makers, so it was not "
            "loaded. Install Emo-Care again; the database was not touched."
        )
    return _disk(path, low) or StoreError(
        f"{path.name} cannot be read or written: {_first_line(said)}"
    )


def _disk(path: Path, low: str) -> StoreError | None:
    """What the disk or the file itself says, None if it is neither."""
    if any(words in low for words in _FULL):
        return StoreError(
            f"The disk that holds {path.name} is full: the last change was not stored. "
            "Free some space and try again."
        )
    if "permission denied" in low or "read-only file system" in low or "access is denied" in low:
        return StoreError(
            f"{path.name} may not be written in {path.parent}. Allow writing to this folder, or "
            "set another data folder."
        )
    if "no such file or directory" in low:
        return StoreError(f"The folder {path.parent} does not exist. Set another data folder.")
    if "is a directory" in low:
        return StoreError(f"{path} is a folder, not a database. Move it away.")
    if any(words in low for words in _DAMAGED):
        return StoreError(
            f"{path.name} is damaged. Keep a copy of it and restore the last back-up."
        )
    return None


def _severe(path: Path, said: str) -> StoreError:
    """A fault after which the engine refuses to go on until the file is opened again."""
    return _disk(path, said.lower()) or StoreError(
        f"The database stopped and must be opened again: {_first_line(said)} Start Emo-Care "
        "again; what was acknowledged is kept."
    )


def _transaction(path: Path, said: str) -> StoreError:
    found = _disk(path, said.lower())
    if found is not None:
        return found
    if "conflict" in said.lower():
        return StoreError("Two changes met on the same record. Reload the page and try again.")
    return StoreError(f"The change was not stored: {_first_line(said)}")


def busy(path: Path, said: str) -> StoreBusy:
    """Who holds the file, as far as the engine says."""
    found = _HOLDER.search(said)
    holder = "another program"
    if found is not None:
        program = re.split(r"[/\\]", found["program"])[-1]
        holder = f"process {found['pid']} ({program})"
    return StoreBusy(
        f"The database {path.name} is in use by {holder}. Close the other Emo-Care window or "
        "end that process, then try again."
    )


def _first_line(said: str) -> str:
    line = said.strip().splitlines()[0] if said.strip() else "no reason was given"
    return line if line.endswith(".") else f"{line}."
