"""The load count: what its section says of made-up steps, and when a goal counts as missed."""

from __future__ import annotations

import pytest

from tests.soak.load import Window, section
from tests.soak.walker import Step, spread


def window(done_ms: list[float | None], hz: tuple[float, ...] = (20.0, 16.0)) -> Window:
    steps = tuple(Step(("review", "report")[i % 2], ms, ms, ms) for i, ms in enumerate(done_ms))
    return Window(steps, hz, (12.0, 30.0), 7, 0.7, 0.9, 1.8, 800.0)


def test_the_spread_is_of_the_times_themselves() -> None:
    found = spread([float(ms) for ms in range(1000, 0, -10)])
    assert (found.median_s, found.p95_s, found.longest_s) == pytest.approx((0.505, 0.96, 1.0))
    assert str(spread([300.0])) == "0.30, 0.30, 0.30 s (1)"
    assert spread([300.0]).p95_s == pytest.approx(0.3)


def test_a_quick_quiet_house_meets_its_goals() -> None:
    made = section(window([400.0] * 20), [], [], 60.0, 1.0)
    assert made.met
    figures = dict(made.figures)
    assert figures["live readings a second, median and slowest ten seconds"] == "18.0 and 16.0"
    assert figures["of it review"].endswith("(10)") and "of it timeline" not in figures


@pytest.mark.parametrize(("made", "missed"), [
    (window([400.0] * 18 + [1500.0] * 2), "95 of 100"),
    (window([400.0, None]), "1 were not"),
    (window([]), "no figure"),
    (window([400.0], hz=(14.0, 15.0)), "14.5 live readings"),
])  # fmt: skip
def test_a_goal_that_is_missed_says_so(made: Window, missed: str) -> None:
    found = section(made, [], [], 60.0, 1.0)
    assert any(missed in goal.words and not goal.met for goal in found.goals)
