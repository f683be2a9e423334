"""The media clock: first stamp is 0, order is kept, thinning is by time."""

from __future__ import annotations

from dataclasses import dataclass, field

TOLERANCE = 0.49
"""A frame up to this share of an interval early is taken, so that 30 fps with jitter stays 30
and every second frame of 60 fps, half an interval early, is left out."""
STEADY_S = 0.001
"""Intervals that differ by less than this, or by one and a half clock ticks, count as equal."""
RESTART_S, AHEAD_S = 1.0, 5.0
"""Stamps of a camera that jump so far, backwards or ahead, are those of a new connection."""


@dataclass(slots=True)
class Thinning:
    """Leaves out frames so that at most ``hz`` a second remain on average.

    Attributes:
        hz: Readings per second.
    """

    hz: float
    _due_s: float | None = None

    def __post_init__(self) -> None:
        if not self.hz > 0:
            raise ValueError(f"expected reading_hz > 0, got {self.hz}")

    def keep(self, t_s: float) -> bool:
        """Whether the frame at ``t_s`` is read; times must increase."""
        interval = 1.0 / self.hz
        if self._due_s is None:
            self._due_s = t_s + interval
            return True
        if t_s < self._due_s - TOLERANCE * interval:
            return False
        late = t_s - self._due_s >= TOLERANCE * interval
        self._due_s = (t_s if late else self._due_s) + interval
        return True


@dataclass(slots=True)
class MediaClock:
    """Turns presentation time stamps into seconds from the first frame.

    Attributes:
        tick_s: Length of one clock tick of the file in seconds.
        rejected: Frames without a stamp, or with one that does not follow the last.
    """

    tick_s: float
    rejected: int = 0
    last_s: float = 0.0
    _first_s: float | None = field(default=None)
    _shortest_s: float = field(default=float("inf"))
    _longest_s: float = field(default=0.0)

    def place(self, stamp_s: float | None) -> float | None:
        """The frame's time, or None when it has no place on the clock.

        A missing stamp is not guessed from a frame rate: such a frame is rejected and counted.
        """
        if stamp_s is None:
            self.rejected += 1
            return None
        if self._first_s is None:
            self._first_s = stamp_s
            return 0.0
        t_s = stamp_s - self._first_s
        if t_s <= self.last_s:
            self.rejected += 1
            return None
        interval = t_s - self.last_s
        self._shortest_s = min(self._shortest_s, interval)
        self._longest_s = max(self._longest_s, interval)
        self.last_s = t_s
        return t_s

    @property
    def started(self) -> bool:
        """Whether a first frame set the clock to 0."""
        return self._first_s is not None

    @property
    def variable(self) -> bool:
        """Whether frame intervals vary by more than a clock tick."""
        return self._longest_s - self._shortest_s > max(1.5 * self.tick_s, STEADY_S)

    @property
    def shortest_s(self) -> float | None:
        """Shortest interval between two frames, None before the second frame."""
        return self._shortest_s if self._longest_s > 0 else None


@dataclass(slots=True)
class CameraClock:
    """Puts the stamps of a camera on one media clock, also when the camera is taken up anew.

    Attributes:
        start_s: Media time of the first frame.
    """

    start_s: float = 0.0
    _stamp_s: float = field(default=0.0)
    _arrived_s: float = field(default=0.0)
    _last_s: float | None = field(default=None)

    def place(self, stamp_s: float, arrived_s: float) -> float | None:
        """The frame's time, or None when it is not later than the last one.

        A stamp that runs backwards by more than ``RESTART_S``, or ahead of the wall clock by
        more than ``AHEAD_S``, belongs to a new connection: it is put where it arrived.

        Args:
            stamp_s: Presentation time stamp in seconds.
            arrived_s: When the frame came, on a clock that never runs backwards.
        """
        if self._last_s is None:
            t_s = self.start_s
        else:
            step, waited = stamp_s - self._stamp_s, arrived_s - self._arrived_s
            if step < -RESTART_S or step - waited > AHEAD_S:
                step = waited
            if step <= 0:
                return None
            t_s = self._last_s + step
        self._stamp_s, self._arrived_s, self._last_s = stamp_s, arrived_s, t_s
        return t_s
