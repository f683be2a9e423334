"""The parts a ``Report`` is made of. Import them from ``report.content``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from emocare.domain.records import Alert, ReportState, Response, ScaleScore
from emocare.domain.summary import Band, GateDecision


class Audience(StrEnum):
    """Whom a copy is for. The patient copy leaves out the algorithm count and the drivers."""

    FILE = "file"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """One question as it was asked and answered.

    Attributes:
        text: Wording of the item.
        value: The answer's points; None = not answered.
        answer_text: Words of the chosen option; None = not answered.
    """

    text: str
    value: int | None
    answer_text: str | None


@dataclass(frozen=True, slots=True)
class BandStep:
    """A row of an instrument's band table: totals ``low`` to ``high``, both included.

    Attributes:
        band: One of the four, None where the instrument has only its own words.
        native: The instrument's own word ("moderately severe").
    """

    low: int
    high: int
    band: Band | None
    native: str


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One scale of a form with several.

    Attributes:
        title: "DASS-21 depression".
        maximum: Its highest possible total.
        steps: Its native band table, from low to high.
        score: As scored.
    """

    title: str
    maximum: int
    steps: tuple[BandStep, ...]
    score: ScaleScore


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A finished questionnaire with the words it was asked in.

    Attributes:
        title: "PHQ-9".
        response: As stored, with its scored result.
        stem: The lead-in question with its recall period.
        items: Every scored item in the order of the form, answered or not.
        maximum: Highest possible total.
        steps: The native band table, from low to high; empty for screeners.
        difficulty: The unscored item on daily life, None where the form has none or it was
            not asked.
        change_threshold: Points that count as change, None where none is established.
        accuracy: Sentence with sensitivity and specificity, "" if none is known.
        notice: Copyright notice of the form, "" if none is needed.
        bands_note: Where the bands come from when there are rival ones, "" otherwise.
        scales: Of a form with several scales, which has no total of its own.
    """

    title: str
    response: Response
    stem: str
    items: tuple[AnsweredItem, ...]
    maximum: int
    steps: tuple[BandStep, ...] = ()
    difficulty: AnsweredItem | None = None
    change_threshold: int | None = None
    accuracy: str = ""
    notice: str = ""
    bands_note: str = ""
    scales: tuple[ScaleLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SafetyAlert:
    """An alert with the words of the item that raised it and of the action that closed it.

    Attributes:
        alert: As stored, in any state. Alerts are printed until and after they are resolved.
        item_text: Wording of the question, None for alerts of a whole score.
        answer_text: Words of the answer, None when unanswered or for a whole score.
        action_text: Words of ``alert.action``, None while open.
    """

    alert: Alert
    item_text: str | None = None
    answer_text: str | None = None
    action_text: str | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """What leads, as ``clinical.headline`` gave it.

    Attributes:
        band: None when there is neither a valid questionnaire nor a usable face.
        source: "questionnaire", "face_provisional" or "none".
        flags: Codes such as "FACE_HIGHER_THAN_QUESTIONNAIRE".
        native_band: The leading instrument's own word.
        per_domain: Instrument -> band.
        reason: Why a face that is there does not lead, as a sentence; None otherwise.
    """

    band: Band | None
    source: str
    flags: tuple[str, ...] = ()
    native_band: str | None = None
    per_domain: Mapping[str, Band | None] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TotalPoint:
    """A total of one instrument at one visit, the present one included.

    Attributes:
        instrument: Name as in ``Response.instrument``.
        total: None when the form was not scorable.
        possible_range: What the missing answers allow, None for a complete form.
    """

    instrument: str
    answered_at: datetime
    total: int | None
    prorated: bool = False
    possible_range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """The facial index of one session, the present one included.

    Attributes:
        value: None when the gate said unreliable or the index could not be computed.
        low: Lower end of the 90 % interval, None without one.
        high: Upper end.
        gate: The session's gate; None for a session without a summary.
        comparable: Whether task, engine and reference are those of the present session. Only
            such points are joined by a line.
    """

    at: datetime
    value: float | None
    low: float | None
    high: float | None
    gate: GateDecision | None
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class IndexChange:
    """Facial change against the patient's own earlier session.

    Attributes:
        since: The session compared with.
        delta: Present minus earlier, index points.
        needed: sqrt(H1^2 + H2^2), what counts as change.
    """

    since: datetime
    delta: float
    needed: float

    @property
    def changed(self) -> bool:
        """Whether the difference exceeds both uncertainties together."""
        return abs(self.delta) > self.needed


@dataclass(frozen=True, slots=True)
class Visit:
    """Circumstances of the session; None = not recorded, and printed so.

    Attributes:
        reason: Why the person came.
        ended_at: End of the session.
        attended: Whether a clinician was present.
        interpreter: Whether an interpreter took part.
        language: Language of the conversation.
        camera: Camera or recording device.
    """

    reason: str | None = None
    ended_at: datetime | None = None
    attended: bool | None = None
    interpreter: bool | None = None
    language: str | None = None
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the confounder check list."""

    text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which software and which constants made the numbers.

    Attributes:
        app_version: For example "0.1.0".
        git_commit: Commit of the installation, None when it is not known.
        instruments: (title, version with language) of every questionnaire in the report.
        reference: Identifier of the reference table.
        reference_sha256: Of the reference table, None when none was used.
        config_sha256: Of the analysis configuration, None without a face analysis.
        thresholds: (name, value with unit) in the order to print.
    """

    app_version: str
    git_commit: str | None
    instruments: tuple[tuple[str, str], ...] = ()
    reference: str | None = None
    reference_sha256: str | None = None
    config_sha256: str | None = None
    thresholds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Somebody to call."""

    name: str
    number: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Crisis:
    """The crisis card.

    Attributes:
        emergency: Emergency number of the country.
        clinic_phone: "" when the clinic has not set one; then no clinic line is printed.
        text: What to do, and that nobody is alerted.
        verified_on: When the numbers were checked.
    """

    emergency: str
    lines: tuple[CrisisLine, ...]
    text: str
    verified_on: date
    clinic_phone: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, with what standing and when."""

    name: str
    role: str
    licence: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A line of the amendment history, oldest first; this version included.

    Attributes:
        by: Who signed it, None for a draft.
        reason: Why it was amended, None for version 1.
        sha256: Of the filed PDF; None for this version (a file cannot hold its own hash).
    """

    version: int
    state: ReportState
    at: datetime
    by: str | None = None
    reason: str | None = None
    sha256: str | None = None
