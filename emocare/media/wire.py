"""The words between the application and the process that reads files, one message at a time.

A message is the length of its head (4 bytes) and the head (JSON); a picture that has no room in the
shared memory follows its head. Nothing is ever unpickled: what the reading process says is data,
checked before use.
"""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from emocare.domain.frames import Frame
from emocare.media.slots import COLOURS, COUNT, Slots, fits
from emocare.media.still import MAX_PICTURE_PIXELS

HEAD_LIMIT = 1_000_000
"""Longest head in bytes; file names and notes are far shorter."""

Head = dict[str, Any]


class Garbled(Exception):
    """What came is no message; whoever sent it is not to be trusted any more."""


def send(stream: BinaryIO, head: Head) -> None:
    """Writes a message without a body.

    Raises:
        OSError: Nobody reads any more.
    """
    text = json.dumps(head).encode("ascii")
    stream.write(len(text).to_bytes(4, "big") + text)
    stream.flush()


class Sender:
    """Sends pictures, through shared memory while they fit in it.

    A place is used again when the other side has said that it took the picture out.
    """

    def __init__(self, answers: BinaryIO, orders: BinaryIO, slots: Slots) -> None:
        self._answers = answers
        self._orders = orders
        self._slots = slots
        self._sent = 0
        self._taken = 0

    def frame(self, frame: Frame) -> None:
        """Sends a picture with its time.

        Raises:
            OSError: Nobody reads any more.
        """
        height, width, _ = frame.rgb.shape
        head = {"is": "frame", "t_s": frame.t_s, "height": height, "width": width}
        if not fits(height, width):
            send(self._answers, head)
            self._answers.write(memoryview(np.ascontiguousarray(frame.rgb)).cast("B"))
            self._answers.flush()
            return
        if self._sent - self._taken == COUNT:
            self._wait()
        place = self._sent % COUNT
        self._slots.put(place, frame.rgb)
        self._sent += 1
        send(self._answers, {**head, "place": place})

    def settle(self) -> None:
        """Waits until every picture was taken."""
        while self._taken < self._sent:
            self._wait()

    def _wait(self) -> None:
        if receive(self._orders) is None:
            raise BrokenPipeError
        self._taken += 1


def receive(stream: BinaryIO) -> Head | None:
    """Reads the next head; None when the other side has gone.

    Raises:
        Garbled: It is none.
    """
    start = stream.read(4)
    if len(start) < 4:
        return None
    length = int.from_bytes(start, "big")
    if length > HEAD_LIMIT:
        raise Garbled(f"a head of {length} bytes")
    text = stream.read(length)
    if len(text) < length:
        return None
    try:
        head = json.loads(text)
    except ValueError as error:
        raise Garbled("a head that is no JSON") from error
    if not isinstance(head, dict):
        raise Garbled("a head that is no object")
    return head


def receive_frame(
    answers: BinaryIO, orders: BinaryIO, head: Head, slots: Slots
) -> Frame | None:
    """Takes the picture that ``head`` announces; None when the other side has gone.

    Raises:
        Garbled: Its size, place or time is impossible.
    """
    height: Any = head.get("height")
    width: Any = head.get("width")
    place: Any = head.get("place")
    t_s: Any = head.get("t_s")
    if not (_whole(height) and _whole(width) and _time(t_s)):
        raise Garbled("an impossible picture")
    if height * width > MAX_PICTURE_PIXELS:
        raise Garbled("a picture that is too large")
    if place is None:
        rgb = _from_pipe(answers, height, width)
        return None if rgb is None else Frame(float(t_s), rgb)
    if place not in range(COUNT) or not fits(height, width):
        raise Garbled("a picture in no place")
    frame = Frame(float(t_s), slots.take(place, height, width))
    with contextlib.suppress(OSError):
        # A process that has gone is noticed by its next answer.
        send(orders, {"do": "taken"})
    return frame


def _from_pipe(answers: BinaryIO, height: int, width: int) -> NDArray[np.uint8] | None:
    rgb: NDArray[np.uint8] = np.empty((height, width, COLOURS), np.uint8)
    rest = memoryview(rgb).cast("B")
    while len(rest):
        count = answers.readinto(rest)  # type: ignore[attr-defined]
        if not count:
            return None
        rest = rest[count:]
    return rgb


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _time(value: object) -> bool:
    return isinstance(value, float | int) and math.isfinite(value) and value >= 0
