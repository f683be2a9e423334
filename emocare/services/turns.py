"""Who goes first when several people use one server: the camera and the pages before a queue."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

SWITCH_S = 0.002
"""After this time a thread that computes lets another one in, Python's own is 5 ms: each of the
many short steps of a live reading waits that long for every page that is being drawn. With 0.5 ms
pages took longer and nothing was read faster."""
REST = 4.0
"""Rest after each picture of a queued video while somebody records live, in times of the work that
it took: a fifth of one core at most."""
LONGEST_REST_S = 0.4


def short_turns() -> None:
    """From now on threads of this process take short turns."""
    sys.setswitchinterval(SWITCH_S)


class GivingWay:
    """Work in the background that rests while somebody records live. One thread."""

    def __init__(
        self, live: Callable[[], bool], clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:  # fmt: skip
        """Args:
        live: Whether somebody records live now.
        clock: Seconds that never run backwards.
        rest: Waits for so many seconds.
        """
        self._live = live
        self._clock = clock
        self._rest = rest
        self._began_s = clock()

    def after_picture(self) -> None:
        """Rests for a while if the camera of somebody runs."""
        if self._live():
            worked_s = self._clock() - self._began_s
            self._rest(min(REST * worked_s, LONGEST_REST_S))
        self._began_s = self._clock()
