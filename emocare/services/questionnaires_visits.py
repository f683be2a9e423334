"""Which answers belong to which visit, and the visit of answers without a recording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from emocare.domain.records import (
    QUESTIONNAIRE_VISIT,
    PatientId,
    Response,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.services.workplace import new_id

VALID_FOR = timedelta(days=14)
SAME_VISIT = timedelta(days=1)
"""Answers given for no session count for a recording that began up to so long before."""


def new_visit(patient_id: PatientId, at: datetime) -> SessionRecord:
    """A visit without a recording; there is nothing to consent to and nothing to analyse."""
    return SessionRecord(
        id=SessionId(new_id()), patient_id=patient_id, started_at=at,
        protocol=QUESTIONNAIRE_VISIT, source_name="", state=SessionState.READY, consent=None,
        region=None, clip_path=None, clip_deleted_at=None, summary=None, error=None,
    )  # fmt: skip


def visit_on(sessions: Sequence[SessionRecord], at: datetime) -> SessionRecord | None:
    """The visit without a recording on the day of ``at`` in this machine's time zone."""
    return next(
        (record for record in sessions if not record.recorded
         and record.started_at.astimezone().date() == at.astimezone().date()), None,
    )  # fmt: skip


def is_of(response: Response, record: SessionRecord) -> bool:
    """Whether an answer was given in a session: for it, or for none within its day.

    Whoever fills in a form while the recording is still being read answers at that visit.
    """
    if response.session_id is not None:
        return response.session_id == record.id
    return timedelta(0) <= response.answered_at - record.started_at <= SAME_VISIT


def counts(response: Response, record: SessionRecord) -> bool:
    """Whether an answer counts for a session: given in it, or in the 14 days before it."""
    if is_of(response, record):
        return True
    return timedelta(0) <= record.started_at - response.answered_at <= VALID_FOR
