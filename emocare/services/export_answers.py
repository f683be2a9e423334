"""Rows of the tables of answers: one for each question, one for each total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emocare.clinical import Instrument
from emocare.domain.records import Response, ScaleScore, ScoreResult, SessionId

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A finished form with its words.

    Attributes:
        form: In the words in which it was asked, as far as they are still there.
    """

    response: Response
    form: Instrument


def item_rows(session_id: SessionId | None, answered: Answered) -> Iterator[Row]:
    """One row for each question, that on daily life last."""
    response, form = answered.response, answered.form
    common = {
        "session_id": session_id, "instrument": response.instrument, "version": response.version,
        "language": response.language, "mode": response.mode,
        "answered_at": utc(response.answered_at),
    }  # fmt: skip
    for number, (item, answer) in enumerate(
        zip(form.items, response.answers, strict=True), start=1
    ):
        yield {**common, "item": str(number), "text": item.text, "answer": answer,
               "counted": None if answer is None else form.recoded(number, answer),
               "answer_text": form.answer_text(answer, number)}  # fmt: skip
    if form.difficulty is not None:
        yield {**common, "item": "difficulty", "text": form.difficulty.text,
               "answer": response.difficulty,
               "answer_text": _difficulty(form, response.difficulty)}  # fmt: skip


def total_rows(session_id: SessionId | None, answered: Answered) -> Iterator[Row]:
    """One row, or one for each scale of a form that has no total of its own."""
    response, form = answered.response, answered.form
    result = response.result
    common = {
        "session_id": session_id, "instrument": response.instrument,
        "answered_at": utc(response.answered_at), "alerts": " ".join(result.alerts) or None,
    }  # fmt: skip
    if not result.scales:
        yield {
            **common, **_scored(result), "maximum": form.highest,
            "change": None if result.change is None else result.change["delta"],
            "screen_positive": result.screen_positive,
        }  # fmt: skip
    items = {scale.name: scale.items for scale in form.scales}
    for scale in result.scales:
        yield {**common, "scale": scale.name, **_scored(scale),
               "maximum": form.range_of(len(items[scale.name]))[1]}  # fmt: skip


def utc(at: datetime) -> datetime:
    """The same moment in UTC."""
    return at.astimezone(UTC)


def _scored(score: ScoreResult | ScaleScore) -> Row:
    low, high = score.possible_range
    return {
        "total": score.total, "lowest": low, "highest": high, "prorated": score.prorated,
        "band": None if score.band is None else score.band.value,
        "native_band": score.native_band, "band_uncertain": score.band_uncertain,
    }  # fmt: skip


def _difficulty(form: Instrument, answer: int | None) -> str | None:
    options = () if form.difficulty is None else form.difficulty.options
    return next((option.text for option in options if option.value == answer), None)
