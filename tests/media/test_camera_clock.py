"""The clock of a camera: any start, order kept, a new connection put where it arrived."""

from __future__ import annotations

import pytest

from emocare.media.clock import CameraClock


def places(*pairs: tuple[float, float], start_s: float = 0.0) -> list[float | None]:
    """Places of (stamp, arrival)."""
    clock = CameraClock(start_s)
    return [clock.place(stamp_s, arrived_s) for stamp_s, arrived_s in pairs]


def test_it_begins_at_zero_whatever_the_first_stamp() -> None:
    found = places((5000.0, 1.0), (5000.04, 1.05), (5000.07, 1.09))
    assert found == pytest.approx([0.0, 0.04, 0.07])


def test_a_continued_recording_begins_where_it_is_told() -> None:
    assert places((7.0, 0.0), (7.5, 0.5), start_s=100.0) == pytest.approx([100.0, 100.5])


def test_a_frame_that_is_not_later_has_no_place() -> None:
    found = places((1.0, 0.0), (1.1, 0.1), (1.1, 0.2), (0.9, 0.3), (1.2, 0.4))
    assert found[2:4] == [None, None] and found[4] == pytest.approx(0.2)


@pytest.mark.parametrize("stamp_s", [0.0, 90000.0])
def test_a_new_connection_is_put_where_it_arrived(stamp_s: float) -> None:
    found = places((50.0, 10.0), (51.0, 11.0), (stamp_s, 14.0), (stamp_s + 0.5, 14.5))
    assert found == pytest.approx([0.0, 1.0, 4.0, 4.5])


def test_a_late_burst_keeps_its_stamps() -> None:
    """Frames that arrive together after a hold-up were still taken one after the other."""
    found = places((0.0, 0.0), (0.1, 3.0), (0.2, 3.0), (0.3, 3.0))
    assert found == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_a_pause_of_the_camera_is_a_gap() -> None:
    assert places((0.0, 0.0), (60.0, 60.0)) == pytest.approx([0.0, 60.0])
