"""A made-up person with a year of visits, dated and scored as the tests and pictures need it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from emocare.app import App
from emocare.clinical import load_instrument, score
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
from emocare.domain.readings import Readings
from emocare.domain.records import Patient, Response, ResponseId, SessionId, SessionRecord
from emocare.domain.summary import (
    Band,
    GateDecision,
    ModelRef,
    Summary,
)
from emocare.services.workplace import new_id
from tests.ui.scenes import Scene, readings

OLD_ENGINE = ModelRef("face", "1.2", "cd" * 32)
NEW_ENGINE = ModelRef("face", "1.3", "ef" * 32)
PHQ = (19, 18, 20, 16, 14, 15, 11, 12, 13)
GAD = (14, 13, 15, 12, 10, 11, 8, 9, 9)
INDEX = (56.0, 52.0, 58.0, 47.0, None, 49.0, 40.0, 44.0, 38.0)
HALF = (13.0, 12.0, 13.0, 11.0, None, 12.0, 9.0, 10.0, 11.0)
DAYS_AGO = (353, 318, 283, 248, 206, 157, 87, 52, 1)
FIRST_OF_NEW_ENGINE = 6


@dataclass
class Year:
    """Fills an application with dated visits of one person."""

    app: App
    patient: Patient
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.now = datetime.now(UTC)

    def at(self, days_ago: float) -> datetime:
        """A moment in the past."""
        return self.now - timedelta(days=days_ago)

    def answer(self, form: str, total: int, days_ago: float, missing: int = 0) -> Response:
        """A form whose points come to ``total`` before proration.

        Args:
            missing: Items at the end that are not answered.
        """
        count = len(load_instrument(form).items)
        answers: list[int | None] = []
        left = total
        for _ in range(count - missing):
            # The safety question, last of the PHQ-9, stays at 0 as long as it can.
            points = min(3, left)
            answers.append(points)
            left -= points
        answers += [None] * missing
        at = self.at(days_ago)
        response = Response(
            id=ResponseId(new_id()), patient_id=self.patient.id, session_id=None, instrument=form,
            version="1", language="en", mode="self", answers=tuple(answers), difficulty=None,
            result=score(form, tuple(answers), None), answered_at=at,
        )  # fmt: skip
        self.app._store.add_response(response, ())
        return response

    def session(
        self, template: SessionRecord, days_ago: float, value: float | None, half: float | None,
        *, model: ModelRef | None = None, gate: GateDecision = GateDecision.RELIABLE,
        analysis: str | None = None, protocol: str = "free", rows: Readings | None = None,
    ) -> SessionRecord:  # fmt: skip
        """A recording whose index is ``value`` plus and minus ``half``.

        Args:
            template: Any analysed recording; everything else is taken from it.
            analysis: Hash of another analysis than the one of the template.
            rows: Stored as its readings.
        """
        summary = template.summary
        assert summary is not None
        record = replace(
            template, id=SessionId(new_id()), patient_id=self.patient.id, clip_path=None,
            started_at=self.at(days_ago), protocol=protocol,
            summary=_changed(summary, value, half, model, gate, analysis),
        )  # fmt: skip
        self.app._store.add_session(record)
        if rows is not None:
            self.app._store.append_readings(record.id, rows)
        return record


def _changed(
    summary: Summary, value: float | None, half: float | None, model: ModelRef | None,
    gate: GateDecision, analysis: str | None,
) -> Summary:  # fmt: skip
    index = summary.behaviour_index
    assert index is not None
    if value is not None:
        ci90 = None if half is None else (max(0.0, value - half), min(100.0, value + half))
        edges = zip((25, 45, 65, 101), Band, strict=False)
        band = next(b for edge, b in edges if value < edge)
        index = replace(index, value=value, ci90=ci90, band=band)
    config = summary.config if analysis is None else {**summary.config, "config_hash": analysis}
    decision = GateDecision.UNRELIABLE if value is None else gate
    return replace(
        summary, behaviour_index=None if value is None else index, config=config,
        models=summary.models if model is None else (model,),
        gate=replace(summary.gate, decision=decision),
    )  # fmt: skip


def whole_year(scene: Scene, patient: Patient) -> Year:
    """Nine visits, one missed, a change of engine, treatment, an event, goals, the next visit."""
    year = Year(scene.app, patient)
    template = _template(scene, patient)
    for i, days in enumerate(DAYS_AGO):
        year.answer("PHQ-9", PHQ[i], days)
        year.answer("GAD-7", GAD[i], days)
        year.session(template, days, INDEX[i], HALF[i],
                     model=OLD_ENGINE if i < FIRST_OF_NEW_ENGINE else NEW_ENGINE)  # fmt: skip
    care = scene.app.care
    day = lambda ago: year.at(ago).astimezone().date()  # noqa: E731
    care.add(patient.id, Diagnosis("Recurrent depressive disorder", "F33.1", day(900)))
    begun = care.add(patient.id, Medication("sertraline", "50 mg", day(318)))
    care.change_dose(begun, "100 mg", day(202))
    care.add(patient.id, Therapy("Cognitive behavioural therapy, weekly", day(248), day(60)))
    care.add(patient.id, LifeEvent("New job", day(120)))
    care.add(patient.id, Visit(day(129)))
    care.add(patient.id, Visit(day(87), state=VisitState.KEPT))
    care.add(patient.id, Visit(day(-28), at=datetime(2026, 1, 1, 10, 30).time()))
    goal = care.add(patient.id, Goal("See my sister every week"))
    care.add(patient.id, Step(goal.id, "Call her on Sunday", day(5)))
    care.add(patient.id, Step(goal.id, "Walk together once"))
    return year


def odd_course(scene: Scene, patient: Patient) -> Year:
    """What a chart must not hide: a prorated and an unscorable form, forms days apart, a session
    of limited quality, and sessions of an earlier analysis whose readings are stored."""
    year = Year(scene.app, patient)
    template = _template(scene, patient)
    year.answer("PHQ-9", 12, 90)
    year.answer("PHQ-9", 10, 60, missing=2)
    year.answer("PHQ-9", 3, 30, missing=4)
    year.answer("PHQ-9", 8, 4)
    year.answer("PHQ-9", 7, 1)
    rows = readings(120)
    year.session(template, 90, 50.0, 12.0, analysis="0" * 64, rows=rows)
    year.session(template, 60, 44.0, 11.0, analysis="0" * 64, rows=rows)
    year.session(template, 30, 47.0, 14.0, gate=GateDecision.LIMITED)
    year.session(template, 1, 41.0, 10.0)
    return year


def _template(scene: Scene, patient: Patient) -> SessionRecord:
    """An analysed recording of somebody else, in whose place the visits are put."""
    other = scene.patient(f"T-{patient.code}", "Template, T.")
    return scene.session(other, readings(120), name="t.mp4")
