"""What the store keeps: people, sessions, answers, alerts, reviews, reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from emocare.domain.frames import Box
from emocare.domain.summary import Band, Summary

PatientId = NewType("PatientId", str)
SessionId = NewType("SessionId", str)
ResponseId = NewType("ResponseId", str)
AlertId = NewType("AlertId", str)
ReviewId = NewType("ReviewId", str)
ReportId = NewType("ReportId", str)


QUESTIONNAIRE_VISIT = "questionnaire"
"""``SessionRecord.protocol`` of a visit without a recording: only questionnaires."""


class SessionState(StrEnum):
    """Life of a session. INTERRUPTED holds what was measured before the process ended."""

    QUEUED = "queued"
    ANALYSING = "analysing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class AlertState(StrEnum):
    """raised -> acknowledged -> resolved; never backwards, never deleted."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class ReportState(StrEnum):
    """A signed report never changes; amending makes a new version and marks the old."""

    DRAFT = "draft"
    SIGNED = "signed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Patient:
    """A person in care. ``code`` is the clinic's own number (MRN), unique."""

    id: PatientId
    code: str
    name: str
    birth_date: date | None
    sex: str | None
    clinician: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """What the patient agreed to before the picture was touched (clinical specification 5.3).

    ``research``: the de-identified measurements may be used for research and for the clinic's
    own reference table. ``journal``: the clinician may read the entries that the patient shows.
    ``adult``: the clinician confirmed that the person is one; asked where no birth date is known.
    """

    version: str
    analyse: bool
    keep_measurements: bool
    keep_video: bool
    recorded_at: datetime
    research: bool = False
    journal: bool = False
    adult: bool = False


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One recording and what came of it.

    Attributes:
        protocol: "free" or "guided"; ``QUESTIONNAIRE_VISIT`` for a visit without a recording.
        source_name: File name as uploaded, sample name, or "camera"; "" without a recording.
        clip_path: Where the clip still lies on this machine; None once deleted.
        clip_deleted_at: When the clip was deleted.
        region: The patient's part of the picture, None = whole picture.
        summary: None until READY, and always without a recording.
        error: One sentence when FAILED.
        confounders: Ticked items of the confounder check list.
        live: Whether it was recorded from a camera here, so that it can be continued.
    """

    id: SessionId
    patient_id: PatientId
    started_at: datetime
    protocol: str
    source_name: str
    state: SessionState
    consent: Consent | None
    region: Box | None
    clip_path: str | None
    clip_deleted_at: datetime | None
    summary: Summary | None
    error: str | None
    live: bool = False

    @property
    def recorded(self) -> bool:
        """Whether this is a recording; a visit without one holds questionnaires only."""
        return self.protocol != QUESTIONNAIRE_VISIT


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """One scale of a form with several, names as in ``score --json``."""

    name: str
    total: int | None
    band: Band | None
    native_band: str | None
    prorated: bool
    possible_range: tuple[int, int]
    band_uncertain: bool


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A scored questionnaire, names as in ``score --json``.

    Attributes:
        total: Scored (possibly prorated) total, None when not scorable.
        band: One of the four, None where the instrument has none.
        native_band: The instrument's own word.
        possible_range: (lowest, highest) total the missing answers allow.
        alerts: Codes such as "SI_ITEM9_POSITIVE:elevated".
        change: {"delta": int, "flags": [...]} against a previous total, or None.
        screen_positive: For screeners, None otherwise.
        algorithm: none, other_syndrome, major_syndrome; None if not applicable or incomplete.
        scales: Of a form with several scales, which has no total and band of its own.
    """

    instrument: str
    total: int | None
    band: Band | None
    native_band: str | None
    prorated: bool
    possible_range: tuple[int, int]
    band_uncertain: bool
    alerts: tuple[str, ...]
    change: Mapping[str, Any] | None
    screen_positive: bool | None
    algorithm: str | None
    scales: tuple[ScaleScore, ...] = ()

    @property
    def scorable(self) -> bool:
        """Whether there is a total, or in a form with scales at least one of theirs."""
        return self.total is not None or any(s.total is not None for s in self.scales)


@dataclass(frozen=True, slots=True)
class Response:
    """A finished questionnaire as answered."""

    id: ResponseId
    patient_id: PatientId
    session_id: SessionId | None
    instrument: str
    version: str
    language: str
    mode: str
    answers: tuple[int | None, ...]
    difficulty: int | None
    result: ScoreResult
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A safety alert and its life. ``level`` is "elevated", "high" or "".

    ``response_id`` is None for an alert that the journal raised.
    """

    id: AlertId
    patient_id: PatientId
    response_id: ResponseId | None
    code: str
    level: str
    detail: str
    state: AlertState
    raised_at: datetime
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    action: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The clinician's own view of one session; saving again makes a new version."""

    id: ReviewId
    session_id: SessionId
    version: int
    impression: Band | None
    agreement: str | None
    confounders: tuple[str, ...]
    note: str
    reviewer: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class PersonMark:
    """A clinician's word on who was recorded: another person (``wrong``), or that taken back."""

    session_id: SessionId
    wrong: bool
    marked_by: str
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """One version of a session's report. ``sha256`` is that of ``pdf``'s bytes."""

    id: ReportId
    session_id: SessionId
    version: int
    state: ReportState
    audience: str
    pdf: bytes
    sha256: str
    created_at: datetime
    signed_by: str | None = None
    signer_role: str | None = None
    licence: str | None = None
    signed_at: datetime | None = None
    amendment_reason: str | None = None
