"""How long data lives and who can open it: retention, legal holds, erasures, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from emocare.domain.records import PatientId


class DataClass(StrEnum):
    """What a retention time is set for.

    READINGS: the rows of each read frame. SESSIONS: a recording or visit with its summary, review,
    markers and readings. QUESTIONNAIRES: answers, with their resolved alerts. JOURNAL: entries.
    REPORTS: every version of a report.
    """

    READINGS = "readings"
    SESSIONS = "sessions"
    QUESTIONNAIRES = "questionnaires"
    JOURNAL = "journal"
    REPORTS = "reports"


class Holder(StrEnum):
    """Who keeps the key: a file, the operating system's keyring, or a person's memory."""

    FILE = "file"
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Why a person's data may not be erased."""

    patient_id: PatientId
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person was erased.

    Attributes:
        patient_id: The identifier, which says nothing about the person.
        erased_by: Who did it.
        erased_at: When.
        counts: Table or "clips" -> how many rows or files were removed.
        finished: Whether the database file has been written anew since.
    """

    patient_id: PatientId
    erased_by: str
    erased_at: datetime
    counts: Mapping[str, int]
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Expired:
    """What is past its time in one class.

    Attributes:
        kind: The class.
        before: Older than this.
        items: How many rows, sessions, answers, entries or reports.
        people: Of how many people.
    """

    kind: DataClass
    before: datetime
    items: int
    people: int
