"""A made-up report, complete and consistent, to be varied by the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

from emocare.domain.consent import ConsentEvent, ConsentKind, Use
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.quality import QualityMeasure
from emocare.domain.readings import Segment
from emocare.domain.records import (
    Alert,
    AlertId,
    AlertState,
    Consent,
    Patient,
    PatientId,
    ReportState,
    Response,
    ResponseId,
    Review,
    ReviewId,
    ScoreResult,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import (
    ActionUnitSummary,
    Band,
    BaselineInfo,
    BehaviourIndex,
    Driver,
    Estimate,
    Event,
    Events,
    EventType,
    Gate,
    GateDecision,
    GateMetrics,
    GateReason,
    ModelRef,
    Severity,
    SourceInfo,
    Summary,
)
from emocare.domain.timeline import QualityStretch, SegmentSpan, Timeline, Trajectory
from emocare.report.content import (
    AnsweredItem,
    Audience,
    BandStep,
    Crisis,
    CrisisLine,
    Headline,
    IndexChange,
    IndexPoint,
    Provenance,
    Questionnaire,
    Report,
    SafetyAlert,
    Signature,
    Tick,
    TotalPoint,
    VersionEntry,
    Visit,
)

ZONE = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 21, 11, 2, tzinfo=ZONE)
START = datetime(2026, 11, 21, 10, 40, tzinfo=ZONE)
SESSION = SessionId("S-2026-0148-12")
PATIENT = PatientId("p1")

STEM = ("Over the last 2 weeks, how often have you been bothered by any of the following "
        "problems?")  # fmt: skip
OPTIONS = ("Not at all", "Several days", "More than half the days", "Nearly every day")
PHQ9 = (
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself, or that you are a failure or have let yourself or your family "
    "down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite, being so "
    "fidgety or restless that you have been moving around a lot more than usual",
    "Thoughts that you would be better off dead or of hurting yourself in some way",
)
GAD7 = (
    "Feeling nervous, anxious, or on edge", "Not being able to stop or control worrying",
    "Worrying too much about different things", "Trouble relaxing",
    "Being so restless that it is hard to sit still", "Becoming easily annoyed or irritable",
    "Feeling afraid, as if something awful might happen",
)  # fmt: skip
ACCURACY = ("PHQ-9 of 10 or more: sensitivity 0.85 (0.79–0.89), specificity 0.85 (0.82–0.87) for "
            "major depression against a semi-structured interview, 47 studies. A screen, not a "
            "diagnosis.")  # fmt: skip
PHQ9_STEPS = (
    BandStep(0, 4, Band.NORMAL, "minimal"), BandStep(5, 9, Band.MILD, "mild"),
    BandStep(10, 14, Band.MODERATE, "moderate"),
    BandStep(15, 19, Band.SEVERE, "moderately severe"), BandStep(20, 27, Band.SEVERE, "severe"),
)  # fmt: skip
GAD7_STEPS = (
    BandStep(0, 4, Band.NORMAL, "minimal"), BandStep(5, 9, Band.MILD, "mild"),
    BandStep(10, 14, Band.MODERATE, "moderate"), BandStep(15, 21, Band.SEVERE, "severe"),
)  # fmt: skip
CONFOUNDERS = (
    "Known facial weakness", "Parkinsonism", "Antipsychotic medication", "Sedative medication",
    "Botulinum toxin within 6 months", "Autism", "Interpreter used",
    "Heavy beard, mask or glasses glare", "Crying", "Not speaking the first language",
)  # fmt: skip


CONFIG = {
    "gate": {"valid_s": [60.0, 30.0], "face_fraction": [0.8, 0.5], "valid_fraction": [0.7, 0.5],
             "face_width_px": [96.0, 64.0], "fps": [15.0, 5.0],
             "second_face_fraction": [0.05, 0.2]},
    "min_sharpness": 40.0, "min_brightness": 40.0, "max_brightness": 220.0,
    "max_clip_fraction": 0.25, "min_left_right_ratio": 0.5, "max_yaw_deg": 30.0,
    "max_pitch_deg": 25.0, "max_roll_deg": 30.0, "max_missing_region": 0.3,
}  # fmt: skip


def answered(texts: tuple[str, ...], answers: tuple[int | None, ...]) -> tuple[AnsweredItem, ...]:
    """Items with the words of their options."""
    return tuple(
        AnsweredItem(t, a, None if a is None else OPTIONS[a])
        for t, a in zip(texts, answers, strict=True)
    )


def phq9(answers: tuple[int | None, ...] = (2, 1, 3, 2, 1, 2, 1, 1, 0), **result: object
         ) -> Questionnaire:  # fmt: skip
    """A PHQ-9 with the given answers; ``result`` overrides fields of its score."""
    total = sum(a or 0 for a in answers)
    missing = sum(a is None for a in answers)
    step = next(s for s in PHQ9_STEPS if s.low <= total <= s.high)
    score = ScoreResult("PHQ-9", total, step.band, step.native, missing > 0,
                        (total, total + 3 * missing), False, (), {"delta": 1, "flags": []},
                        None, "other_syndrome")  # fmt: skip
    score = replace(score, **result)  # type: ignore[arg-type]
    response = Response(ResponseId("r1"), PATIENT, SESSION, "PHQ-9", "1", "en", "self", answers, 1,
                        score, START - timedelta(minutes=9))  # fmt: skip
    daily = AnsweredItem("How difficult have these problems made it to do your work, take care of "
                         "things at home, or get along with other people?", 1,
                         "Somewhat difficult")  # fmt: skip
    return Questionnaire("PHQ-9", response, STEM, answered(PHQ9, answers), 27, PHQ9_STEPS, daily,
                         5, ACCURACY)  # fmt: skip


def gad7(answers: tuple[int | None, ...] = (2, 1, 2, 1, 1, 1, 1)) -> Questionnaire:
    """A complete GAD-7."""
    total = sum(a or 0 for a in answers)
    step = next(s for s in GAD7_STEPS if s.low <= total <= s.high)
    score = ScoreResult("GAD-7", total, step.band, step.native, False, (total, total), False, (),
                        {"delta": 0, "flags": []}, None, None)  # fmt: skip
    response = Response(ResponseId("r2"), PATIENT, SESSION, "GAD-7", "1", "en", "self", answers,
                        None, score, START - timedelta(minutes=6))  # fmt: skip
    return Questionnaire("GAD-7", response, STEM, answered(GAD7, answers), 21, GAD7_STEPS, None, 4)


def totals(instrument: str, values: tuple[int | None, ...]) -> tuple[TotalPoint, ...]:
    """Earlier totals in steps of five weeks, the last one of the present session."""
    last = START - timedelta(minutes=9 if instrument == "PHQ-9" else 6)
    return tuple(
        TotalPoint(instrument, last - timedelta(weeks=5) * (len(values) - 1 - i), value)
        for i, value in enumerate(values)
    )


def indices(values: tuple[float | None, ...]) -> tuple[IndexPoint, ...]:
    """Facial indices at the same visits; None is an unreliable session."""
    return tuple(
        IndexPoint(
            START - timedelta(weeks=5) * (len(values) - 1 - i), value,
            None if value is None else value - 11, None if value is None else value + 11,
            GateDecision.UNRELIABLE if value is None else GateDecision.RELIABLE,
            comparable=i >= 2,
        )
        for i, value in enumerate(values)
    )  # fmt: skip


DRIVERS = (
    Driver("smile", 0.22, 12.1, 0.55, 0.09, 0.15, 0.05, "A"),
    Driver("head_motion", 0.15, 7.6, 0.51, 4.1, 6.0, 2.4, "A"),
    Driver("expressivity", 0.18, 6.9, 0.38, 0.046, 0.060, 0.020, "A–B"),
    Driver("gaze_down", 0.12, 5.2, 0.43, 0.24, 0.15, 0.06, "B"),
    Driver("neg_valence", 0.10, 2.9, 0.29, -0.12, 0.05, 0.12, "C"),
    Driver("fatigue", 0.08, 1.6, 0.2, 38.0, None, None, "C"),
    Driver("anxiety", 0.06, 0.9, 0.15, 28.0, None, None, "C"),
    Driver("irritability", 0.04, 0.3, 0.08, 17.0, None, None, "D"),
    Driver("au14", 0.05, None, None, None, None, None, "B",
           "this engine does not measure the dimpler"),
)  # fmt: skip


def summary(decision: GateDecision = GateDecision.RELIABLE) -> Summary:
    """The summary of a session of three and a half minutes; without index if unreliable."""
    good = decision is not GateDecision.UNRELIABLE
    reasons = () if good else (
        GateReason("valid_s", 22, 60, "Only 22 s could be read, 60 s are needed. Record longer, "
                   "with the face to the camera.", GateDecision.UNRELIABLE),
        GateReason("face_fraction", 0.41, 0.8, "The face was in 41 % of the pictures, 80 % are "
                   "needed. Turn the chair to the camera.", GateDecision.UNRELIABLE),
        GateReason("valid_fraction", 0.3, 0.7, "30 % of these pictures could be read, 70 % are "
                   "needed. Turn a lamp towards the face.", GateDecision.UNRELIABLE),
    )  # fmt: skip
    metrics = GateMetrics(182 if good else 22, 0.97 if good else 0.41, 0.91 if good else 0.30,
                          132, 21.0, 0.0)  # fmt: skip
    index = BehaviourIndex(38.0, (27.0, 49.0), Band.MILD, (0.02, 0.73, 0.24, 0.01), DRIVERS, 17,
                           6.4, "provisional-v0")  # fmt: skip
    values = {"valence": (-0.12, -0.2, -0.04), "arousal": (-0.05, -0.12, 0.02),
              "anhedonia": (46.0, 33.0, 59.0), "anxiety": (28.0, 19.0, 37.0),
              "irritability": (17.0, 10.0, 24.0), "fatigue": (38.0, 29.0, 47.0)}  # fmt: skip
    units = {name.upper(): None if name in ("au05", "au06", "au09") else
             ActionUnitSummary(0.04 + 0.013 * i, 0.14 + 0.03 * i, 0.05 + 0.02 * i)
             for i, name in enumerate(ACTION_UNITS)}  # fmt: skip
    return Summary(
        source=SourceInfo("visit_2026-11-21.mp4", "9f2c" * 16, 211.0, 6330, 4431, 12, True, 1280,
                          720, 2400.0),
        models=(ModelRef("face", "1.3.0", "4c1d90ae77f2b1c3" * 4),), config=CONFIG,
        gate=Gate(decision, reasons, metrics, {"NO_FACE": 6.2, "TURNED_AWAY": 14.8}),
        expressions_mean={"neutral": 0.6} if good else None,
        expressions_dominant="neutral" if good else None, action_units=units,
        dimensions={n: Estimate(*v) if good else None for n, v in values.items()},
        dimension_reasons={} if good else {n: "no reliable face" for n in values}, features={},
        behaviour_index=index if good else None,
        index_reason=None if good else "The gate says unreliable.",
        severity=Severity(Band.MILD if good else None, "face_provisional", ()),
        events=Events(14.0, tuple(Event(kind, t, t + 0.4, t + 1.0) for kind, t in (
            (EventType.SMILE, 22), (EventType.LOOK_AWAY, 41), (EventType.SMILE, 90),
            (EventType.BROW_LOWER, 130), (EventType.LONG_CLOSURE, 160)))),
        baseline=BaselineInfo("segment", ()), turned_away_fraction=0.07,
    )  # fmt: skip


def timeline(duration_s: float = 211.0, *, empty: bool = False) -> Timeline:
    """Waves with two gaps; ``empty`` measured nothing."""
    t = np.arange(5.0, duration_s, 5.0)
    gap = ((t > 62) & (t < 70)) | ((t > 185) & (t < 192)) | empty
    levels = {"valence": (-0.12, 0.12), "arousal": (-0.05, 0.08), "anhedonia": (46.0, 14.0),
              "anxiety": (28.0, 9.0), "irritability": (17.0, 5.0),
              "fatigue": (38.0, 9.0)}  # fmt: skip
    made = {}
    for i, (name, (middle, swing)) in enumerate(levels.items()):
        wave = np.sin(t / (7.0 + i)) + 0.5 * np.sin(t / 3.1 + i)
        value = np.where(gap, np.nan, middle + 0.6 * swing * wave)
        typical = (-0.1, 0.2) if name in ("valence", "arousal") else (0.0, 25.0)
        made[name] = Trajectory(t, value, value - swing, value + swing, typical)
    none = GateDecision.UNRELIABLE
    quality = (
        QualityStretch(0, 62, none if empty else GateDecision.RELIABLE, None),
        QualityStretch(62, 69, none, "no face"),
        QualityStretch(69, 75, none if empty else GateDecision.LIMITED, "turned away"),
        QualityStretch(75, 186, none if empty else GateDecision.RELIABLE, None),
        QualityStretch(186, 191, none, "no face"),
        QualityStretch(191, duration_s, none if empty else GateDecision.RELIABLE, None),
    )
    segments = (SegmentSpan(Segment.BASELINE, 0, 30), SegmentSpan(Segment.NEUTRAL_TALK, 30, 90),
                SegmentSpan(Segment.POSITIVE_MEMORY, 90, 181),
                SegmentSpan(Segment.REST, 181, duration_s))  # fmt: skip
    return Timeline(duration_s, made, np.arange(0.0, 3.0), {}, quality, segments, (), ())


def alert(state: AlertState = AlertState.RAISED, level: str = "elevated") -> SafetyAlert:
    """An item 9 alert in one of its states."""
    raised = START - timedelta(minutes=9)
    record = Alert(AlertId("a1"), PATIENT, ResponseId("r1"), "SI_ITEM9_POSITIVE", level,
                   "PHQ-9 item 9 answered 1.", state, raised)  # fmt: skip
    if state is not AlertState.RAISED:
        record = replace(record, acknowledged_by="Dr A. Lindqvist",
                         acknowledged_at=raised + timedelta(minutes=14))  # fmt: skip
    if state is AlertState.RESOLVED:
        record = replace(record, resolved_by="Dr A. Lindqvist", action="SAFETY_PLAN",
                         resolved_at=raised + timedelta(minutes=40),
                         note="Plan written together; sister informed.")  # fmt: skip
    return SafetyAlert(record, PHQ9[8], "Several days",
                       "Safety plan made" if state is AlertState.RESOLVED else None)  # fmt: skip


CRISIS = Crisis(
    "112",
    (CrisisLine("Suicide prevention line", "90101", "chat and telephone, day and night"),
     CrisisLine("Samaritans", "116 123", "free, day and night")),
    "If you might act on thoughts of harming yourself, call now. This app does not alert anyone "
    "in real time.", date(2026, 9, 1), "+46 60 12 34 56",
)  # fmt: skip


def session(found: Summary | None) -> SessionRecord:
    """The recording with its consent."""
    consent = Consent("3", True, True, False, datetime(2026, 9, 14, 9, 30, tzinfo=ZONE))
    return SessionRecord(SESSION, PATIENT, START, "guided", "visit_2026-11-21.mp4",
                         SessionState.READY, consent, None, None, None, found, None)  # fmt: skip


def withdrawal(*uses: Use) -> ConsentEvent:
    """Taken back two weeks after the consent, by the patient."""
    return ConsentEvent(PATIENT, ConsentKind.WITHDRAWN, "3", frozenset(uses),
                        datetime(2026, 9, 28, 9, 30, tzinfo=ZONE), "Marta", "account x",
                        by_patient=True)  # fmt: skip


QUALITY = (
    QualityMeasure("LuminanceMean", 118.0, "0-255", 93.0, 40.0, 220.0, True, 1.0, 0.7),
    QualityMeasure("OverExposurePrevention", None, "share", None, None, 0.25,
                   reason="A dark face: its clipped pixels count as under-exposed."),
    QualityMeasure("Sharpness", 31.0, "", 39.0, 40.0, None, False, 0.21, 0.7,
                   "Steady and focus the camera, and clean its lens."),
    QualityMeasure("HeadPoseYaw", 6.0, "deg", 90.0, None, 30.0, True, 0.98, 0.7),
    QualityMeasure("EyesOpen", 0.28, "", 93.0, reason="Not judged: it is what is observed."),
)  # fmt: skip


def make_report(**changes: object) -> Report:
    """A full draft for the file; ``changes`` override fields of ``Report``."""
    found = summary()
    report = Report(
        report_id="R-0412", version=1, state=ReportState.DRAFT, audience=Audience.FILE,
        generated_at=NOW, clinic="Sjövik Clinic",
        patient=Patient(PATIENT, "P-0148", "Marta Kowalska", date(1984, 5, 3), "female",
                        "Dr A. Lindqvist", datetime(2025, 9, 1, tzinfo=UTC)),
        session=session(found),
        headline=Headline(Band.MODERATE, "questionnaire", (), "moderate",
                          {"PHQ-9": Band.MODERATE, "GAD-7": Band.MILD}),
        provenance=Provenance(
            "0.1.0", "5e77220c0ffee5e77220c0ffee5e77220c0ffee0",
            (("PHQ-9", "version 1, English"), ("GAD-7", "version 1, English")), "provisional-v0",
            "ab12" * 16, "cd34" * 16,
            (("valid_s", "60 / 30 s"), ("face_fraction", "0.8 / 0.5"),
             ("valid_fraction", "0.7 / 0.5"), ("face_width_px", "96 / 64 px"), ("fps", "15 / 5 Hz"),
             ("second_face_fraction", "0.05 / 0.2")),
        ),
        visit=Visit("Follow-up after a change of medication", START + timedelta(minutes=4), True,
                    False, "English", "USB camera, 1280 × 720"),
        questionnaires=(phq9(), gad7()), timeline=timeline(),
        quality=QUALITY,
        self_report={"valence": 0.33, "arousal": -0.33, "anhedonia": 66.7, "anxiety": 50.0,
                     "irritability": 33.3, "fatigue": 66.7},
        totals=(*totals("PHQ-9", (19, 18, 20, 16, 14, 15, 11, 12, 13)),
                *totals("GAD-7", (14, 15, 13, 12, 11, 11, 8, 9, 9))),
        indices=indices((58.0, 55.0, 52.0, None, 47.0, 44.0, 44.0, 40.0, 38.0)),
        index_change=IndexChange(datetime(2026, 10, 17, 10, 40, tzinfo=ZONE), -2.0, 15.6),
        review=Review(ReviewId("v1"), SESSION, 1, Band.MODERATE, "differs",
                      ("glasses",), "Sleep still broken. Less withdrawn than in October, in her "
                      "own words.", "Dr A. Lindqvist", NOW - timedelta(minutes=5)),
        agreement_text="differs from my view",
        confounders=tuple(Tick(c, c.startswith("Heavy")) for c in CONFOUNDERS),
        crisis=CRISIS,
        versions=(VersionEntry(1, ReportState.DRAFT, NOW),),
    )  # fmt: skip
    return replace(report, **changes)  # type: ignore[arg-type]


def signed(report: Report) -> Report:
    """The same report with a signature."""
    at = NOW + timedelta(minutes=3)
    signature = Signature("Dr Anna Lindqvist", "psychiatrist", "SE-118 203", at)
    history = (VersionEntry(1, ReportState.SIGNED, at, "Dr Anna Lindqvist"),)
    return replace(report, state=ReportState.SIGNED, signature=signature, versions=history)


def unreliable(**changes: object) -> Report:
    """A session whose face could not be read, with a questionnaire."""
    found = summary(GateDecision.UNRELIABLE)
    base: dict[str, object] = {
        "session": session(found), "timeline": timeline(empty=True),
        "headline": Headline(Band.MODERATE, "questionnaire",
                             ("FACE_UNRELIABLE_USE_QUESTIONNAIRE",), "moderate"),
        "index_change": None, "index_change_reason": "No index in this session.",
        "indices": indices((58.0, None)),
    }  # fmt: skip
    return make_report(**(base | changes))
