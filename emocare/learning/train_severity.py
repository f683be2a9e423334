"""Training of the severity networks on simulated people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from emocare.learning.sequence_sets import Batch, SequenceSet, batches, load_set
from emocare.learning.sequence_training import Plan, Progress, fit, lose_seconds, standardise
from emocare.learning.severity_network import (
    Kind,
    SeverityNetwork,
    SeverityShape,
    band_probabilities,
    severity_loss,
)
from emocare.simulation.effects import Cohort, Split

Log = Callable[[str], None]
EARLIEST_S = 30
"""Severity is learned from the whole session and from moments after this many seconds."""
MOMENTS = 4
DIMENSIONS_WEIGHT = 0.5
"""Of the cost of the six dimensions' means so far, in training."""
PLAN = Plan(epochs=5)


@dataclass(frozen=True, slots=True)
class SeverityAnswers:
    """What a network says of every person of a set at the end of the session.

    Attributes:
        probabilities: (N, 4).
        severity: (N,) mean of the posterior, 0..4.
    """

    probabilities: NDArray[np.float64]
    severity: NDArray[np.float64]


def train_severity(
    kind: Kind, cohort: Cohort, seed: int, folder: Path, log: Log, plan: Plan = PLAN,
    people: int | None = None,
) -> tuple[SeverityNetwork, Progress]:  # fmt: skip
    """Trains one network, or loads it where it was trained before; calibrated on validation.

    Args:
        kind: Which of the five.
        cohort: On which simulated people.
        seed: Of the training.
        folder: Of sets and checkpoints.
        people: Of the training, for trials; None for all.
    """
    torch.manual_seed(seed)
    network = SeverityNetwork(SeverityShape.of(kind))
    train = load_set(cohort, Split.TRAIN, folder, log, people)
    validation = load_set(cohort, Split.VALIDATION, folder, log, people and max(8, people // 4))
    standardise(network.body, train)

    def loss(batch: Batch, rng: np.random.Generator | None) -> Tensor:
        return _loss(network, train if rng is not None else validation, batch, rng)

    progress = fit(
        network, loss, train, validation, replace(plan, seed=seed),
        folder / f"severity-{cohort.value}-{kind.value}-{seed}.pt",
        lambda line: log(f"{cohort.value} {kind.value} {seed}: {line}"),
    )  # fmt: skip
    calibrate(network, validation)
    return network, progress


def calibrate(network: SeverityNetwork, data: SequenceSet) -> None:
    """Scales the spread of the posterior to the least cost of the true bands of ``data``."""
    network.temperature.fill_(1.0)
    posterior = final_posterior(network, data)
    band = torch.from_numpy(data.band)
    costs = []
    scales = np.exp(np.linspace(np.log(0.6), np.log(2.5), 60))
    for scale in scales:
        wider = torch.stack([posterior[:, 0], posterior[:, 1] + float(np.log(scale))], dim=-1)
        chance = band_probabilities(wider).gather(-1, band[:, None])
        costs.append(float(-torch.log(chance.clamp_min(1e-6)).mean()))
    network.temperature.fill_(float(scales[int(np.argmin(costs))]))


def answers(network: SeverityNetwork, data: SequenceSet) -> SeverityAnswers:
    """The network's answers at the end of every session."""
    posterior = final_posterior(network, data)
    probabilities = band_probabilities(posterior).double().numpy()
    return SeverityAnswers(
        probabilities / probabilities.sum(axis=1, keepdims=True), posterior_mean(posterior)
    )


def posterior_mean(posterior: Tensor) -> NDArray[np.float64]:
    """(N,) mean of the cut normal (N, 2), on a grid."""
    grid = (torch.arange(200) + 0.5) * 0.02
    log = -0.5 * ((grid - posterior[:, :1]) / torch.exp(posterior[:, 1:])) ** 2
    weight = torch.softmax(log, dim=1)
    return np.asarray((weight * grid).sum(dim=1).double().numpy())


def final_posterior(network: SeverityNetwork, data: SequenceSet) -> Tensor:
    """(N, 2) posterior at the end of every session."""
    network.eval()
    found = torch.zeros(len(data), 2)
    with torch.no_grad():
        for batch in batches(data, 128, None):
            posterior, _, _ = network(
                torch.from_numpy(batch.values), network.body.memory(len(batch.values))
            )
            last = torch.from_numpy(batch.here.sum(axis=1) - 1)
            found[torch.from_numpy(batch.sessions)] = posterior[torch.arange(len(last)), last]
    return found


def _loss(
    network: SeverityNetwork, data: SequenceSet, batch: Batch, rng: np.random.Generator | None
) -> Tensor:
    """Cost at the end, and in training at a few earlier moments as well."""
    length = batch.here.sum(axis=1)
    values, at = batch.values, (length - 1)[:, None]
    if rng is not None:
        values = lose_seconds(values, rng)
        early = np.minimum(EARLIEST_S, length - 1)[:, None]
        moments = rng.integers(early, length[:, None], (len(length), MOMENTS))
        at = np.concatenate([np.repeat(at, MOMENTS, axis=1), moments], axis=1)
    context, _, _ = network.body(torch.from_numpy(values), network.body.memory(len(values)))
    place = torch.from_numpy(at)
    chosen = context.gather(1, place[..., None].expand(-1, -1, context.shape[-1]))
    shape = place.shape
    theta = torch.from_numpy(data.theta[batch.sessions]).float()[:, None].expand(shape)
    band = torch.from_numpy(data.band[batch.sessions])[:, None].expand(shape)
    cost = severity_loss(network.posterior(chosen), theta, band)
    if rng is None:
        return cost
    mean_z = torch.from_numpy(batch.mean_z)
    true = mean_z.gather(1, place[..., None].expand(-1, -1, mean_z.shape[-1]))
    return cost + DIMENSIONS_WEIGHT * functional.mse_loss(network.dimensions(chosen), true)
