"""A questionnaire while it is being answered, and why one is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from emocare.clinical import Instrument, alerts_for
from emocare.domain.errors import ChangedElsewhere
from emocare.domain.records import (
    Alert,
    AlertId,
    AlertState,
    PatientId,
    Response,
    ResponseId,
    SessionId,
)
from emocare.services.workplace import new_id

LEFT_ALONE = timedelta(minutes=3)
"""As long as the device waits for a touch before it covers the answers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Why a questionnaire is needed now, and which.

    Attributes:
        reasons: Sentences with cause, figure and remedy, worst first.
        instrument: Name of the form.
    """

    reasons: tuple[str, ...]
    instrument: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A questionnaire while it is being answered.

    Attributes:
        response_id: Identifier that the finished response will have.
        answers: One entry per item; None = not answered or "prefer not to say".
        answered: Whether the item was dealt with (an answer, or "prefer not to say").
        position: Index of the first item not dealt with; the number of items when all are.
        resumed: Whether answers from before were found.
        language: In which the form is asked.
        carried: How many answers were taken over from a short form of the same day.
    """

    response_id: ResponseId
    patient_id: PatientId
    session_id: SessionId | None
    instrument: str
    answers: tuple[int | None, ...]
    answered: tuple[bool, ...]
    position: int
    resumed: bool
    language: str = "en"
    carried: int = 0

    @property
    def complete(self) -> bool:
        """Whether every item was dealt with."""
        return all(self.answered)


def draft_from(
    stored: Mapping[str, Any], patient_id: PatientId, session_id: SessionId | None,
    form: Instrument,
) -> Draft:  # fmt: skip
    """The draft as ``save_draft`` kept it."""
    answered = tuple(bool(value) for value in stored["answered"])
    return Draft(
        response_id=ResponseId(stored["response_id"]), patient_id=patient_id,
        session_id=session_id, instrument=form.name, answers=tuple(stored["answers"]),
        answered=answered, position=first_open(answered), resumed=True,
        language=stored.get("language", form.language),
    )  # fmt: skip


def merged(draft: Draft, stored: Mapping[str, Any] | None) -> Draft:
    """The draft with what another window has stored of the same form meanwhile: an answer that
    was confirmed there is not overwritten by one that was never given here."""
    if stored is None or len(stored["answers"]) != len(draft.answers):
        return draft
    return replace(
        draft, response_id=ResponseId(stored["response_id"]), answers=tuple(stored["answers"]),
        answered=tuple(bool(value) for value in stored["answered"]),
    )  # fmt: skip


def with_answer(draft: Draft, index: int, value: int | None) -> Draft:
    """The draft with one more item dealt with."""
    answers = (*draft.answers[:index], value, *draft.answers[index + 1 :])
    answered = (*draft.answered[:index], True, *draft.answered[index + 1 :])
    return replace(draft, answers=answers, answered=answered, position=first_open(answered))


def to_store(draft: Draft, at: datetime) -> dict[str, Any]:
    """What is kept of a draft; ``draft_from`` reads it."""
    return {"response_id": draft.response_id, "answers": list(draft.answers),
            "answered": list(draft.answered), "language": draft.language,
            "saved_at": at.isoformat()}  # fmt: skip


def finished_elsewhere(draft: Draft) -> ChangedElsewhere:
    """Another window was quicker."""
    return ChangedElsewhere(
        f"{draft.instrument} was finished in another window, with its answers of then. Reload "
        "the page; this answer was not added."
    )


def require_same(shown: Draft, stands: Draft) -> None:
    """Nothing may be finished that is not what was looked at.

    Raises:
        ChangedElsewhere: Another window has changed answers.
    """
    if (shown.answers, shown.answered) != (stands.answers, stands.answered):
        raise ChangedElsewhere(
            f"Answers of {shown.instrument} were changed in another window. They are kept; reload "
            "the page, look at them and finish there."
        )


def first_open(answered: tuple[bool, ...]) -> int:
    """Index of the first item that was not dealt with; their number when all were."""
    return answered.index(False) if False in answered else len(answered)


def left_at_risk(stored: Mapping[str, Any], form: Instrument, at: datetime) -> bool:
    """Whether a kept draft has only to be finished, holds an answer at risk, and nobody has
    touched it for ``LEFT_ALONE``. A draft without a time is an old one; one from later than now
    was written before the clock was set back, and its alert must not wait for that time."""
    safety = form.safety
    if safety is None or not all(stored["answered"]):
        return False
    saved = datetime.fromisoformat(stored["saved_at"]) if "saved_at" in stored else None
    at_risk = stored["answers"][safety.item - 1] in (*safety.elevated, *safety.high)
    return at_risk and (saved is None or abs(at - saved) > LEFT_ALONE)


def alerts_of(response: Response) -> list[Alert]:
    """The alerts that a finished form raises."""
    return [
        Alert(
            id=AlertId(new_id()), patient_id=response.patient_id, response_id=response.id,
            code=draft.code, level=draft.level, detail=draft.detail, state=AlertState.RAISED,
            raised_at=response.answered_at,
        )
        for draft in alerts_for(response.result, response.answers)
    ]  # fmt: skip
