"""From a short form to the full one: which follows, and which answers need not be given twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from emocare.clinical import Instrument, load_instrument
from emocare.domain.records import Response

Substitute = Callable[[str], str]
"""A form -> the form that is asked in its place."""


def due(responses: Sequence[Response], at: datetime, substitute: Substitute) -> list[str]:
    """The full forms that positive short forms of the same day ask for and nobody has answered.

    Args:
        responses: Of one person, in any order.
        at: Now; the day is that of this machine's time zone.
    """
    today = [r for r in responses if _day(r.answered_at) == _day(at)]
    answered = {r.instrument for r in today}
    found: list[str] = []
    for response in sorted(today, key=lambda r: r.answered_at):
        for way in load_instrument(response.instrument).leads_to:
            full = substitute(way.instrument)
            if _positive(response, way.items, way.positive_from) and (
                not {full, way.instrument} & answered and full not in found
            ):
                found.append(full)
    return found


def carried(
    form: Instrument, responses: Sequence[Response], at: datetime, substitute: Substitute
) -> tuple[int | None, ...]:
    """Answers of the same day's short forms that are the first answers of ``form``.

    They are taken over when the part of the short form that they belong to is positive; the
    newest short form counts.

    Returns:
        One entry per item; None = to be asked.
    """
    answers: list[int | None] = [None] * len(form.items)
    today = [r for r in responses if _day(r.answered_at) == _day(at)]
    for response in sorted(today, key=lambda r: r.answered_at):
        for way in load_instrument(response.instrument).leads_to:
            if form.name != substitute(way.instrument):
                continue
            if _positive(response, way.items, way.positive_from):
                for item, onto in zip(way.items, way.onto, strict=True):
                    answers[onto - 1] = response.answers[item - 1]
    return tuple(answers)


def _positive(response: Response, items: Sequence[int], positive_from: int) -> bool:
    """Whether the answers reach the value; what is missing counts as the least it could be."""
    lowest = load_instrument(response.instrument).values[0]
    given = [response.answers[item - 1] for item in items]
    return sum(lowest if answer is None else answer for answer in given) >= positive_from


def _day(moment: datetime) -> date:
    return moment.astimezone().date()
