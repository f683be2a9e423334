"""Cases of the same kind as the acceptance vignettes, each worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from emocare.clinical import score, score_from_dict, score_to_dict
from emocare.domain.errors import AnswerOutOfRange, InputError


@dataclass(frozen=True)
class Case:
    """A form as it is written down, and what has to come of it (only what is named is looked at).

    Attributes:
        answers: "1 0 -"; "-" is unanswered.
        expected: Fields of ``score --json``.
    """

    form: str
    answers: str
    expected: dict[str, Any]
    difficulty: int | None = None
    previous: int | None = None


CASES: dict[str, Case] = {
    "ceiling of PHQ-9": Case(
        "PHQ-9", "3 3 3 3 3 3 3 3 3",
        {"total": 27, "band": "severe", "native_band": "severe", "algorithm": "major_syndrome",
         "alerts": ["SI_ITEM9_POSITIVE:high", "SCORE_URGENT_REVIEW", "FUNCTIONAL_IMPAIRMENT"]},
        difficulty=3),
    "ceiling of PHQ-8": Case(
        "PHQ-8", "3 3 3 3 3 3 3 3", {"total": 24, "band": "severe", "native_band": "severe",
                                     "alerts": []}),
    "ceiling of GAD-7": Case(
        "GAD-7", "3 3 3 3 3 3 3", {"total": 21, "band": "severe",
                                   "alerts": ["SCORE_URGENT_REVIEW"]}),
    "ceiling of WHO-5": Case("WHO-5", "5 5 5 5 5", {"total": 100, "native_band": "adequate"}),
    "floor of WHO-5": Case("WHO-5", "0 0 0 0 0", {"total": 0, "native_band": "low",
                                                  "screen_positive": True}),
    "floor of K10": Case("K10", "1 1 1 1 1 1 1 1 1 1", {"total": 10, "band": "normal"}),
    "ceiling of K10": Case("K10", "5 5 5 5 5 5 5 5 5 5", {"total": 50, "band": "severe"}),
    "ceiling of K6": Case("K6", "4 4 4 4 4 4", {"total": 24, "band": "severe",
                                                "native_band": "serious distress"}),
    "K6 boundary below": Case("K6", "4 4 4 0 0 0", {"total": 12, "band": "moderate"}),
    "K6 boundary above": Case("K6", "4 4 4 1 0 0", {"total": 13, "band": "severe"}),
    "K6 misses one": Case("K6", "4 4 4 4 4 -", {"total": None, "alerts": ["NOT_SCORABLE"],
                                                "possible_range": [20, 24]}),
    "K10 19": Case("K10", "5 5 2 1 1 1 1 1 1 1", {"total": 19, "band": "normal"}),
    "K10 20": Case("K10", "5 5 3 1 1 1 1 1 1 1", {"total": 20, "band": "mild"}),
    "K10 24": Case("K10", "5 5 5 3 1 1 1 1 1 1", {"total": 24, "band": "mild"}),
    "K10 25": Case("K10", "5 5 5 4 1 1 1 1 1 1", {"total": 25, "band": "moderate"}),
    "K10 29": Case("K10", "5 5 5 5 4 1 1 1 1 1", {"total": 29, "band": "moderate"}),
    "K10 30": Case("K10", "5 5 5 5 5 1 1 1 1 1", {"total": 30, "band": "severe"}),
    # 18 x 10 / 9 = 20.0
    "K10 misses one": Case("K10", "2 2 2 2 2 2 2 2 2 -", {
        "total": 20, "band": "mild", "prorated": True, "possible_range": [19, 23],
        "band_uncertain": True}),
    "K10 misses two": Case("K10", "2 2 2 2 2 2 2 2 - -", {"total": None, "possible_range": [18, 26],
                                                          "alerts": ["NOT_SCORABLE"]}),
    # 6 x 8 / 7 = 6.86
    "PHQ-8 misses one": Case("PHQ-8", "1 1 1 1 1 1 0 -", {
        "total": 7, "band": "mild", "possible_range": [6, 9], "band_uncertain": False}),
    "PHQ-8 misses two": Case("PHQ-8", "1 1 1 1 1 1 - -", {"total": None}),
    # 4 x 7 / 6 = 4.67
    "GAD-7 misses one": Case("GAD-7", "1 1 1 1 0 0 -", {
        "total": 5, "band": "mild", "possible_range": [4, 7], "band_uncertain": True}),
    # 9 x 7 / 6 = 10.5
    "GAD-7 at a half": Case("GAD-7", "2 2 2 1 1 1 -", {"total": 11, "band": "moderate",
                                                       "possible_range": [9, 12]}),
    # 3 x 7 / 6 = 3.5
    "GAD-7 at a half below": Case("GAD-7", "1 1 1 0 0 0 -", {"total": 4, "band": "normal"}),
    # 12 x 9 / 8 = 13.5; 7 x 9 / 7 = 9
    "PHQ-9 at a half in moderate": Case("PHQ-9", "2 2 2 2 2 1 1 - 0", {
        "total": 14, "band": "moderate", "possible_range": [12, 15], "band_uncertain": True}),
    "PHQ-9 misses two": Case("PHQ-9", "1 1 1 1 1 1 1 - -", {
        "total": 9, "band": "mild", "possible_range": [7, 13], "algorithm": None,
        "alerts": ["SI_ITEM9_MISSING"]}),
    "item 9 alone is missing": Case("PHQ-9", "2 2 2 2 2 2 2 2 -", {
        "total": 18, "native_band": "moderately severe", "alerts": ["SI_ITEM9_MISSING"]}),
    "item 9 with all else missing": Case("PHQ-9", "- - - - - - - - 1", {
        "total": None, "alerts": ["NOT_SCORABLE", "SI_ITEM9_POSITIVE:elevated"]}),
    "item 9 of 3 and all else zero": Case("PHQ-9", "0 0 0 0 0 0 0 0 3", {
        "total": 3, "band": "normal", "algorithm": "none",
        "alerts": ["SI_ITEM9_POSITIVE:high"]}),
    "PHQ-9 19 and 20": Case("PHQ-9", "3 3 3 3 3 3 1 0 0", {
        "total": 19, "native_band": "moderately severe", "alerts": []}),
    "PHQ-9 20": Case("PHQ-9", "3 3 3 3 3 3 2 0 0", {
        "total": 20, "native_band": "severe", "alerts": ["SCORE_URGENT_REVIEW"]}),
    "a gap that cannot be less than urgent": Case("PHQ-9", "3 3 3 3 3 3 3 - 0", {
        "total": 24, "alerts": ["SCORE_URGENT_REVIEW"], "possible_range": [21, 24]}),
    "worse by the threshold": Case("PHQ-9", "2 2 1 1 1 1 1 1 0", {
        "change": {"delta": 5, "flags": ["WORSENING_MCID"]}}, previous=5),
    "worse by less": Case("PHQ-9", "2 2 1 1 1 1 1 1 0", {
        "change": {"delta": 4, "flags": []}}, previous=6),
    "prorated change": Case("PHQ-9", "1 1 1 1 0 0 0 - 0", {
        "change": {"delta": -13, "flags": ["IMPROVEMENT_MCID", "RESPONSE_50", "change uncertain"]},
        }, previous=18),
    "GAD-7 better by four": Case("GAD-7", "1 1 1 1 1 1 0", {
        "change": {"delta": -4, "flags": ["IMPROVEMENT_MCID"]}}, previous=10),
    "ISI better by six": Case("ISI", "2 2 2 2 2 2 2", {
        "total": 14, "band": "mild", "native_band": "subthreshold",
        "change": {"delta": -6, "flags": ["IMPROVEMENT_MCID"]}}, previous=20),
    "ISI by five": Case("ISI", "2 2 2 2 2 2 3", {
        "band": "moderate", "change": {"delta": -5, "flags": []}}, previous=20),
    "PSS-10 all zero": Case("PSS-10", "0 0 0 0 0 0 0 0 0 0", {
        "total": 16, "band": None, "native_band": None}),
    "PSS-10 lowest": Case("PSS-10", "0 0 0 4 4 0 4 4 0 0", {"total": 0}),
    "PSS-10 highest": Case("PSS-10", "4 4 4 0 0 4 0 0 4 4", {"total": 40}),
    # Item 4 is missing; the rest recoded: 1 1 1 (4-1) 1 (4-1) (4-1) 1 1 = 15; 15 x 10 / 9 = 16.7
    "PSS-10 misses a reversed item": Case("PSS-10", "1 1 1 - 1 1 1 1 1 1", {
        "total": 17, "prorated": True, "possible_range": [15, 19]}),
    # The same with an item that is not reversed: 2 x 1 + ... recoded sum 17; 17 x 10 / 9 = 18.9
    "PSS-10 misses an item": Case("PSS-10", "- 1 1 1 1 1 1 1 1 1", {
        "total": 19, "possible_range": [17, 21]}),
    "PHQ-4": Case("PHQ-4", "3 3 3 0", {"total": 9, "band": "severe", "screen_positive": True}),
    "PHQ-4 negative": Case("PHQ-4", "1 1 2 0", {"total": 4, "band": "mild",
                                                "screen_positive": False}),
}  # fmt: skip


def given(case: Case) -> list[int | None]:
    return [None if word == "-" else int(word) for word in case.answers.split()]


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    told = score_to_dict(score(case.form, given(case), case.difficulty, case.previous))

    assert {key: told[key] for key in case.expected} == case.expected
    assert "scales" not in told


DASS: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "all zero": (" ".join("0" * 21), {
        name: {"total": 0, "band": "normal", "native_band": "normal", "prorated": False,
               "possible_range": [0, 0], "band_uncertain": False}
        for name in ("depression", "anxiety", "stress")
    }),
    "all three": (" ".join("3" * 21), {
        name: {"total": 42, "band": "severe", "native_band": "extremely severe"}
        for name in ("depression", "anxiety", "stress")
    }),
    # Depression 3, 5, 10, 13, 16, 17, 21 all 1: 7 x 2 = 14.
    "depression alone": ("0 0 1 0 1 0 0 0 0 1 0 0 1 0 0 1 1 0 0 0 1", {
        "depression": {"total": 14, "band": "moderate"},
        "anxiety": {"total": 0, "band": "normal"}, "stress": {"total": 0},
    }),
    # Anxiety misses item 2: 3 x 7 / 6 = 3.5, a half is rounded up to 4, x 2 = 8.
    "anxiety at a half": ("0 - 0 1 0 0 1 0 1 0 0 0 0 0 0 0 0 0 0 0 0", {
        "anxiety": {"total": 8, "band": "mild", "prorated": True, "possible_range": [6, 12],
                    "band_uncertain": True},
        "depression": {"prorated": False},
    }),
    # Stress misses items 1 and 6.
    "stress is not scorable": ("- 1 1 1 1 - 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", {
        "stress": {"total": None, "band": None, "native_band": None, "possible_range": [10, 22]},
        "depression": {"total": 14, "band": "moderate"}, "anxiety": {"total": 14},
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", DASS)
def test_dass(name: str) -> None:
    answers, expected = DASS[name]
    told = score_to_dict(score("DASS-21", given(Case("DASS-21", answers, {}))))

    for scale, fields in expected.items():
        assert {key: told["scales"][scale][key] for key in fields} == fields
    missing = any(scale["total"] is None for scale in told["scales"].values())
    assert told["alerts"] == (["NOT_SCORABLE"] if missing else [])
    assert (told["total"], told["band"], told["change"]) == (None, None, None)


def test_the_json_of_scales_reads_back() -> None:
    result = score("DASS-21", [1, None, *[2] * 19])
    assert score_from_dict(score_to_dict(result)) == result


def test_scales_have_no_total_to_compare_with() -> None:
    with pytest.raises(InputError, match="3 scales and no total of its own"):
        score("DASS-21", [0] * 21, previous=20)


@pytest.mark.parametrize(
    ("form", "answer", "low", "high"),
    [("K10", 0, 1, 5), ("K10", 6, 1, 5), ("K6", 5, 0, 4), ("WHO-5", 6, 0, 5), ("DASS-21", 4, 0, 3),
     ("PSS-10", 5, 0, 4), ("ISI", 5, 0, 4), ("GAD-2", 4, 0, 3)],
)  # fmt: skip
def test_every_form_refuses_what_it_does_not_offer(
    form: str, answer: int, low: int, high: int
) -> None:
    count = {"K10": 10, "K6": 6, "WHO-5": 5, "DASS-21": 21, "PSS-10": 10, "ISI": 7, "GAD-2": 2}
    answers = [low] * count[form]
    for place in (0, count[form] - 1):
        wrong = [*answers[:place], answer, *answers[place + 1 :]]
        with pytest.raises(AnswerOutOfRange, match=rf"item {place + 1}: .* {low} to {high}"):
            score(form, wrong)
    with pytest.raises(InputError, match=f"{form} has {count[form]} items"):
        score(form, answers[1:])
