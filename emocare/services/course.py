"""One person's course: answers, face, treatment and visits over time, and what counts as change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from emocare.clinical import load_instrument, recall_overlaps
from emocare.clinical.change import change
from emocare.domain.care import CareEntry, CareKind, Visit, VisitState
from emocare.domain.records import Consent, PatientId, Response, SessionRecord
from emocare.report.content import TotalPoint
from emocare.services.care import DatedVisit, by_first_day, dated_visits, next_visit
from emocare.services.face_course import FaceCourse, face_course
from emocare.services.norms import Norm, ReliableChange, load_norms, reliable_change
from emocare.services.questionnaires import DEFAULT_PACK
from emocare.services.reanalysis import compared
from emocare.services.report_trends import total_points
from emocare.services.workplace import Workplace, now
from emocare.store import Store

IMPROVEMENT, WORSENING = "IMPROVEMENT_MCID", "WORSENING_MCID"
RESPONSE, REMISSION = "RESPONSE_50", "REMISSION"
UNCERTAIN = "change uncertain"
"""Flags of a change as the scoring names them."""


@dataclass(frozen=True, slots=True)
class TotalChange:
    """The last scorable total against the first one.

    Attributes:
        delta: Last minus first, points.
        flags: As ``score --json`` gives them.
        reliable: With the site's own norms, None without.
    """

    first: TotalPoint
    last: TotalPoint
    delta: int
    flags: tuple[str, ...]
    reliable: ReliableChange | None

    @property
    def uncertain(self) -> bool:
        """Whether a prorated total takes part."""
        return UNCERTAIN in self.flags

    @property
    def counts(self) -> bool:
        """Whether the difference reaches the instrument's threshold."""
        return IMPROVEMENT in self.flags or WORSENING in self.flags


@dataclass(frozen=True, slots=True)
class InstrumentCourse:
    """The totals of one questionnaire, oldest first.

    Attributes:
        overlapping: Pairs of forms under seven days apart, whose recall periods overlap.
        change: None with fewer than two scorable totals.
    """

    instrument: str
    points: tuple[TotalPoint, ...]
    change: TotalChange | None
    overlapping: tuple[tuple[datetime, datetime], ...]

    @property
    def scored(self) -> tuple[TotalPoint, ...]:
        """The points that have a total."""
        return tuple(p for p in self.points if p.total is not None)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything the page Timeline shows.

    Attributes:
        instruments: The default pack first, then the others by name.
        treatments: Medication and therapy by first day.
        visits: What was planned, oldest first.
        consent: Of the newest recording, None without one.
        hidden: Sessions whose face is not shown yet, because the clinic asks for the clinician's
            own impression first.
        answered_days: Days on which a questionnaire was finished.
        recorded_days: Days of a recording.
    """

    patient_id: PatientId
    instruments: tuple[InstrumentCourse, ...]
    face: FaceCourse
    treatments: tuple[CareEntry, ...]
    events: tuple[CareEntry, ...]
    visits: tuple[DatedVisit, ...]
    next_visit: Visit | None
    consent: Consent | None
    hidden: int
    answered_days: tuple[date, ...]
    recorded_days: tuple[date, ...]

    @property
    def missed(self) -> int:
        """Visits that were planned and not kept."""
        return sum(visit.state is VisitState.MISSED for visit in self.visits)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show over time."""
        return not (self.instruments or self.face.points or self.treatments or self.events
                    or self.visits)  # fmt: skip

    def instrument(self, name: str) -> InstrumentCourse | None:
        """The course of one questionnaire, None when it was never answered."""
        return next((one for one in self.instruments if one.instrument == name), None)


class Courses:
    """Gathers the course of a person; nothing is stored."""

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def of(self, patient_id: PatientId, *, blind_first: bool = False) -> Course:
        """The whole course of one person.

        Args:
            blind_first: Leave out the face of every session for which the clinician has noted no
                impression.

        Raises:
            InputError: The site's norms cannot be read.
        """
        responses = self._store.responses(patient_id)
        own = self._store.sessions(patient_id)
        reanalyses = self._store.reanalyses(patient_id)
        entries = self._store.care(patient_id)
        visits = _of_kind(entries, CareKind.VISIT)
        answered = tuple(sorted({_day(r.answered_at) for r in responses}))
        recorded = tuple(sorted({_day(s.started_at) for s in own}))
        today = now().astimezone().date()
        treatments = _of_kind(entries, CareKind.MEDICATION, CareKind.THERAPY)
        seen = [s for s in own if not (blind_first and self._is_blind(s))]
        return Course(
            patient_id=patient_id, instruments=self._instruments(responses),
            face=face_course(compared(seen, reanalyses), reanalyses),
            treatments=tuple(by_first_day(treatments)),
            events=_of_kind(entries, CareKind.EVENT),
            visits=dated_visits(visits, {*answered, *recorded}, today),
            next_visit=next_visit(visits, today), consent=own[0].consent if own else None,
            hidden=len(own) - len(seen), answered_days=answered, recorded_days=recorded,
        )  # fmt: skip

    def _is_blind(self, record: SessionRecord) -> bool:
        if record.summary is None:
            return False
        reviews = self._store.reviews(record.id)
        return not reviews or reviews[0].impression is None

    def _instruments(self, responses: Sequence[Response]) -> tuple[InstrumentCourse, ...]:
        norms = load_norms(self._workplace.data_dir)
        names = sorted({r.instrument for r in responses}, key=_pack_first)
        found = []
        for name in names:
            points = total_points([r for r in responses if r.instrument == name])
            found.append(
                InstrumentCourse(name, points, _change(name, points, norms.get(name)),
                                 _overlapping(points))
            )  # fmt: skip
        return tuple(found)


def _change(name: str, points: Sequence[TotalPoint], norm: Norm | None) -> TotalChange | None:
    scored = [p for p in points if p.total is not None]
    if len(scored) < 2:
        return None
    first, last = scored[0], scored[-1]
    old, new = first.total or 0, last.total or 0
    found = change(load_instrument(name), new, last.prorated, old, first.prorated)
    reliable = None if norm is None else reliable_change(old, new, norm)
    return TotalChange(first, last, found["delta"], tuple(found["flags"]), reliable)


def _overlapping(points: Sequence[TotalPoint]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((a.answered_at, b.answered_at) for a, b in pairwise(points)
                 if recall_overlaps(a.answered_at, b.answered_at))  # fmt: skip


def _of_kind(entries: Sequence[CareEntry], *kinds: CareKind) -> tuple[CareEntry, ...]:
    return tuple(entry for entry in entries if entry.kind in kinds)


def _pack_first(name: str) -> tuple[int, str]:
    place = DEFAULT_PACK.index(name) if name in DEFAULT_PACK else len(DEFAULT_PACK)
    return (place, name)


def _day(at: datetime) -> date:
    return at.astimezone().date()
