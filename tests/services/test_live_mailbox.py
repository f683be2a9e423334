"""The one slot, and what is counted."""

from __future__ import annotations

import threading

from emocare.domain.frames import Frame
from emocare.services.live_mailbox import Mailbox
from tests.services.conftest import PICTURE


def frame(t_s: float) -> Frame:
    return Frame(t_s, PICTURE)


def test_the_newest_picture_wins_and_the_others_are_counted() -> None:
    box = Mailbox()
    for k in range(5):
        box.put(frame(k), float(k))
    arrived = box.take(0.0)
    assert arrived is not None and (arrived.frame.t_s, arrived.at_s) == (4.0, 4.0)
    assert box.take(0.0) is None
    assert (box.came, box.dropped) == (5, 4)


def test_it_is_busy_until_the_next_one_is_asked_for() -> None:
    box = Mailbox()
    assert not box.busy
    box.put(frame(0), 0.0)
    assert box.busy
    box.take(0.0)
    assert box.busy
    box.take(0.0)
    assert not box.busy


def test_a_picture_that_is_cleared_never_came() -> None:
    box = Mailbox()
    box.put(frame(0), 0.0)
    box.clear()
    box.clear()
    assert (box.take(0.0), box.came, box.dropped) == (None, 0, 0)


def test_losses_outside_are_counted() -> None:
    box = Mailbox()
    box.put(frame(0), 0.0)
    box.lose(1)
    box.lose(3, came=True)
    assert (box.came, box.dropped) == (4, 4)
    box.restart()
    assert (box.came, box.dropped, box.take(0.0)) == (0, 0, None)


def test_closing_wakes_whoever_waits_and_nothing_comes_any_more() -> None:
    box, heard = Mailbox(), list[object]()
    waiting = threading.Thread(target=lambda: heard.append(box.take(60.0)))
    waiting.start()
    box.close()
    waiting.join(30.0)
    assert heard == [None] and box.closed
    box.put(frame(1), 1.0)
    assert (box.take(0.0), box.came) == (None, 0)


def test_no_picture_is_counted_twice_or_not_at_all() -> None:
    """Two cameras' worth of pictures and one reader: read and dropped are what came."""
    box, read, over = Mailbox(), list[float](), threading.Event()

    def offer() -> None:
        for k in range(2000):
            box.put(frame(k), float(k))

    def take() -> None:
        while (arrived := box.take(0.0)) is not None or not over.is_set():
            if arrived is not None:
                read.append(arrived.at_s)

    threads = [threading.Thread(target=offer) for _ in range(2)]
    reader = threading.Thread(target=take)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    reader.join()
    assert box.came == 4000 and len(read) + box.dropped == 4000 and read
