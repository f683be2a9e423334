"""The bundle of one session and its report, in which every reference finds its target."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from emocare.domain.records import AlertState, ReportRecord
from emocare.report import words
from emocare.report.content import Report
from emocare.report.fhir import codes, people
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.face import face_entry, status
from emocare.report.fhir.forms import form_entries, self_report_key
from emocare.report.fhir.parts import (
    Resource,
    coding,
    entry,
    measure,
    moment,
    reference,
    uuid_of,
)
from emocare.report.fhir.survey import total_keys
from emocare.report.fhir.totals import totals_said
from emocare.report.fhir.visit import effective, encounter_entry, in_session

BESIDE = (
    "Facial behaviour was observed beside the answers. It is investigational and no part of this "
    "conclusion: it does not diagnose, and a low index does not reassure."
)
CHANGED = "The record has changed since the attached report was signed."
NO_ANSWERS = "No valid questionnaire: a questionnaire is required."
NONE_LEADS = "No questionnaire that leads: PHQ-9, PHQ-8 or GAD-7 is required."


def build_bundle(content: FhirContent) -> Resource:
    """The session as a bundle of type collection, as plain values.

    The same content always gives the same bundle.
    """
    report = content.report
    entries = [people.patient_entry(content), people.clinician_entry(content),
               people.device_entry(content), encounter_entry(content)]  # fmt: skip
    if report.session.consent is not None:
        entries.append(people.consent_entry(content, report.session.consent))
    entries += form_entries(content)
    if report.faces:
        entries.append(face_entry(content))
    entries.append(_report(content))
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
    results = [key for q in report.questionnaires for key in total_keys(q)]
    if results:
        results.append(self_report_key(content))
    if report.faces:
        results.append(report.session.id)
    found: Resource = {
        "resourceType": "DiagnosticReport",
        "status": "partial" if content.filed is None else status(content),
        "code": measure("session-report", "Session report (decision support, not a diagnosis)"),
        "subject": reference("Patient", report.patient.id),
        **in_session(content, report.session.id), **effective(content),
        "resultsInterpreter": [people.clinician(content)],
        "conclusion": conclusion(content),
    }  # fmt: skip
    if results:
        found["result"] = [reference("Observation", key) for key in results]
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
    lines += _answers(report)
    if report.review is not None and report.review.impression is not None:
        seen = words.SEVERITY[report.review.impression].lower()
        lines.append(f"Clinician's impression: {seen}.")
    flagged = "FACE_HIGHER_THAN_QUESTIONNAIRE"
    if flagged in report.headline.flags:
        lines.append(words.FLAGS[flagged])
    return " ".join([*lines, BESIDE] if report.faces else lines)


def _answers(report: Report) -> list[str]:
    """What leads, and every total with the form's own word."""
    leads = report.headline
    totals = "; ".join(said for q in report.questionnaires for said in totals_said(q))
    if leads.source == "questionnaire" and leads.band is not None:
        return [f"Questionnaires: {words.SEVERITY[leads.band].lower()} ({totals})."]
    return [NONE_LEADS, f"Answered: {totals}."] if totals else [NO_ANSWERS]
