"""Alert drafts, what follows from them, and the life of an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from emocare.clinical import ACTIONS, AlertAction, Urgency, alerts_for, listed_for, score, urgency
from emocare.clinical.alerts import acknowledge, resolve
from emocare.domain.errors import InputError
from emocare.domain.records import Alert, AlertId, AlertState, PatientId, ResponseId

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RAISED = Alert(AlertId("a"), PatientId("p"), ResponseId("r"), "SI_ITEM9_POSITIVE", "high", "",
               AlertState.RAISED, NOW)  # fmt: skip


def test_what_has_a_life_of_its_own_and_what_is_listed() -> None:
    answers = [3, 3, 3, 3, 3, 3, 3, 0, 1]
    result = score("PHQ-9", answers, 2, previous=10)
    drafts = alerts_for(result, answers)

    assert [(d.code, d.level) for d in drafts] == [
        ("SI_ITEM9_POSITIVE", "elevated"), ("SCORE_URGENT_REVIEW", ""),
    ]  # fmt: skip
    assert "“Several days” (1)" in drafts[0].detail
    assert drafts[1].detail == "PHQ-9 total 22 of 27, 20 or more: review urgently."
    assert listed_for(result) == ("FUNCTIONAL_IMPAIRMENT", "WORSENING_MCID")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [(1, "Review today."), (2, "Review at once."), (3, "Review at once.")],
)
def test_the_detail_says_how_soon(answer: int, sentence: str) -> None:
    answers = [*[0] * 8, answer]
    (draft,) = alerts_for(score("PHQ-9", answers), answers)
    assert draft.detail.endswith(f"({answer}). {sentence}")


def test_an_unanswered_safety_question_says_what_to_do() -> None:
    answers: list[int | None] = [0] * 8 + [None]
    (draft,) = alerts_for(score("PHQ-9", answers), answers)

    assert (draft.code, draft.level) == ("SI_ITEM9_MISSING", "")
    assert draft.detail == "Safety question unanswered: ask directly."


def test_nothing_is_raised_for_nothing() -> None:
    assert alerts_for(score("PHQ-9", [0] * 9), [0] * 9) == ()
    assert listed_for(score("PHQ-9", [0] * 9)) == ()
    assert listed_for(score("GAD-7", [None] * 7)) == ("NOT_SCORABLE",)


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [("SI_ITEM9_POSITIVE", "high", Urgency.IMMEDIATE),
     ("SI_ITEM9_POSITIVE", "elevated", Urgency.SAME_DAY),
     ("SI_ITEM9_MISSING", "", Urgency.SAME_DAY),
     ("SCORE_URGENT_REVIEW", "", Urgency.BANNER),
     ("SOMETHING_NEW", "", Urgency.SAME_DAY)],
)  # fmt: skip
def test_urgency(code: str, level: str, expected: Urgency) -> None:
    assert urgency(code, level) is expected


def test_every_action_has_words() -> None:
    assert set(ACTIONS) == set(AlertAction)
    assert all(words.strip() for words in ACTIONS.values())


def test_the_whole_life() -> None:
    seen = acknowledge(RAISED, "Dr A", NOW + timedelta(minutes=1))
    done = resolve(seen, "Dr B", NOW + timedelta(minutes=9), AlertAction.ASSESSED, "C-SSRS: low")

    assert (seen.state, seen.acknowledged_by) == (AlertState.ACKNOWLEDGED, "Dr A")
    assert (done.state, done.resolved_by, done.action, done.note) == (
        AlertState.RESOLVED, "Dr B", "assessed", "C-SSRS: low",
    )  # fmt: skip
    assert done.acknowledged_by == "Dr A"
    assert type(done.action) is str


def test_no_step_can_be_left_out_repeated_or_undone() -> None:
    later = NOW + timedelta(minutes=5)
    seen = acknowledge(RAISED, "Dr A", NOW)
    done = resolve(seen, "Dr A", NOW, "referred", "")

    with pytest.raises(InputError, match="Acknowledge the alert first"):
        resolve(RAISED, "Dr A", later, "referred", "")
    with pytest.raises(InputError, match="already acknowledged by Dr A"):
        acknowledge(seen, "Dr B", later)
    with pytest.raises(InputError, match="already resolved"):
        acknowledge(done, "Dr B", later)
    with pytest.raises(InputError, match="already resolved by Dr A"):
        resolve(done, "Dr B", later, "referred", "")


@pytest.mark.parametrize("action", ["", "dismissed", "ASSESSED", "Referred"])
def test_an_alert_is_closed_only_by_a_known_action(action: str) -> None:
    seen = acknowledge(RAISED, "Dr A", NOW)
    with pytest.raises(InputError, match="Choose what was done: one of assessed, "):
        resolve(seen, "Dr A", NOW, action, "")


def test_a_name_and_a_possible_time_are_needed() -> None:
    seen = acknowledge(RAISED, "Dr A", NOW)

    with pytest.raises(InputError, match="the name is empty"):
        acknowledge(RAISED, "  ", NOW)
    with pytest.raises(InputError, match="the name is empty"):
        resolve(seen, "", NOW, "referred", "")
    with pytest.raises(InputError, match="time with a time zone"):
        acknowledge(RAISED, "Dr A", NOW.replace(tzinfo=None))
    with pytest.raises(InputError, match="cannot go back in time"):
        acknowledge(RAISED, "Dr A", NOW - timedelta(seconds=1))
    with pytest.raises(InputError, match="cannot go back in time"):
        resolve(replace(seen, acknowledged_at=NOW), "Dr A", NOW - timedelta(1), "referred", "")
