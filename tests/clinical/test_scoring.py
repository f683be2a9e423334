"""Rules that hold for every form, tried on every form hypothesis can think of."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import alerts_for, instrument_names, load_instrument, score, shows_crisis_card
from emocare.clinical.instruments import BandStep
from emocare.domain.records import ScaleScore, ScoreResult
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
    "PSS-10": [],
    "K10": [(19, "normal", "likely to be well"), (24, "mild", "likely mild disorder"),
            (29, "moderate", "likely moderate disorder"), (50, "severe", "likely severe disorder")],
    "K6": [(4, "normal", "low distress"), (12, "moderate", "moderate distress"),
           (24, "severe", "serious distress")],
    "ISI": [(7, "normal", "none"), (14, "mild", "subthreshold"), (21, "moderate", "moderate"),
            (28, "severe", "severe")],
}  # fmt: skip
"""Highest total of each step, typed from the specification's table and not from the files."""

SCALE_TABLE = {
    "depression": [(9, "normal", "normal"), (13, "mild", "mild"), (20, "moderate", "moderate"),
                   (27, "severe", "severe"), (42, "severe", "extremely severe")],
    "anxiety": [(7, "normal", "normal"), (9, "mild", "mild"), (14, "moderate", "moderate"),
                (19, "severe", "severe"), (42, "severe", "extremely severe")],
    "stress": [(14, "normal", "normal"), (18, "mild", "mild"), (25, "moderate", "moderate"),
               (33, "severe", "severe"), (42, "severe", "extremely severe")],
}  # fmt: skip
SCALE_ITEMS = {"depression": (3, 5, 10, 13, 16, 17, 21), "anxiety": (2, 4, 7, 9, 15, 19, 20),
               "stress": (1, 6, 8, 11, 12, 14, 18)}  # fmt: skip

MISSING_ALLOWED = {"PHQ-9": 2, "PHQ-8": 1, "GAD-7": 1, "PHQ-2": 0, "GAD-2": 0, "PHQ-4": 0,
                   "WHO-5": 0, "K10": 1, "PSS-10": 1, "K6": 0, "ISI": 0, "DASS-21": 1}  # fmt: skip
REVERSED = {"PSS-10": {4, 5, 7, 8}}
"""Items whose answers count the other way round."""


@dataclass(frozen=True)
class Part:
    """A form, or one scale of it: what its items count, and what was made of them."""

    counted: list[int | None]
    scored: ScoreResult | ScaleScore
    bands: tuple[BandStep, ...]


def parts(name: str, answers: list[int | None], result: ScoreResult) -> list[Part]:
    """The whole form, or each scale of a form with scales."""
    instrument = load_instrument(name)
    low, high = instrument.values[0], instrument.values[-1]
    counted = [
        low + high - answer if answer is not None and n in REVERSED.get(name, ()) else answer
        for n, answer in enumerate(answers, start=1)
    ]  # fmt: skip
    if not instrument.scales:
        return [Part(counted, result, instrument.bands)]
    return [
        Part([counted[i - 1] for i in SCALE_ITEMS[scored.name]], scored, scale.bands)
        for scored, scale in zip(result.scales, instrument.scales, strict=True)
    ]


@st.composite
def forms(draw: st.DrawFn) -> tuple[str, list[int | None]]:
    """Any form of any instrument, with any answers missing."""
    instrument = load_instrument(draw(NAMES))
    answer = st.sampled_from([None, *instrument.values])
    return instrument.name, draw(st.lists(answer, min_size=len(instrument.items),
                                          max_size=len(instrument.items)))  # fmt: skip


def spread(total: int, count: int, values: tuple[int, ...]) -> list[int]:
    """``count`` answers out of ``values`` with this sum."""
    left, answers = total - count * values[0], []
    for _ in range(count):
        answers.append(values[0] + min(values[-1] - values[0], left))
        left -= answers[-1] - values[0]
    return answers


def with_total(name: str, total: int) -> list[int]:
    """A complete form with this raw sum of what its items count."""
    instrument = load_instrument(name)
    low, high = instrument.values[0], instrument.values[-1]
    counted = spread(total, len(instrument.items), instrument.values)
    return [low + high - value if n in REVERSED.get(name, ()) else value
            for n, value in enumerate(counted, start=1)]  # fmt: skip


def test_the_tables_name_every_instrument() -> None:
    assert {*BAND_TABLE, "DASS-21"} == set(MISSING_ALLOWED) == set(instrument_names())


@pytest.mark.parametrize("name", sorted(BAND_TABLE))
def test_every_total_has_its_band(name: str) -> None:
    instrument = load_instrument(name)
    times = instrument.multiplier
    for raw in range(instrument.lowest // times, instrument.highest // times + 1):
        result = score(name, with_total(name, raw))

        assert result.total == raw * times
        expected = next(
            ((band, native) for high, band, native in BAND_TABLE[name] if result.total <= high),
            (None, None),
        )
        assert (result.band, result.native_band) == expected


@pytest.mark.parametrize("scale", SCALE_TABLE)
def test_every_total_of_a_scale_has_its_band(scale: str) -> None:
    for raw in range(22):
        answers = [1] * 21
        for item, value in zip(SCALE_ITEMS[scale], spread(raw, 7, (0, 1, 2, 3)), strict=True):
            answers[item - 1] = value
        result = score("DASS-21", answers)
        found = {part.name: part for part in result.scales}[scale]

        assert found.total == 2 * raw
        assert (found.band, found.native_band) == next(
            (band, native) for high, band, native in SCALE_TABLE[scale] if 2 * raw <= high
        )
        assert (result.total, result.band, result.alerts) == (None, None, ())


@given(forms())
def test_totals_lie_in_their_range(case: tuple[str, list[int | None]]) -> None:
    name, answers = case
    instrument, result = load_instrument(name), score(name, answers)

    for part in parts(name, answers, result):
        scored, missing = part.scored, part.counted.count(None)
        lowest, highest = instrument.range_of(len(part.counted))
        low, high = scored.possible_range
        assert lowest <= low <= high <= highest
        assert (scored.total is None) == (missing > MISSING_ALLOWED[name])
        assert scored.prorated == (scored.total is not None and missing > 0)
        if scored.total is not None:
            assert low <= scored.total <= high
        if missing == 0:
            assert low == high == scored.total
    totals = [part.scored.total for part in parts(name, answers, result)]
    assert ("NOT_SCORABLE" in result.alerts) == (None in totals)
    assert result.scorable == any(total is not None for total in totals)


@given(forms())
def test_proration_is_half_up_and_leaves_complete_forms_alone(
    case: tuple[str, list[int | None]],
) -> None:
    name, answers = case
    for part in parts(name, answers, score(name, answers)):
        scored = part.scored
        known = [answer for answer in part.counted if answer is not None]
        if scored.total is None:
            continue
        exact = Fraction(sum(known) * len(part.counted), len(known))
        whole, half = divmod(exact, 1)
        expected = int(whole) + (1 if half >= Fraction(1, 2) else 0)
        assert scored.total == expected * load_instrument(name).multiplier
        if len(known) == len(part.counted):
            assert expected == sum(known) and not scored.band_uncertain


@given(forms(), st.integers())
def test_the_order_of_items_does_not_change_a_total(
    case: tuple[str, list[int | None]], seed: int
) -> None:
    name, answers = case
    if load_instrument(name).scales or name in REVERSED:
        return
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
    for part in parts(name, answers, score(name, answers)):
        scored = part.scored
        if scored.band is None:
            assert not scored.band_uncertain
            continue
        low, high = scored.possible_range
        possible = {step.band for total in range(low, high + 1)
                    for step in part.bands if step.low <= total <= step.high}  # fmt: skip
        assert scored.band in possible
        assert scored.band_uncertain == (len(possible) > 1)


@given(st.lists(st.sampled_from([None, 0, 1, 2, 3, 4]), min_size=10, max_size=10))
def test_a_reversed_item_counts_the_other_way_round(answers: list[int | None]) -> None:
    """Turning every answer round turns the total round, whatever is missing."""
    turned = [None if answer is None else 4 - answer for answer in answers]
    one, other = score("PSS-10", answers), score("PSS-10", turned)

    assert one.possible_range == (40 - other.possible_range[1], 40 - other.possible_range[0])
    if one.total is not None and other.total is not None and not one.prorated:
        assert one.total + other.total == 40


@given(forms(), st.integers(0, 2**32 - 1))
def test_changing_one_answer_moves_the_total_by_no_more_than_it(
    case: tuple[str, list[int | None]], seed: int
) -> None:
    """A higher answer never lowers a total, except where it is reversed or more is better."""
    name, answers = case
    instrument = load_instrument(name)
    whole = [instrument.values[0] if answer is None else answer for answer in answers]
    place = seed % len(whole)
    step = -1 if place + 1 in REVERSED.get(name, ()) else 1
    if whole[place] == instrument.values[-1]:
        return
    raised = [*whole[:place], whole[place] + 1, *whole[place + 1 :]]
    before = sum(part.scored.total or 0 for part in parts(name, whole, score(name, whole)))
    after = sum(part.scored.total or 0 for part in parts(name, raised, score(name, raised)))
    assert after - before == step * instrument.multiplier


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
