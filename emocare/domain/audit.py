"""One row of the log of what was done, and the hash that ties it to the row before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

FIRST = "0" * 64
"""What stands for the hash before the first row."""


class AuditKind(StrEnum):
    """What sort of thing was done."""

    SIGN_IN = "sign-in"
    VIEW = "view"
    CHANGE = "change"
    EXPORT = "export"
    ALERT = "alert"
    EMERGENCY = "emergency access"
    CONFIGURATION = "configuration"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down.

    Attributes:
        at_us: Microseconds since 1970, UTC.
        who: An account, or the command line and its user.
        kind: An ``AuditKind``; text, so that a row somebody has tampered with can be read.
        what: The function, or a step of signing in.
        record: Identifiers of what it was about, separated by blanks; never a name or a value.
    """

    at_us: int
    who: str
    kind: str
    what: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows of the log are wanted; what is empty asks for nothing.

    Attributes:
        who: As the log names them.
        record: Part of an identifier.
        from_us: Not before; microseconds since 1970, UTC.
        before_us: Before, likewise.
    """

    who: str = ""
    kind: str = ""
    record: str = ""
    from_us: int | None = None
    before_us: int | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows of the log, newest first, and how many fit altogether."""

    rows: tuple[AuditRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry in its place: number 1, 2, 3 ... and two SHA-256 in hexadecimal."""

    number: int
    entry: Entry
    previous: str
    hash: str


def chained(entry: Entry, number: int, previous: str) -> AuditRow:
    """The row that follows the one with the hash ``previous``."""
    return AuditRow(number, entry, previous, row_hash(entry, number, previous))


def row_hash(entry: Entry, number: int, previous: str) -> str:
    """SHA-256 over the previous hash and everything in the row."""
    content = [previous, number, entry.at_us, entry.who, str(entry.kind), entry.what,
               entry.record]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()
