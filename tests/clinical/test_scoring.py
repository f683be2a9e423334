"""Rules that hold for every form, tried on every form hypothesis can think of."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import alerts_for, instrument_names, load_instrument, score, shows_crisis_card
from emocare.domain.summary import BANDS, Band

ANSWER = st.sampled_from([None, 0, 1, 2, 3])
PHQ9 = st.lists(ANSWER, min_size=9, max_size=9)
NAMES = st.sampled_from(instrument_names())

BAND_TABLE = {
    "PHQ-9": [(4, "normal", "minimal"), (9, "mild", "mild"), (14, "moderate", "moderate"),
              (19, "severe", "moderately severe"), (27, "severe", "severe")],
    "PHQ-8": [(4, "normal", "minimal"), (9, "mild", "mild"), (14, "moderate", "moderate"),
              (19, "severe", "moderately severe"), (24, "severe", "severe")],
    "GAD-7": [(4, "normal", "minimal"), (9, "mild", "mild"), (14, "moderate", "moderate"),
              (21, "severe", "severe")],
    "PHQ-4": [(2, "normal", "normal"), (5, "mild", "mild"), (8, "moderate", "moderate"),
              (12, "severe", "severe")],
    "WHO-5": [(28, None, "low"), (50, None, "reduced"), (100, None, "adequate")],
    "PHQ-2": [],
    "GAD-2": [],
}  # fmt: skip
"""Highest total of each step, typed from the specification's table and not from the files."""

MISSING_ALLOWED = {"PHQ-9": 2, "PHQ-8": 1, "GAD-7": 1, "PHQ-2": 0, "GAD-2": 0, "PHQ-4": 0,
                   "WHO-5": 0}  # fmt: skip


@st.composite
def forms(draw: st.DrawFn) -> tuple[str, list[int | None]]:
    """Any form of any instrument, with any answers missing."""
    instrument = load_instrument(draw(NAMES))
    answer = st.sampled_from([None, *instrument.values])
    return instrument.name, draw(st.lists(answer, min_size=len(instrument.items),
                                          max_size=len(instrument.items)))  # fmt: skip


def with_total(name: str, total: int) -> list[int]:
    """A complete form with this raw sum."""
    instrument = load_instrument(name)
    answers: list[int] = []
    for _ in instrument.items:
        answers.append(min(instrument.values[-1], total - sum(answers)))
    return answers


def test_the_tables_name_every_instrument() -> None:
    assert set(BAND_TABLE) == set(MISSING_ALLOWED) == set(instrument_names())


@pytest.mark.parametrize("name", sorted(BAND_TABLE))
def test_every_total_has_its_band(name: str) -> None:
    instrument = load_instrument(name)
    for raw in range(0, instrument.highest // instrument.multiplier + 1):
        result = score(name, with_total(name, raw))

        assert result.total == raw * instrument.multiplier
        expected = next(
            ((band, native) for high, band, native in BAND_TABLE[name] if result.total <= high),
            (None, None),
        )
        assert (result.band, result.native_band) == expected


@given(forms())
def test_totals_lie_in_their_range(case: tuple[str, list[int | None]]) -> None:
    name, answers = case
    instrument, result = load_instrument(name), score(name, answers)
    low, high = result.possible_range

    assert instrument.lowest <= low <= high <= instrument.highest
    missing = answers.count(None)
    assert (result.total is None) == (missing > MISSING_ALLOWED[name])
    assert ("NOT_SCORABLE" in result.alerts) == (result.total is None)
    assert result.prorated == (result.total is not None and missing > 0)
    if result.total is not None:
        assert low <= result.total <= high
    if missing == 0:
        assert low == high == result.total


@given(forms())
def test_proration_is_half_up_and_leaves_complete_forms_alone(
    case: tuple[str, list[int | None]],
) -> None:
    name, answers = case
    result = score(name, answers)
    known = [answer for answer in answers if answer is not None]
    if result.total is None:
        return
    exact = Fraction(sum(known) * len(answers), len(known))
    whole, half = divmod(exact, 1)
    expected = int(whole) + (1 if half >= Fraction(1, 2) else 0)
    assert result.total == expected * load_instrument(name).multiplier
    if len(known) == len(answers):
        assert expected == sum(known) and not result.band_uncertain


@given(forms(), st.integers())
def test_the_order_of_items_does_not_change_a_total(
    case: tuple[str, list[int | None]], seed: int
) -> None:
    name, answers = case
    mixed = list(answers)
    random.Random(seed).shuffle(mixed)
    one, other = score(name, answers), score(name, mixed)

    assert (one.total, one.band, one.possible_range, one.band_uncertain) == (
        other.total, other.band, other.possible_range, other.band_uncertain,
    )  # fmt: skip


@given(forms())
def test_a_band_is_uncertain_exactly_when_the_range_crosses_one(
    case: tuple[str, list[int | None]],
) -> None:
    name, answers = case
    instrument, result = load_instrument(name), score(name, answers)
    if result.band is None:
        assert not result.band_uncertain
        return
    low, high = result.possible_range
    steps = [instrument.step(total) for total in range(low, high + 1)]
    possible = {step.band for step in steps if step is not None}
    assert result.band in possible
    assert result.band_uncertain == (len(possible) > 1)


@given(PHQ9, st.sampled_from([None, 0, 1, 2, 3]), st.integers(0, 27), st.sampled_from([1, 2, 3]))
def test_item_9_always_alarms(
    answers: list[int | None], difficulty: int | None, previous: int, item9: int
) -> None:
    answers[8] = item9
    result = score("PHQ-9", answers, difficulty, previous)

    level = "elevated" if item9 == 1 else "high"
    assert f"SI_ITEM9_POSITIVE:{level}" in result.alerts
    drafts = [d for d in alerts_for(result, answers) if d.code == "SI_ITEM9_POSITIVE"]
    assert [d.level for d in drafts] == [level]
    assert shows_crisis_card("PHQ-9", 9, item9)


@given(PHQ9, st.sampled_from([None, 0]))
def test_item_9_alarms_for_nothing_else(answers: list[int | None], item9: int | None) -> None:
    answers[8] = item9
    alerts = score("PHQ-9", answers).alerts

    assert not any(alert.startswith("SI_ITEM9_POSITIVE") for alert in alerts)
    assert ("SI_ITEM9_MISSING" in alerts) == (item9 is None)
    assert not shows_crisis_card("PHQ-9", 9, item9)


@given(forms())
def test_only_phq9_asks_about_safety(case: tuple[str, list[int | None]]) -> None:
    name, answers = case
    if name != "PHQ-9":
        assert not any(alert.startswith("SI_") for alert in score(name, answers).alerts)


@given(PHQ9)
def test_a_missing_item_9_never_gets_a_value_of_its_own(answers: list[int | None]) -> None:
    answers[8] = None
    result = score("PHQ-9", answers)

    assert result.algorithm is None
    if result.total is not None:
        known = [answer for answer in answers if answer is not None]
        assert result.possible_range == (
            sum(known), sum(known) + 3 * answers.count(None)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "total", "urgent"),
    [("PHQ-9", 19, False), ("PHQ-9", 20, True), ("GAD-7", 14, False), ("GAD-7", 15, True),
     ("PHQ-8", 24, False), ("PHQ-4", 12, False), ("PHQ-2", 6, False)],
)  # fmt: skip
def test_urgent_review(name: str, total: int, urgent: bool) -> None:
    assert ("SCORE_URGENT_REVIEW" in score(name, with_total(name, total)).alerts) == urgent


def test_answers_that_cannot_be_less_than_urgent_are_urgent_without_a_total() -> None:
    result = score("GAD-7", [3, 3, 3, 3, 3, None, None])

    assert result.total is None
    assert result.alerts == ("NOT_SCORABLE", "SCORE_URGENT_REVIEW")
    assert "at least 15 of 21" in alerts_for(result, [3, 3, 3, 3, 3, None, None])[0].detail


@pytest.mark.parametrize(
    ("difficulty", "impaired"), [(None, False), (1, False), (2, True), (3, True)]
)
def test_functional_impairment(difficulty: int | None, impaired: bool) -> None:
    assert ("FUNCTIONAL_IMPAIRMENT" in score("PHQ-9", [0] * 9, difficulty).alerts) == impaired


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("2 0 0 0 0 0 0 0 0", "none"),
        ("2 2 0 0 0 0 0 0 0", "other_syndrome"),
        ("0 2 0 0 0 0 0 0 1", "other_syndrome"),
        ("1 1 2 2 2 2 2 2 3", "none"),
        ("2 1 2 2 2 0 0 0 0", "other_syndrome"),
        ("2 1 2 2 2 2 0 0 0", "major_syndrome"),
        ("1 2 2 2 2 1 1 1 1", "major_syndrome"),
        ("1 2 2 2 1 1 1 1 1", "other_syndrome"),
        ("1 2 2 2 2 1 1 1 0", "other_syndrome"),
        ("2 1 2 2 2 2 - 0 0", None),
    ],
)
def test_the_symptom_count(answers: str, expected: str | None) -> None:
    form = [None if word == "-" else int(word) for word in answers.split()]
    assert score("PHQ-9", form).algorithm == expected


@pytest.mark.parametrize(
    ("name", "answers", "positive"),
    [("PHQ-2", [1, 1], False), ("PHQ-2", [1, 2], True), ("PHQ-2", [3, None], None),
     ("GAD-2", [0, 2], False), ("GAD-2", [3, 0], True),
     ("PHQ-4", [1, 1, 2, 0], False), ("PHQ-4", [2, 1, 0, 0], True), ("PHQ-4", [0, 0, 0, 3], True),
     ("WHO-5", [3, 3, 3, 2, 2], False), ("WHO-5", [3, 3, 3, 3, 0], True),
     ("PHQ-9", [3] * 9, None), ("GAD-7", [3] * 7, None)],
)  # fmt: skip
def test_screens(name: str, answers: list[int | None], positive: bool | None) -> None:
    assert score(name, answers).screen_positive is positive


def test_bands_are_the_four_of_the_house() -> None:
    found = {step.band for name in instrument_names() for step in load_instrument(name).bands}
    assert found - {None} == set(BANDS)
    assert Band.INDETERMINATE not in found
