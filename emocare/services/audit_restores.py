"""A restore in the log: it cuts rows off the end and says so, in a row of the chain."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emocare.domain.audit import AuditKind, AuditRow, Entry, row_hash
from emocare.domain.errors import StoreError
from emocare.store import Store

HEAD_FILE = "audit.head"
"""Number and hash of the newest row, beside the database: without it, rows cut off the end of a
chain could not be missed."""
WHAT = "restore"
"""What was done, in the row that a restore adds to the log of the restored database."""
_RECORD = re.compile(r"backup:(\S+) before:(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """What ``audit.head`` says: the newest row when it was written."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Restore:
    """That a back-up took the place of the database.

    Attributes:
        number: Row of the log that says so.
        at: When.
        who: Who did it.
        made_at: When the back-up was made.
        before: The newest row of the log that was replaced; None where none was known.
    """

    number: int
    at: datetime
    who: str
    made_at: datetime
    before: Head | None

    @property
    def gone(self) -> int:
        """How many rows, written after the back-up, are only in the database kept aside."""
        return max(0, self.before.number - (self.number - 1)) if self.before else 0

    @property
    def sentence(self) -> str:
        """What a reader of the log has to know."""
        said = (f"Row {self.number}: restored from the back-up of {self.made_at:%Y-%m-%d %H:%M} "
                f"UTC by {self.who} on {self.at:%Y-%m-%d %H:%M} UTC.")  # fmt: skip
        if not self.gone:
            return said
        last = self.number - 1 + self.gone
        return (f"{said} Rows {self.number} to {last} of before, written after that back-up, went "
                "with it; they are in the database that was kept aside.")  # fmt: skip


def read_head(folder: Path) -> Head | None:
    """What the file in a data folder says; None where there is none.

    Raises:
        ValueError, KeyError, TypeError: It cannot be read as one.
        OSError: The disk refuses.
    """
    file = folder / HEAD_FILE
    if not file.is_file():
        return None
    told = json.loads(file.read_text("ascii"))
    return Head(int(told["number"]), str(told["hash"]))


def write_head(folder: Path, last: AuditRow) -> None:
    """Writes it anew.

    Raises:
        StoreError: It cannot be written.
    """
    file = folder / HEAD_FILE
    try:
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps({"number": last.number, "hash": last.hash}), "ascii")
        part.replace(file)
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}. Free some space "
                         "and check the rights of the data folder.") from error  # fmt: skip


def note_restore(store: Store, folder: Path, made_at: datetime, who: str) -> AuditRow:
    """Adds the row to the log of the restored database, before it is put into use.

    Args:
        store: The restored database.
        folder: Data folder, whose ``audit.head`` is that of the database that is replaced.
        made_at: When the back-up was made.
        who: Who restores it.
    """
    try:
        before = read_head(folder)
    except (OSError, ValueError, KeyError, TypeError):
        # Damaged: that is a finding of its own, and the restore is no place to stop at it.
        before = None
    record = f"backup:{made_at:%Y-%m-%dT%H:%M:%S%z}"
    if before is not None:
        record += f" before:{before.number}:{before.hash}"
    at_us = int(datetime.now(UTC).timestamp() * 1e6)
    return store.append_audit([Entry(at_us, who, AuditKind.CHANGE, WHAT, record)])


def restores(every: Sequence[AuditRow]) -> list[Restore]:
    """Every restore that the log tells of, oldest first; a row that was changed tells nothing."""
    found = []
    for row in every:
        if row.entry.what != WHAT or row_hash(row.entry, row.number, row.previous) != row.hash:
            continue
        made_at, before = _told(row.entry.record)
        if made_at is not None:
            at = datetime.fromtimestamp(row.entry.at_us / 1e6, UTC)
            found.append(Restore(row.number, at, row.entry.who, made_at, before))
    return found


def explains(found: Sequence[Restore], head: Head) -> bool:
    """Whether a restore replaced the log whose newest row ``head`` was: then rows are not missing,
    they went with the database that was kept aside. Any other head is explained by nothing."""
    return any(one.before == head for one in found)


def begins_here(every: Sequence[AuditRow]) -> bool:
    """Whether the newest row is a restore into a folder that had no head: then it is not missing,
    the restore was cut off before it wrote the first one."""
    found = restores(every[-1:])
    return bool(found) and found[0].before is None


def _told(record: str) -> tuple[datetime | None, Head | None]:
    made, _, _ = record.removeprefix("backup:").partition(" ")
    try:
        made_at = datetime.fromisoformat(made)
    except ValueError:
        return None, None
    match = _RECORD.fullmatch(record)
    return made_at, None if match is None else Head(int(match[2]), match[3])
