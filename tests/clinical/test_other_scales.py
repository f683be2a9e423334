"""A made-up scale from 1 to 5 with every rule the shipped forms do not use together."""

from __future__ import annotations

from pathlib import Path

import pytest

from emocare.clinical.instruments import Instrument, read_instrument
from emocare.clinical.scoring import score_form
from emocare.domain.errors import AnswerOutOfRange, InputError
from emocare.domain.summary import Band

SCALE = """
name = "MADE-4"
title = "Made-up scale"
version = "1"
language = "en"
domain = "distress"
recall = "the last 4 weeks"
recall_days = 28
stem = "How often?"
options = [
    { value = 1, text = "None of the time" },
    { value = 2, text = "A little" },
    { value = 3, text = "Some" },
    { value = 4, text = "Most" },
    { value = 5, text = "All of the time" },
]
items = [{ text = "a" }, { text = "b" }, { text = "c" }, { text = "d" }]

[scoring]
missing_allowed = 1

[[bands]]
low = 4
high = 9
band = "normal"
native = "well"

[[bands]]
low = 10
high = 20
band = "severe"
native = "unwell"

[screen]
positive_up_to = 6
subscales = { first = [1, 2], second = [3, 4] }

[change]
threshold = 3
source = "made up"

[licence]
notice = "none"
citation = "none"
"""


@pytest.fixture
def scale(tmp_path: Path) -> Instrument:
    """The scale as read from its file."""
    path = tmp_path / "made-4.toml"
    path.write_text(SCALE, encoding="utf-8")
    return read_instrument(path)


def test_missing_answers_count_at_least_the_lowest_option(scale: Instrument) -> None:
    result = score_form(scale, [2, 2, None, 2])

    assert (scale.lowest, scale.highest) == (4, 20)
    assert (result.total, result.possible_range) == (8, (7, 11))
    assert (result.band, result.native_band, result.band_uncertain) == (Band.NORMAL, "well", True)
    assert score_form(scale, [1, 1, None, 1]).possible_range == (4, 8)
    assert score_form(scale, [None] * 4).possible_range == (4, 20)


@pytest.mark.parametrize(
    ("answers", "positive"),
    [([4, 4, 4, 4], False), ([4, 3, 4, 4], False), ([3, 3, 4, 4], True), ([4, 4, 1, 5], True)],
)
def test_a_screen_from_above_by_subscale(
    scale: Instrument, answers: list[int], positive: bool
) -> None:
    assert score_form(scale, answers).screen_positive is positive


def test_a_subscale_with_a_missing_answer_is_not_screened(scale: Instrument) -> None:
    assert score_form(scale, [1, None, 4, 4]).screen_positive is None


def test_zero_is_no_answer_here(scale: Instrument) -> None:
    with pytest.raises(AnswerOutOfRange, match=r"MADE-4 item 1: expected .* 1 to 5"):
        score_form(scale, [0, 1, 1, 1])
    with pytest.raises(InputError, match=r"expected a whole number from 4 to 20, got 3"):
        score_form(scale, [1, 1, 1, 1], previous=3)


def test_a_threshold_without_response_and_remission(scale: Instrument) -> None:
    assert score_form(scale, [1, 1, 1, 1], previous=20).change == {
        "delta": -16, "flags": ["IMPROVEMENT_MCID"],
    }  # fmt: skip
