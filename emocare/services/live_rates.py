"""How fast it reads: readings a second and the delay from camera to reading."""

from __future__ import annotations

from collections import deque

from emocare.domain.readings import FrameReading, FrameStatus

OVER_S = 5.0
"""Rates are over the last five seconds."""


class Rates:
    """Notes every reading. Not safe for two threads at once.

    Attributes:
        count: Readings so far.
        black_for_s: For how long the pictures have been black, on the media clock.
    """

    def __init__(self) -> None:
        self._done: deque[tuple[float, float]] = deque()
        self._first_s: float | None = None
        self._black_since_s: float | None = None
        self.black_for_s = 0.0
        self.count = 0

    def add(self, now_s: float, arrived_s: float, reading: FrameReading) -> None:
        """Notes a reading that was done at ``now_s``."""
        self.count += 1
        if self._first_s is None:
            self._first_s = now_s
        self._done.append((now_s, now_s - arrived_s))
        self._forget(now_s)
        if reading.status is not FrameStatus.CAMERA_OFF:
            self._black_since_s, self.black_for_s = None, 0.0
            return
        if self._black_since_s is None:
            self._black_since_s = reading.t_s
        self.black_for_s = reading.t_s - self._black_since_s

    def per_s(self, now_s: float) -> float:
        """Readings a second over the last five seconds, or since the first."""
        self._forget(now_s)
        if self._first_s is None or not self._done:
            return 0.0
        over_s = min(OVER_S, now_s - self._first_s)
        return len(self._done) / over_s if over_s >= 1.0 else float(len(self._done))

    def delay_ms(self, now_s: float, share: float = 0.5) -> float | None:
        """So long at most the ``share`` of the last five seconds' pictures took to be read."""
        self._forget(now_s)
        delays = sorted(delay for _, delay in self._done)
        return 1000.0 * delays[int(share * (len(delays) - 1))] if delays else None

    def _forget(self, now_s: float) -> None:
        while self._done and now_s - self._done[0][0] > OVER_S:
            self._done.popleft()
