"""Which part of a session runs, by recorded time."""

from __future__ import annotations

import numpy as np

from emocare.domain.live import FREE_PART, Part
from emocare.domain.readings import Readings, Segment

LONGEST_STEP_S = 1.0
"""A longer time without a picture does not count as time of a part."""


class Progress:
    """Goes through the parts. Not safe for two threads at once.

    Attributes:
        parts: Every part; one without protocol is added when it is gone on with after the last.
        index: The part that runs.
        elapsed_s: Recorded seconds of it.
        start_s: Media time of its first row; None before it.
        done: All parts are over.
    """

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self.index = 0
        self.elapsed_s = 0.0
        self.start_s: float | None = None
        self.done = False
        self._last_s: float | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds left in the part; None without an end of its own."""
        length = self.parts[self.index].length_s
        return None if length is None else max(0.0, length - self.elapsed_s)

    def take(self, t_s: float) -> Segment | None:
        """The task of the picture at ``t_s``; None when all parts are over."""
        if self._last_s is not None:
            self.elapsed_s += min(t_s - self._last_s, LONGEST_STEP_S)
        self._last_s = t_s
        left_s = self.left_s
        if left_s is not None and left_s < 1e-6:
            self.skip()
        if self.done:
            return None
        if self.start_s is None:
            self.start_s = t_s
        return self.parts[self.index].segment

    def skip(self) -> None:
        """The next part begins with the next picture; a part without end is not skipped."""
        if self.done or self.parts[self.index].length_s is None:
            return
        if self.index + 1 == len(self.parts):
            self.done = True
            return
        self.index += 1
        self.redo()

    def redo(self) -> None:
        """The part begins again with the next picture."""
        self.elapsed_s, self.start_s, self.done, self._last_s = 0.0, None, False, None

    def gap(self) -> None:
        """A pause: time until the next picture belongs to no part."""
        self._last_s = None

    def go_free(self) -> None:
        """Goes on without protocol after the last part."""
        self.parts = (*self.parts, FREE_PART)
        self.index = len(self.parts) - 1
        self.redo()

    def resume(self, rows: Readings) -> None:
        """Takes up the part that the last row belongs to."""
        kept = rows.kept()
        if len(kept) == 0:
            return
        names, t_s = kept.text("segment"), kept["t_s"]
        last = Segment(str(names[-1]))
        known = [k for k, part in enumerate(self.parts) if part.segment is last]
        if not known:
            self.go_free()
        self.index = known[0] if known else self.index
        others = np.flatnonzero(names != last.value)
        first = int(others[-1]) + 1 if len(others) else 0
        steps = np.diff(t_s[first:])
        self.start_s = float(t_s[first])
        self.elapsed_s = float(np.minimum(steps, LONGEST_STEP_S).sum())
