"""Which boxes can be one face, and which tracks one person."""

import numpy as np
import pytest

from emocare.analysis.clock import durations
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.follow import same_place
from emocare.analysis.tracks import Person, measured_person
from emocare.domain.frames import Box
from emocare.domain.readings import FrameStatus, Readings
from tests.analysis.made_up import MadeUpPerson, changed, stamps, with_status

CONFIG = AnalysisConfig()
HERE = Box(100, 100, 200, 220)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (HERE, True),
        (Box(150, 100, 250, 220), True),
        (Box(210, 100, 310, 220), False),
        (Box(100, 100, 160, 172), True),
        (Box(130, 130, 170, 178), False),
    ],
)
def test_same_place_by_distance_and_size(other: Box, same: bool) -> None:
    assert same_place(HERE, other, 1.0, 2.0) is same
    assert same_place(other, HERE, 1.0, 2.0) is same


def absent(from_s: float, to_s: float, *, shift: float = 0.0, second: float = 0.0) -> Readings:
    """Sixty seconds with one absence, after which the face has another number."""
    readings = MadeUpPerson().readings(stamps(60, 10))
    t = readings["t_s"]
    after = t >= to_s
    readings = changed(
        readings, track_id=np.where(after, 2, 1), second_face_ratio=np.where(after, second, 0.0),
        face_x1_px=readings["face_x1_px"] + shift * after,
        face_x2_px=readings["face_x2_px"] + shift * after,
    )  # fmt: skip
    return with_status(readings, (t >= from_s) & (t < to_s), FrameStatus.NO_FACE)


def person(readings: Readings) -> Person:
    return measured_person(readings, durations(readings["t_s"], CONFIG.gap_s), CONFIG)


def test_one_track_is_one_person() -> None:
    found = person(MadeUpPerson().readings(stamps(5, 10)))
    assert found.mine.all()
    assert (found.foreign_s, found.switches) == (0.0, 0)


def test_who_returns_to_the_same_place_is_the_same_person() -> None:
    assert person(absent(30.0, 34.0)).switches == 0


@pytest.mark.parametrize(
    "readings",
    [absent(30.0, 34.0, shift=200.0), absent(30.0, 45.0), absent(30.0, 34.0, second=0.7)],
    ids=["elsewhere", "too late", "not alone"],
)
def test_who_cannot_be_shown_to_be_the_same_is_left_out(readings: Readings) -> None:
    found = person(readings)
    assert found.switches == 1
    assert found.mine[:300].all()
    assert not found.mine[-1]
    assert found.foreign_s == pytest.approx(60 - readings["t_s"][~found.mine][0], abs=0.2)


def test_a_poster_that_is_followed_but_never_measured_is_not_the_person() -> None:
    readings = absent(40.0, 45.0, shift=200.0)
    poster = readings["t_s"] < 40.0
    found = person(with_status(readings, poster, FrameStatus.TOO_SMALL))
    assert found.mine[~poster].all()
    assert found.foreign_s == 0.0


def test_a_stranger_in_between_does_not_part_the_person() -> None:
    readings = absent(30.0, 36.0)
    t = readings["t_s"]
    stranger = (t >= 33.0) & (t < 34.0)
    whole = MadeUpPerson().readings(t)
    columns = {
        name: np.where(stranger, whole.columns[name], readings.columns[name])
        for name in readings.columns
    }
    moved = stranger * 400.0
    columns |= {
        "track_id": np.where(stranger, 2, np.where(t >= 36.0, 3, np.where(t < 30.0, 1, 0))),
        "face_x1_px": columns["face_x1_px"] + moved, "face_x2_px": columns["face_x2_px"] + moved,
    }  # fmt: skip
    found = person(Readings(columns))
    assert found.foreign_s == pytest.approx(1.0, abs=0.11)
    assert found.mine[t >= 36.0].all()
    assert not found.mine[stranger].any()
