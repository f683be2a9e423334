"""Who goes first: short turns of threads, and a queue that rests while somebody records."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest

from emocare.app import App
from emocare.domain.records import Patient
from emocare.services.turns import LONGEST_REST_S, REST, SWITCH_S, GivingWay, short_turns
from tests.services.conftest import consent


@dataclass
class Clock:
    """A clock that a test moves, and the rests that were taken."""

    at_s: float = 0.0
    rests: list[float] = field(default_factory=list)

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.at_s += seconds


def test_the_queue_rests_only_while_somebody_records() -> None:
    clock, live = Clock(), [False]
    work = GivingWay(lambda: live[0], lambda: clock.at_s, clock.rest)
    clock.at_s += 0.02
    work.after_picture()
    assert clock.rests == []
    live[0] = True
    for worked_s in (0.03, 0.03, 5.0):
        clock.at_s += worked_s
        work.after_picture()
    assert clock.rests == pytest.approx([0.03 * REST, 0.03 * REST, LONGEST_REST_S]), (
        "its own rest is no work"
    )


def test_threads_take_short_turns() -> None:
    before = sys.getswitchinterval()
    try:
        short_turns()
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    finally:
        sys.setswitchinterval(before)


def test_a_live_session_is_under_way_until_it_ends(app: App, patient: Patient) -> None:
    assert not app.live.under_way() and not app.recordings._live()
    run = app.live.start(patient.id, consent(), guided=False)
    assert app.live.under_way() and app.recordings._live()
    run.stop()
    assert not app.live.under_way()
