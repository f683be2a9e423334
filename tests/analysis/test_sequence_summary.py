"""How what the sequence networks say joins a summary, and which rows they are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis import (
    TOO_SHORT,
    AnalysisConfig,
    LiveWatch,
    measured_rows,
    refusal,
    summarise,
    with_sequence,
)
from emocare.analysis.summarise import severity_of
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import FrameReading, FrameStatus, Readings
from emocare.domain.sequence import SequenceReading
from emocare.domain.severity import FACE_INDETERMINATE, AttendedMoment, SeverityEstimate
from emocare.domain.summary import (
    BANDS,
    DIMENSIONS,
    Band,
    BehaviourIndex,
    Estimate,
    GateDecision,
    ModelRef,
    Summary,
)
from tests.analysis.made_up import SOURCE, MadeUpPerson, stamps
from tests.services.fakes import face_at

CONFIG = AnalysisConfig()
FACE = (ModelRef("face", "1.0.0", "a" * 64),)
NETWORKS = (ModelRef("affect", "1.0.0", "b" * 64), ModelRef("severity", "1.0.0", "c" * 64))
SURE_MILD = (0.05, 0.80, 0.10, 0.05)


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarise(MadeUpPerson().readings(stamps(75, 15)), CONFIG, SOURCE, FACE)


def reading(
    probabilities: tuple[float, ...] = SURE_MILD, **session: Estimate
) -> SequenceReading:
    nothing = np.empty(0)
    return SequenceReading(
        t_s=nothing, trajectories={}, session=session,
        severity=SeverityEstimate(tuple(np.float32(p) for p in probabilities)),
        attention=nothing, moments=(AttendedMoment(3.0, 6.0, 0.5),), measured_s=75.0,
        models=NETWORKS, origin="Trained on simulated people, not on patients.",
    )  # fmt: skip


def index(band: Band) -> BehaviourIndex:
    return BehaviourIndex(40.0, (30.0, 50.0), band, None, (), 12, 6.0, "provisional-v0")


def test_it_joins_the_summary(summary: Summary) -> None:
    found = with_sequence(summary, reading(valence=Estimate(np.float64(-0.2), -0.4, 0.1)))
    assert found.models == (*FACE, *NETWORKS)
    assert found.face_models == FACE and found.sequence_models == NETWORKS
    assert found.severity_model is not None and found.dimensions_model is not None
    assert all(type(p) is float for p in found.severity_model.estimate.probabilities)
    assert found.severity_model.moments == (AttendedMoment(3.0, 6.0, 0.5),)
    assert found.dimensions_model == dict.fromkeys(DIMENSIONS) | {
        "valence": Estimate(-0.2, -0.4, 0.1)
    }
    assert found.model_reason is None
    assert (found.gate, found.behaviour_index, found.dimensions) == (
        summary.gate, summary.behaviour_index, summary.dimensions)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kept"),
    [(Estimate(np.nan, np.nan, np.nan), None),
     (Estimate(3.0, np.nan, 4.0), Estimate(3.0, None, None)),
     (Estimate(3.0, None, None), Estimate(3.0, None, None))],
    ids=["not measured", "half an interval", "no interval"],
)  # fmt: skip
def test_a_number_that_is_none_is_left_out(
    summary: Summary, given: Estimate, kept: Estimate | None
) -> None:
    found = with_sequence(summary, reading(fatigue=given))
    assert found.dimensions_model is not None and found.dimensions_model["fatigue"] == kept


def test_too_few_seconds_leave_the_reason(summary: Summary) -> None:
    found = with_sequence(summary, None)
    assert found == replace(summary, model_reason=TOO_SHORT) and "30 s" in TOO_SHORT


def test_an_unreliable_gate_refuses_with_its_own_reason(summary: Summary) -> None:
    assert refusal(summary) is None
    short = summarise(MadeUpPerson().readings(stamps(10, 15)), CONFIG, SOURCE, FACE)
    assert refusal(short) == short.index_reason and short.index_reason is not None


@pytest.mark.parametrize("decision", [GateDecision.RELIABLE, GateDecision.LIMITED])
@pytest.mark.parametrize("band", BANDS)
def test_doubt_of_the_network_takes_the_band(decision: GateDecision, band: Band) -> None:
    estimate = SeverityEstimate(SURE_MILD)
    found = severity_of(decision, index(band), estimate)
    if band is Band.SEVERE:
        assert (found.band, found.source) == (None, "none")
        assert found.flags == (FACE_INDETERMINATE, "QUESTIONNAIRE_REQUIRED")
        assert found.reason == estimate.doubt(band)
    else:
        assert found == severity_of(decision, index(band))
        assert (found.band, found.reason) == (band, None)


def test_without_a_band_there_is_nothing_to_doubt() -> None:
    unsure = SeverityEstimate((0.25, 0.25, 0.25, 0.25))
    for decision, found in ((GateDecision.RELIABLE, index(Band.INDETERMINATE)),
                            (GateDecision.RELIABLE, None),
                            (GateDecision.UNRELIABLE, index(Band.MILD))):  # fmt: skip
        assert severity_of(decision, found, unsure) == severity_of(decision, found)


# Which rows


def with_tracks(readings: Readings, other_from: float) -> Readings:
    """Somebody else far away from a time on, beside whom the first was longer."""
    t_s = readings["t_s"]
    late = t_s >= other_from
    columns = dict(readings.columns)
    columns["track_id"] = np.where(late, 2, 1)
    for edge in ("x1", "x2"):
        name = f"face_{edge}_px"
        columns[name] = np.where(late, readings[name] + 5000.0, readings[name])
    return Readings(columns)


def test_rows_of_the_person_measured_that_count() -> None:
    readings = with_tracks(MadeUpPerson().readings(stamps(60, 15)), 45.0)
    rows = measured_rows(readings.with_excluded([(10.0, 20.0)]), CONFIG)["t_s"]
    assert rows[-1] < 45.0 and not ((rows >= 10.0) & (rows <= 20.0)).any()
    assert len(rows) == pytest.approx(35 * 15, abs=2)


def test_one_person_without_exclusions_is_every_row() -> None:
    readings = MadeUpPerson().readings(stamps(20, 15))
    assert measured_rows(readings, CONFIG) is readings
    assert len(measured_rows(Readings.from_frames([]), CONFIG)) == 0


def frames(times: np.ndarray, track: int = 1) -> list[FrameReading]:
    return [FrameReading(float(t), FrameStatus.OK, face=face_at(float(t)), track_id=track)
            for t in times]  # fmt: skip


def test_a_live_watch_gives_every_row_once_a_second() -> None:
    watch = LiveWatch(CONFIG)
    times = np.arange(0.0, 12.0, 0.05)
    given = [rows for frame in frames(times) if (rows := watch.add(frame)) is not None]
    assert len(given) == pytest.approx(11, abs=1)
    joined = Readings.concatenate(given)["t_s"]
    assert joined == pytest.approx(times[: len(joined)]) and len(times) - len(joined) <= 20
    assert np.isfinite(given[0][ACTION_UNITS[0]]).all()


def test_a_live_watch_survives_a_long_gap_between_rows() -> None:
    watch = LiveWatch(CONFIG)
    for frame in frames(np.arange(0.0, 0.5, 0.05)):
        assert watch.add(frame) is None
    (late,) = frames(np.array([60.0]))
    rows = watch.add(late)
    assert rows is not None and rows["t_s"].tolist() == [60.0]
