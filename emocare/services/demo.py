"""The demo clinic: made-up people with a year behind them, filled in anew at every start.

Nothing is written into an installation that holds anybody: the wiring opens only a file that the
demo itself has made, and that carries its mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from emocare.clinical import load_instrument, previous_total, score
from emocare.domain.care import (
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.errors import AccessDenied
from emocare.domain.journal import JournalEntry, JournalId
from emocare.domain.readings import Readings
from emocare.domain.records import (
    Consent,
    Patient,
    PatientId,
    Response,
    ResponseId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import Band
from emocare.services import demo_people as people
from emocare.services.care import CareHistory
from emocare.services.demo_entrance import demo_accounts
from emocare.services.demo_people import GAD_7, PEOPLE, PHQ_9, MadeUpPerson, MadeUpVisit
from emocare.services.demo_sessions import of_clip, simulated
from emocare.services.questionnaires_draft import alerts_of
from emocare.services.recordings import CONSENT_VERSION
from emocare.services.reference_files import analysis_config
from emocare.services.reports import Reports
from emocare.services.reviews import Reviews
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

CLINIC: dict[str, str] = {"clinic": "Lakeside Demo Clinic", "clinician": "Dr Made-up",
                          "clinic_phone": "000 000 00 00"}  # fmt: skip
"""Settings of the demo clinic."""
FIRST_AT, APART = time(8, 45), timedelta(minutes=55)
"""When the first person of a day comes, and how far apart the others."""
WRITTEN_AT = time(20, 15)
SINCE_TODAYS_VISIT = timedelta(minutes=40)
ANSWERED_AFTER = timedelta(minutes=6)
PROTOCOL = "free"
AT_ONCE = 2
"""Visits that are made at the same time: most of it is work of the networks."""
SIGNER, ROLE, LICENCE = "Dr Made-up", "psychiatrist", "DEMO-0000"
ADMINISTRATOR = "Sam Made-up"


@dataclass(frozen=True, slots=True)
class Place:
    """A session that the guided start opens."""

    patient_id: PatientId
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording and its rows."""

    record: SessionRecord
    readings: Readings


class DemoClinic:
    """Fills an empty demo and knows where in it something can be seen."""

    def __init__(
        self, store: Store, workplace: Workplace, summaries: Summaries, reviews: Reviews,
        reports: Reports, care: CareHistory,
    ) -> None:  # fmt: skip
        self._store = store
        self._workplace = workplace
        self._summaries = summaries
        self._reviews = reviews
        self._reports = reports
        self._care = care

    def last_visit(self, key: str) -> Place:
        """The newest visit of the person whose course is ``key``."""
        who = people.person(key)
        return Place(who.id, who.session_id(-1))

    def fill(self) -> None:
        """Makes everybody up, with dates that end today.

        Raises:
            AccessDenied: This is no demo, or somebody is in it.
        """
        if not self._workplace.demo or self._store.patients():
            raise AccessDenied("Made-up people are put into an empty demo clinic only.")
        self._people()
        self._accounts()
        self._course_of_care()
        self._journal()
        self._decisions()

    def _people(self) -> None:
        """Everybody with every visit. Stored at once: a visit after the other would wait for the
        disk two hundred times."""
        visits = [(who, number) for who in PEOPLE for number in range(len(who.visits))]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = list(pool.map(lambda visit: self._session(*visit), visits))
        responses = [response for who in PEOPLE for response in _course_of(
            who, [one.record for one in made if one.record.patient_id == who.id])]  # fmt: skip
        clinician = self._workplace.clinician
        self._store.add_made_up(
            patients=[Patient(who.id, who.code, who.name, who.birth, who.sex, clinician,
                              _began(who, who.visits[0])) for who in PEOPLE],
            sessions=[one.record for one in made], responses=responses,
            alerts=[alert for response in responses for alert in alerts_of(response)],
            readings={one.record.id: one.readings for one in made},
        )  # fmt: skip

    def _session(self, who: MadeUpPerson, number: int) -> _Recorded:
        """A recording as the queue would have left it: rows, and the summary of them."""
        visit, samples = who.visits[number], self._workplace.samples_dir
        made = simulated(who, visit) if visit.clip is None else of_clip(samples, visit.clip)
        clip = None if visit.clip is None else str(samples / f"{visit.clip}.mp4")
        at = _began(who, visit)
        config = analysis_config(self._workplace, PROTOCOL, made.models)
        record = SessionRecord(
            id=who.session_id(number), patient_id=who.id, started_at=at, protocol=PROTOCOL,
            source_name=made.source.path, state=SessionState.READY,
            consent=Consent(CONSENT_VERSION, analyse=True, keep_measurements=True,
                            keep_video=clip is not None, recorded_at=at),
            region=None, clip_path=clip, clip_deleted_at=None,
            summary=self._summaries.make(made.readings, config, made.source, made.models),
            error=None,
        )  # fmt: skip
        return _Recorded(record, made.readings)

    def _accounts(self) -> None:
        """A physician who is responsible for everybody, a patient, and an administrator."""
        writing = people.person(people.WRITING)
        physician, *others = demo_accounts(SIGNER, writing.name, writing.id, ADMINISTRATOR)
        for account in (physician, *others):
            self._store.add_account(account)
        for who in PEOPLE:
            self._store.assign(physician.id, who.id, now())

    def _course_of_care(self) -> None:
        """Treatment, plan and appointments; of the one who improves the whole history."""
        add, better = self._care.add, people.person(people.IMPROVING).id
        add(better, Diagnosis("Recurrent depressive disorder", "F33.1", _day(700)))
        begun = add(better, Medication("sertraline", "50 mg", _day(338)))
        self._care.change_dose(begun, "100 mg", _day(224))
        add(better, Therapy("Cognitive behavioural therapy, weekly", _day(287)))
        add(better, LifeEvent("New job", _day(120)))
        add(better, Visit(_day(119), state=VisitState.MISSED))
        goal = add(better, Goal("See my sister every week"))
        add(better, Step(goal.id, "Call her on Sunday", _day(5)))
        add(better, Step(goal.id, "Walk together once"))
        worse = people.person(people.WORSENING).id
        add(worse, Therapy("Counselling, every two weeks", _day(236), _day(120)))
        add(worse, LifeEvent("Moved to another town", _day(40)))
        writing = people.person(people.WRITING).id
        add(writing, Medication("escitalopram", "10 mg", _day(211)))
        goal = add(writing, Goal("Sleep before midnight"))
        add(writing, Step(goal.id, "No screen after ten", _day(4)))
        add(writing, Step(goal.id, "Ask about the evening class"))
        for key, days in ((people.IMPROVING, 26), (people.WORSENING, 4), (people.WRITING, 24)):
            add(people.person(key).id, Visit(_day(-days), at=time(10, 30)))

    def _journal(self) -> None:
        """Two entries of one person: one shown to the clinician, one of her own."""
        who = people.person(people.WRITING)
        for days, shared, words in JOURNAL:
            at = _on_day(days, WRITTEN_AT)
            entry = JournalEntry(
                id=JournalId(new_id()), patient_id=who.id, written_at=at,
                day=at.astimezone().date(), text=words, shared=shared,
            )  # fmt: skip
            self._store.add_journal_entry(entry, None)

    def _decisions(self) -> None:
        """Reviews, and a report that is signed; the others wait to be made."""
        for key, impression, note in REVIEWED:
            place = self.last_visit(key)
            self._reviews.save(place.session_id, impression, "agree", (), note)
        signed = self.last_visit(people.IMPROVING).session_id
        self._reports.draft(signed)
        self._reports.sign(signed, SIGNER, ROLE, LICENCE)


REVIEWED: tuple[tuple[str, Band, str], ...] = (
    (people.IMPROVING, Band.NORMAL, "Back at work, sees her sister again. Sleep is good."),
    (people.STEADY, Band.MILD, "As before. Goes on with the evening walks."),
    (people.NEARLY_WELL, Band.NORMAL, "Well. One more visit, then discharge."),
)
"""Whose last visit has been reviewed: course, the clinician's impression, the note."""
JOURNAL: tuple[tuple[int, bool, str], ...] = (
    (9, False, "I would rather not talk about the exam yet."),
    (3, True, "Slept through for the first time this month. I cooked and ate with my flatmates."),
)
"""Days ago, whether the clinician may read it, and the words."""


def _course_of(who: MadeUpPerson, records: Sequence[SessionRecord]) -> list[Response]:
    """What one person answered at each visit, oldest first."""
    found: list[Response] = []
    for visit, record in zip(who.visits, records, strict=True):
        for form in (PHQ_9, GAD_7) if visit.answered else ():
            found.append(_answered(record, form, visit, found))
    return found


def _answered(
    record: SessionRecord, form: str, visit: MadeUpVisit, earlier: Sequence[Response]
) -> Response:
    """The form as answered after the recording, scored against the visit before."""
    at = record.started_at + ANSWERED_AFTER
    before, instrument = previous_total(earlier, form, at), load_instrument(form)
    points = people.answers(form, visit)
    hard = people.difficulty(visit) if instrument.difficulty is not None else None
    return Response(
        id=ResponseId(new_id()), patient_id=record.patient_id, session_id=record.id,
        instrument=form, version=instrument.version, language=instrument.language, mode="self",
        answers=points, difficulty=hard,
        result=score(form, points, hard, previous=None if before is None else before.total),
        answered_at=at,
    )  # fmt: skip


def _day(days_ago: int) -> date:
    """A day in the clinic's calendar; negative is ahead. Never on a weekend."""
    day = now().astimezone().date() - timedelta(days=days_ago)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _began(who: MadeUpPerson, visit: MadeUpVisit) -> datetime:
    """When a visit began; one of today is a while ago."""
    place = PEOPLE.index(who)
    if visit.days_ago == 0:
        return now() - SINCE_TODAYS_VISIT - timedelta(minutes=place)
    return _on_day(visit.days_ago, FIRST_AT) + place * APART


def _on_day(days_ago: int, at: time) -> datetime:
    """A time of day in the clinic's own zone, in UTC."""
    return datetime.combine(_day(days_ago), at).astimezone().astimezone(UTC)
