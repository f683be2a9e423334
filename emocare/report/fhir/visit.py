"""When it was: the visit and the time that a session covers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emocare.domain.records import SessionId, SessionState
from emocare.report.fhir import codes
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.parts import Resource, concept, entry, moment, reference

OPEN = (SessionState.QUEUED, SessionState.ANALYSING, SessionState.INTERRUPTED)


def encounter_entry(content: FhirContent) -> Resource:
    """The visit; of its class (ambulatory, inpatient) nothing is recorded."""
    record = content.report.session
    unknown = {"url": codes.ABSENT_EXTENSION, "valueCode": "unknown"}
    kind = "Session with a recording" if record.recorded else "Questionnaires without a recording"
    return entry(record.id, {
        "resourceType": "Encounter",
        "status": "in-progress" if record.state in OPEN else "finished",
        "class": {"extension": [unknown]}, "type": [concept(kind)],
        "subject": reference("Patient", content.report.patient.id),
        "period": {"start": moment(record.started_at), **_end(content)},
    })  # fmt: skip


def in_session(content: FhirContent, session_id: SessionId | None) -> dict[str, Any]:
    """The reference to the visit, for what belongs to this session; otherwise nothing."""
    own = content.report.session.id
    return {"encounter": reference("Encounter", own)} if session_id == own else {}


def effective(content: FhirContent) -> dict[str, Any]:
    """The time that was observed: a period, or the moment where no length is known."""
    start, end = moment(content.report.session.started_at), _end(content)
    return {"effectivePeriod": {"start": start, **end}} if end else {"effectiveDateTime": start}


def _end(content: FhirContent) -> dict[str, str]:
    """The end of a recording on its own clock.

    The clock of a live session stands still while the session is interrupted, which its source
    notes: when such a session ended is not known.
    """
    report = content.report
    summary = report.summary
    if summary is None or (report.session.live and summary.source.note is not None):
        return {}
    length = timedelta(seconds=summary.source.duration_s)
    return {"end": moment(report.session.started_at + length)}
