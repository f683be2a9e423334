"""What a clinician enters about care over time, and the plan that the patient may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from emocare.domain.care import (
    CareEntry,
    CareId,
    CareKind,
    Content,
    Diagnosis,
    Goal,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.errors import InputError
from emocare.domain.records import PatientId
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    """A goal with its small steps, in the order in which they were entered."""

    entry: CareEntry
    steps: tuple[CareEntry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the patient sees: goals, steps, and when to come again."""

    goals: tuple[PlannedGoal, ...]
    next_visit: Visit | None


@dataclass(frozen=True, slots=True)
class DatedVisit:
    """A planned visit and what became of it.

    Attributes:
        state: As noted; of a past day that nobody noted, KEPT where something was recorded or
            answered that day and MISSED where nothing was.
        noted: Whether a person said so.
    """

    entry: CareEntry
    visit: Visit
    state: VisitState
    noted: bool


class CareHistory:
    """Adding, changing, ending and removing; each is a version with name and time."""

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def add(self, patient_id: PatientId, content: Content) -> CareEntry:
        """Enters something new.

        Raises:
            NotFound: No such patient.
            InputError: A step names no goal of this patient.
        """
        if isinstance(content, Step):
            goals = {e.id for e in self.entries(patient_id, CareKind.GOAL)}
            if content.goal_id not in goals:
                raise InputError("This goal does not exist any more. Reload the page.")
        entry = CareEntry(
            id=CareId(new_id()), patient_id=patient_id, version=1, content=content, removed=False,
            saved_by=self._workplace.signer, saved_at=now(),
        )  # fmt: skip
        self._store.save_care(entry)
        return entry

    def change(self, entry: CareEntry, content: Content) -> CareEntry:
        """Writes the next version of an entry.

        Args:
            entry: As it was read; a version that is not the newest is refused.

        Raises:
            InputError: It was changed or removed in the meantime.
        """
        changed = self._next(entry, content=content)
        self._store.save_care(changed)
        return changed

    def end(self, entry: CareEntry, on: date) -> CareEntry:
        """Sets the last day of a diagnosis, medication or therapy.

        Raises:
            InputError: It has no last day, or the day lies before its first.
        """
        content = entry.content
        if not isinstance(content, Diagnosis | Medication | Therapy):
            raise InputError("This entry has no last day. Remove it, or mark it as done.")
        return self.change(entry, replace(content, until=on))

    def change_dose(self, entry: CareEntry, dose: str, on: date) -> CareEntry:
        """Ends a medication the day before ``on`` and begins it at another dose.

        Returns:
            The new entry.

        Raises:
            InputError: It is no medication, or ``on`` is not after its first day.
        """
        old = entry.content
        if not isinstance(old, Medication):
            raise InputError("Only a medication has a dose.")
        if on <= old.since:
            raise InputError(
                f"The new dose begins after {old.since:%d %b %Y}, the first day of the present "
                "one. Edit the entry to correct it."
            )
        begun = CareEntry(
            id=CareId(new_id()), patient_id=entry.patient_id, version=1,
            content=Medication(old.name, dose.strip(), on, old.until), removed=False,
            saved_by=self._workplace.signer, saved_at=now(),
        )  # fmt: skip
        ended = self._next(entry, content=replace(old, until=on - timedelta(days=1)))
        self._store.save_care(ended, begun)
        return begun

    def remove(self, entry: CareEntry) -> None:
        """Takes an entry away, a goal with its steps. Every version stays in the history.

        Raises:
            InputError: It was changed or removed in the meantime.
        """
        steps = [e for e in self.entries(entry.patient_id, CareKind.STEP)
                 if isinstance(e.content, Step) and e.content.goal_id == entry.id]  # fmt: skip
        gone = [self._next(e, removed=True) for e in (entry, *steps)]
        self._store.save_care(*gone)

    def entries(self, patient_id: PatientId, *kinds: CareKind) -> list[CareEntry]:
        """What counts now, in the order of entering; of every kind when none is named."""
        return self._store.care(patient_id, kinds)

    def treatments(self, patient_id: PatientId) -> list[CareEntry]:
        """Medication and therapy by first day."""
        found = self.entries(patient_id, CareKind.MEDICATION, CareKind.THERAPY)
        return by_first_day(found)

    def history(self, patient_id: PatientId) -> list[CareEntry]:
        """Every version of every entry, removals too, newest first."""
        return self._store.care_history(patient_id)

    def plan(self, patient_id: PatientId) -> Plan:
        """Goals, steps and the next appointment."""
        entries = self.entries(patient_id, CareKind.GOAL, CareKind.STEP)
        steps: dict[CareId, list[CareEntry]] = {}
        for entry in entries:
            if isinstance(entry.content, Step):
                steps.setdefault(entry.content.goal_id, []).append(entry)
        goals = tuple(
            PlannedGoal(entry, tuple(steps.get(entry.id, ())))
            for entry in entries if isinstance(entry.content, Goal)
        )  # fmt: skip
        visits = self.entries(patient_id, CareKind.VISIT)
        return Plan(goals, next_visit(visits, now().astimezone().date()))

    def _next(
        self, entry: CareEntry, *, content: Content | None = None, removed: bool = False
    ) -> CareEntry:
        return replace(
            entry, version=entry.version + 1, removed=removed,
            content=entry.content if content is None else content,
            saved_by=self._workplace.signer, saved_at=now(),
        )  # fmt: skip


def next_visit(visits: Sequence[CareEntry], today: date) -> Visit | None:
    """The first planned visit that is not past."""
    ahead = [e.content for e in visits if isinstance(e.content, Visit)
             and e.content.state is VisitState.PLANNED and e.content.on >= today]  # fmt: skip
    return min(ahead, key=lambda v: (v.on, v.at is None, v.at), default=None)


def dated_visits(
    visits: Sequence[CareEntry], active: Collection[date], today: date
) -> tuple[DatedVisit, ...]:
    """Every visit with what became of it, oldest first.

    Args:
        visits: Entries of kind visit.
        active: Days on which something was recorded or answered.
        today: In the clinic's own calendar.
    """
    found = []
    for entry in visits:
        if not isinstance(visit := entry.content, Visit):
            continue
        state, noted = visit.state, visit.state is not VisitState.PLANNED
        if not noted and visit.on in active and visit.on <= today:
            state = VisitState.KEPT
        elif not noted and visit.on < today:
            state = VisitState.MISSED
        found.append(DatedVisit(entry, visit, state, noted))
    return tuple(sorted(found, key=lambda one: one.visit.on))


def by_first_day(treatments: Sequence[CareEntry]) -> list[CareEntry]:
    """Medication and therapy, oldest first."""
    return sorted(treatments, key=_first_day)


def _first_day(entry: CareEntry) -> date:
    content = entry.content
    return content.since if isinstance(content, Medication | Therapy) else date.max
