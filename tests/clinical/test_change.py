"""Change between totals: thresholds at their boundary, and what to compare with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import previous_total, recall_overlaps, score
from emocare.domain.records import PatientId, Response, ResponseId

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def spread(total: int, items: int) -> list[int]:
    """A complete form of 0..3 items with this total."""
    return [min(3, max(0, total - 3 * place)) for place in range(items)]


def flags(name: str, items: int, before: int, after: int) -> list[str]:
    change = score(name, spread(after, items), previous=before).change
    assert change is not None
    assert change["delta"] == after - before
    return list(change["flags"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (10, 10, []),
        (10, 14, []),
        (10, 15, ["WORSENING_MCID"]),
        (0, 5, ["WORSENING_MCID"]),
        (14, 10, []),
        (15, 10, ["IMPROVEMENT_MCID"]),
        (20, 11, ["IMPROVEMENT_MCID"]),
        (20, 10, ["IMPROVEMENT_MCID", "RESPONSE_50"]),
        (11, 6, ["IMPROVEMENT_MCID"]),
        (11, 5, ["IMPROVEMENT_MCID", "RESPONSE_50"]),
        (10, 5, ["IMPROVEMENT_MCID", "RESPONSE_50"]),
        (10, 4, ["IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION"]),
        (9, 4, ["IMPROVEMENT_MCID", "REMISSION"]),
        (6, 4, ["REMISSION"]),
        (5, 4, ["REMISSION"]),
        (6, 5, []),
        (4, 2, []),
    ],
)
@pytest.mark.parametrize(("name", "items"), [("PHQ-9", 9), ("PHQ-8", 8)])
def test_phq(name: str, items: int, before: int, after: int, expected: list[str]) -> None:
    assert flags(name, items, before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (10, 13, []),
        (10, 14, ["WORSENING_MCID"]),
        (13, 10, []),
        (14, 10, ["IMPROVEMENT_MCID"]),
        (12, 6, ["IMPROVEMENT_MCID", "RESPONSE_50"]),
        (16, 3, ["IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION"]),
    ],
)
def test_gad7(before: int, after: int, expected: list[str]) -> None:
    assert flags("GAD-7", 7, before, after) == expected


@pytest.mark.parametrize(
    ("before", "raw", "expected"),
    [(52, 15, []), (52, 16, ["IMPROVEMENT_MCID"]), (52, 11, []), (52, 10, ["WORSENING_MCID"])],
)
def test_more_wellbeing_is_better(before: int, raw: int, expected: list[str]) -> None:
    answers = [min(5, max(0, raw - 5 * place)) for place in range(5)]
    change = score("WHO-5", answers, previous=before).change

    assert change == {"delta": 4 * raw - before, "flags": expected}


@pytest.mark.parametrize("name", ["PHQ-2", "GAD-2", "PHQ-4"])
def test_screens_have_a_difference_but_no_threshold(name: str) -> None:
    answers = [0] * (4 if name == "PHQ-4" else 2)
    assert score(name, answers, previous=6).change == {"delta": -6, "flags": []}


def test_a_prorated_total_makes_the_change_uncertain() -> None:
    missing = score("PHQ-9", [0, 0, 0, 0, 0, 0, 0, None, 0], previous=10)
    before = score("PHQ-9", [0] * 9, previous=3, previous_prorated=True)
    neither = score("PHQ-9", [0] * 9, previous=3)

    assert missing.change is not None and before.change is not None
    assert missing.change["flags"] == [
        "IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION", "change uncertain",
    ]  # fmt: skip
    assert before.change["flags"] == ["change uncertain"]
    assert neither.change == {"delta": -3, "flags": []}


def test_no_change_without_two_totals() -> None:
    assert score("PHQ-9", [0] * 9).change is None
    assert score("PHQ-9", [None] * 9, previous=10).change is None


@given(st.integers(0, 27), st.integers(0, 27))
def test_better_and_worse_exclude_each_other(before: int, after: int) -> None:
    there, back = flags("PHQ-9", 9, before, after), flags("PHQ-9", 9, after, before)

    assert not {"IMPROVEMENT_MCID", "WORSENING_MCID"} <= set(there)
    assert ("IMPROVEMENT_MCID" in there) == ("WORSENING_MCID" in back)


def response(number: int, days_ago: float, total: int | None, name: str = "PHQ-9") -> Response:
    answers = [None] * 9 if total is None else spread(total, 9)
    if name == "GAD-7":
        answers = answers[:7]
    return Response(
        ResponseId(str(number)), PatientId("p"), None, name, "1", "en", "self", tuple(answers),
        None, score(name, answers), NOW - timedelta(days=days_ago),
    )  # fmt: skip


def test_the_previous_total_is_the_last_scorable_one_of_this_form_before() -> None:
    responses = [
        response(1, 60, 12), response(2, 30, 9), response(3, 20, None), response(4, 10, 5, "GAD-7"),
        response(5, 0, 3), response(6, -5, 1),
    ]  # fmt: skip
    found = previous_total(responses, "PHQ-9", NOW)

    assert found is not None
    assert (found.total, found.prorated, found.answered_at) == (9, False, NOW - timedelta(days=30))
    assert previous_total(responses, "PHQ-8", NOW) is None
    assert previous_total([], "PHQ-9", NOW) is None


def test_recall_periods_overlap_under_seven_days() -> None:
    week = timedelta(days=7)

    assert recall_overlaps(NOW - week + timedelta(seconds=1), NOW)
    assert not recall_overlaps(NOW - week, NOW)
    assert recall_overlaps(NOW, NOW - timedelta(days=1))
