"""The schedule, the checkpoint and one real, very short training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import batches, environment, train_face
from emocare.learning.augment import TARGET_WIDTH
from emocare.learning.recipe import SIZE


def test_the_rate_rises_then_falls_to_almost_nothing() -> None:
    plan = train_face.Plan(epochs=10, minutes=None)
    rates = [plan.rate_at(p) for p in np.linspace(0, 1, 101)]
    peak = int(np.argmax(rates))
    assert 2 <= peak <= 6
    assert rates[peak] == pytest.approx(train_face.PEAK_RATE, rel=0.01)
    assert all(a >= b for a, b in zip(rates[peak:], rates[peak + 1 :], strict=False))
    assert rates[-1] < 0.02 * train_face.PEAK_RATE


def test_minutes_go_before_epochs() -> None:
    plan = train_face.Plan(epochs=100, minutes=10.0)
    assert plan.progress(1, 300.0) == pytest.approx(0.5)
    assert train_face.Plan(epochs=4, minutes=None).progress(1, 1e9) == pytest.approx(0.25)


def test_a_checkpoint_goes_on_where_it_stopped(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (4, 1, SIZE, SIZE)).astype(np.uint8)
    batch = batches.Batch(pictures, rng.random((4, TARGET_WIDTH)).astype(np.float32))
    plan = train_face.Plan(epochs=2, minutes=None)
    first = train_face.Trainer(plan)
    first.step(batch, 0.5)
    first.epoch, first.seconds = 1, 12.5
    first.save(tmp_path / "face.pt")
    second = train_face.Trainer(plan)
    second.load(tmp_path / "face.pt")
    assert (second.epoch, second.step_count, second.seconds) == (1, 1, 12.5)
    for name in ("network", "average"):
        theirs = getattr(first, name).state_dict()
        for key, value in getattr(second, name).state_dict().items():
            assert torch.equal(value, theirs[key]), f"{name}.{key}"
    moments = second.optimiser.state_dict()["state"]
    assert len(moments) == len(first.optimiser.state_dict()["state"]) > 0


def test_the_average_follows_the_network() -> None:
    trainer = train_face.Trainer(train_face.Plan(epochs=1, minutes=None))
    with torch.no_grad():
        trainer.network.presence.bias.fill_(1.0)
        before = trainer.average.presence.bias.item()
        trainer.step_count = 10_000
        trainer.follow()
    moved = trainer.average.presence.bias.item() - before
    assert moved == pytest.approx((1.0 - before) * (1 - train_face.AVERAGE), rel=1e-3)


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


@pytest.mark.timeout(120)
def test_a_very_short_training_leaves_a_checkpoint(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    checkpoint = train_face.train(
        data, tmp_path, resume=False, epochs=1, minutes=None, limit=20, log=lines.append
    )
    assert checkpoint.exists()
    assert any(line.startswith("epoch 1 ") for line in lines)
