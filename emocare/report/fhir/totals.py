"""Totals of a form: one, or one for each scale of a form that has no total of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emocare.domain.records import ScaleScore, ScoreResult
from emocare.report import words
from emocare.report.content import Questionnaire
from emocare.report.fhir import codes
from emocare.report.fhir.content import FhirContent, FormDefinition
from emocare.report.fhir.parts import (
    Resource,
    coding,
    concept,
    confirmed,
    entry,
    measure,
    quantity,
    reference,
    scored,
)
from emocare.report.fhir.survey import item_key, observation, total_keys


@dataclass(frozen=True, slots=True)
class _Measured:
    """A total with the items it is of, numbers from 1.

    Attributes:
        name: "PHQ-9" or "DASS-21 depression".
        code: "PHQ-9/total" or "DASS-21/total/depression".
        screen: Whether a screener is positive, None for other forms.
    """

    name: str
    code: str
    loinc: str | None
    maximum: int
    items: Sequence[int]
    score: ScoreResult | ScaleScore
    screen: bool | None = None


def total_entries(
    content: FhirContent, form: FormDefinition, asked: Questionnaire
) -> list[Resource]:
    """One observation for each total of the form."""
    found = _measured(form, asked)
    return [entry(key, _total(content, asked, one))
            for key, one in zip(total_keys(asked), found, strict=True)]  # fmt: skip


def totals_said(asked: Questionnaire) -> list[str]:
    """Each total in words: "DASS-21 depression 14 of 42, native moderate"."""
    result = asked.response.result
    if asked.scales:
        return [_said(line.title, line.score, line.maximum) for line in asked.scales]
    said = _said(asked.title, result, asked.maximum)
    if result.screen_positive is None:
        return [said]
    return [f"{said}, {_screen(result.screen_positive)}"]


def _measured(form: FormDefinition, asked: Questionnaire) -> list[_Measured]:
    if asked.scales:
        return [
            _Measured(line.title, f"{form.name}/total/{line.score.name}", None, line.maximum,
                      form.scales[line.score.name], line.score)
            for line in asked.scales
        ]  # fmt: skip
    result = asked.response.result
    return [_Measured(form.name, f"{form.name}/total", confirmed(form.total), asked.maximum,
                      range(1, len(form.items) + 1), result, result.screen_positive)]  # fmt: skip


def _said(name: str, score: ScoreResult | ScaleScore, maximum: int) -> str:
    if score.total is None:
        return f"{name} not scorable"
    own = "" if score.native_band is None else f", native {score.native_band}"
    return f"{name} {score.total} of {maximum}{own}"


def _screen(positive: bool) -> str:
    return "screen positive" if positive else "screen not positive"


def _total(content: FhirContent, asked: Questionnaire, one: _Measured) -> Resource:
    local = coding(codes.FORM, one.code)
    own_codes = [local] if one.loinc is None else [coding(codes.LOINC, one.loinc), local]
    code = concept(f"{one.name} total, at most {one.maximum}", *own_codes)
    found = observation(content, asked, code)
    found |= scored(one.score.total, f"{words.ALERTS['NOT_SCORABLE']}.")
    meanings = _meanings(one)
    if meanings:
        found["interpretation"] = meanings
    found["hasMember"] = [
        reference("Observation", item_key(asked, str(number))) for number in one.items
    ]
    answers = [asked.response.answers[number - 1] for number in one.items]
    notes = [asked.accuracy]
    if one.score.native_band is not None:
        notes.append(asked.bands_note)
    if None in answers:
        notes.insert(0, _missing_note(one.score, answers))
        found["component"] = _possible(one.score.possible_range)
    if any(notes):
        found["note"] = [{"text": text} for text in notes if text]
    return found


def _meanings(one: _Measured) -> list[dict[str, Any]]:
    """The band in the form's own word, and what a screener says."""
    found, score = [], one.score
    if score.native_band is not None:
        own = [] if score.band is None else [coding(codes.BAND, score.band.value)]
        found.append(concept(f"{one.name}: {score.native_band}", *own))
    if one.screen is not None:
        said = _screen(one.screen)
        found.append(concept(f"{one.name}: {said}",
                             coding(codes.SCREEN, said.removeprefix("screen ").replace(" ", "-"))
                             ))  # fmt: skip
    return found


def _possible(limits: tuple[int, int]) -> list[dict[str, Any]]:
    low, high = limits
    return [
        {"code": measure("possible-low", "Lowest total the answers allow"),
         "valueQuantity": quantity(low)},
        {"code": measure("possible-high", "Highest total the answers allow"),
         "valueQuantity": quantity(high)},
    ]  # fmt: skip


def _missing_note(score: ScoreResult | ScaleScore, answers: Sequence[int | None]) -> str:
    count = sum(answer is not None for answer in answers)
    said = f"{count} of {len(answers)} items were answered."
    if score.prorated:
        said += " The total is prorated."
    if score.band_uncertain:
        said += " The possible totals lie in more than one band."
    return said
