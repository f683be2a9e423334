"""The shipped sequence networks: one answer however rows come, refused when damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from emocare.domain.errors import RecipeMismatch, WeightsCorrupt, WeightsMissing
from emocare.domain.readings import Readings
from emocare.domain.sequence import MIN_MEASURED_S, MOMENTS, SequenceReading
from emocare.domain.summary import DIMENSIONS
from emocare.simulation.effects import Cohort, Split
from emocare.simulation.session import simulate
from emocare.temporal.graphs import SequenceGraph
from emocare.temporal.loading import load_sequence_reader
from emocare.temporal.moments import STRETCH_S, attended_moments
from emocare.temporal.networks import NetworkStream, SequenceNetworks

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="module")
def networks() -> SequenceNetworks:
    return load_sequence_reader(MODELS)


@pytest.fixture(scope="module")
def readings() -> Readings:
    return simulate(Cohort.REALISTIC, Split.TEST, 2).readings


def until(readings: Readings, end_s: float) -> Readings:
    return readings.rows(readings["t_s"] < end_s)


def same(first: SequenceReading, second: SequenceReading) -> None:
    """Equal to 1e-5 in everything that is shown."""
    np.testing.assert_allclose(first.attention, second.attention, rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        first.severity.probabilities, second.severity.probabilities, rtol=0, atol=1e-5
    )
    assert first.moments == second.moments
    for name in DIMENSIONS:
        a, b = first.trajectories[name], second.trajectories[name]
        for mine, other in ((a.t_s, b.t_s), (a.value, b.value), (a.low, b.low), (a.high, b.high)):
            np.testing.assert_allclose(mine, other, rtol=0, atol=1e-5)
        assert first.session[name].value == pytest.approx(second.session[name].value, abs=1e-5)


def test_stepwise_in_one_pass_and_after_a_reload_are_the_same(
    networks: SequenceNetworks, readings: Readings
) -> None:
    whole = networks.read(readings)
    stream = networks.stream()
    step = np.arange(len(readings)) // 17
    for number in np.unique(step):
        stream.push(readings.rows(step == number))
    stream.finish()
    stepwise, reloaded = stream.reading(), load_sequence_reader(MODELS).read(readings)
    assert whole is not None
    assert stepwise is not None
    assert reloaded is not None
    same(whole, stepwise)
    same(whole, reloaded)


def test_a_reading_is_whole_and_within_its_scales(
    networks: SequenceNetworks, readings: Readings
) -> None:
    found = networks.read(readings)
    assert found is not None
    assert found.attention.sum() == pytest.approx(1.0)
    assert sum(found.severity.probabilities) == pytest.approx(1.0)
    assert 0 < len(found.moments) <= MOMENTS
    shares = [moment.share for moment in found.moments]
    assert shares == sorted(shares, reverse=True)
    for name, line in found.trajectories.items():
        low, high = (-1.0, 1.0) if name in DIMENSIONS[:2] else (0.0, 100.0)
        seen = np.isfinite(line.value)
        assert seen.any()
        assert (line.low[seen] <= line.value[seen]).all()
        assert (line.value[seen] <= line.high[seen]).all()
        assert line.low[seen].min() >= low
        assert line.high[seen].max() <= high
        estimate = found.session[name]
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.value <= estimate.high
    assert [model.id for model in found.models] == ["affect", "severity"]
    assert "not on patients" in found.origin


def test_too_little_gives_nothing(networks: SequenceNetworks, readings: Readings) -> None:
    assert networks.read(until(readings, MIN_MEASURED_S - 2)) is None
    assert networks.read(until(readings, 0.0)) is None
    assert networks.read(until(readings, MIN_MEASURED_S + 8)) is not None


def test_an_unmeasured_second_is_a_gap_and_weighs_nothing(
    networks: SequenceNetworks, readings: Readings
) -> None:
    t_s = readings["t_s"]
    found = networks.read(readings.rows((t_s < 40) | (t_s >= 46)))
    assert found is not None
    lost = (found.t_s > 40.5) & (found.t_s < 46.5)
    assert lost.sum() == 6
    assert (found.attention[lost] == 0).all()
    assert np.isnan(found.trajectories["valence"].value[lost]).all()


def test_the_last_minute_is_the_end_of_the_whole(
    networks: SequenceNetworks, readings: Readings
) -> None:
    stream = networks.stream()
    stream.push(readings)
    stream.finish()
    whole, last = stream.reading(), stream.reading(last_s=20.0)
    assert whole is not None
    assert last is not None
    assert len(last.t_s) == 20
    np.testing.assert_array_equal(last.t_s, whole.t_s[-20:])
    np.testing.assert_array_equal(
        last.trajectories["fatigue"].value, whole.trajectories["fatigue"].value[-20:]
    )
    assert last.severity == whole.severity
    assert last.moments == whole.moments


def test_streams_do_not_know_of_each_other(
    networks: SequenceNetworks, readings: Readings
) -> None:
    other = simulate(Cohort.REALISTIC, Split.TEST, 5).readings
    alone = networks.read(readings)
    mine, theirs = networks.stream(), networks.stream()
    for end_s in range(10, 260, 10):
        for stream, rows in ((mine, readings), (theirs, other)):
            t_s = rows["t_s"]
            stream.push(rows.rows((t_s >= end_s - 10) & (t_s < end_s)))
    found = finished(mine)
    assert alone is not None
    assert found is not None
    same(alone, found)


def finished(stream: NetworkStream) -> SequenceReading | None:
    stream.finish()
    return stream.reading()


def test_moments_do_not_overlap_and_come_in_order_of_weight() -> None:
    attention = np.full(40, 0.01)
    attention[[5, 6, 20]] = [0.2, 0.1, 0.25]
    attention /= attention.sum()
    moments = attended_moments(np.arange(1.0, 41.0), attention, 3)
    assert len(moments) == 3
    assert moments[0].start_s <= 5 < moments[0].end_s
    assert moments[1].start_s <= 20 < moments[1].end_s
    starts = sorted(moment.start_s for moment in moments)
    assert min(np.diff(starts)) >= STRETCH_S
    assert attended_moments(np.arange(1.0, 4.0), np.full(3, 1 / 3)) == ()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODELS, tmp_path / "models"))


def entry(models: Path, model_id: str) -> tuple[dict, dict]:
    manifest = json.loads((models / "manifest.json").read_text(encoding="utf-8"))
    return manifest, next(one for one in manifest["models"] if one["id"] == model_id)


@pytest.mark.parametrize("model_id", ["affect", "severity"])
def test_a_damaged_file_is_refused(copy: Path, model_id: str) -> None:
    _, spec = entry(copy, model_id)
    path = copy / spec["folder"] / "graph.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(WeightsCorrupt, match="changed or damaged"):
        load_sequence_reader(copy)
    path.unlink()
    with pytest.raises(WeightsMissing):
        load_sequence_reader(copy)


@pytest.mark.parametrize("model_id", ["affect", "severity"])
def test_other_numbers_than_the_stated_ones_are_refused(copy: Path, model_id: str) -> None:
    manifest, spec = entry(copy, model_id)
    name = next(iter(spec["self_test"]["expected"]))
    expected = np.asarray(spec["self_test"]["expected"][name]) + 0.05
    spec["self_test"]["expected"][name] = expected.tolist()
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(WeightsCorrupt, match="self-test"):
        load_sequence_reader(copy)


def test_features_of_another_program_are_refused(copy: Path) -> None:
    manifest, spec = entry(copy, "severity")
    spec["labels"]["seconds"][0] = "something_else"
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(RecipeMismatch, match="differ in seconds"):
        load_sequence_reader(copy)


def test_what_onnxruntime_cannot_run_is_a_sentence(networks: SequenceNetworks) -> None:
    graph = SequenceGraph(MODELS, "severity")
    wrong = np.zeros((3, 5), np.float32)
    with pytest.raises(RecipeMismatch, match="could not be run"):
        graph.run(wrong, graph.memory())
