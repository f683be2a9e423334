"""One slot between a camera that never waits and a reader that may be slow."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from emocare.domain.frames import Frame


@dataclass(frozen=True, slots=True)
class Arrived:
    """A picture and when it came, in seconds of the run's clock."""

    frame: Frame
    at_s: float


class Mailbox:
    """Holds the newest picture only. Every method may be called from any thread.

    A picture that is still there when the next one comes is lost and counted, so the reader is
    never behind by more than the picture it reads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._slot: Arrived | None = None
        self._taken = False
        self._closed = False
        self._came = 0
        self._dropped = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is taken any more."""
        return self._closed

    @property
    def came(self) -> int:
        """Pictures so far."""
        return self._came

    @property
    def dropped(self) -> int:
        """Pictures that were lost so far."""
        return self._dropped

    @property
    def busy(self) -> bool:
        """Whether a picture waits, or was taken and the next one not asked for yet."""
        with self._changed:
            return self._slot is not None or self._taken

    def put(self, frame: Frame, at_s: float) -> None:
        """Leaves a picture in place of the last one; does nothing once closed."""
        with self._changed:
            if self._closed:
                return
            self._came += 1
            if self._slot is not None:
                self._dropped += 1
            self._slot = Arrived(frame, at_s)
            self._changed.notify()

    def take(self, timeout_s: float) -> Arrived | None:
        """The picture, waiting for one; None when none came in time or it is closed."""
        with self._changed:
            self._taken = False
            if self._slot is None and not self._closed:
                self._changed.wait(timeout_s)
            arrived, self._slot = self._slot, None
            self._taken = arrived is not None and not self._closed
            return None if self._closed else arrived

    def lose(self, count: int, *, came: bool = False) -> None:
        """Counts pictures that were lost outside: ``came`` says that they were never put here."""
        with self._changed:
            self._dropped += count
            self._came += count if came else 0

    def restart(self) -> None:
        """Empties the slot and begins to count at zero."""
        with self._changed:
            self._slot, self._came, self._dropped = None, 0, 0

    def clear(self) -> None:
        """Empties the slot: that picture is neither read nor lost, it never came."""
        with self._changed:
            if self._slot is not None:
                self._slot, self._came = None, self._came - 1

    def close(self) -> None:
        """Wakes whoever waits and takes nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
