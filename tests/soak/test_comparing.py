"""How figures are compared: the stretch of the clip, intervals, beginning and end."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.soak.endurance import Sample, ends
from tests.soak.long import inside
from tests.soak.same_stretch import COMPARED, offset_s


def rows(seconds: float, hz: float, *, starts_s: float = 0.0) -> dict[str, NDArray[np.float64]]:
    """Movement that never repeats itself, from a moment of it on."""
    t_s = np.arange(0.0, seconds, 1.0 / hz)
    at = t_s + starts_s
    columns = {name: np.sin(at * (k + 1) / 3.0) + np.sin(0.7 * at**1.3)
               for k, name in enumerate(COMPARED)}  # fmt: skip
    return {"t_s": t_s, **columns}


def test_the_stretch_is_found_at_another_rate_and_with_holes() -> None:
    live = rows(20.0, 13.0, starts_s=7.3)
    live[COMPARED[0]][40:60] = np.nan
    begins_s, alike = offset_s(live, rows(60.0, 25.0))
    assert begins_s == pytest.approx(7.3, abs=0.11)
    assert alike > 0.9


def test_a_recording_longer_than_the_clip_is_refused() -> None:
    with pytest.raises(AssertionError, match="longer"):
        offset_s(rows(30.0, 10.0), rows(20.0, 10.0))


@pytest.mark.parametrize(("value", "expected"), [(4.0, True), (5.0, True), (5.1, False)])
def test_inside_an_interval(value: float, expected: bool) -> None:
    mine = {"value": value, "low": 0.0, "high": 9.0}
    assert inside(mine, {"value": 4.5, "low": 4.0, "high": 5.0}) is expected


def test_without_an_interval_nothing_is_inside_and_twice_unmeasured_is_the_same() -> None:
    known = {"value": 4.0, "low": None, "high": None}
    assert not inside(known, known)
    assert not inside(None, known) and not inside(known, None)
    assert inside(None, None)


def at(*times: float) -> list[Sample]:
    return [Sample(time, 30.0, 10.0, None, 0, 500.0) for time in times]


def test_two_minutes_from_the_second_on_against_the_last_two() -> None:
    first, last = ends(at(*np.arange(10.0, 601.0, 10.0)))
    assert (first[0].at_s, first[-1].at_s) == (130.0, 240.0)
    assert (last[0].at_s, last[-1].at_s) == (490.0, 600.0)


def test_a_short_run_compares_fifths() -> None:
    first, last = ends(at(10.0, 20.0, 30.0, 40.0, 50.0))
    assert [s.at_s for s in first] == [20.0]
    assert [s.at_s for s in last] == [50.0]
