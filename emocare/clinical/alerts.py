"""Which answers raise what, what has to follow, and how an alert may be closed (1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from emocare.clinical.crisis_phrases import crisis_phrases
from emocare.clinical.instruments.instrument import Instrument
from emocare.clinical.instruments.loading import load_instrument
from emocare.domain.alert_life import AlertAction, acknowledge, resolve
from emocare.domain.records import ScoreResult

__all__ = [
    "ACTIONS", "AlertAction", "AlertDraft", "Urgency", "acknowledge", "alerts_for", "codes_for",
    "journal_alert", "listed_for", "resolve", "shows_crisis_card", "urgency",
]  # fmt: skip

NOT_SCORABLE = "NOT_SCORABLE"
SI_ITEM9_POSITIVE = "SI_ITEM9_POSITIVE"
SI_ITEM9_MISSING = "SI_ITEM9_MISSING"
SCORE_URGENT_REVIEW = "SCORE_URGENT_REVIEW"
FUNCTIONAL_IMPAIRMENT = "FUNCTIONAL_IMPAIRMENT"
JOURNAL_CRISIS_PHRASE = "JOURNAL_CRISIS_PHRASE"
ELEVATED, HIGH = "elevated", "high"

ACTIONS: Mapping[AlertAction, str] = {
    AlertAction.ASSESSED: "Assessed with C-SSRS or ASQ",
    AlertAction.SAFETY_PLAN: "Safety plan made",
    AlertAction.MEANS_SAFETY: "Means safety counselled",
    AlertAction.REFERRED: "Referred",
    AlertAction.EMERGENCY: "Emergency services called",
    AlertAction.NOT_CURRENT: "Not a current risk per clinician",
}
"""Action code -> words. An alert is resolved by one of these and nothing else."""

ZERO_IS_NOT_SAFETY = "A zero does not rule out risk."
"""Printed wherever an answer of 0 to the safety question is shown."""


JOURNAL_DETAIL = (
    "A journal entry holds a phrase of the crisis list. Its words are the patient’s and are not "
    "part of this alert: ask directly. Review at once."
)


class Urgency(StrEnum):
    """What an alert asks of the clinic."""

    IMMEDIATE = "immediate"
    SAME_DAY = "same_day"
    BANNER = "banner"


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """An alert to be raised; ``level`` is "elevated", "high" or "". ``detail`` is for staff."""

    code: str
    level: str
    detail: str


def codes_for(
    instrument: Instrument,
    answers: Sequence[int | None],
    *,
    total: int | None,
    lowest: int,
    difficulty: int | None,
    scorable: bool,
) -> tuple[str, ...]:
    """The codes of ``ScoreResult.alerts`` in their fixed order.

    Looks at this form alone: no other result and no face can add or remove one.

    Args:
        total: The scored total, None when not scorable.
        lowest: The lowest total the answers allow; decides on urgency when there is no total.
        scorable: Whether the form, and every scale of it, has a total.
    """
    codes: list[str] = []
    if not scorable:
        codes.append(NOT_SCORABLE)
    safety = instrument.safety
    if safety is not None:
        answer = answers[safety.item - 1]
        if answer is None:
            codes.append(SI_ITEM9_MISSING)
        elif answer in safety.high:
            codes.append(f"{SI_ITEM9_POSITIVE}:{HIGH}")
        elif answer in safety.elevated:
            codes.append(f"{SI_ITEM9_POSITIVE}:{ELEVATED}")
    reached = lowest if total is None else total
    if instrument.urgent_from is not None and reached >= instrument.urgent_from:
        codes.append(SCORE_URGENT_REVIEW)
    question = instrument.difficulty
    if question is not None and difficulty is not None and difficulty >= question.impaired_from:
        codes.append(FUNCTIONAL_IMPAIRMENT)
    return tuple(codes)


def alerts_for(result: ScoreResult, answers: Sequence[int | None]) -> tuple[AlertDraft, ...]:
    """The alerts that have a life of their own: raised, acknowledged, resolved.

    These are the codes whose required behaviour is a banner or the crisis card. What is only
    listed with the questionnaire is in ``listed_for``.
    """
    instrument = load_instrument(result.instrument)
    drafts = []
    for entry in result.alerts:
        code, _, level = entry.partition(":")
        if code == SI_ITEM9_POSITIVE:
            drafts.append(AlertDraft(code, level, _positive(instrument, answers, level)))
        elif code == SI_ITEM9_MISSING:
            drafts.append(AlertDraft(code, "", "Safety question unanswered: ask directly."))
        elif code == SCORE_URGENT_REVIEW:
            drafts.append(AlertDraft(code, "", _urgent(instrument, result)))
    return tuple(drafts)


def journal_alert(text: str) -> AlertDraft | None:
    """The alert that a journal entry raises, None where no phrase of the crisis list is in it.

    It says nothing of the text, not even which phrase. Only the text decides: whether the entry
    is shown to the clinician, and what else is known of the person, cannot take it away.
    """
    if not crisis_phrases(text):
        return None
    return AlertDraft(JOURNAL_CRISIS_PHRASE, HIGH, JOURNAL_DETAIL)


def listed_for(result: ScoreResult) -> tuple[str, ...]:
    """Codes listed with the questionnaire without a life of their own.

    NOT_SCORABLE and FUNCTIONAL_IMPAIRMENT, then every flag of the change (WORSENING_MCID too).
    """
    listed = tuple(c for c in result.alerts if c in (NOT_SCORABLE, FUNCTIONAL_IMPAIRMENT))
    return listed + (tuple(result.change["flags"]) if result.change is not None else ())


def urgency(code: str, level: str) -> Urgency:
    """How soon an alert has to be reviewed; an unknown code is taken for a same-day one."""
    if code in (SI_ITEM9_POSITIVE, JOURNAL_CRISIS_PHRASE) and level == HIGH:
        return Urgency.IMMEDIATE
    return Urgency.BANNER if code == SCORE_URGENT_REVIEW else Urgency.SAME_DAY


def shows_crisis_card(instrument: str, item: int, answer: int | None) -> bool:
    """Whether this answer to item ``item`` (from 1) shows the crisis card at once."""
    safety = load_instrument(instrument).safety
    return safety is not None and item == safety.item and answer in (*safety.elevated, *safety.high)


def _positive(instrument: Instrument, answers: Sequence[int | None], level: str) -> str:
    assert instrument.safety is not None
    answer = answers[instrument.safety.item - 1]
    words = instrument.answer_text(answer, instrument.safety.item)
    review = "Review at once." if level == HIGH else "Review today."
    return (
        f"{instrument.name} item {instrument.safety.item}, thoughts of being better off dead or "
        f"of self-harm: “{words}” ({answer}). {review}"
    )


def _urgent(instrument: Instrument, result: ScoreResult) -> str:
    total = result.possible_range[0] if result.total is None else result.total
    least = "at least " if result.total is None else ""
    return (
        f"{instrument.name} total {least}{total} of {instrument.highest}, "
        f"{instrument.urgent_from} or more: review urgently."
    )
