"""Who and with what: patient, clinician, software, consent, and where the numbers come from."""

from __future__ import annotations

from typing import Any

from emocare.domain.consent import NEEDED
from emocare.domain.records import Consent
from emocare.domain.summary import ModelRef
from emocare.report.fhir import codes
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.face import reference_words
from emocare.report.fhir.parts import Resource, coding, concept, entry, moment, reference

CLINICIAN = "clinician"
"""Key of the clinician when no name is written."""

SOFTWARE = "Software that records questionnaires"
SOFTWARE_WITH_FACES = "Software that records questionnaires and observes facial behaviour"

PROVISIONS: tuple[tuple[str, str, str], ...] = (
    ("analyse", "analyse-video", "Analyse facial movement in the recording"),
    ("keep_measurements", "keep-measurements", "Keep derived measurements in the record"),
    ("keep_video", "keep-video", "Keep the video"),
    ("research", "research-use", "Use de-identified measurements for research and references"),
    ("journal", "share-journal", "Share journal text with the clinician"),
)  # fmt: skip
"""Field of the consent, its code and its words."""


def patient_entry(content: FhirContent) -> Resource:
    """The patient by name and number, or by a pseudonym without date of birth."""
    patient = content.report.patient
    found: Resource = {
        "resourceType": "Patient", "gender": patient.sex or "unknown",
        "identifier": [{"system": codes.PSEUDONYM, "value": patient.id}],
    }  # fmt: skip
    if not content.named:
        return entry(patient.id, found)
    number = concept("Number in the clinic", coding(codes.IDENTIFIER_TYPE, "MR"))
    found["identifier"] = [
        {"type": number, "system": codes.PATIENT_NUMBER, "value": patient.code},
    ]  # fmt: skip
    found["name"] = [{"text": patient.name}]
    if content.report.clinic:
        found["managingOrganization"] = {"display": content.report.clinic}
    if patient.birth_date is not None:
        found["birthDate"] = patient.birth_date.isoformat()
    return entry(patient.id, found)


def clinician_entry(content: FhirContent) -> Resource:
    """Who stands behind the report; a pseudonymous export gives no name."""
    found: Resource = {"resourceType": "Practitioner"}
    name = _clinician(content)
    if content.named and name:
        found["name"] = [{"text": name}]
        signature = content.report.signature
        if signature is not None and signature.role:
            qualified: dict[str, Any] = {"code": {"text": signature.role}}
            if signature.licence:
                qualified["identifier"] = [
                    {"system": codes.LICENCE, "value": signature.licence}
                ]
            found["qualification"] = [qualified]
    return entry(CLINICIAN, found)


def clinician(content: FhirContent) -> dict[str, str]:
    """The reference to that person."""
    return reference("Practitioner", CLINICIAN)


def _clinician(content: FhirContent) -> str:
    report = content.report
    if report.signature is not None:
        return report.signature.name
    return report.patient.clinician if report.review is None else report.review.reviewer


def device_entry(content: FhirContent) -> Resource:
    """The software with everything that a number depends on."""
    report = content.report
    made = report.provenance
    properties = [_fingerprint(f"model-{m.id}", f"Network {m.id} {m.version}", m.sha256)
                  for m in _models(content)]  # fmt: skip
    if made.reference is not None:
        properties.append(_fingerprint("reference", reference_words(made.reference).capitalize(),
                                       made.reference_sha256))  # fmt: skip
    if made.config_sha256 is not None:
        properties.append(_fingerprint("configuration", "Analysis configuration",
                                       made.config_sha256))  # fmt: skip
    if made.git_commit is not None:
        properties.append({"type": concept("Commit", coding(codes.PROPERTY, "commit")),
                           "valueCode": [{"text": made.git_commit}]})  # fmt: skip
    found: Resource = {
        "resourceType": "Device", "status": "active",
        "deviceName": [{"name": "Emo-Care", "type": "user-friendly-name"}],
        "type": concept(SOFTWARE_WITH_FACES if report.faces else SOFTWARE),
        "version": [{"value": made.app_version or "not recorded"}],
    }  # fmt: skip
    return entry(report.session.id, {**found, "property": properties} if properties else found)


def _models(content: FhirContent) -> tuple[ModelRef, ...]:
    summary = content.report.summary
    return () if summary is None else summary.models


def _fingerprint(code: str, text: str, sha256: str | None) -> dict[str, Any]:
    value = {"text": "not recorded"} if sha256 is None else concept(
        sha256, coding(codes.SHA256, sha256))  # fmt: skip
    return {"type": concept(f"{text}, SHA-256", coding(codes.PROPERTY, code)),
            "valueCode": [value]}  # fmt: skip


def consent_entry(content: FhirContent, consent: Consent) -> Resource:
    """What the patient permits and what not: as agreed before the picture was touched, less what
    was withdrawn since. Inactive once nothing may be recorded under it any more."""
    withdrawn = content.report.withdrawn
    version = f"Emo-Care consent text, version {consent.version}"
    collection = concept("Collection of health information", coding(codes.ACT_CODE, "ICOL"))
    return entry(content.report.session.id, {
        "resourceType": "Consent", "status": "inactive" if withdrawn & NEEDED else "active",
        "scope": concept("Privacy", coding(codes.CONSENT_SCOPE, "patient-privacy")),
        "category": [collection],
        "patient": reference("Patient", content.report.patient.id),
        "dateTime": moment(consent.recorded_at), "policyRule": concept(version),
        "provision": {"provision": [
            {"type": "permit" if getattr(consent, name) and name not in withdrawn else "deny",
             "action": [concept(words, coding(codes.AGREED, code))]}
            for name, code, words in PROVISIONS
        ]},
    })  # fmt: skip


def provenance_entry(content: FhirContent, targets: list[dict[str, str]]) -> Resource:
    """The software assembled it from these networks; who signed has verified it."""
    report = content.report
    agents = [_agent("assembler", reference("Device", report.session.id))]
    if content.signed:
        agents.append(_agent("verifier", clinician(content)))
    found: Resource = {
        "resourceType": "Provenance", "target": targets, "recorded": moment(content.exported_at),
        "agent": agents,
    }  # fmt: skip
    sources = [
        {"role": "source", "what": {"display": f"Weights of {m.id} {m.version}",
                                    "identifier": {"system": codes.SHA256, "value": m.sha256}}}
        for m in _models(content)
    ]  # fmt: skip
    return entry(report.session.id, {**found, "entity": sources} if sources else found)


def _agent(role: str, who: dict[str, str]) -> dict[str, Any]:
    return {"type": concept(role.capitalize(), coding(codes.PARTICIPANT, role)), "who": who}
