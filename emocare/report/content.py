"""Everything a report says, as plain values. Nothing is looked up or computed while rendering.

``services`` fills a ``Report`` from the store; ``render_pdf`` turns it into bytes. The same
``Report`` always gives the same bytes. All times must carry a time zone; they are printed in
the zone of ``Report.generated_at``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from emocare.domain.consent import ConsentEvent, Use
from emocare.domain.errors import ReportError
from emocare.domain.quality import QualityMeasure
from emocare.domain.records import AlertState, Patient, ReportState, Review, SessionRecord
from emocare.domain.summary import Summary
from emocare.domain.timeline import Timeline
from emocare.report.parts import (
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
    SafetyAlert,
    ScaleLine,
    Signature,
    Tick,
    TotalPoint,
    VersionEntry,
    Visit,
)

__all__ = [
    "AnsweredItem",
    "Audience",
    "BandStep",
    "Crisis",
    "CrisisLine",
    "Headline",
    "IndexChange",
    "IndexPoint",
    "Provenance",
    "Questionnaire",
    "Report",
    "SafetyAlert",
    "ScaleLine",
    "Signature",
    "Tick",
    "TotalPoint",
    "VersionEntry",
    "Visit",
]


@dataclass(frozen=True, slots=True)
class Report:
    """One version of the report of one session.

    Attributes:
        report_id: Printed on every page.
        version: From 1.
        state: DRAFT, SIGNED, or AMENDED (a later version has replaced this one).
        audience: The file or the patient.
        generated_at: With a time zone; printed, and the zone of every other time.
        clinic: Name of the clinic.
        patient: Whose report it is.
        session: The recording with consent and summary (None when nothing was recorded or it
            failed: then ``session.error`` says why).
        headline: What leads.
        alerts: Every alert of these questionnaires, open or closed.
        questionnaires: Those of the session and of the last 14 days, PHQ first.
        timeline: Trajectories; None without a summary.
        quality: Named measures of the picture; empty without readings.
        self_report: Dimension -> value from the answers (valence and arousal -1..1, the others
            0..100), None where the items were not answered.
        totals: Totals over the visits in time order, the present one included.
        indices: Facial indices over the sessions in time order, the present one included.
        index_change: Against the patient's own history, None when it cannot be said.
        index_change_reason: Why not, "" when ``index_change`` is given.
        review: The clinician's own view, None before it is noted.
        agreement_text: Words of ``review.agreement``.
        confounders: The whole check list, ticked or not; empty when it was not filled in.
        provenance: Software and constants.
        crisis: Printed in the patient copy; None leaves it out (file copy only).
        signature: None while a draft.
        versions: Amendment history.
        made_up: True of made-up people: every page says "Made-up data".
        demo: True in the demo clinic: every page says so above everything else.
        withdrawals: What the patient took back since the consent of the session, oldest first.
        faces: False for a visit without a recording, and where faces are not analysed: nothing
            is said of a face then.
    """

    report_id: str
    version: int
    state: ReportState
    audience: Audience
    generated_at: datetime
    clinic: str
    patient: Patient
    session: SessionRecord
    headline: Headline
    provenance: Provenance
    visit: Visit = field(default_factory=Visit)
    alerts: tuple[SafetyAlert, ...] = ()
    questionnaires: tuple[Questionnaire, ...] = ()
    timeline: Timeline | None = None
    quality: tuple[QualityMeasure, ...] = ()
    self_report: Mapping[str, float | None] = field(default_factory=dict)
    totals: tuple[TotalPoint, ...] = ()
    indices: tuple[IndexPoint, ...] = ()
    index_change: IndexChange | None = None
    index_change_reason: str = ""
    review: Review | None = None
    agreement_text: str | None = None
    confounders: tuple[Tick, ...] = ()
    crisis: Crisis | None = None
    signature: Signature | None = None
    versions: tuple[VersionEntry, ...] = ()
    made_up: bool = False
    withdrawals: tuple[ConsentEvent, ...] = ()
    faces: bool = True
    demo: bool = False

    def __post_init__(self) -> None:
        if self.generated_at.tzinfo is None:
            raise ReportError("The report's time has no time zone. Give one with a zone.")
        if self.state is ReportState.DRAFT and self.signature is not None:
            raise ReportError("A draft report cannot carry a signature. Sign it first.")
        if self.state is not ReportState.DRAFT and self.signature is None:
            raise ReportError(f"A {self.state.value} report needs a signature, none was given.")
        if self.audience is Audience.PATIENT and self.crisis is None:
            raise ReportError("The patient copy needs the crisis numbers, none were given.")

    @property
    def summary(self) -> Summary | None:
        """The session's summary, None when the face was not analysed."""
        return self.session.summary

    @property
    def withdrawn(self) -> frozenset[Use]:
        """Uses that the patient took back."""
        return frozenset(use for event in self.withdrawals for use in event.uses)

    @property
    def unreviewed(self) -> bool:
        """Whether an alert is raised that nobody has acknowledged."""
        return any(a.alert.state is AlertState.RAISED for a in self.alerts)
