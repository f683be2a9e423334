"""One person's course: answers, face, treatment and visits over time, and what counts as change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from emocare.clinical import Instrument, Norm, load_instrument, read_norms, recall_overlaps
from emocare.clinical.change import change
from emocare.domain.care import CareEntry, CareKind, Visit, VisitState
from emocare.domain.records import Consent, PatientId, Response, SessionRecord
from emocare.report.content import TotalPoint
from emocare.services.care import DatedVisit, by_first_day, dated_visits, next_visit
from emocare.services.face_course import FaceCourse, face_course
from emocare.services.questionnaires import DEFAULT_PACK
from emocare.services.reanalysis import compared
from emocare.services.report_trends import total_points
from emocare.services.workplace import Workplace, now
from emocare.store import Store

IMPROVEMENT, WORSENING = "IMPROVEMENT_MCID", "WORSENING_MCID"
RESPONSE, REMISSION = "RESPONSE_50", "REMISSION"
RELIABLE = ("RELIABLE_IMPROVEMENT", "RELIABLE_WORSENING")
UNCERTAIN = "change uncertain"
"""Flags of a change as the scoring names them."""


@dataclass(frozen=True, slots=True)
class TotalChange:
    """The last scorable total against the first one.

    Attributes:
        delta: Last minus first, points.
        flags: As ``score --json`` gives them.
        rci: Reliable change index with the site's own norms, None without.
    """

    first: TotalPoint
    last: TotalPoint
    delta: int
    flags: tuple[str, ...]
    rci: float | None

    @property
    def reliable(self) -> bool:
        """Whether the index exceeds what measuring twice would give in 95 of 100 cases."""
        return any(flag in self.flags for flag in RELIABLE)

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
    """The totals of one questionnaire, or of one scale of it, oldest first.

    Attributes:
        instrument: What the row is called: "PHQ-9", "DASS-21 depression".
        overlapping: Pairs of forms under seven days apart, whose recall periods overlap.
        change: None with fewer than two scorable totals.
        form: Name of the questionnaire.
        scale: Which of its scales, None for a form with a total of its own.
    """

    instrument: str
    points: tuple[TotalPoint, ...]
    change: TotalChange | None
    overlapping: tuple[tuple[datetime, datetime], ...]
    form: str
    scale: str | None

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
        faces = self._workplace.facial_module_enabled
        responses = self._store.responses(patient_id)
        own = self._store.sessions(patient_id)
        reanalyses = self._store.reanalyses(patient_id)
        entries = self._store.care(patient_id)
        visits = _of_kind(entries, CareKind.VISIT)
        answered = tuple(sorted({_day(r.answered_at) for r in responses}))
        recorded = tuple(sorted({_day(s.started_at) for s in own if s.recorded}))
        today = now().astimezone().date()
        treatments = _of_kind(entries, CareKind.MEDICATION, CareKind.THERAPY)
        seen = [s for s in own if faces and not (blind_first and self._is_blind(s))]
        return Course(
            patient_id=patient_id, instruments=self._instruments(responses),
            face=face_course(compared(seen, reanalyses), reanalyses),
            treatments=tuple(by_first_day(treatments)),
            events=_of_kind(entries, CareKind.EVENT),
            visits=dated_visits(visits, {*answered, *recorded}, today),
            next_visit=next_visit(visits, today), consent=own[0].consent if own else None,
            hidden=len(own) - len(seen) if faces else 0, answered_days=answered,
            recorded_days=recorded,
        )  # fmt: skip

    def _is_blind(self, record: SessionRecord) -> bool:
        if record.summary is None:
            return False
        reviews = self._store.reviews(record.id)
        return not reviews or reviews[0].impression is None

    def form(self, one: InstrumentCourse) -> Instrument:
        """The words and rules of a course: those of its form, or of one scale of it."""
        form = load_instrument(one.form)
        scale = next((s for s in form.scales if s.name == one.scale), None)
        if scale is None:
            return form
        items = tuple(form.items[number - 1] for number in scale.items)
        return replace(form, name=one.instrument, items=items, bands=scale.bands, scales=())

    def _instruments(self, responses: Sequence[Response]) -> tuple[InstrumentCourse, ...]:
        norms = read_norms(self._workplace.norms)
        found = []
        for name in sorted({r.instrument for r in responses}, key=_pack_first):
            form, own = load_instrument(name), [r for r in responses if r.instrument == name]
            scales: list[str | None] = [s.name for s in form.scales]
            for scale in scales or [None]:
                points = total_points(own) if scale is None else _scale_points(own, scale)
                shown = name if scale is None else f"{name} {scale}"
                found.append(
                    InstrumentCourse(shown, points, _change(form, points, norms.get(name)),
                                     _overlapping(points), name, scale)
                )  # fmt: skip
        return tuple(found)


def _scale_points(responses: Sequence[Response], scale: str) -> tuple[TotalPoint, ...]:
    """One scale of a form that has no total of its own, oldest first."""
    return tuple(
        TotalPoint(f"{r.instrument} {s.name}", r.answered_at, s.total, s.prorated,
                   s.possible_range if s.prorated else None)
        for r in sorted(responses, key=lambda r: r.answered_at)
        for s in r.result.scales if s.name == scale
    )  # fmt: skip


def _change(
    form: Instrument, points: Sequence[TotalPoint], norm: Norm | None
) -> TotalChange | None:
    scored = [p for p in points if p.total is not None]
    if len(scored) < 2:
        return None
    first, last = scored[0], scored[-1]
    told = change(form, last.total or 0, last.prorated, first.total or 0, first.prorated, norm)
    return TotalChange(first, last, told["delta"], tuple(told["flags"]), told.get("rci"))


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
