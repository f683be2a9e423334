"""Questionnaires and answers: what was asked, what was answered, items and totals."""

from __future__ import annotations

from typing import Any

from emocare.domain.summary import DIMENSIONS
from emocare.report import words
from emocare.report.content import Questionnaire
from emocare.report.fhir import codes
from emocare.report.fhir.content import Choice, FhirContent, FormDefinition, Question
from emocare.report.fhir.parts import (
    Resource,
    absent,
    coding,
    concept,
    confirmed,
    entry,
    measure,
    moment,
    quantity,
    reference,
    scored,
)

DECLINED = "Not answered, or the person preferred not to say."
SELF_REPORT = "Self-report items on six dimensions (no cut-offs)"


def form_entries(content: FhirContent) -> list[Resource]:
    """Questionnaire, response and observations of every form, and the self-report items."""
    found: list[Resource] = []
    for asked in content.report.questionnaires:
        form = content.forms[asked.title]
        found.append(entry(form.name, _questionnaire(form)))
        found.append(entry(asked.response.id, _response(content, form, asked)))
        found += _items(content, form, asked)
        found.append(entry(total_key(asked), _total(content, form, asked)))
    if content.report.questionnaires:
        found.append(entry(self_report_key(content), _self_report(content)))
    return found


def total_key(asked: Questionnaire) -> str:
    """The key of a form's total."""
    return f"{asked.response.id}/total"


def self_report_key(content: FhirContent) -> str:
    """The key of the self-report items."""
    return f"{content.report.session.id}/self-report"


def item_key(asked: Questionnaire, name: str) -> str:
    """The key of one item: "1" and on, or "difficulty"."""
    return f"{asked.response.id}/{name}"


def _survey() -> list[dict[str, Any]]:
    return [concept("Survey", coding(codes.OBSERVATION_CATEGORY, "survey"))]


def _questions(form: FormDefinition) -> list[tuple[str, Question]]:
    questions = [(str(number), item) for number, item in enumerate(form.items, start=1)]
    return questions if form.difficulty is None else [*questions, ("difficulty", form.difficulty)]


def _link(name: str, question: Question) -> str:
    return f"/{confirmed(question.loinc) or name}"


def _codes(form: FormDefinition, name: str, question: Question) -> list[dict[str, Any]]:
    loinc = confirmed(question.loinc)
    local = coding(codes.ITEM, f"{form.name}/{name}")
    return [local] if loinc is None else [coding(codes.LOINC, loinc), local]


def _choice(form: FormDefinition, choice: Choice) -> dict[str, Any]:
    loinc = confirmed(choice.loinc)
    found: dict[str, Any] = (
        coding(codes.ANSWER, f"{form.name}/{choice.value}", choice.text)
        if loinc is None else coding(codes.LOINC, loinc, choice.text)
    )  # fmt: skip
    return {**found, "extension": [{"url": codes.ORDINAL, "valueDecimal": choice.value}]}


def _questionnaire(form: FormDefinition) -> Resource:
    panel = confirmed(form.panel)
    local = coding(codes.FORM, form.name)
    return {
        "resourceType": "Questionnaire", "language": form.language,
        "url": f"{codes.QUESTIONNAIRE_URL}:{form.name}", "version": form.version,
        "name": form.name.replace("-", ""), "title": form.title, "status": "active",
        "subjectType": ["Patient"], "copyright": form.notice, "description": form.stem,
        "code": [local] if panel is None else [coding(codes.LOINC, panel), local],
        "item": [
            {"linkId": _link(name, question), "code": _codes(form, name, question),
             "text": question.text, "type": "choice",
             "answerOption": [{"valueCoding": _choice(form, c)} for c in question.choices]}
            for name, question in _questions(form)
        ],
    }  # fmt: skip


def _response(content: FhirContent, form: FormDefinition, asked: Questionnaire) -> Resource:
    response = asked.response
    patient = reference("Patient", content.report.patient.id)
    items = []
    for name, question in _questions(form):
        chosen = _chosen(question, _answer(asked, name))
        if chosen is not None:
            items.append({"linkId": _link(name, question), "text": question.text,
                          "answer": [{"valueCoding": _choice(form, chosen)}]})  # fmt: skip
    found: Resource = {
        "resourceType": "QuestionnaireResponse", "language": response.language,
        "questionnaire": f"{codes.QUESTIONNAIRE_URL}:{form.name}|{response.version}",
        "status": "completed", "subject": patient, "authored": moment(response.answered_at),
        "source": patient,
    }  # fmt: skip
    return {**found, "item": items} if items else found


def _answer(asked: Questionnaire, name: str) -> int | None:
    response = asked.response
    return response.difficulty if name == "difficulty" else response.answers[int(name) - 1]


def _chosen(question: Question, value: int | None) -> Choice | None:
    return next((c for c in question.choices if c.value == value), None)


def _observation(content: FhirContent, asked: Questionnaire, code: dict[str, Any]) -> Resource:
    return {
        "resourceType": "Observation", "status": "final", "category": _survey(), "code": code,
        "subject": reference("Patient", content.report.patient.id),
        "effectiveDateTime": moment(asked.response.answered_at),
        "derivedFrom": [reference("QuestionnaireResponse", asked.response.id)],
    }  # fmt: skip


def _items(
    content: FhirContent, form: FormDefinition, asked: Questionnaire
) -> list[Resource]:
    found = []
    for name, question in _questions(form):
        chosen = _chosen(question, _answer(asked, name))
        if name == "difficulty" and chosen is None:
            continue
        code = concept(question.text, *_codes(form, name, question))
        item = _observation(content, asked, code)
        if chosen is None:
            item |= absent("asked-declined", DECLINED)
        else:
            item["valueCodeableConcept"] = concept(chosen.text, _choice(form, chosen))
        if name == str(form.safety_item):
            item["note"] = [{"text": _safety_note(chosen)}]
        found.append(entry(item_key(asked, name), item))
    return found


def _safety_note(chosen: Choice | None) -> str:
    if chosen is None:
        return f"{words.ALERTS['SI_ITEM9_MISSING']}."
    if chosen.value == 0:
        return words.ZERO_IS_NO_PROOF
    return f"{words.ALERTS['SI_ITEM9_POSITIVE']}."


def _total(content: FhirContent, form: FormDefinition, asked: Questionnaire) -> Resource:
    result = asked.response.result
    loinc = confirmed(form.total)
    local = coding(codes.FORM, f"{form.name}/total")
    own_codes = [local] if loinc is None else [coding(codes.LOINC, loinc), local]
    code = concept(f"{form.name} total, at most {asked.maximum}", *own_codes)
    found = _observation(content, asked, code)
    found |= scored(result.total, f"{words.ALERTS['NOT_SCORABLE']}.")
    if result.native_band is not None:
        own = [] if result.band is None else [coding(codes.BAND, result.band.value)]
        found["interpretation"] = [concept(f"{form.name}: {result.native_band}", *own)]
    found["hasMember"] = [
        reference("Observation", item_key(asked, str(number)))
        for number in range(1, len(form.items) + 1)
    ]
    notes = [asked.accuracy] if asked.accuracy else []
    if None in asked.response.answers:
        low, high = result.possible_range
        notes.insert(0, _missing_note(asked))
        found["component"] = [
            {"code": measure("possible-low", "Lowest total the answers allow"),
             "valueQuantity": quantity(low)},
            {"code": measure("possible-high", "Highest total the answers allow"),
             "valueQuantity": quantity(high)},
        ]  # fmt: skip
    if notes:
        found["note"] = [{"text": text} for text in notes]
    return found


def _missing_note(asked: Questionnaire) -> str:
    result, answers = asked.response.result, asked.response.answers
    count = sum(answer is not None for answer in answers)
    words_ = f"{count} of {len(answers)} items were answered."
    if result.prorated:
        words_ += " The total is prorated."
    if result.band_uncertain:
        words_ += " The possible totals lie in more than one band."
    return words_


def _self_report(content: FhirContent) -> Resource:
    report = content.report
    values = report.self_report
    last = max(q.response.answered_at for q in report.questionnaires)
    return {
        "resourceType": "Observation", "status": "final", "category": _survey(),
        "code": measure("self-report-dimensions", SELF_REPORT),
        "subject": reference("Patient", report.patient.id), "effectiveDateTime": moment(last),
        "derivedFrom": [reference("QuestionnaireResponse", q.response.id)
                        for q in report.questionnaires],
        "component": [
            {"code": measure(f"self-report-{name}", f"{name.capitalize()}, self-report items"),
             **scored(values.get(name), "The items it needs were not answered.")}
            for name in DIMENSIONS
        ],
    }  # fmt: skip
