"""What a person has agreed to, what was taken back since, and who is old enough to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from emocare.domain.records import Consent, PatientId

ADULT_YEARS = 18
"""Emo-Care and its forms are for adults (clinical specification 1.1)."""


class Use(StrEnum):
    """What is agreed to one by one; the values are the fields of ``Consent``."""

    ANALYSE = "analyse"
    MEASUREMENTS = "keep_measurements"
    VIDEO = "keep_video"
    RESEARCH = "research"
    JOURNAL = "journal"


NEEDED = frozenset({Use.ANALYSE, Use.MEASUREMENTS})
"""Without both nothing is recorded."""


class ConsentKind(StrEnum):
    """What happened."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One line of the list of a person's consents, which only grows.

    Attributes:
        version: Of the text that was read; for a withdrawal of the newest one given, "" of none.
        uses: What was agreed to, or taken back.
        by: Name of who noted it; the patient's own where ``by_patient``.
        who: The account or the user of the command line, as the log names them.
        by_patient: Whether the patient did it in their own account.
        adult: Whether the clinician confirmed that the person is an adult.
        reason: Of a withdrawal, may be empty: nobody has to give one.
    """

    patient_id: PatientId
    kind: ConsentKind
    version: str
    uses: frozenset[Use]
    at: datetime
    by: str
    who: str
    by_patient: bool
    adult: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person's consent stands now.

    Attributes:
        given: The newest consent to a recording, None before the first.
        last: Each use -> the newest line that names it.
        adult: Whether a clinician has ever confirmed that the person is an adult.
    """

    given: ConsentEvent | None
    last: Mapping[Use, ConsentEvent]
    adult: bool

    @property
    def in_force(self) -> frozenset[Use]:
        """What is agreed to and was not taken back."""
        return frozenset(u for u, e in self.last.items() if e.kind is ConsentKind.GIVEN)

    @property
    def withdrawn(self) -> frozenset[Use]:
        """What was taken back and not agreed to again."""
        return frozenset(u for u, e in self.last.items() if e.kind is ConsentKind.WITHDRAWN)

    @property
    def refuses(self) -> bool:
        """Whether something was taken back without which nothing is recorded."""
        return bool(self.withdrawn & NEEDED)

    @property
    def withdrawn_at(self) -> datetime | None:
        """When the newest of ``withdrawn`` was taken back."""
        return max((self.last[use].at for use in self.withdrawn), default=None)


def uses_of(consent: Consent) -> frozenset[Use]:
    """What a consent agrees to."""
    return frozenset(use for use in Use if getattr(consent, use.value))


def standing(events: Sequence[ConsentEvent]) -> Standing:
    """Where it stands after these lines, oldest first.

    A use that the newest consent leaves out stands as its last line says: agreeing to less for
    one session takes nothing back from the sessions before.
    """
    given, last = None, {}
    for event in events:
        if event.kind is ConsentKind.GIVEN and event.uses & NEEDED:
            given = event
        for use in event.uses:
            last[use] = event
    return Standing(given, last, any(event.adult for event in events))


def withdrawn_since(events: Sequence[ConsentEvent], at: datetime) -> frozenset[Use]:
    """What was taken back at or after a moment, whether it was agreed to again or not."""
    return frozenset(use for event in events
                     if event.kind is ConsentKind.WITHDRAWN and event.at >= at
                     for use in event.uses)  # fmt: skip


def years_old(birth: date, today: date) -> int:
    """Completed years. Somebody born on 29 February is a year older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def is_minor(birth: date | None, today: date) -> bool:
    """Whether a person is known to be younger than 18."""
    return birth is not None and years_old(birth, today) < ADULT_YEARS
