"""Scores a questionnaire exactly as its instrument file says (clinical specification 1.3-1.6)."""

from __future__ import annotations

from collections.abc import Sequence

from emocare.clinical.alerts import codes_for
from emocare.clinical.change import Norm, change
from emocare.clinical.instruments.instrument import BandStep, Instrument, step_of
from emocare.clinical.instruments.loading import load_instrument
from emocare.domain.errors import AnswerOutOfRange, InputError
from emocare.domain.records import ScaleScore, ScoreResult

Answers = Sequence[int | None]
"""One entry per item in the order of the form; None is unanswered."""


def score(
    name: str,
    answers: Answers,
    difficulty: int | None = None,
    previous: int | None = None,
    previous_prorated: bool = False,
    norm: Norm | None = None,
) -> ScoreResult:
    """Scores one form of a shipped instrument; see ``score_form``.

    Args:
        name: Instrument, for example "PHQ-9".

    Raises:
        AnswerOutOfRange: As ``score_form``.
        InputError: As ``score_form``, or there is no such instrument.
    """
    return score_form(
        load_instrument(name), answers, difficulty, previous, previous_prorated, norm
    )


def score_form(
    instrument: Instrument,
    answers: Answers,
    difficulty: int | None = None,
    previous: int | None = None,
    previous_prorated: bool = False,
    norm: Norm | None = None,
) -> ScoreResult:
    """Scores one form.

    Up to ``missing_allowed`` unanswered items the total is prorated, halves rounded up; with more
    it is None, and the alerts still run on what was answered.

    Args:
        instrument: What was asked.
        answers: One whole number or None (unanswered) per item.
        difficulty: Answer to the question on daily life, None if not asked or unanswered.
        previous: Earlier total of the same instrument, None without one.
        previous_prorated: Whether that total was prorated.
        norm: The site's own spread of the totals, for the reliable change index.

    Raises:
        AnswerOutOfRange: An answer is not one of the options (True, 2.0 and "2" are not).
        InputError: Wrong number of answers, a difficulty for a form without that question, or an
            impossible previous total.
    """
    _check_answers(instrument, answers)
    _check_difficulty(instrument, difficulty)
    _check_previous(instrument, previous)
    counted = [None if answer is None else instrument.recoded(number, answer)
               for number, answer in enumerate(answers, start=1)]
    scales = tuple(
        _measure(instrument, scale.name, [counted[item - 1] for item in scale.items], scale.bands)
        for scale in instrument.scales
    )
    whole = _together(instrument, scales) if scales else _measure(
        instrument, instrument.name, counted, instrument.bands
    )
    total = whole.total
    return ScoreResult(
        instrument=instrument.name,
        total=total,
        band=whole.band,
        native_band=whole.native_band,
        prorated=whole.prorated,
        possible_range=whole.possible_range,
        band_uncertain=whole.band_uncertain,
        alerts=codes_for(
            instrument, answers, total=total, lowest=whole.possible_range[0],
            difficulty=difficulty,
            scorable=all(s.total is not None for s in scales or (whole,)),
        ),
        change=None if total is None or previous is None
        else change(instrument, total, whole.prorated, previous, previous_prorated, norm),
        screen_positive=None if total is None else _screen_positive(instrument, counted, total),
        algorithm=_algorithm(instrument, counted),
        scales=scales,
    )  # fmt: skip


def _check_answers(instrument: Instrument, answers: Answers) -> None:
    wanted = len(instrument.items)
    if len(answers) != wanted:
        raise InputError(f"{instrument.name} has {wanted} items, got {len(answers)} answers.")
    for number, answer in enumerate(answers, start=1):
        if answer is None:
            continue
        if type(answer) is not int or answer not in instrument.values:
            raise AnswerOutOfRange(
                f"{instrument.name} item {number}: expected a whole number from "
                f"{instrument.values[0]} to {instrument.values[-1]} or no answer, got {answer!r}."
            )


def _check_difficulty(instrument: Instrument, difficulty: int | None) -> None:
    if difficulty is None:
        return
    if instrument.difficulty is None:
        raise InputError(f"{instrument.name} has no question on difficulty in daily life.")
    values = [option.value for option in instrument.difficulty.options]
    if type(difficulty) is not int or difficulty not in values:
        raise AnswerOutOfRange(
            f"{instrument.name} difficulty: expected a whole number from {min(values)} to "
            f"{max(values)} or no answer, got {difficulty!r}."
        )


def _check_previous(instrument: Instrument, previous: int | None) -> None:
    if previous is None:
        return
    if instrument.scales:
        raise InputError(
            f"{instrument.name} has {len(instrument.scales)} scales and no total of its own, so "
            "there is no previous total to compare with."
        )
    low, high, step = instrument.lowest, instrument.highest, instrument.multiplier
    if type(previous) is not int or not low <= previous <= high or previous % step:
        raise InputError(
            f"{instrument.name} previous total: expected a whole number from {low} to {high}"
            f"{f' in steps of {step}' if step > 1 else ''}, got {previous!r}."
        )


def _measure(
    instrument: Instrument, name: str, counted: Answers, bands: tuple[BandStep, ...]
) -> ScaleScore:
    """Total, band and possible range of the items of one scale, or of the whole form."""
    known = [answer for answer in counted if answer is not None]
    missing = len(counted) - len(known)
    values = instrument.values
    low = (sum(known) + missing * values[0]) * instrument.multiplier
    high = (sum(known) + missing * values[-1]) * instrument.multiplier
    total = None if missing > instrument.missing_allowed else (
        _prorated(sum(known), len(known), len(counted)) * instrument.multiplier
    )
    step = None if total is None else step_of(bands, total)
    edges = [step_of(bands, low), step_of(bands, high)]
    return ScaleScore(
        name=name, total=total, band=None if step is None else step.band,
        native_band=None if step is None else step.native,
        prorated=total is not None and missing > 0, possible_range=(low, high),
        band_uncertain=step is not None and len({e.band for e in edges if e is not None}) > 1,
    )  # fmt: skip


def _prorated(total: int, answered: int, items: int) -> int:
    """floor(total x items / answered + 0.5) in whole numbers: a half is rounded up."""
    return (2 * total * items + answered) // (2 * answered)


def _together(instrument: Instrument, scales: tuple[ScaleScore, ...]) -> ScaleScore:
    """A form with scales as a whole: it has no total and no band of its own."""
    return ScaleScore(
        name=instrument.name, total=None, band=None, native_band=None,
        prorated=any(scale.prorated for scale in scales),
        possible_range=(sum(scale.possible_range[0] for scale in scales),
                        sum(scale.possible_range[1] for scale in scales)),
        band_uncertain=any(scale.band_uncertain for scale in scales),
    )  # fmt: skip


def _screen_positive(instrument: Instrument, answers: Answers, total: int) -> bool | None:
    """By the subscales, all of them answered, or by the total when there are none."""
    screen = instrument.screen
    if screen is None:
        return None
    scores = [total]
    if screen.subscales:
        scores = []
        for items in screen.subscales.values():
            known = [answer for item in items if (answer := answers[item - 1]) is not None]
            if len(known) < len(items):
                return None
            scores.append(sum(known))
    if screen.positive_from is not None:
        return max(scores) >= screen.positive_from
    assert screen.positive_up_to is not None
    return min(scores) <= screen.positive_up_to


def _algorithm(instrument: Instrument, answers: Answers) -> str | None:
    """The symptom count of a complete form: none, other_syndrome or major_syndrome."""
    rule = instrument.algorithm
    if rule is None or any(answer is None for answer in answers):
        return None
    counted = {
        number for number, answer in enumerate(answers, start=1)
        if answer is not None
        and answer >= (1 if number in rule.counted_from_1 else rule.counted_from)
    }  # fmt: skip
    if not counted & set(rule.cardinal) or len(counted) < rule.other_from:
        return "none"
    return "major_syndrome" if len(counted) >= rule.major_from else "other_syndrome"
