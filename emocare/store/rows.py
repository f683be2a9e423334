"""Rows of the database as domain values and back. Every time leaves and enters with its zone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from emocare.domain.errors import InputError
from emocare.domain.frames import Box
from emocare.domain.live import Marker, MarkerId, MarkerKind
from emocare.domain.records import (
    Alert,
    AlertId,
    AlertState,
    Consent,
    Patient,
    PatientId,
    PersonMark,
    ReportId,
    ReportRecord,
    ReportState,
    Response,
    ResponseId,
    Review,
    ReviewId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.score_json import score_from_dict, score_to_dict
from emocare.domain.summary import Band
from emocare.domain.summary_json import summary_from_dict, summary_to_dict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Times are read as microseconds since 1970 UTC: exact, and without a time zone library.
PATIENT = (
    "id, code, name, birth_date, sex, clinician, epoch_us(created_at) AS created_at"
)
_SESSION = (
    "id, patient_id, epoch_us(started_at) AS started_at, protocol, source_name, state, consent, "
    "region, clip_path, epoch_us(clip_deleted_at) AS clip_deleted_at, {summary} AS summary, error, "
    "live"
)
SESSION = _SESSION.format(summary="summary")
SESSION_WITHOUT_SUMMARY = _SESSION.format(summary="NULL")
RESPONSE = (
    "id, patient_id, session_id, instrument, version, language, mode, answers, difficulty, "
    "result, epoch_us(answered_at) AS answered_at"
)
ALERT = (
    "id, patient_id, response_id, code, level, detail, state, epoch_us(raised_at) AS raised_at, "
    "acknowledged_by, epoch_us(acknowledged_at) AS acknowledged_at, resolved_by, "
    "epoch_us(resolved_at) AS resolved_at, action, note"
)
REVIEW = (
    "id, session_id, version, impression, agreement, confounders, note, reviewer, "
    "epoch_us(saved_at) AS saved_at"
)
PERSON_MARK = "session_id, wrong, marked_by, epoch_us(marked_at) AS marked_at"
MARKER = "id, session_id, t_s, until_s, kind, text, made_by, epoch_us(made_at) AS made_at"
REPORT = (
    "id, session_id, version, state, audience, pdf, sha256, epoch_us(created_at) AS created_at, "
    "signed_by, signer_role, licence, epoch_us(signed_at) AS signed_at, amendment_reason"
)

Row = Mapping[str, Any]


def to_utc(at: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        InputError: It has no time zone.
    """
    if at.tzinfo is None:
        raise InputError(f"Expected a time with a time zone, got {at.isoformat()}.")
    return at.astimezone(UTC)


def from_epoch(microseconds: int) -> datetime:
    """The instant ``microseconds`` after 1970 in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _maybe_to_utc(at: datetime | None) -> datetime | None:
    return None if at is None else to_utc(at)


def _maybe_from_epoch(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_epoch(microseconds)


def to_json(value: object) -> str:
    """JSON text; a NaN is refused, because nothing else could read it."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def patient_to_row(patient: Patient) -> dict[str, object]:
    """The columns of ``patients``."""
    return {
        "id": patient.id, "code": patient.code, "name": patient.name,
        "birth_date": patient.birth_date, "sex": patient.sex, "clinician": patient.clinician,
        "created_at": to_utc(patient.created_at),
    }  # fmt: skip


def patient_from_row(row: Row) -> Patient:
    """The patient of a row of ``PATIENT`` columns."""
    return Patient(
        id=PatientId(row["id"]), code=row["code"], name=row["name"],
        birth_date=row["birth_date"], sex=row["sex"], clinician=row["clinician"],
        created_at=from_epoch(row["created_at"]),
    )  # fmt: skip


def session_to_row(record: SessionRecord) -> dict[str, object]:
    """The columns of ``sessions``."""
    region, consent = record.region, record.consent
    return {
        "id": record.id, "patient_id": record.patient_id,
        "started_at": to_utc(record.started_at), "protocol": record.protocol,
        "source_name": record.source_name, "state": record.state.value,
        "consent": None if consent is None else to_json(_consent_to_dict(consent)),
        "region": None if region is None
        else to_json([region.x1, region.y1, region.x2, region.y2]),
        "clip_path": record.clip_path,
        "clip_deleted_at": _maybe_to_utc(record.clip_deleted_at),
        "summary": None if record.summary is None else to_json(summary_to_dict(record.summary)),
        "error": record.error, "live": record.live,
        "gate": None if record.summary is None else record.summary.gate.decision.value,
    }  # fmt: skip


def session_from_row(row: Row) -> SessionRecord:
    """The session of a row of ``SESSION`` columns."""
    region, consent, summary = row["region"], row["consent"], row["summary"]
    return SessionRecord(
        id=SessionId(row["id"]), patient_id=PatientId(row["patient_id"]),
        started_at=from_epoch(row["started_at"]), protocol=row["protocol"],
        source_name=row["source_name"], state=SessionState(row["state"]),
        consent=None if consent is None else _consent_from_dict(json.loads(consent)),
        region=None if region is None else Box(*json.loads(region)),
        clip_path=row["clip_path"], clip_deleted_at=_maybe_from_epoch(row["clip_deleted_at"]),
        summary=None if summary is None else summary_from_dict(json.loads(summary)),
        error=row["error"], live=bool(row["live"]),
    )  # fmt: skip


def _consent_to_dict(consent: Consent) -> dict[str, object]:
    return {
        "version": consent.version, "analyse": consent.analyse,
        "keep_measurements": consent.keep_measurements, "keep_video": consent.keep_video,
        "recorded_at": to_utc(consent.recorded_at).isoformat(), "research": consent.research,
        "journal": consent.journal, "adult": consent.adult,
    }  # fmt: skip


def _consent_from_dict(data: Row) -> Consent:
    return Consent(
        version=data["version"], analyse=data["analyse"],
        keep_measurements=data["keep_measurements"], keep_video=data["keep_video"],
        recorded_at=datetime.fromisoformat(data["recorded_at"]),
        research=data.get("research", False), journal=data.get("journal", False),
        adult=data.get("adult", False),
    )  # fmt: skip


def response_to_row(response: Response) -> dict[str, object]:
    """The columns of ``responses``."""
    return {
        "id": response.id, "patient_id": response.patient_id, "session_id": response.session_id,
        "instrument": response.instrument, "version": response.version,
        "language": response.language, "mode": response.mode, "answers": list(response.answers),
        "difficulty": response.difficulty, "total": response.result.total,
        "result": to_json(score_to_dict(response.result)),
        "answered_at": to_utc(response.answered_at),
    }  # fmt: skip


def response_from_row(row: Row) -> Response:
    """The response of a row of ``RESPONSE`` columns."""
    session_id = row["session_id"]
    return Response(
        id=ResponseId(row["id"]), patient_id=PatientId(row["patient_id"]),
        session_id=None if session_id is None else SessionId(session_id),
        instrument=row["instrument"], version=row["version"], language=row["language"],
        mode=row["mode"], answers=tuple(row["answers"]), difficulty=row["difficulty"],
        result=score_from_dict(json.loads(row["result"])),
        answered_at=from_epoch(row["answered_at"]),
    )  # fmt: skip


def alert_to_row(alert: Alert) -> dict[str, object]:
    """The columns of ``alerts``."""
    return {
        "id": alert.id, "patient_id": alert.patient_id, "response_id": alert.response_id or "",
        "code": alert.code, "level": alert.level, "detail": alert.detail,
        "state": alert.state.value, "raised_at": to_utc(alert.raised_at),
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": _maybe_to_utc(alert.acknowledged_at),
        "resolved_by": alert.resolved_by, "resolved_at": _maybe_to_utc(alert.resolved_at),
        "action": alert.action, "note": alert.note,
    }  # fmt: skip


def alert_from_row(row: Row) -> Alert:
    """The alert of a row of ``ALERT`` columns."""
    return Alert(
        id=AlertId(row["id"]), patient_id=PatientId(row["patient_id"]),
        response_id=ResponseId(row["response_id"]) if row["response_id"] else None,
        code=row["code"], level=row["level"],
        detail=row["detail"], state=AlertState(row["state"]),
        raised_at=from_epoch(row["raised_at"]), acknowledged_by=row["acknowledged_by"],
        acknowledged_at=_maybe_from_epoch(row["acknowledged_at"]),
        resolved_by=row["resolved_by"], resolved_at=_maybe_from_epoch(row["resolved_at"]),
        action=row["action"], note=row["note"],
    )  # fmt: skip


def review_to_row(review: Review) -> dict[str, object]:
    """The columns of ``reviews``."""
    return {
        "id": review.id, "session_id": review.session_id, "version": review.version,
        "impression": None if review.impression is None else review.impression.value,
        "agreement": review.agreement, "confounders": list(review.confounders),
        "note": review.note, "reviewer": review.reviewer, "saved_at": to_utc(review.saved_at),
    }  # fmt: skip


def review_from_row(row: Row) -> Review:
    """The review of a row of ``REVIEW`` columns."""
    return Review(
        id=ReviewId(row["id"]), session_id=SessionId(row["session_id"]), version=row["version"],
        impression=None if row["impression"] is None else Band(row["impression"]),
        agreement=row["agreement"], confounders=tuple(row["confounders"]), note=row["note"],
        reviewer=row["reviewer"], saved_at=from_epoch(row["saved_at"]),
    )  # fmt: skip


def person_mark_to_row(mark: PersonMark) -> dict[str, object]:
    """The columns of ``person_marks``."""
    return {
        "session_id": mark.session_id, "wrong": mark.wrong, "marked_by": mark.marked_by,
        "marked_at": to_utc(mark.marked_at),
    }  # fmt: skip


def person_mark_from_row(row: Row) -> PersonMark:
    """The mark of a row of ``PERSON_MARK`` columns."""
    return PersonMark(
        session_id=SessionId(row["session_id"]), wrong=row["wrong"], marked_by=row["marked_by"],
        marked_at=from_epoch(row["marked_at"]),
    )  # fmt: skip


def marker_to_row(marker: Marker) -> dict[str, object]:
    """The columns of ``markers``."""
    return {
        "id": marker.id, "session_id": marker.session_id, "t_s": marker.t_s,
        "until_s": marker.until_s, "kind": marker.kind.value, "text": marker.text,
        "made_by": marker.made_by, "made_at": to_utc(marker.made_at),
    }  # fmt: skip


def marker_from_row(row: Row) -> Marker:
    """The marker of a row of ``MARKER`` columns."""
    return Marker(
        id=MarkerId(row["id"]), session_id=SessionId(row["session_id"]), t_s=row["t_s"],
        until_s=row["until_s"], kind=MarkerKind(row["kind"]), text=row["text"],
        made_by=row["made_by"], made_at=from_epoch(row["made_at"]),
    )  # fmt: skip


def report_to_row(report: ReportRecord) -> dict[str, object]:
    """The columns of ``reports``."""
    return {
        "id": report.id, "session_id": report.session_id, "version": report.version,
        "state": report.state.value, "audience": report.audience, "pdf": report.pdf,
        "sha256": report.sha256, "created_at": to_utc(report.created_at),
        "signed_by": report.signed_by, "signer_role": report.signer_role,
        "licence": report.licence, "signed_at": _maybe_to_utc(report.signed_at),
        "amendment_reason": report.amendment_reason,
    }  # fmt: skip


def report_from_row(row: Row) -> ReportRecord:
    """The report of a row of ``REPORT`` columns."""
    return ReportRecord(
        id=ReportId(row["id"]), session_id=SessionId(row["session_id"]), version=row["version"],
        state=ReportState(row["state"]), audience=row["audience"], pdf=bytes(row["pdf"]),
        sha256=row["sha256"], created_at=from_epoch(row["created_at"]),
        signed_by=row["signed_by"], signer_role=row["signer_role"], licence=row["licence"],
        signed_at=_maybe_from_epoch(row["signed_at"]), amendment_reason=row["amendment_reason"],
    )  # fmt: skip
