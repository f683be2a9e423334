"""A live session driven step by step: a camera that waits for the reader, on the test's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from emocare.app import App
from emocare.domain.frames import Frame
from emocare.domain.live import LivePhase
from emocare.domain.records import Patient
from emocare.services.live_run import LiveRun
from tests.services.conftest import PICTURE, consent
from tests.services.fakes import Clock

STEP_S = 0.05
BLACK = np.zeros((48, 64, 3), np.uint8)


def wait_until(holds: Callable[[], bool]) -> None:
    """Waits for another thread; fails when it never happens."""
    for _ in range(60000):
        if holds():
            return
        time.sleep(0.0003)
    raise AssertionError("it did not happen")


@dataclass
class Camera:
    """Hands pictures to a run at 20 a second of media time and waits until each is read.

    Its stamps begin at ``stamp_s``, as a camera's do somewhere; the clock moves with them.
    """

    run: LiveRun
    clock: Clock
    stamp_s: float = 1000.0
    seen: list[int] = field(default_factory=list)

    def show(self, seconds: float) -> None:
        """So many seconds of pictures."""
        for _ in range(round(seconds / STEP_S)):
            self.one()

    def one(self) -> None:
        """One picture, read before this returns."""
        self.stamp_s += STEP_S
        self.clock.now_s += STEP_S
        self.run.offer(Frame(self.stamp_s, PICTURE))
        wait_until(self.idle)

    def until(self, holds: Callable[[], bool], most_s: float = 60.0) -> None:
        """Pictures until something holds."""
        for _ in range(round(most_s / STEP_S)):
            if holds():
                return
            self.one()
        raise AssertionError("it did not happen")

    def idle(self) -> bool:
        """Whether every picture so far has been dealt with."""
        return not self.run.busy


def started(
    app: App, patient: Patient, *, guided: bool = False, recording: bool = True
) -> Camera:
    """A run on a clock of the test, recording unless told otherwise."""
    clock = Clock()
    app.live._clock = clock
    run = app.live.start(patient.id, consent(), guided=guided)
    camera = Camera(run, clock)
    if recording:
        camera.show(0.5)
        run.begin()
        assert run.view().phase is LivePhase.RECORDING
    return camera
