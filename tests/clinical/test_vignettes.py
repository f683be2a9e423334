"""The acceptance vignettes of the clinical specification, section 7, word for word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emocare.clinical import headline, score, score_from_dict, score_to_dict
from emocare.domain.errors import AnswerOutOfRange, InputError
from emocare.domain.records import ScoreResult
from emocare.domain.summary import Band, GateDecision
from tests.clinical.recordings import recording


def form(text: str) -> list[int | None]:
    """ "1 0 -" as answers; "-" is unanswered."""
    return [None if word == "-" else int(word) for word in text.split()]


def plain(total: int, band: Band, native: str) -> ScoreResult:
    """A complete PHQ-9 without alerts or change."""
    return ScoreResult("PHQ-9", total, band, native, False, (total, total), False, (), None, None,
                       "none")  # fmt: skip


def test_v01_all_zero() -> None:
    assert score("PHQ-9", form("0 0 0 0 0 0 0 0 0"), 0) == plain(0, Band.NORMAL, "minimal")


def test_v03_a_low_total_does_not_silence_item_9() -> None:
    result = score("PHQ-9", form("0 1 1 1 0 0 0 0 1"), 0)

    assert (result.total, result.band, result.native_band) == (4, Band.NORMAL, "minimal")
    assert result.algorithm == "none"
    assert result.alerts == ("SI_ITEM9_POSITIVE:elevated",)


def test_v05_boundary_of_ten() -> None:
    result = score("PHQ-9", form("2 2 1 1 1 1 1 1 0"), 1)

    assert (result.total, result.band, result.native_band) == (10, Band.MODERATE, "moderate")
    assert (result.algorithm, result.alerts) == ("other_syndrome", ())


def test_v07_a_half_is_rounded_up() -> None:
    result = score("PHQ-9", form("1 1 1 1 0 0 0 - 0"))

    assert (result.total, result.band, result.native_band) == (5, Band.MILD, "mild")
    assert (result.prorated, result.possible_range, result.band_uncertain) == (True, (4, 7), True)
    assert (result.alerts, result.algorithm) == ((), None)


def test_v09_not_scorable_and_still_alarming() -> None:
    result = score("PHQ-9", form("- - 2 2 1 - 1 0 2"))

    assert (result.total, result.band, result.native_band) == (None, None, None)
    assert result.alerts == ("NOT_SCORABLE", "SI_ITEM9_POSITIVE:high")
    assert (result.prorated, result.band_uncertain, result.algorithm) == (False, False, None)
    assert result.possible_range == (8, 17)


def test_v12_improvement_response_remission() -> None:
    result = score("PHQ-9", form("1 1 1 1 0 0 0 0 0"), previous=18)

    assert (result.total, result.band, result.native_band) == (4, Band.NORMAL, "minimal")
    assert (result.algorithm, result.alerts) == ("none", ())
    assert result.change == {
        "delta": -14, "flags": ["IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION"],
    }  # fmt: skip


def test_v16_wellbeing_has_no_severity() -> None:
    result = score("WHO-5", form("3 3 3 2 2"))

    assert (result.total, result.possible_range) == (52, (52, 52))
    assert (result.band, result.native_band, result.screen_positive) == (None, "adequate", False)
    assert (result.alerts, result.algorithm) == ((), None)


def test_v22_no_face_and_no_questionnaire() -> None:
    found = headline([], recording(GateDecision.UNRELIABLE, None), datetime.now(UTC), True)

    assert (found.band, found.source) == (None, "none")
    assert found.flags == ("FACE_UNRELIABLE_USE_QUESTIONNAIRE", "QUESTIONNAIRE_REQUIRED")
    assert found.ask_questionnaire


def test_an_empty_form() -> None:
    result = score("PHQ-9", [None] * 9)

    assert result.total is None
    assert result.alerts == ("NOT_SCORABLE", "SI_ITEM9_MISSING")
    assert result.possible_range == (0, 27)


@pytest.mark.parametrize("wrong", [4, -1, True, False, 1.0, 2.5, float("nan"), "1", "", [1]])
@pytest.mark.parametrize("place", [0, 4, 8])
def test_an_answer_that_is_no_option_is_refused(place: int, wrong: object) -> None:
    answers: list[object] = [0] * 9
    answers[place] = wrong

    with pytest.raises(AnswerOutOfRange, match=f"PHQ-9 item {place + 1}: expected .* 0 to 3"):
        score("PHQ-9", answers)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 8, 10])
def test_a_wrong_number_of_answers_is_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"PHQ-9 has 9 items, got {count} answers"):
        score("PHQ-9", [0] * count)


def test_text_is_not_a_row_of_answers() -> None:
    with pytest.raises(AnswerOutOfRange, match="got '0'"):
        score("PHQ-9", "000000000")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [4, -1, True, 2.0, "2"])
def test_a_difficulty_that_is_no_option_is_refused(wrong: object) -> None:
    with pytest.raises(AnswerOutOfRange, match=r"PHQ-9 difficulty: expected .* 0 to 3"):
        score("PHQ-9", [0] * 9, wrong)  # type: ignore[arg-type]


def test_a_form_without_that_question_takes_no_difficulty() -> None:
    with pytest.raises(InputError, match="GAD-7 has no question on difficulty"):
        score("GAD-7", [0] * 7, 1)


@pytest.mark.parametrize("wrong", [28, -1, True, 3.0, "3"])
def test_an_impossible_previous_total_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match=r"PHQ-9 previous total: expected .* 0 to 27"):
        score("PHQ-9", [0] * 9, previous=wrong)  # type: ignore[arg-type]


def test_a_previous_total_of_wellbeing_is_in_steps() -> None:
    with pytest.raises(InputError, match="0 to 100 in steps of 4, got 50"):
        score("WHO-5", [0] * 5, previous=50)


def test_an_unknown_instrument_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"Unknown instrument 'PHQ-15'. Known: .*GAD-7.*PHQ-9"):
        score("PHQ-15", [0] * 15)


@pytest.mark.parametrize("name", ["PHQ-9", "phq-9", "phq9", "PHQ9", "Phq 9"])
def test_capitals_and_hyphens_of_a_name_do_not_matter(name: str) -> None:
    assert score(name, [0] * 9).instrument == "PHQ-9"


def test_every_message_is_one_line() -> None:
    for answers in ([9] * 9, [0] * 3, ["a"] * 9):
        with pytest.raises(InputError) as caught:
            score("PHQ-9", answers)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)


def test_the_json_shape() -> None:
    data = score_to_dict(score("PHQ-9", form("3 3 3 3 3 3 3 3 2"), 3, previous=10))

    assert data == {
        "instrument": "PHQ-9", "total": 26, "band": "severe", "native_band": "severe",
        "prorated": False, "possible_range": [26, 26], "band_uncertain": False,
        "alerts": ["SI_ITEM9_POSITIVE:high", "SCORE_URGENT_REVIEW", "FUNCTIONAL_IMPAIRMENT"],
        "change": {"delta": 16, "flags": ["WORSENING_MCID"]},
        "screen_positive": None, "algorithm": "major_syndrome",
    }  # fmt: skip


@pytest.mark.parametrize(
    "result",
    [score("PHQ-9", [1] * 9, 2, 20), score("PHQ-9", [None] * 9), score("GAD-2", [1, 2]),
     score("WHO-5", [1] * 5)],
)  # fmt: skip
def test_the_json_reads_back(result: ScoreResult) -> None:
    assert score_from_dict(score_to_dict(result)) == result
