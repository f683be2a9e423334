"""What needs the clinician now, most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from emocare.domain.records import Alert, AlertState, Patient, Response, SessionId, SessionRecord
from emocare.domain.records import SessionState as State
from emocare.services.workplace import now

KINDS: tuple[str, ...] = ("safety", "review", "report", "questionnaire")
"""Kinds of steps in the order of urgency."""

MINUTES = {"safety": 5, "review": 2, "report": 3, "questionnaire": 4}
"""What a step usually takes, for the caption of its card."""

VALID_FOR = timedelta(days=14)
"""How long a questionnaire counts (clinical specification 1.3)."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """One card of "What to do next"."""

    kind: str
    patient: Patient
    session_id: SessionId | None
    title: str
    detail: str
    minutes: int


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The first steps and how many more there are."""

    items: list[NextStep]
    more: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Where one person stands; ``last_session`` is the newest with something to review."""

    patient: Patient
    open_alerts: Sequence[Alert]
    last_session: SessionRecord | None
    reviewed: bool
    signed: bool
    last_response: Response | None


def rank(situations: Sequence[Situation], limit: int) -> NextSteps:
    """Orders the steps of all people by kind, then by name, and keeps the first ``limit``."""
    steps = [step for situation in situations for step in _steps(situation)]
    steps.sort(key=lambda step: (KINDS.index(step.kind), step.patient.name.casefold()))
    return NextSteps(steps[:limit], max(0, len(steps) - limit))


def _steps(situation: Situation) -> list[NextStep]:
    steps = []
    if situation.open_alerts:
        raised = [a for a in situation.open_alerts if a.state is AlertState.RAISED]
        word = "not yet acknowledged" if raised else "acknowledged, not resolved"
        steps.append(_step(situation, "safety", "Safety alert",
                           f"{situation.open_alerts[0].detail} ({word})"))  # fmt: skip
    last = situation.last_session
    if last is None or last.state not in (State.READY, State.INTERRUPTED):
        return steps
    day = f"{'Recording' if last.recorded else 'Visit'} of {last.started_at:%d %b %Y}"
    if not situation.reviewed:
        steps.append(_step(situation, "review", "Review ready", day))
    elif not situation.signed:
        steps.append(_step(situation, "report", "Report to sign", day))
    answered = situation.last_response
    if answered is None or now() - answered.answered_at > VALID_FOR:
        steps.append(_step(situation, "questionnaire", "Questionnaire missing",
                           "Nothing answered in the last 14 days"))  # fmt: skip
    return steps


def _step(situation: Situation, kind: str, title: str, detail: str) -> NextStep:
    last = situation.last_session
    return NextStep(kind, situation.patient, None if last is None else last.id, title, detail,
                    MINUTES[kind])  # fmt: skip
