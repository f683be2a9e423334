"""Care over time: diagnoses, treatment, events, visits, and the plan a patient can see.

A clinician enters all of it; nothing here is computed or suggested. Every change is a new version,
so that it can be said at any time who wrote what and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType

from emocare.domain.errors import InputError
from emocare.domain.records import PatientId

CareId = NewType("CareId", str)

TEXT_LIMIT = 300
"""Longest line of an entry, in characters."""


class CareKind(StrEnum):
    """What an entry is about."""

    DIAGNOSIS = "diagnosis"
    MEDICATION = "medication"
    THERAPY = "therapy"
    EVENT = "event"
    VISIT = "visit"
    GOAL = "goal"
    STEP = "step"


class VisitState(StrEnum):
    """Life of a visit that was planned."""

    PLANNED = "planned"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis as the clinician worded it.

    Attributes:
        text: Free text.
        code: ICD code as entered, None without one; it is not looked up.
        since: First day, None when it is not known.
        until: Last day, None while it stands.
    """

    text: str
    code: str | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        _check_line("Diagnosis", self.text)
        if self.code is not None:
            _check_line("ICD code", self.code, 20)
        _check_order(self.since, self.until)


@dataclass(frozen=True, slots=True)
class Medication:
    """One medicine at one dose; a new dose is an entry of its own.

    Attributes:
        name: As prescribed.
        dose: With unit and rhythm as the clinician writes it, "50 mg"; may be empty.
        since: First day.
        until: Last day, None while it is taken.
    """

    name: str
    dose: str
    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        _check_line("Medication", self.name)
        _check_line("Dose", self.dose, empty=True)
        _check_order(self.since, self.until)

    @property
    def label(self) -> str:
        """Name and dose in one line."""
        return f"{self.name} {self.dose}".strip()


@dataclass(frozen=True, slots=True)
class Therapy:
    """A treatment that is no medicine: "cognitive behavioural therapy, weekly"."""

    name: str
    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        _check_line("Therapy", self.name)
        _check_order(self.since, self.until)

    @property
    def label(self) -> str:
        """The therapy in one line."""
        return self.name


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happened on a day and may matter: a move, a loss, a new job."""

    text: str
    on: date

    def __post_init__(self) -> None:
        _check_line("Event", self.text)


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment.

    Attributes:
        on: Day in the clinic's own calendar.
        at: Time of day, None when only the day is set.
        state: What became of it, as a person noted it.
        note: May be empty.
    """

    on: date
    at: time | None = None
    state: VisitState = VisitState.PLANNED
    note: str = ""

    def __post_init__(self) -> None:
        _check_line("Note", self.note, empty=True)


@dataclass(frozen=True, slots=True)
class Goal:
    """What the patient wants to reach, in the patient's words. ``done_on`` is None while open."""

    text: str
    done_on: date | None = None

    def __post_init__(self) -> None:
        _check_line("Goal", self.text)


@dataclass(frozen=True, slots=True)
class Step:
    """A small step towards a goal. ``done_on`` is None while it is not done."""

    goal_id: CareId
    text: str
    done_on: date | None = None

    def __post_init__(self) -> None:
        _check_line("Step", self.text)


Content = Diagnosis | Medication | Therapy | LifeEvent | Visit | Goal | Step
Treatment = Medication | Therapy

KINDS: dict[type[Content], CareKind] = {
    Diagnosis: CareKind.DIAGNOSIS, Medication: CareKind.MEDICATION, Therapy: CareKind.THERAPY,
    LifeEvent: CareKind.EVENT, Visit: CareKind.VISIT, Goal: CareKind.GOAL, Step: CareKind.STEP,
}  # fmt: skip
"""Type of the content -> kind of the entry."""


@dataclass(frozen=True, slots=True)
class CareEntry:
    """One version of an entry; the newest one counts.

    Attributes:
        version: From 1.
        content: What it says.
        removed: Whether this version takes the entry away. The content stays readable.
        saved_by: Who wrote this version.
        saved_at: When, with its time zone.
    """

    id: CareId
    patient_id: PatientId
    version: int
    content: Content
    removed: bool
    saved_by: str
    saved_at: datetime

    @property
    def kind(self) -> CareKind:
        """What the entry is about."""
        return KINDS[type(self.content)]


def _check_line(name: str, text: str, limit: int = TEXT_LIMIT, *, empty: bool = False) -> None:
    if not text.strip() and not empty:
        raise InputError(f"{name}: the text is empty. Write a few words.")
    if len(text) > limit:
        raise InputError(f"{name}: {len(text)} characters; {limit} fit. Shorten it.")
    if any(not ch.isprintable() for ch in text):
        raise InputError(f"{name}: it holds a character that cannot be printed. Retype it.")


def _check_order(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise InputError(
            f"The last day, {until:%d %b %Y}, lies before the first, {since:%d %b %Y}. "
            "Correct one of them."
        )
