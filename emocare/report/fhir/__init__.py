"""One session as a FHIR R4B bundle: answers, observations, report, consent, provenance.

``build_bundle`` puts the resources together as plain values, ``check_bundle`` holds them against
the value sets, and ``to_json`` lets the library read them before they are written. R4B is the
form that R4 systems read; no default (R5) resource is used.
"""

from emocare.report.fhir.bundle import build_bundle
from emocare.report.fhir.checks import check_bundle
from emocare.report.fhir.codes import CONFIRMED_LOINC
from emocare.report.fhir.content import Choice, FhirContent, FormDefinition, Question
from emocare.report.fhir.writing import to_json

__all__ = [
    "CONFIRMED_LOINC", "Choice", "FhirContent", "FormDefinition", "Question", "build_bundle",
    "check_bundle", "to_json",
]  # fmt: skip
