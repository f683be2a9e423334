"""The facial behaviour index with its dimensions: one observation, in this project's own codes.

No code of an illness stands here and no word that reassures; the band has the words of the
screens, not those of severity.
"""

from __future__ import annotations

from typing import Any

from emocare.domain.summary import DIMENSIONS, BehaviourIndex, Estimate, Summary
from emocare.report import words
from emocare.report.fhir import codes
from emocare.report.fhir.content import FhirContent
from emocare.report.fhir.parts import (
    Resource,
    coding,
    concept,
    entry,
    measure,
    quantity,
    reference,
    scored,
)
from emocare.report.fhir.visit import effective, in_session

INDEX = "Facial behaviour index 0-100 (investigational, not a diagnosis)"
NOTE = (
    "Investigational. An observation of facial behaviour beside the questionnaires; it does not "
    "diagnose and is not validated against a diagnosis. A low value does not reassure: most "
    "affected people are expected to lie in the lowest band."
)
NOT_ANALYSED = "No recording was analysed."
NO_INTERVAL = "Too few windows for an interval."
RANGES = {"valence": "-1 to 1", "arousal": "-1 to 1"}


def face_entry(content: FhirContent) -> Resource:
    """The observation of the face; without an index it says why."""
    report = content.report
    summary = report.summary
    exam = concept("Exam", coding(codes.OBSERVATION_CATEGORY, "exam"))
    index = None if summary is None else summary.behaviour_index
    why = NOT_ANALYSED if summary is None else summary.index_reason
    found: Resource = {
        "resourceType": "Observation", "status": status(content), "category": [exam],
        "code": measure("facial-behaviour-index", INDEX),
        "subject": reference("Patient", report.patient.id),
        **in_session(content, report.session.id), **effective(content),
        "device": reference("Device", report.session.id),
        "method": concept(f"Analysis of facial behaviour in a video, protocol "
                          f"{report.session.protocol}"),
        "note": [{"text": NOTE}],
        **scored(None if index is None else index.value, why),
    }  # fmt: skip
    if summary is not None:
        found["component"] = _components(summary)
    if index is not None:
        found["interpretation"] = [_band(index)]
    return entry(report.session.id, found)


def status(content: FhirContent) -> str:
    """Preliminary until a clinician has signed."""
    if not content.signed:
        return "preliminary"
    return "amended" if content.later_version else "final"


def _band(index: BehaviourIndex) -> dict[str, Any]:
    said = words.OBSERVED[index.band]
    code = said.lower().replace(" ", "-")
    return concept(f"Facial behaviour: {said.lower()} (investigational)",
                   coding(codes.FACE_BAND, code))  # fmt: skip


def _components(summary: Summary) -> list[dict[str, Any]]:
    gate, index = summary.gate, summary.behaviour_index
    why = " ".join(reason.advice for reason in gate.reasons)
    said = f"Face reading {words.GATE[gate.decision]}. {why}".strip()
    found: list[dict[str, Any]] = [
        {"code": measure("gate", "Whether the face could be read"),
         "valueCodeableConcept": concept(said, coding(codes.GATE, gate.decision.value))},
        {"code": measure("valid-seconds", "Seconds of measured face"),
         "valueQuantity": {"value": round(gate.metrics.valid_s, 2), "unit": "s",
                           "system": codes.UCUM, "code": "s"}},
    ]  # fmt: skip
    if index is not None:
        low, high = index.ci90 or (None, None)
        found += [_end("ci90-low", "Index", low), _end("ci90-high", "Index", high)]
    named = summary.config.get("reference") if index is None else index.reference
    if named:
        found.append({"code": measure("reference", "Reference table of typical values"),
                      "valueString": reference_words(str(named))})  # fmt: skip
    for name in DIMENSIONS:
        why = summary.dimension_reasons.get(name) or summary.index_reason or ""
        found += _dimension(name, summary.dimensions.get(name), why)
    return found


def reference_words(named: str) -> str:
    """Whether the table is the provisional one or the site's own, with its identifier."""
    kind = "provisional" if named.startswith("provisional") else "site"
    return f"{kind} reference {named}"


def _dimension(name: str, estimate: Estimate | None, why: str) -> list[dict[str, Any]]:
    said = f"{name.capitalize()} observed in the face, {RANGES.get(name, '0 to 100')}"
    value = {"code": measure(name, f"{said} (investigational)"),
             **scored(None if estimate is None else estimate.value, why)}  # fmt: skip
    if estimate is None:
        return [value]
    return [value, _end(f"{name}-ci90-low", name.capitalize(), estimate.low),
            _end(f"{name}-ci90-high", name.capitalize(), estimate.high)]  # fmt: skip


def _end(code: str, of: str, value: float | None) -> dict[str, Any]:
    side = "lower" if code.endswith("low") else "upper"
    named = measure(code, f"{of}, {side} end of the 90 % interval")
    if value is None:
        return {"code": named, **scored(None, NO_INTERVAL)}
    return {"code": named, "valueQuantity": quantity(value)}
