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
    reference,
    scored,
)
from emocare.report.fhir.survey import item_key, observation, survey
from emocare.report.fhir.totals import total_entries
from emocare.report.fhir.visit import in_session

DECLINED = "Not answered, or the person preferred not to say."
SELF_REPORT = "Self-report items on six dimensions (no cut-offs)"


def form_entries(content: FhirContent) -> list[Resource]:
    """Questionnaire, response and observations of every form, and the self-report items."""
    found: list[Resource] = []
    for asked in content.report.questionnaires:
        form = content.forms[asked.title]
        found.append(entry(f"{form.name}/{form.language}/{form.version}", _questionnaire(form)))
        found.append(entry(asked.response.id, _response(content, form, asked)))
        found += _items(content, form, asked)
        found += total_entries(content, form, asked)
    if content.report.questionnaires:
        found.append(entry(self_report_key(content), _self_report(content)))
    return found


def self_report_key(content: FhirContent) -> str:
    """The key of the self-report items."""
    return f"{content.report.session.id}/self-report"


def _questions(form: FormDefinition) -> list[tuple[str, Question]]:
    questions = [(str(number), item) for number, item in enumerate(form.items, start=1)]
    return questions if form.difficulty is None else [*questions, ("difficulty", form.difficulty)]


def _link(name: str, question: Question) -> str:
    return f"/{confirmed(question.loinc) or name}"


def _codes(form: FormDefinition, name: str, question: Question) -> list[dict[str, Any]]:
    loinc = confirmed(question.loinc)
    local = coding(codes.ITEM, f"{form.name}/{name}")
    return [local] if loinc is None else [coding(codes.LOINC, loinc), local]


def _choice(
    form: FormDefinition, name: str, question: Question, choice: Choice
) -> dict[str, Any]:
    """The answer with its code and the points that it counts.

    An answer that only one question has gets a code of that question: a code means one thing.
    """
    loinc = confirmed(choice.loinc)
    of = f"{form.name}/{name}" if question.own_choices else form.name
    found: dict[str, Any] = (
        coding(codes.ANSWER, f"{of}/{choice.value}", choice.text)
        if loinc is None else coding(codes.LOINC, loinc, choice.text)
    )  # fmt: skip
    counted = question.counted(choice)
    return {**found, "extension": [{"url": codes.ORDINAL, "valueDecimal": counted}]}


def _questionnaire(form: FormDefinition) -> Resource:
    panel = confirmed(form.panel)
    local = coding(codes.FORM, form.name)
    return {
        "resourceType": "Questionnaire", "language": form.language,
        "url": f"{codes.QUESTIONNAIRE_URL}:{form.name}:{form.language}", "version": form.version,
        "name": form.name.replace("-", ""), "title": form.title, "status": "active",
        "subjectType": ["Patient"], "copyright": form.notice, "description": form.stem,
        "code": [local] if panel is None else [coding(codes.LOINC, panel), local],
        "item": [
            {"linkId": _link(name, question), "code": _codes(form, name, question),
             "text": question.text, "type": "choice",
             "answerOption": [{"valueCoding": _choice(form, name, question, choice)}
                              for choice in question.choices]}
            for name, question in _questions(form)
        ],
    }  # fmt: skip


def _response(content: FhirContent, form: FormDefinition, asked: Questionnaire) -> Resource:
    """The answers. Where the clinic's words are gone, the language is that of the words here; the
    address of the form still says in which it was asked."""
    response = asked.response
    patient = reference("Patient", content.report.patient.id)
    items = []
    for name, question in _questions(form):
        chosen = _chosen(question, _answer(asked, name))
        if chosen is not None:
            answer = {"valueCoding": _choice(form, name, question, chosen)}
            items.append({"linkId": _link(name, question), "text": question.text,
                          "answer": [answer]})  # fmt: skip
    found: Resource = {
        "resourceType": "QuestionnaireResponse", "language": form.language,
        "questionnaire": f"{codes.QUESTIONNAIRE_URL}:{form.name}:{response.language}"
                         f"|{response.version}",
        "status": "completed", "subject": patient, "authored": moment(response.answered_at),
        "source": patient, **in_session(content, response.session_id),
    }  # fmt: skip
    return {**found, "item": items} if items else found


def _answer(asked: Questionnaire, name: str) -> int | None:
    response = asked.response
    return response.difficulty if name == "difficulty" else response.answers[int(name) - 1]


def _chosen(question: Question, value: int | None) -> Choice | None:
    return next((c for c in question.choices if c.value == value), None)


def _items(
    content: FhirContent, form: FormDefinition, asked: Questionnaire
) -> list[Resource]:
    found = []
    for name, question in _questions(form):
        chosen = _chosen(question, _answer(asked, name))
        if name == "difficulty" and chosen is None:
            continue
        code = concept(question.text, *_codes(form, name, question))
        item = observation(content, asked, code)
        if chosen is None:
            item |= absent("asked-declined", DECLINED)
        else:
            said = _choice(form, name, question, chosen)
            item["valueCodeableConcept"] = concept(chosen.text, said)
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


def _self_report(content: FhirContent) -> Resource:
    report = content.report
    values = report.self_report
    last = max(q.response.answered_at for q in report.questionnaires)
    return {
        "resourceType": "Observation", "status": "final", "category": survey(),
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
