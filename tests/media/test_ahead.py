from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from emocare.domain.errors import VideoTooLong
from emocare.domain.frames import Frame
from emocare.media import ahead
from emocare.media.ahead import read_ahead


class Source:
    """Frames by number; notes which thread took them and how many."""

    def __init__(self, count: int, error: Exception | None = None) -> None:
        self._count = count
        self._error = error
        self.taken = 0
        self.threads: set[int] = set()
        self.one_taken = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        for number in range(self._count):
            self.taken += 1
            self.threads.add(threading.get_ident())
            self.one_taken.set()
            yield Frame(float(number), np.zeros((2, 2, 3), np.uint8))
        if self._error is not None:
            raise self._error


def test_every_frame_comes_once_and_in_order_from_another_thread() -> None:
    source = Source(50)
    assert [frame.t_s for frame in read_ahead(source)] == [float(k) for k in range(50)]
    assert len(source.threads) == 1 and threading.get_ident() not in source.threads


def test_the_next_frame_is_taken_while_the_last_one_is_held() -> None:
    source = Source(50)
    with closing(read_ahead(source)) as frames:
        next(frames)
        source.one_taken.clear()
        next(frames)
        assert source.one_taken.wait(10)
        assert source.taken <= 2 + ahead.DEPTH


def test_an_error_comes_after_the_frames_before_it() -> None:
    frames = read_ahead(Source(3, VideoTooLong("too long")))
    assert [next(frames).t_s for _ in range(3)] == [0.0, 1.0, 2.0]
    with pytest.raises(VideoTooLong, match="too long"):
        next(frames)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    source = Source(10_000)
    with closing(read_ahead(source)) as frames:
        next(frames)
    assert threading.active_count() == before
    assert source.taken <= 2 + ahead.DEPTH
