"""Self-report items on the six dimensions, each formula by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import self_report_dimensions
from emocare.domain.summary import DIMENSIONS

#          1  2  3  4  5  6  7  8  9
PHQ9 = [2, 1, 0, 3, 0, 0, 0, 0, 0]
GAD7 = [1, 2, 3, 1, 2, 3, 0]


def test_phq9_and_gad7() -> None:
    found = self_report_dimensions({"PHQ-9": PHQ9, "GAD-7": GAD7})

    assert found == pytest.approx({
        "valence": 1 - 2 * 1 / 3,
        "arousal": (1 + 2) / 6 - 3 / 3,
        "anhedonia": 100 * 2 / 3,
        "anxiety": 100 * (1 + 2 + 3 + 0) / 12,
        "irritability": 100.0,
        "fatigue": 100.0,
    })  # fmt: skip


def test_wellbeing_and_k10_join_the_means() -> None:
    found = self_report_dimensions(
        {"PHQ-9": PHQ9, "WHO-5": [5, 0, 0, 5, 1], "K10": [3, *[1] * 9]}
    )

    assert found["valence"] == pytest.approx(1 - 2 * (1 / 3 + 0 / 5) / 2)
    assert found["anhedonia"] == pytest.approx(100 * (2 / 3 + 4 / 5) / 2)
    assert found["fatigue"] == pytest.approx(100 * (3 / 3 + 2 / 4 + 5 / 5 + 0 / 5) / 4)
    assert (found["arousal"], found["anxiety"], found["irritability"]) == (None, None, None)


def test_irritability_takes_the_stress_items_that_ask_for_it() -> None:
    dass: list[int | None] = [3] * 21
    for item, answer in ((6, 0), (11, 1), (14, 2), (18, 0)):
        dass[item - 1] = answer
    alone = self_report_dimensions({"DASS-21": dass})
    both = self_report_dimensions({"DASS-21": dass, "GAD-7": GAD7})

    assert alone["irritability"] == pytest.approx(100 * 3 / 12)
    assert both["irritability"] == pytest.approx(100 * (3 + 3) / 15)
    assert {name for name, value in alone.items() if value is not None} == {"irritability"}


def test_phq8_stands_in_for_phq9() -> None:
    assert self_report_dimensions({"PHQ-8": PHQ9[:8]}) == self_report_dimensions({"PHQ-9": PHQ9})


def test_nothing_answered_is_none_never_zero() -> None:
    expected = dict.fromkeys(DIMENSIONS)
    assert self_report_dimensions({}) == expected
    assert self_report_dimensions({"PHQ-9": [None] * 9, "GAD-7": [None] * 7}) == expected


@pytest.mark.parametrize("item", [1, 2, 3, 7])
def test_anxiety_needs_all_its_items(item: int) -> None:
    answers: list[int | None] = list(GAD7)
    answers[item - 1] = None
    assert self_report_dimensions({"GAD-7": answers})["anxiety"] is None


def test_slow_or_restless_is_left_out() -> None:
    restless = [*PHQ9[:7], 3, PHQ9[8]]
    assert self_report_dimensions({"PHQ-9": restless}) == self_report_dimensions({"PHQ-9": PHQ9})


@given(
    st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=9, max_size=9),
    st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=7, max_size=7),
    st.lists(st.sampled_from([None, 0, 1, 2, 3, 4, 5]), min_size=5, max_size=5),
)
def test_every_value_lies_in_its_range(
    phq9: list[int | None], gad7: list[int | None], who5: list[int | None]
) -> None:
    found = self_report_dimensions({"PHQ-9": phq9, "GAD-7": gad7, "WHO-5": who5})

    assert tuple(found) == DIMENSIONS
    for name, value in found.items():
        low, high = (-1, 1) if name in ("valence", "arousal") else (0, 100)
        assert value is None or low - 1e-9 <= value <= high + 1e-9
