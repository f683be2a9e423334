"""Training on a few simulated people: it learns, goes on where it broke off, and measures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import sequence_training
from emocare.learning.ablation import ablate
from emocare.learning.affect_figures import RANKS, affect_figures, rank_histogram
from emocare.learning.sequence_card import ablation_part
from emocare.learning.sequence_sets import batches, load_set, standardised
from emocare.learning.sequence_training import Plan
from emocare.learning.severity_figures import (
    auc,
    deletion_check,
    paired_difference,
    share_of_gain,
)
from emocare.learning.severity_network import Kind
from emocare.learning.train_affect import answers as affect_answers
from emocare.learning.train_affect import train_affect
from emocare.learning.train_severity import answers, final_posterior, train_severity
from emocare.simulation.effects import Cohort, Split, load_effects
from emocare.simulation.latent import own_unit

PEOPLE = 64
SHORT = Plan(epochs=3, batch=16, rate=4e-3)


def quiet(line: str) -> None:
    """Nobody reads it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sequence")
    load_set(Cohort.SEPARABLE, Split.TRAIN, found, quiet, PEOPLE, workers=1)
    return found


def test_a_set_is_simulated_once_and_holds_truth_beside_every_second(folder: Path) -> None:
    train = load_set(Cohort.SEPARABLE, Split.TRAIN, folder, quiet, PEOPLE)
    assert len(train) == PEOPLE
    assert train.offset[-1] == len(train.values) == len(train.z) == len(train.mean_z)
    np.testing.assert_array_equal(train.band, np.minimum(train.theta.astype(int), 3))
    scale = load_effects(Cohort.SEPARABLE).tables["scale"]
    rows = train.rows(5)
    mean = own_unit(train.z[rows].astype(float), scale).mean(axis=0)
    last = own_unit(train.mean_z[rows][-1:].astype(float), scale)[0]
    np.testing.assert_allclose(last, mean, rtol=0.01, atol=0.01)
    np.testing.assert_allclose(
        standardised(own_unit(train.z[rows].astype(float), scale), scale), train.z[rows],
        atol=1e-3,
    )  # fmt: skip
    seen = np.concatenate([b.sessions for b in batches(train, 10, np.random.default_rng(0))])
    assert sorted(seen.tolist()) == list(range(PEOPLE))


def test_a_training_that_broke_off_ends_like_one_that_did_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(where: Path, plan: Plan) -> torch.Tensor:
        for path in folder.glob("*.npz"):
            (where / path.name).symlink_to(path)
        network, _ = train_severity(
            Kind.CNN_LSTM, Cohort.SEPARABLE, 1, where, quiet, plan, people=PEOPLE
        )
        test = load_set(Cohort.SEPARABLE, Split.VALIDATION, where, quiet, PEOPLE // 4)
        return final_posterior(network, test)

    at_once, broken = tmp_path / "a", tmp_path / "b"
    at_once.mkdir()
    broken.mkdir()
    whole = train(at_once, SHORT)
    kept = sequence_training._save

    def killed(*given: object) -> None:
        kept(*given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(sequence_training, "_save", killed)
        with pytest.raises(KeyboardInterrupt):
            train(broken, SHORT)
    for path in broken.glob("*.npz"):
        path.unlink()
    torch.testing.assert_close(train(broken, SHORT), whole)


def test_the_severity_network_learns_and_attention_points_at_what_counts(folder: Path) -> None:
    plan = replace(SHORT, epochs=5)
    network, progress = train_severity(
        Kind.CNN_LSTM_ATTENTION, Cohort.SEPARABLE, 0, folder, quiet, plan, people=PEOPLE
    )
    test = load_set(Cohort.SEPARABLE, Split.VALIDATION, folder, quiet, PEOPLE // 4)
    found = answers(network, test)
    assert progress.epoch == 5
    assert np.corrcoef(found.severity, test.theta)[0, 1] > 0.5
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1.0)
    check = deletion_check(network, test)
    assert check["mean_change_attended"] > 0
    assert check["ratio"]["low"] <= check["ratio"]["value"] <= check["ratio"]["high"]


def test_the_affect_transformer_is_calibrated_on_validation(folder: Path) -> None:
    network, _ = train_affect(Cohort.SEPARABLE, 0, folder, quiet, SHORT, people=PEOPLE)
    test = load_set(Cohort.SEPARABLE, Split.VALIDATION, folder, quiet, PEOPLE // 4)
    found = affect_figures(affect_answers(network, test), test)
    assert found["now"]["mean_coverage_90"]["value"] == pytest.approx(0.9, abs=0.01)
    assert found["now"]["mean_r"]["value"] > 0.2
    assert all(sum(bins) == pytest.approx(1.0, abs=0.01)
               for bins in found["now"]["rank_histogram"].values())  # fmt: skip


def test_the_ablation_is_one_table(folder: Path) -> None:
    found = ablate("separable", folder, quiet, seeds=1, plan=replace(SHORT, epochs=1),
                   people=PEOPLE)  # fmt: skip
    assert list(found["networks"]) == [kind.value for kind in Kind]
    for row in found["networks"].values():
        assert row["accuracy"]["low"] <= row["accuracy"]["value"] <= row["accuracy"]["high"]
        assert row["parameters"] <= 500_000
        assert row["ms_per_minute"] > 0
    table = ablation_part(found)
    assert "oracle" in table
    assert "96.8, 96.2, 95.8, 95.9, 98.2" in table


def test_area_under_the_curve_by_hand() -> None:
    score = np.array([0.1, 0.4, 0.35, 0.8])
    assert auc(score, np.array([False, False, True, True])) == 0.75
    assert auc(np.zeros(4), np.array([False, True, False, True])) == 0.5


def test_shares_and_differences_by_hand() -> None:
    assert share_of_gain(0.7, 0.75) == pytest.approx(0.9)
    band = np.array([0, 1, 2, 3])
    right = np.eye(4)
    wrong = np.roll(right, 1, axis=1)
    assert paired_difference([right, wrong], [wrong, wrong], band)["value"] == 0.5


def test_ranks_are_even_for_a_true_distribution_and_not_for_a_wrong_one() -> None:
    error = np.random.default_rng(0).standard_normal(20000)
    assert np.abs(rank_histogram(error) - 1 / RANKS).max() < 0.01
    assert rank_histogram(2 * error)[0] > 1.5 / RANKS
    assert rank_histogram(error + 1)[-1] > 2 / RANKS
