"""The schedule, the checkpoint and real, very short trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import (
    batches,
    calibrate,
    environment,
    export_face,
    train_face,
    train_fine,
)
from emocare.learning import manifest as manifests
from emocare.learning.augment import TARGET_WIDTH
from emocare.learning.face_trunk import FaceTrunk
from emocare.learning.fine_trunk import FineTrunk, gaze_loss
from emocare.learning.recipe import SIZE
from emocare.learning.training import AVERAGE, PEAK_RATE, Plan, Trainer


def test_the_rate_rises_then_falls_to_almost_nothing() -> None:
    plan = Plan(epochs=10, minutes=None)
    rates = [plan.rate_at(p) for p in np.linspace(0, 1, 101)]
    peak = int(np.argmax(rates))
    assert 2 <= peak <= 6
    assert rates[peak] == pytest.approx(PEAK_RATE, rel=0.01)
    assert all(a >= b for a, b in zip(rates[peak:], rates[peak + 1 :], strict=False))
    assert rates[-1] < 0.02 * PEAK_RATE


def test_minutes_go_before_epochs() -> None:
    plan = Plan(epochs=100, minutes=10.0)
    assert plan.progress(1, 300.0) == pytest.approx(0.5)
    assert Plan(epochs=4, minutes=None).progress(1, 1e9) == pytest.approx(0.25)


def test_a_checkpoint_goes_on_where_it_stopped(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (4, 1, SIZE, SIZE)).astype(np.uint8)
    batch = batches.Batch(pictures, rng.random((4, TARGET_WIDTH)).astype(np.float32))
    plan = Plan(epochs=2, minutes=None)
    first = Trainer(FaceTrunk, plan, 10)
    first.step(lambda network: train_face.loss(network, batch), 0.5)
    first.epoch, first.seconds = 1, 12.5
    first.save(tmp_path / "face.pt")
    second = Trainer(FaceTrunk, plan, 10)
    second.load(tmp_path / "face.pt")
    assert (second.epoch, second.step_count, second.seconds) == (1, 1, 12.5)
    for name in ("network", "average"):
        theirs = getattr(first, name).state_dict()
        for key, value in getattr(second, name).state_dict().items():
            assert torch.equal(value, theirs[key]), f"{name}.{key}"
    moments = second.optimiser.state_dict()["state"]
    assert len(moments) == len(first.optimiser.state_dict()["state"]) > 0


def test_the_average_follows_the_network() -> None:
    trainer = Trainer(FaceTrunk, Plan(epochs=1, minutes=None), 10)
    with torch.no_grad():
        trainer.network.presence.bias.fill_(1.0)
        before = trainer.average.presence.bias.item()
        trainer.step_count = 10_000
        trainer.follow()
    moved = trainer.average.presence.bias.item() - before
    assert moved == pytest.approx((1.0 - before) * (1 - AVERAGE), rel=1e-3)


def test_the_training_process_gets_the_allocator_settings() -> None:
    settings = environment.child_environment()
    assert settings.items() >= environment.MALLOC.items()


def test_an_epoch_draws_every_row_once_and_fills_the_last_batch(data: Path) -> None:
    draws = batches.load_draws(data, 40)
    plan = batches.epoch_plan(draws, np.random.default_rng(0))
    rows = sum(len(draw.rows) for draw in draws)
    assert len(plan) % batches.BATCH == 0
    assert rows <= len(plan) < rows + batches.BATCH
    assert len(np.unique(plan[:rows], axis=0)) >= rows - batches.BATCH
    batch = next(batches.make_batches(draws, seed=1))
    assert batch.pictures.shape == (batches.BATCH, 1, SIZE, SIZE)
    assert batch.targets.shape == (batches.BATCH, TARGET_WIDTH)
    assert set(np.unique(batch.targets[:, 0][np.isfinite(batch.targets[:, 0])])) == {0.0, 1.0}


def test_a_fine_epoch_draws_all_of_one_set_and_half_of_the_other(data: Path) -> None:
    made = list(train_fine.prepare(data, 300)(5))
    assert 1 <= len(made) <= (300 + 150) // batches.BATCH
    for batch in made:
        assert batch.pictures.shape == (batches.BATCH, 1, SIZE, SIZE)
        assert batch.targets.shape == (batches.BATCH, train_fine.TARGET_WIDTH)
        assert batch.targets[:, :8].sum(axis=1) == pytest.approx(1.0, abs=2e-3)
        assert set(np.unique(batch.targets[:, -1])) == {np.float32(0.5), np.float32(1.0)}
    again = next(train_fine.prepare(data, 300)(5))
    assert np.array_equal(again.pictures, made[0].pictures)


@pytest.mark.timeout(240)
def test_very_short_trainings_are_put_together_and_shipped(data: Path, tmp_path: Path) -> None:
    """From nothing to files that load: both trunks and the fits on top of them."""
    lines: list[str] = []
    checkpoints = [
        module.COURSE.train(
            data, tmp_path, resume=False, epochs=1, minutes=None, limit=limit, log=lines.append
        )
        for module, limit in ((train_face, 20), (train_fine, 140))
    ]
    assert sum(line.startswith("epoch 1 ") for line in lines) == 2
    network, commits = export_face.assembled(*checkpoints, data, 20)
    assert commits
    assert "share of the fine trunk" in calibrate.fit_expressions(network, data, 20)
    export_face.finish_face.fit_landmark_error(network, data, 20)
    export_face.write_files(network, tmp_path)
    again = export_face.load_weights(tmp_path / export_face.WEIGHTS)
    assert again.fine_share == network.fine_share
    entry = export_face.entry_for(network, tmp_path, commits)
    assert entry["files"]["graph"]["sha256"] == manifests.sha256(tmp_path / "graph.onnx")


def test_the_fine_trunk_gives_logits_and_gaze_of_each_crop_alone() -> None:
    logits, gaze = FineTrunk().eval()(torch.zeros(2, 1, SIZE, SIZE))
    assert logits.shape == (2, 8)
    assert gaze.shape == (2, 2)
    assert torch.equal(logits[0], logits[1])


def test_an_unknown_gaze_pulls_nowhere() -> None:
    gaze = torch.tensor([[0.5, 0.5], [9.0, 9.0]])
    target = torch.tensor([[0.3, 0.5], [float("nan"), float("nan")]])
    assert gaze_loss(gaze, target, torch.ones(2)) == pytest.approx(0.5)
