"""The shipped sequence networks on simulated people of the test: covered, even ranks, unsure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emocare.domain.readings import Readings
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import BANDS, DIMENSIONS
from emocare.learning import manifest, sequence_card
from emocare.learning.affect_figures import RANKS, rank_histogram
from emocare.learning.export_sequence import CARD, rows_of
from emocare.learning.sequence_sets import standardised
from emocare.learning.train_affect import NORMAL_90
from emocare.simulation.effects import Cohort, Split, load_effects
from emocare.simulation.session import SimulatedSession, simulate
from emocare.temporal.loading import load_sequence_reader
from emocare.temporal.networks import SequenceNetworks

MODELS = Path(__file__).resolve().parents[2] / "models"
PEOPLE = 32
CARDS = {"severity": sequence_card.severity_card, "affect": sequence_card.affect_card}


@pytest.fixture(scope="module")
def networks() -> SequenceNetworks:
    return load_sequence_reader(MODELS)


@pytest.fixture(scope="module")
def people() -> list[SimulatedSession]:
    return [simulate(Cohort.REALISTIC, Split.TEST, k) for k in range(PEOPLE)]


@pytest.fixture(scope="module")
def readings(
    networks: SequenceNetworks, people: list[SimulatedSession]
) -> list[tuple[SimulatedSession, SequenceReading]]:
    found = [(made, networks.read(made.readings)) for made in people]
    assert all(reading is not None for _, reading in found)
    return [(made, reading) for made, reading in found if reading is not None]


Read = list[tuple[SimulatedSession, SequenceReading]]


def test_intervals_cover_and_ranks_are_even(readings: Read) -> None:
    """Nine of ten true values lie within, and the truth falls evenly into the tenths."""
    scale = load_effects(Cohort.REALISTIC).tables["scale"]
    errors = []
    for made, found in readings:
        lines = [found.trajectories[name] for name in DIMENSIONS]
        true = standardised(made.at(found.t_s - 0.5), scale)
        value, low, high = (
            standardised(np.column_stack([getattr(line, end) for line in lines]), scale)
            for end in ("value", "low", "high")
        )
        error = (true - value) / ((high - low) / (2 * NORMAL_90))
        errors.append(error[np.isfinite(error).all(axis=1)])
    error = np.concatenate(errors)
    inside = (np.abs(error) <= NORMAL_90).mean()
    assert inside == pytest.approx(0.90, abs=0.03)
    ranks = rank_histogram(error.ravel())
    assert len(ranks) == RANKS
    assert np.abs(ranks - 1 / RANKS).max() < 0.04


def test_the_network_is_unsure_of_realistic_people(readings: Read) -> None:
    severe_among_normal, sure = 0, []
    for made, found in readings:
        sure.append(found.severity.probability)
        normal = made.person.band is BANDS[0]
        severe_among_normal += normal and found.severity.probabilities[3] > 0.9
    assert severe_among_normal == 0
    assert np.mean(sure) < 0.6


def test_frame_rate_and_lost_frames_hardly_move_the_answer(
    networks: SequenceNetworks, readings: Read
) -> None:
    """The same session filmed at half the rate stays within its own interval."""
    inside = []
    for made, whole in readings[:8]:
        half = networks.read(thinned(made.readings))
        assert half is not None
        for name in DIMENSIONS:
            first, second = whole.session[name], half.session[name]
            assert first.low is not None
            assert first.high is not None
            inside.append(first.low <= second.value <= first.high)
    assert all(inside)


def thinned(readings: Readings) -> Readings:
    return readings.rows(np.arange(len(readings)) % 2 == 0)


@pytest.mark.parametrize("model_id", ["affect", "severity"])
def test_card_and_rows_repeat_the_evaluation(model_id: str) -> None:
    spec = manifest.read_model(MODELS, model_id)
    folder = MODELS / spec["folder"]
    figures = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert figures["graph_sha256"] == spec["files"]["graph"]["sha256"]
    assert (folder / CARD).read_text(encoding="utf-8") == CARDS[model_id](spec, figures)
    assert figures["rows"] == rows_of(model_id, figures)
    assert spec["recipe"]["effects_sha256"] == load_effects(Cohort.REALISTIC).sha256
    for name in ("weights", "graph"):
        entry = spec["files"][name]
        assert manifest.sha256(folder / entry["file"]) == entry["sha256"]
        assert (folder / entry["file"]).stat().st_size < 20e6


def test_what_was_measured_keeps_what_the_product_promises() -> None:
    def figures_of(model_id: str) -> dict:
        spec = manifest.read_model(MODELS, model_id)
        path = MODELS / spec["folder"] / "evaluation.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))

    severity, affect = figures_of("severity"), figures_of("affect")
    honest = severity["realistic"]["honesty"]
    assert honest["ece_15_bins"] <= 0.05
    assert honest["share_of_normal_people_called_severe_above_0.9"] <= 0.01
    assert severity["separable"]["deletion"]["ratio"]["low"] >= 2.0
    assert affect["separable"]["now"]["mean_r"]["value"] >= 0.8
    for cohort in ("realistic", "separable"):
        for part in ("now", "mean_of_session"):
            for name, covered in affect[cohort][part]["coverage_90"].items():
                assert 0.87 <= covered["value"] <= 0.93, (cohort, part, name)
