"""What the observations of a questionnaire have in common: their keys and their frame."""

from __future__ import annotations

from typing import Any

from emocare.report.content import Questionnaire
from emocare.report.fhir import codes
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.parts import Resource, coding, concept, moment, reference
from emocare.report.fhir.visit import in_session


def item_key(asked: Questionnaire, name: str) -> str:
    """The key of one item: "1" and on, or "difficulty"."""
    return f"{asked.response.id}/{name}"


def total_keys(asked: Questionnaire) -> list[str]:
    """The keys of a form's totals: one, or one for each of its scales."""
    whole = f"{asked.response.id}/total"
    return [f"{whole}/{line.score.name}" for line in asked.scales] or [whole]


def survey() -> list[dict[str, Any]]:
    """The category of everything that was asked."""
    return [concept("Survey", coding(codes.OBSERVATION_CATEGORY, "survey"))]


def observation(content: FhirContent, asked: Questionnaire, code: dict[str, Any]) -> Resource:
    """An observation that comes of a response, still without its value."""
    return {
        "resourceType": "Observation", "status": "final", "category": survey(), "code": code,
        "subject": reference("Patient", content.report.patient.id),
        **in_session(content, asked.response.session_id),
        "effectiveDateTime": moment(asked.response.answered_at),
        "derivedFrom": [reference("QuestionnaireResponse", asked.response.id)],
    }  # fmt: skip
