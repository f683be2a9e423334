"""Scoring a questionnaire that is not stored: what the command line runs."""

from __future__ import annotations

from typing import Any

from emocare.clinical import load_instrument, score, score_to_dict
from emocare.domain.errors import AnswerOutOfRange

UNANSWERED = "-"


def score_form(
    instrument: str, answers: str, difficulty: int | None, previous: int | None
) -> dict[str, Any]:
    """Scores answers written as "0,1,2,-" and gives the shape of ``score --json``.

    Raises:
        InputError: Unknown instrument, wrong number of answers, impossible previous total.
        AnswerOutOfRange: Something is neither an answer of the form nor "-".
    """
    form = load_instrument(instrument)
    given = [_answer(text.strip(), i) for i, text in enumerate(answers.split(","), start=1)]
    return score_to_dict(score(form.name, given, difficulty, previous))


def sentence(result: dict[str, Any]) -> str:
    """The result in words, one fact a line."""
    low, high = result["possible_range"]
    if result["total"] is None:
        lines = [f"{result['instrument']}: not scorable ({low} to {high} possible)"]
    else:
        native = f", {result['native_band']}" if result["native_band"] else ""
        lines = [f"{result['instrument']}: total {result['total']}{native}"]
    if result["band"] is not None:
        lines.append(f"band: {result['band']}")
    if result["prorated"]:
        lines.append(f"prorated, {low} to {high} possible")
    if result["band_uncertain"]:
        lines.append("the missing answers could change the band")
    if result["screen_positive"] is not None:
        lines.append(f"screen: {'positive' if result['screen_positive'] else 'negative'}")
    lines += [f"alert: {code}" for code in result["alerts"]]
    if result["change"] is not None:
        flags = ", ".join(result["change"]["flags"]) or "no change shown"
        lines.append(f"change: {result['change']['delta']:+d} ({flags})")
    return "\n".join(lines)


def _answer(text: str, number: int) -> int | None:
    if text == UNANSWERED:
        return None
    if not text.isascii() or not text.isdigit():
        raise AnswerOutOfRange(
            f"Answer {number}: expected a whole number, or '-' for unanswered, got {text!r}."
        )
    return int(text)
