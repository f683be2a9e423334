"""Reading ahead: the next frames are decoded while the last one is analysed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor

from emocare.domain.frames import Frame

DEPTH = 2
"""Frames under way. More would only cost memory: a picture of 8192x8192 takes 200 MB."""


def read_ahead(frames: Iterable[Frame]) -> Generator[Frame]:
    """Gives the same frames in the same order, taken by one thread of its own.

    That thread has ended when the generator is exhausted or closed; close it before the source of
    the frames. An error while taking them is raised here, after the frames before it.
    """
    source = iter(frames)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as thread:
        coming = deque(thread.submit(next, source, None) for _ in range(DEPTH))
        while (frame := coming.popleft().result()) is not None:
            coming.append(thread.submit(next, source, None))
            yield frame
