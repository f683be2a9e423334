"""Code systems, the LOINC codes that may be used, and the value sets that are checked.

A LOINC code stands in an export only if it is on ``CONFIRMED_LOINC``; everything else, and
whatever comes from a face, has a code of this project's own systems.
"""

from __future__ import annotations

from collections.abc import Mapping

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
SECURITY_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"

MEASURE = "urn:emo-care:cs:measure"
FORM = "urn:emo-care:cs:questionnaire"
ITEM = "urn:emo-care:cs:questionnaire-item"
ANSWER = "urn:emo-care:cs:answer"
BAND = "urn:emo-care:cs:band"
SCREEN = "urn:emo-care:cs:screen"
FACE_BAND = "urn:emo-care:cs:face-band"
GATE = "urn:emo-care:cs:gate"
AGREED = "urn:emo-care:cs:consent"
PROPERTY = "urn:emo-care:cs:device-property"

PATIENT_NUMBER = "urn:emo-care:patient-number"
PSEUDONYM = "urn:emo-care:pseudonym"
SESSION = "urn:emo-care:session"
REPORT = "urn:emo-care:report"
LICENCE = "urn:emo-care:licence"
SHA256 = "urn:emo-care:sha256"
SHA256_EXTENSION = "urn:emo-care:extension:sha256"
QUESTIONNAIRE_URL = "urn:emo-care:questionnaire"

CONFIRMED_LOINC: frozenset[str] = frozenset({
    # PHQ-9: panel, items 1 to 9 in the order of the form, total, difficulty.
    "44249-1", "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5",
    "44253-3", "44260-8", "44261-6", "69722-7",
    # Its answers 0 to 3, and "Extremely difficult".
    "LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9", "LA6574-3",
    # GAD-7: panel, items 1 to 7, total.
    "69737-5", "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    "70274-6",
    # PHQ-2: total.
    "55758-7",
})  # fmt: skip
"""Codes found in published FHIR examples (clinical specification 1.7); the rest is not used."""

VALUE_SETS: Mapping[str, frozenset[str]] = {
    "Bundle.type": frozenset({"collection"}),
    "Patient.gender": frozenset({"male", "female", "other", "unknown"}),
    "Questionnaire.status": frozenset({"draft", "active", "retired", "unknown"}),
    "Questionnaire.item.type": frozenset({
        "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string",
        "text", "url", "choice", "open-choice", "attachment", "reference", "quantity"}),
    "QuestionnaireResponse.status": frozenset({
        "in-progress", "completed", "amended", "entered-in-error", "stopped"}),
    "Encounter.status": frozenset({
        "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled",
        "entered-in-error", "unknown"}),
    "Observation.status": frozenset({
        "registered", "preliminary", "final", "amended", "corrected", "cancelled",
        "entered-in-error", "unknown"}),
    "DiagnosticReport.status": frozenset({
        "registered", "partial", "preliminary", "final", "amended", "corrected", "appended",
        "cancelled", "entered-in-error", "unknown"}),
    "Consent.status": frozenset({
        "draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}),
    "Consent.provision.provision.type": frozenset({"deny", "permit"}),
    "Device.status": frozenset({"active", "inactive", "entered-in-error", "unknown"}),
    "Device.deviceName.type": frozenset({
        "udi-label-name", "user-friendly-name", "patient-reported-name", "manufacturer-name",
        "model-name", "other"}),
    "Provenance.entity.role": frozenset({
        "derivation", "revision", "quotation", "source", "removal"}),
}  # fmt: skip
"""Required bindings of R4B by the path of the element; the library does not hold them."""

SYSTEM_CODES: Mapping[str, frozenset[str]] = {
    OBSERVATION_CATEGORY: frozenset({
        "social-history", "vital-signs", "imaging", "laboratory", "procedure", "survey", "exam",
        "therapy", "activity"}),
    ABSENT: frozenset({
        "unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked",
        "not-applicable", "unsupported", "as-text", "error", "not-a-number", "negative-infinity",
        "positive-infinity", "not-performed", "not-permitted"}),
    CONSENT_SCOPE: frozenset({"adr", "research", "patient-privacy", "treatment"}),
    PARTICIPANT: frozenset({
        "enterer", "performer", "author", "verifier", "legal", "attester", "informant",
        "custodian", "assembler", "composer"}),
    LOINC: CONFIRMED_LOINC,
}  # fmt: skip
"""Code system -> the codes of it that may stand in an export."""
