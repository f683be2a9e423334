"""Scoring a questionnaire that is not stored: what the command line runs."""

from __future__ import annotations

from typing import Any

from emocare.clinical import load_instrument, read_norms, score, score_to_dict
from emocare.domain.errors import AnswerOutOfRange, InputError

UNANSWERED = "-"
LONGEST = 6
"""Digits of an answer that are read; no form has answers with so many."""


def score_form(
    instrument: str, answers: str, difficulty: str | None, previous: str | None, norms: str = ""
) -> dict[str, Any]:
    """Scores answers written as "0,1,2,-" and gives the shape of ``score --json``.

    Args:
        difficulty: The answer on daily life as it was typed, None without one.
        previous: The earlier total as it was typed, None without one.
        norms: The site's norms as the setting holds them.

    Raises:
        InputError: Unknown instrument, wrong number of answers, impossible previous total or norm.
        AnswerOutOfRange: Something is neither an answer of the form nor "-".
    """
    form = load_instrument(instrument)
    given = [_answer(text.strip(), i) for i, text in enumerate(answers.split(","), start=1)]
    norm = read_norms(norms).get(form.name)
    asked, before = _whole(difficulty, "--difficulty"), _whole(previous, "--previous")
    return score_to_dict(score(form.name, given, asked, before, norm=norm))


def sentence(result: dict[str, Any]) -> str:
    """The result in words, one fact a line."""
    parts = result.get("scales") or {result["instrument"]: result}
    lines = [line for name, part in parts.items() for line in _total(name, part)]
    if "scales" in result:
        lines.insert(0, f"{result['instrument']}: {len(parts)} scales, no total of its own")
    if result["screen_positive"] is not None:
        lines.append(f"screen: {'positive' if result['screen_positive'] else 'negative'}")
    lines += [f"alert: {code}" for code in result["alerts"]]
    if result["change"] is not None:
        flags = ", ".join(result["change"]["flags"]) or "no change shown"
        lines.append(f"change: {result['change']['delta']:+d} ({flags})")
        if "rci" in result["change"]:
            lines.append(f"reliable change index: {result['change']['rci']:+.2f}")
    return "\n".join(lines)


def _total(name: str, part: dict[str, Any]) -> list[str]:
    """A total with its band, of a form or of one of its scales."""
    low, high = part["possible_range"]
    if part["total"] is None:
        return [f"{name}: not scorable ({low} to {high} possible)"]
    native = f", {part['native_band']}" if part["native_band"] else ""
    lines = [f"{name}: total {part['total']}{native}"]
    if part["band"] is not None:
        lines.append(f"band: {part['band']}")
    if part["prorated"]:
        lines.append(f"prorated, {low} to {high} possible")
    if part["band_uncertain"]:
        lines.append("the missing answers could change the band")
    return lines


def _whole(text: str | None, option: str) -> int | None:
    """A number as it is written by people: "1.0", "1_0" and other digits are refused."""
    if text is None or _is_whole(text):
        return None if text is None else int(text)
    raise InputError(f"Option '{option}': expected a whole number, got {text[:40]!r}.")


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST


def _answer(text: str, number: int) -> int | None:
    if text == UNANSWERED:
        return None
    if not _is_whole(text):
        raise AnswerOutOfRange(
            f"Answer {number}: expected a whole number, or '-' for unanswered, got {text[:40]!r}."
        )
    return int(text)
