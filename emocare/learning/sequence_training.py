"""The training loop of the sequence networks: resumable, the best epoch by validation is kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from emocare.learning.sequence_sets import Batch, SequenceSet, batches
from emocare.temporal.tokens import MEASURED

Log = Callable[[str], None]
Loss = Callable[[Batch, np.random.Generator | None], Tensor]
LOST_SECONDS = 0.05
"""Share of seconds that are taken away in training, as a lost face takes them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast.

    Attributes:
        epochs: Passes over the training people.
        batch: Sessions.
        rate: Highest learning rate; it rises over the first tenth and falls to zero as a cosine.
        decay: Of the weights.
        seed: Of order, loss of seconds and initial weights.
    """

    epochs: int = 14
    batch: int = 64
    rate: float = 2e-3
    decay: float = 1e-2
    seed: int = 0


@dataclass(slots=True)
class Progress:
    """Where a training stands; what a checkpoint holds besides the weights."""

    epoch: int = 0
    best: float = math.inf
    seconds: float = 0.0


def standardise(network: Any, data: SequenceSet) -> None:
    """Puts mean and standard deviation of the measured training seconds into ``network``."""
    rows = data.values[data.values[:, MEASURED] > 0].astype(np.float64)
    network.mean.copy_(torch.from_numpy(rows.mean(axis=0)).float())
    network.sd.copy_(torch.from_numpy(np.maximum(rows.std(axis=0), 1e-3)).float())


def lose_seconds(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(B, T, F) with some seconds emptied."""
    lost = rng.random(values.shape[:2]) < LOST_SECONDS
    return np.where(lost[..., None], np.float32(0.0), values)


def fit(
    network: nn.Module, loss: Loss, train: SequenceSet, validation: SequenceSet, plan: Plan,
    checkpoint: Path, log: Log,
) -> Progress:  # fmt: skip
    """Trains until the plan is done and leaves the weights of the best epoch in ``network``.

    Args:
        network: With its standardisation in place.
        loss: Mean cost of a batch; random with a generator, fixed without one.
        checkpoint: Written after every epoch; a training that broke off goes on from it.
    """
    optimiser = torch.optim.AdamW(network.parameters(), plan.rate, weight_decay=plan.decay)
    steps = math.ceil(len(train) / plan.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _pace(step / (steps * plan.epochs))
    )
    progress, best = Progress(), _weights(network)
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        progress, best = Progress(**state["progress"]), state["best"]
    while progress.epoch < plan.epochs:
        began = time.monotonic()
        rng = np.random.default_rng([plan.seed, progress.epoch])
        torch.manual_seed(1000 * plan.seed + progress.epoch)
        network.train()
        for batch in batches(train, plan.batch, rng):
            cost = loss(batch, rng)
            optimiser.zero_grad()
            cost.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        held_out = validate(network, loss, validation)
        if held_out < progress.best:
            progress.best, best = held_out, _weights(network)
        progress.epoch += 1
        progress.seconds += time.monotonic() - began
        log(f"epoch {progress.epoch} of {plan.epochs}: validation {held_out:.4f}")
        _save(checkpoint, network, optimiser, schedule, progress, best)
    network.load_state_dict(best)
    network.eval()
    return progress


def validate(network: nn.Module, loss: Loss, data: SequenceSet) -> float:
    """Mean cost over the sessions of a set."""
    network.eval()
    total = 0.0
    with torch.no_grad():
        for batch in batches(data, 128, None):
            total += float(loss(batch, None)) * len(batch.sessions)
    return total / len(data)


def _pace(done: float) -> float:
    return done / 0.1 if done < 0.1 else 0.5 + 0.5 * math.cos(math.pi * (done - 0.1) / 0.9)


def _weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _save(
    path: Path, network: nn.Module, optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler, progress: Progress, best: dict[str, Tensor],
) -> None:  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".part")
    torch.save(
        {
            "network": network.state_dict(), "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(), "best": best,
            "progress": {
                "epoch": progress.epoch, "best": progress.best, "seconds": progress.seconds,
            },
        },
        waiting,
    )  # fmt: skip
    waiting.rename(path)
