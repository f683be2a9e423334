"""The life of a safety alert: raised, acknowledged, resolved. Never backwards, never deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from emocare.domain.errors import InputError
from emocare.domain.records import Alert, AlertState


class AlertAction(StrEnum):
    """What a clinician did before an alert may be resolved (clinical specification 1.5)."""

    ASSESSED = "assessed"
    SAFETY_PLAN = "safety_plan"
    MEANS_SAFETY = "means_safety"
    REFERRED = "referred"
    EMERGENCY = "emergency"
    NOT_CURRENT = "not_current"


def acknowledge(alert: Alert, by: str, at: datetime) -> Alert:
    """The alert as seen by ``by``.

    Raises:
        InputError: It is not in state raised, nobody is named, or the time is impossible.
    """
    if alert.state is not AlertState.RAISED:
        seen = f" by {alert.acknowledged_by}" if alert.acknowledged_by else ""
        raise InputError(f"This alert is already {alert.state.value}{seen}. Reload the page.")
    _check_actor(by, at, not_before=alert.raised_at)
    return replace(alert, state=AlertState.ACKNOWLEDGED, acknowledged_by=by, acknowledged_at=at)


def resolve(alert: Alert, by: str, at: datetime, action: str, note: str) -> Alert:
    """The alert as closed by ``by`` after ``action``, a value of ``AlertAction``.

    Raises:
        InputError: It is not in state acknowledged, the action is unknown, nobody is named, or
            the time is impossible.
    """
    if alert.state is AlertState.RAISED:
        raise InputError("Acknowledge the alert first, then resolve it.")
    if alert.state is AlertState.RESOLVED or alert.acknowledged_at is None:
        raise InputError(f"This alert was already resolved by {alert.resolved_by}.")
    if action not in {known.value for known in AlertAction}:
        known = ", ".join(a.value for a in AlertAction)
        raise InputError(f"Choose what was done: one of {known}; got {action!r}.")
    _check_actor(by, at, not_before=alert.acknowledged_at)
    return replace(
        alert, state=AlertState.RESOLVED, resolved_by=by, resolved_at=at,
        action=str(action), note=note,
    )  # fmt: skip


def _check_actor(by: str, at: datetime, not_before: datetime) -> None:
    if not by.strip():
        raise InputError("Say who reviewed the alert: the name is empty.")
    if at.tzinfo is None:
        raise InputError(f"Expected a time with a time zone, got {at.isoformat()}.")
    if at < not_before:
        raise InputError(
            f"An alert cannot go back in time: {at.isoformat()} is before "
            f"{not_before.isoformat()}. Check this computer's clock."
        )
