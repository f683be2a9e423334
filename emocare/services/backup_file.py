"""A back-up as one file: a ZIP with an encrypted database and what is known of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from emocare.domain.errors import StoreError
from emocare.store.conversion import Contents, TableContents, keep
from emocare.store.encryption import ENGINE

SUFFIX = ".emocare-backup"
ABOUT, DATABASE = "about.json", "emocare.duckdb"
FORMAT = 1
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class About:
    """What stands beside the database. Nothing here is about a person.

    Attributes:
        made_at: When.
        app_version: Of Emo-Care.
        engine: Version of the database engine.
        key_id: Name of the key that opens it.
        sha256: Of the database file.
        contents: What the database holds.
    """

    made_at: datetime
    app_version: str
    engine: str
    key_id: str
    sha256: str
    contents: Contents

    def same(self, found: Contents) -> bool:
        """Whether a database holds what this one held. Rows are compared by their hashes where
        the engine is the same, by their number otherwise."""
        if self.engine == ENGINE:
            return found == self.contents
        ours = {name: table.rows for name, table in self.contents.tables.items()}
        return ours == {name: table.rows for name, table in found.tables.items()}


def sha256_of(path: Path) -> str:
    """Of a file that is not open anywhere in this process."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(database: Path, about: About, target: Path) -> None:
    """Writes the file, down to the disk.

    Raises:
        StoreError: The disk is full or the folder cannot be written. Nothing is left behind.
    """
    content = {**asdict(about), "format": FORMAT, "made_at": about.made_at.isoformat()}
    try:
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(ABOUT, json.dumps(content))
            archive.write(database, DATABASE)
        keep(target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            f"The back-up cannot be written in {target.parent}: {error.strerror}. Free some space, "
            "or set backup_dir to another folder."
        ) from error


def read_about(path: Path) -> About:
    """What is known of a back-up.

    Raises:
        StoreError: There is no such file, it is cut short, or no back-up.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read(ABOUT))
            archive.getinfo(DATABASE)
        if found["format"] > FORMAT:
            raise StoreError(f"{path.name} was made by a newer version of Emo-Care. Update it.")
        held = found["contents"]
        tables = {name: TableContents(**table) for name, table in held["tables"].items()}
        return About(
            datetime.fromisoformat(found["made_at"]), found["app_version"], found["engine"],
            found["key_id"], found["sha256"], Contents(held["schema"], held["columns"], tables),
        )  # fmt: skip
    except FileNotFoundError as error:
        raise StoreError(f"There is no back-up {path}. Check the name.") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError) as error:
        raise damaged(path) from error


def unpack(path: Path, about: About, target: Path) -> None:
    """Takes the database out of a back-up, down to the disk, and checks every byte.

    Raises:
        StoreError: The back-up is damaged, or there is no room. Nothing is left behind.
    """
    try:
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        with zipfile.ZipFile(path) as archive, archive.open(DATABASE) as source, \
                target.open("wb") as file:  # fmt: skip
            digest = _copied(source, file)
        keep(target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            f"The database cannot be written in {target.parent}: {error.strerror}. Free some space "
            "and try again."
        ) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        target.unlink(missing_ok=True)
        raise damaged(path) from error
    if digest != about.sha256:
        target.unlink()
        raise damaged(path)


def damaged(path: Path) -> StoreError:
    """What is said of a back-up that cannot be used."""
    return StoreError(
        f"{path.name} is damaged or cut short, or no back-up of Emo-Care. Use another back-up."
    )


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()
