"""The bundle of one session and its report, in which every reference finds its target."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

from emocare.domain.records import AlertState, ReportRecord
from emocare.report import words
from emocare.report.content import Questionnaire
from emocare.report.fhir import codes, people
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.face import face_entry, status
from emocare.report.fhir.forms import form_entries, self_report_key, total_key
from emocare.report.fhir.parts import (
    Resource,
    coding,
    entry,
    measure,
    moment,
    reference,
    uuid_of,
)

BESIDE = (
    "Facial behaviour was observed beside the answers. It is investigational and no part of this "
    "conclusion: it does not diagnose, and a low index does not reassure."
)
CHANGED = "The record has changed since the attached report was signed."
NO_ANSWERS = "No valid questionnaire: a questionnaire is required."


def build_bundle(content: FhirContent) -> Resource:
    """The session as a bundle of type collection, as plain values.

    The same content always gives the same bundle.
    """
    report = content.report
    entries = [people.patient_entry(content), people.clinician_entry(content),
               people.device_entry(content)]  # fmt: skip
    if report.session.consent is not None:
        entries.append(people.consent_entry(content, report.session.consent))
    entries += [*form_entries(content), face_entry(content), _report(content)]
    targets = [
        {"reference": e["fullUrl"], "type": e["resource"]["resourceType"]} for e in entries
        if e["resource"]["resourceType"] in ("Observation", "DiagnosticReport")
    ]  # fmt: skip
    entries.append(people.provenance_entry(content, targets))
    labels = _labels(content)
    return {
        "resourceType": "Bundle",
        "id": uuid_of("Bundle", f"{report.session.id}/{content.named}"),
        **({"meta": {"security": labels}} if labels else {}),
        "identifier": {"system": codes.SESSION, "value": report.session.id},
        "type": "collection", "timestamp": moment(content.exported_at), "entry": entries,
    }  # fmt: skip


def _labels(content: FhirContent) -> list[dict[str, str]]:
    labels = [] if content.named else [coding(codes.SECURITY_VALUE, "PSEUDED", "pseudonymized")]
    if content.report.made_up:
        labels.append(coding(codes.ACT_REASON, "HTEST", "test health data"))
    return labels


def _report(content: FhirContent) -> Resource:
    report = content.report
    start, summary = report.session.started_at, report.summary
    length = timedelta(seconds=0.0 if summary is None else summary.source.duration_s)
    results = [total_key(q) for q in report.questionnaires]
    if results:
        results.append(self_report_key(content))
    found: Resource = {
        "resourceType": "DiagnosticReport",
        "status": "partial" if content.filed is None else status(content),
        "code": measure("session-report", "Session report (decision support, not a diagnosis)"),
        "subject": reference("Patient", report.patient.id),
        "effectivePeriod": {"start": moment(start), "end": moment(start + length)},
        "result": [reference("Observation", key) for key in (*results, report.session.id)],
        "resultsInterpreter": [people.clinician(content)],
        "conclusion": conclusion(content),
    }  # fmt: skip
    filed = content.filed
    if filed is not None:
        found["identifier"] = [{"system": codes.REPORT, "value": filed.id}]
        found["issued"] = moment(filed.signed_at or filed.created_at)
        found["presentedForm"] = [_document(filed, named=content.named)]
    return entry(report.session.id, found)


def _document(filed: ReportRecord, *, named: bool) -> dict[str, Any]:
    """The PDF and its fingerprints; R4B defines ``hash`` as SHA-1, so SHA-256 stands beside it."""
    sha1 = hashlib.sha1(filed.pdf, usedforsecurity=False).digest()
    found: dict[str, Any] = {
        "extension": [{"url": codes.SHA256_EXTENSION, "valueString": filed.sha256}],
        "contentType": "application/pdf", "size": len(filed.pdf),
        "hash": base64.b64encode(sha1).decode("ascii"),
        "title": f"Report version {filed.version}, {words.STATUS[filed.state]}",
        "creation": moment(filed.created_at),
    }  # fmt: skip
    if named:
        found["data"] = base64.b64encode(filed.pdf).decode("ascii")
    return found


def conclusion(content: FhirContent) -> str:
    """Open alerts, the answers, the clinician's impression; of the face only what it is not."""
    report = content.report
    lines = [
        f"Safety alert, {words.ALERT_STATE[found.alert.state].lower()}: "
        f"{words.ALERTS.get(found.alert.code, found.alert.code)}."
        for found in report.alerts if found.alert.state is not AlertState.RESOLVED
    ]  # fmt: skip
    if content.changed:
        lines.append(CHANGED)
    leads = report.headline
    if leads.source == "questionnaire" and leads.band is not None:
        totals = "; ".join(_total(q) for q in report.questionnaires)
        lines.append(f"Questionnaires: {words.SEVERITY[leads.band].lower()} ({totals}).")
    else:
        lines.append(NO_ANSWERS)
    if report.review is not None and report.review.impression is not None:
        seen = words.SEVERITY[report.review.impression].lower()
        lines.append(f"Clinician's impression: {seen}.")
    flagged = "FACE_HIGHER_THAN_QUESTIONNAIRE"
    if flagged in leads.flags:
        lines.append(words.FLAGS[flagged])
    return " ".join([*lines, BESIDE])


def _total(asked: Questionnaire) -> str:
    result = asked.response.result
    if result.total is None:
        return f"{asked.title} not scorable"
    own = "" if result.native_band is None else f", native {result.native_band}"
    return f"{asked.title} {result.total} of {asked.maximum}{own}"
