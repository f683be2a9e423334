"""Observed movements: known ones are found, near misses are not."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.events import observe
from emocare.analysis.signals import prepare
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import Event, EventType
from tests.analysis.made_up import MadeUpPerson, changed, stamps, with_status

CONFIG = AnalysisConfig()


def events(readings: Readings, kind: EventType) -> list[Event]:
    found = observe(prepare(readings, CONFIG), CONFIG).events
    assert list(found) == sorted(found, key=lambda e: e.onset_s)
    return [event for event in found if event.type is kind]


def blink_readings(openness: dict[int, float], fps: float = 30.0, level: float = 0.95) -> Readings:
    """Ten seconds of eyes at ``level`` with the given frames changed; another ten wide open."""
    t = stamps(20, fps)
    eo = np.where(t < 10, level, 1.0)
    for i, value in openness.items():
        eo[i] = value
    return changed(
        MadeUpPerson().readings(t), eye_openness_left=0.3 * eo, eye_openness_right=0.3 * eo
    )


@pytest.mark.parametrize("fps", [15.0, 23.976, 30.0, 60.0])
def test_known_blinks_are_found_once_each(fps: float) -> None:
    centres = [2.0, 3.4, 3.9, 7.7, 12.2, 15.05]
    found = events(MadeUpPerson(blinks=centres).readings(stamps(20, fps)), EventType.BLINK)
    assert [e.apex_s for e in found] == pytest.approx(centres, abs=0.1)
    assert all(0.05 <= e.offset_s - e.onset_s <= 0.3 for e in found)
    assert all(e.onset_s <= e.apex_s <= e.offset_s for e in found)


def test_a_single_noisy_frame_is_no_blink() -> None:
    assert events(blink_readings({100: 0.1}), EventType.BLINK) == []


def test_a_single_open_frame_does_not_split_a_blink() -> None:
    closed = dict.fromkeys((100, 101, 103, 104), 0.1) | {102: 0.6}
    assert len(events(blink_readings(closed), EventType.BLINK)) == 1


def test_one_eye_alone_is_no_blink() -> None:
    readings = MadeUpPerson().readings(stamps(20, 30))
    left = readings["eye_openness_left"].copy()
    left[100:105] = 0.1 * 0.3
    assert events(changed(readings, eye_openness_left=left), EventType.BLINK) == []


def test_lids_lowered_in_a_downward_gaze_are_no_blinks() -> None:
    flicker = {i: 0.30 for start in range(30, 270, 40) for i in range(start, start + 4)}
    assert events(blink_readings(flicker, level=0.42), EventType.BLINK) == []
    deep = {i: 0.05 for i in range(100, 104)}
    assert len(events(blink_readings(deep, level=0.42), EventType.BLINK)) == 1


def test_a_blink_that_began_out_of_sight_is_not_counted() -> None:
    readings = blink_readings(dict.fromkeys(range(100, 104), 0.1))
    gone = np.zeros(len(readings), bool)
    gone[60:100] = True
    assert events(with_status(readings, gone, FrameStatus.TURNED_AWAY), EventType.BLINK) == []


def test_closures_over_half_a_second_are_long() -> None:
    person = MadeUpPerson(closures=[(4.0, 4.45), (8.0, 9.5)])
    readings = person.readings(stamps(20, 30))
    long = events(readings, EventType.LONG_CLOSURE)
    assert [(e.onset_s, e.offset_s) for e in long] == [pytest.approx((8.0, 9.5), abs=0.04)]
    assert len(events(readings, EventType.BLINK)) == 1


def test_neither_blinks_nor_closures_below_fifteen_frames_a_second() -> None:
    person = MadeUpPerson(blinks=[2.0, 5.0], closures=[(8.0, 9.5)], smiles=[(12.0, 14.0)])
    readings = person.readings(stamps(20, 12))
    assert events(readings, EventType.BLINK) == []
    assert events(readings, EventType.LONG_CLOSURE) == []
    assert len(events(readings, EventType.SMILE)) == 1


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_smiles_of_half_a_second(fps: float) -> None:
    person = MadeUpPerson(smiles=[(2.0, 4.0), (6.0, 6.3), (10.0, 10.8)])
    found = events(person.readings(stamps(20, fps)), EventType.SMILE)
    assert [(e.onset_s, e.offset_s) for e in found] == [
        pytest.approx((2.0, 4.0), abs=0.11), pytest.approx((10.0, 10.8), abs=0.11),
    ]  # fmt: skip


def test_a_faint_smile_is_none() -> None:
    assert events(MadeUpPerson(smiles=[(2, 5)], smile_level=0.3).readings(stamps(20, 30)),
                  EventType.SMILE) == []  # fmt: skip


def test_looking_aside_and_down() -> None:
    person = MadeUpPerson(aside=[(3.0, 4.0), (6.0, 6.3)], down=[(9.0, 11.0)], head_deg=1.0)
    found = events(person.readings(stamps(20, 30)), EventType.LOOK_AWAY)
    assert [(e.onset_s, e.offset_s) for e in found] == [
        pytest.approx((3.0, 4.0), abs=0.04), pytest.approx((9.0, 11.0), abs=0.04),
    ]  # fmt: skip


def test_a_blink_does_not_split_a_look_away() -> None:
    person = MadeUpPerson(down=[(5.0, 8.0)], blinks=[6.5], head_deg=1.0)
    assert len(events(person.readings(stamps(20, 30)), EventType.LOOK_AWAY)) == 1


def test_turned_away_frames_still_show_a_look_away() -> None:
    readings = MadeUpPerson(head_deg=1.0).readings(stamps(20, 30))
    t = readings["t_s"]
    aside = (t >= 5) & (t < 7)
    turned = with_status(changed(readings, yaw_deg=np.where(aside, 50.0, readings["yaw_deg"])),
                         aside, FrameStatus.TURNED_AWAY)  # fmt: skip
    found = events(turned, EventType.LOOK_AWAY)
    assert [(e.onset_s, e.offset_s) for e in found] == [pytest.approx((5.0, 7.0), abs=0.04)]


def test_yawns_need_two_and_a_half_seconds() -> None:
    person = MadeUpPerson(yawns=[(2.0, 5.0), (8.0, 10.0)])
    found = events(person.readings(stamps(20, 30)), EventType.YAWN)
    assert [(e.onset_s, e.offset_s) for e in found] == [pytest.approx((2.0, 5.0), abs=0.04)]


def test_brows() -> None:
    person = MadeUpPerson(frowns=[(2.0, 2.6), (5.0, 5.2)], raises=[(8.0, 9.0)])
    readings = person.readings(stamps(20, 30))
    lowered = events(readings, EventType.BROW_LOWER)
    raised = events(readings, EventType.BROW_RAISE)
    assert [(e.onset_s, e.offset_s) for e in lowered] == [pytest.approx((2.0, 2.6), abs=0.04)]
    assert [(e.onset_s, e.offset_s) for e in raised] == [pytest.approx((8.0, 9.0), abs=0.04)]


def test_one_raised_brow_unit_is_no_brow_raise() -> None:
    readings = MadeUpPerson(raises=[(8.0, 9.0)]).readings(stamps(20, 30))
    alone = changed(readings, au02=np.full(len(readings), 0.05))
    assert events(alone, EventType.BROW_RAISE) == []


def test_a_smile_does_not_go_on_across_a_pause() -> None:
    t = np.concatenate([stamps(10, 30), 20 + stamps(10, 30)])
    found = events(MadeUpPerson(smiles=[(8.0, 22.0)]).readings(t), EventType.SMILE)
    assert [(e.onset_s, e.offset_s) for e in found] == [
        pytest.approx((8.0, 10.0), abs=0.04), pytest.approx((20.0, 22.0), abs=0.04),
    ]  # fmt: skip


def test_a_covered_region_gives_no_events_of_its_own() -> None:
    person = MadeUpPerson(smiles=[(2, 4)], blinks=[6.0], frowns=[(8.0, 9.0)])
    readings = person.readings(stamps(20, 30))
    no_mouth = changed(readings, mouth_occluded=0.9)
    assert events(no_mouth, EventType.SMILE) == []
    assert len(events(no_mouth, EventType.BLINK)) == 1
    no_eyes = changed(readings, eyes_occluded=0.9)
    assert events(no_eyes, EventType.BLINK) == []
    assert events(no_eyes, EventType.BROW_LOWER) == []
    assert len(events(no_eyes, EventType.SMILE)) == 1


def test_bursts_are_brow_lowering_with_lips_or_lids() -> None:
    readings = MadeUpPerson(frowns=[(2, 3), (6, 7), (10, 11)]).readings(stamps(20, 30))
    t = readings["t_s"]
    press = np.where((t > 2.5) & (t < 3.5) | (t > 13) & (t < 14), 0.6, 0.05)
    squint = np.where((t > 5.4) & (t < 6.5), 0.6, 0.05)
    found = observe(prepare(changed(readings, au24=press, au07=squint), CONFIG), CONFIG).burst_s
    assert found == pytest.approx([2.0, 6.0], abs=0.04)


def test_no_rows_no_events() -> None:
    assert observe(prepare(Readings.from_frames([]), CONFIG), CONFIG).events == ()
