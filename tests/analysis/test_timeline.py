"""A session over time, as charts draw it."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.summarise import summarise
from emocare.analysis.timeline import MOMENT_LABELS, timeline
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import FrameStatus, Readings, Segment
from emocare.domain.summary import DIMENSIONS, GateDecision
from emocare.domain.timeline import Timeline
from tests.analysis.made_up import SOURCE, MadeUpPerson, changed, lively, stamps, with_status

CONFIG = AnalysisConfig()


@pytest.fixture(scope="module")
def readings() -> Readings:
    return lively(120).readings(stamps(120, 15))


@pytest.fixture(scope="module")
def found(readings: Readings) -> Timeline:
    return timeline(readings, CONFIG)


def test_six_dimensions_every_five_seconds_with_a_band(found: Timeline) -> None:
    assert tuple(found.dimensions) == DIMENSIONS
    for name, curve in found.dimensions.items():
        assert np.allclose(np.diff(curve.t_s), 5.0)
        assert curve.t_s[0] == pytest.approx(5.0)
        known = np.isfinite(curve.value)
        assert known[:-1].all()
        assert not known[-1]
        assert np.array_equal(known, np.isfinite(curve.low))
        assert np.all(curve.low[known] <= curve.value[known])
        assert np.all(curve.value[known] <= curve.high[known])
        assert np.any(curve.high[known] > curve.low[known])
        low, high = (-1, 1) if name in ("valence", "arousal") else (0, 100)
        assert curve.low[known].min() >= low
        assert curve.high[known].max() <= high


def test_typical_ranges(found: Timeline) -> None:
    assert found.dimensions["valence"].typical == pytest.approx((0.05 - 0.1974, 0.05 + 0.1974))
    assert found.dimensions["arousal"].typical is None
    low, high = found.dimensions["anhedonia"].typical or (None, None)
    assert low == 0.0
    assert high == pytest.approx(31, abs=1)


def test_curves_lie_around_the_sessions_number(readings: Readings, found: Timeline) -> None:
    summary = summarise(readings, CONFIG, SOURCE, ())
    for name in ("valence", "arousal"):
        estimate = summary.dimensions[name]
        assert estimate is not None
        assert np.nanmean(found.dimensions[name].value) == pytest.approx(estimate.value, abs=0.03)


def test_a_curve_that_is_nowhere_cut_has_the_sessions_number_as_its_mean() -> None:
    downs = [(s, s + 3.0) for s in np.arange(1.0, 118, 10.0)]
    t = stamps(120, 15)
    person = MadeUpPerson(smiles=[(12, 13.0), (72, 73)], down=downs, unit_motion=0.035)
    readings = changed(person.readings(t), p_fear=0.06 + 0.03 * np.sin(t / 7))
    summary = summarise(readings, CONFIG, SOURCE, ())
    curves = timeline(readings, CONFIG).dimensions
    checked = 0
    for name in ("anhedonia", "anxiety", "irritability", "fatigue"):
        values, estimate = curves[name].value, summary.dimensions[name]
        known = values[np.isfinite(values)]
        if estimate is not None and known.min() > 0 and known.max() < 100:
            assert known.mean() == pytest.approx(estimate.value, abs=1e-6)
            checked += 1
    assert checked > 0


def test_a_smile_lowers_anhedonia_where_it_happens() -> None:
    person = MadeUpPerson(smiles=[(61, 66), (91, 95)], blinks=[5, 9, 40, 77])
    curve = timeline(person.readings(stamps(120, 15)), CONFIG).dimensions["anhedonia"]
    here = curve.value[np.flatnonzero(curve.t_s == 65.0)[0]]
    assert here < np.nanmedian(curve.value) - 10


def test_a_gap_stays_a_gap() -> None:
    readings = lively(120).readings(stamps(120, 15))
    t = readings["t_s"]
    curve = timeline(with_status(readings, (t >= 50) & (t < 70), FrameStatus.NO_FACE), CONFIG)
    values = curve.dimensions["valence"]
    assert np.isnan(values.value[(values.t_s >= 55) & (values.t_s <= 65)]).all()
    assert np.isfinite(values.value[values.t_s < 50]).all()


def test_unit_cells_of_one_second(readings: Readings, found: Timeline) -> None:
    assert np.array_equal(found.cell_t_s, np.arange(120.0))
    assert set(found.action_units) == {name.upper() for name in ACTION_UNITS}
    smile = found.action_units["AU12"]
    person = lively(120)
    for onset, offset in person.smiles:
        inside = (found.cell_t_s >= onset) & (found.cell_t_s + 1 <= offset)
        assert np.all(smile[inside] > 0.5)
    assert np.isnan(found.action_units["AU05"]).all()


def test_cells_that_were_not_measured_are_empty() -> None:
    readings = lively(60).readings(stamps(60, 15))
    t = readings["t_s"]
    found = timeline(with_status(readings, (t >= 10) & (t < 13), FrameStatus.TOO_DARK), CONFIG)
    assert np.isnan(found.action_units["AU12"][10:13]).all()
    assert np.isfinite(found.action_units["AU12"][[9, 13]]).all()


def test_quality_has_no_gaps_and_names_its_reason() -> None:
    readings = lively(60).readings(stamps(60, 10))
    t = readings["t_s"]
    readings = with_status(readings, (t >= 10) & (t < 15), FrameStatus.NO_FACE)
    readings = with_status(readings, (t >= 30) & (t < 34) & (t % 1 < 0.55), FrameStatus.TOO_DARK)
    found = timeline(readings, CONFIG).quality
    assert [(q.level, q.reason) for q in found] == [
        (GateDecision.RELIABLE, None), (GateDecision.UNRELIABLE, "NO_FACE"),
        (GateDecision.RELIABLE, None), (GateDecision.LIMITED, "TOO_DARK"),
        (GateDecision.RELIABLE, None),
    ]  # fmt: skip
    edges = [found[0].start_s] + [q.end_s for q in found]
    assert edges == pytest.approx([0, 10, 15, 30, 34, 60])
    assert [q.start_s for q in found] == pytest.approx(edges[:-1])


def test_time_without_frames_is_not_measured() -> None:
    t = np.concatenate([stamps(20, 10), 40 + stamps(20, 10)])
    found = timeline(lively(60).readings(t), CONFIG).quality
    assert [(q.level, q.reason) for q in found] == [
        (GateDecision.RELIABLE, None), (GateDecision.UNRELIABLE, "NO_FRAMES"),
        (GateDecision.RELIABLE, None),
    ]  # fmt: skip


def test_another_person_is_named_as_the_reason() -> None:
    readings = lively(60).readings(stamps(60, 10))
    other = readings["t_s"] >= 50
    swapped = changed(readings, track_id=np.where(other, 2, 1),
                      face_x1_px=readings["face_x1_px"] + 300 * other,
                      face_x2_px=readings["face_x2_px"] + 300 * other)  # fmt: skip
    found = timeline(swapped, CONFIG).quality
    assert [(q.level, q.reason) for q in found] == [
        (GateDecision.RELIABLE, None), (GateDecision.UNRELIABLE, "OTHER_PERSON"),
    ]  # fmt: skip


def test_segments_and_events(readings: Readings) -> None:
    parts = [readings.rows(readings["t_s"] < 40), readings.rows(readings["t_s"] >= 40)]
    columns = [dict(p.columns) for p in parts]
    for column, segment in zip(columns, (Segment.NEUTRAL_TALK, Segment.REST), strict=True):
        column["segment"] = np.full(len(column["t_s"]), segment.value, dtype=object)
    found = timeline(Readings.concatenate([Readings(c) for c in columns]), CONFIG)
    assert [(s.segment, s.start_s, s.end_s) for s in found.segments] == [
        (Segment.NEUTRAL_TALK, 0.0, pytest.approx(40.0)),
        (Segment.REST, pytest.approx(40.0), pytest.approx(120.0)),
    ]
    assert found.events == summarise(
        Readings.concatenate([Readings(c) for c in columns]), CONFIG, SOURCE, ()
    ).events.list


def test_moments_weigh_most_and_say_why() -> None:
    smiles = [(s, s + 3.0) for s in np.arange(1.0, 118, 10.0) if not 60 <= s < 70]
    person = MadeUpPerson(smiles=smiles, down=[(60.5, 69.5)], blinks=[5, 9, 40, 77])
    found = timeline(person.readings(stamps(120, 15)), CONFIG).moments
    assert 1 <= len(found) <= 5
    assert found[0].t_s == 60.0
    assert found[0].label in ("Looking down", "Little smiling")
    assert {moment.label for moment in found} <= set(MOMENT_LABELS.values())


def test_an_unreliable_session_has_quality_and_no_curves(readings: Readings) -> None:
    gone = with_status(readings, readings["t_s"] >= 30, FrameStatus.NO_FACE)
    found = timeline(gone, CONFIG)
    for curve in found.dimensions.values():
        assert len(curve.t_s) > 0
        assert np.isnan(curve.value).all()
        assert np.isnan(curve.low).all()
    assert found.moments == ()
    assert len(found.quality) == 2


def test_few_windows_still_have_a_band() -> None:
    found = timeline(lively(35).readings(stamps(35, 15)), CONFIG)
    for curve in found.dimensions.values():
        known = np.isfinite(curve.value)
        assert known.any()
        assert np.any(curve.high[known] > curve.low[known])


def test_nothing_and_next_to_nothing() -> None:
    empty = timeline(Readings.from_frames([]), CONFIG)
    assert (empty.duration_s, empty.quality, empty.segments, empty.events) == (0.0, (), (), ())
    assert all(len(c.t_s) == 0 for c in empty.dimensions.values())
    one = timeline(MadeUpPerson().readings(np.array([2.5])), CONFIG)
    assert one.duration_s > 2.5
    assert len(one.quality) == 1
