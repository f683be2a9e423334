"""Training of the affect transformer on simulated people, and the calibration of its intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emocare.learning.affect_network import AffectNetwork, AffectShape, affect_loss
from emocare.learning.sequence_sets import Batch, SequenceSet, batches, load_set
from emocare.learning.sequence_training import Plan, Progress, fit, lose_seconds, standardise
from emocare.simulation.effects import Cohort, Split
from emocare.temporal.tokens import MEASURED

Log = Callable[[str], None]
PLAN = Plan(epochs=4, batch=32, rate=1.5e-3)
EARLIEST_S = 30
"""Means so far are judged from this many seconds on, when they are first shown."""
NORMAL_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class AffectAnswers:
    """What the transformer says of some sessions, row for row of their set.

    Attributes:
        now, so_far: (R, 2, 6) mean and log standard deviation in standard deviations.
        measured: (R,) True where the second was measured.
        at: (R,) second of its session, from 0.
        session: (R,) number of the session.
    """

    now: NDArray[np.float64]
    so_far: NDArray[np.float64]
    measured: NDArray[np.bool_]
    at: NDArray[np.int64]
    session: NDArray[np.int64]


def train_affect(
    cohort: Cohort, seed: int, folder: Path, log: Log, plan: Plan = PLAN,
    people: int | None = None,
) -> tuple[AffectNetwork, Progress]:  # fmt: skip
    """Trains the transformer, or loads it where it was trained before; calibrated on validation.

    Arguments as ``train_severity``.
    """
    torch.manual_seed(seed)
    network = AffectNetwork(AffectShape())
    train = load_set(cohort, Split.TRAIN, folder, log, people)
    validation = load_set(cohort, Split.VALIDATION, folder, log, people and max(8, people // 4))
    standardise(network, train)

    def loss(batch: Batch, rng: np.random.Generator | None) -> Tensor:
        values = batch.values if rng is None else lose_seconds(batch.values, rng)
        now, so_far = network.whole(torch.from_numpy(values))
        here = torch.from_numpy(batch.here & (batch.values[..., MEASURED] > 0)).float()
        late = here.clone()
        late[:, :EARLIEST_S] = 0.0
        first = affect_loss(now, torch.from_numpy(batch.z), here)
        return first + affect_loss(so_far, torch.from_numpy(batch.mean_z), late)

    progress = fit(
        network, loss, train, validation, replace(plan, seed=seed),
        folder / f"affect-{cohort.value}-{seed}.pt",
        lambda line: log(f"{cohort.value} affect {seed}: {line}"),
    )  # fmt: skip
    calibrate(network, validation)
    return network, progress


def calibrate(network: AffectNetwork, data: SequenceSet) -> None:
    """Scales the standard deviations so that 90 % of the truth of ``data`` lies within."""
    network.now_scale.fill_(1.0)
    network.so_far_scale.fill_(1.0)
    found = answers(network, data)
    late = found.measured & (found.at >= EARLIEST_S)
    now = _scale(found.now[found.measured], data.z[found.measured])
    so_far = _scale(found.so_far[late], data.mean_z[late])
    network.now_scale.copy_(torch.from_numpy(now).float())
    network.so_far_scale.copy_(torch.from_numpy(so_far).float())


def _scale(found: NDArray[np.float64], true: NDArray[np.floating]) -> NDArray[np.float64]:
    """(6,) by which standard deviations must grow for 90 % to lie within the interval."""
    error = np.abs(true - found[:, 0]) / np.exp(found[:, 1])
    return np.asarray(np.quantile(error, 0.9, axis=0) / NORMAL_90)


def answers(network: AffectNetwork, data: SequenceSet) -> AffectAnswers:
    """The transformer's answers for every second of every session."""
    rows = len(data.values)
    now, so_far = np.zeros((2, rows, 2, 6))
    for batch, first, second in _read(network, data):
        for k, session in enumerate(batch.sessions):
            place = data.rows(int(session))
            length = place.stop - place.start
            now[place], so_far[place] = first[k, :length], second[k, :length]
    length = np.diff(data.offset)
    return AffectAnswers(
        now, so_far, data.values[:, MEASURED] > 0,
        np.concatenate([np.arange(n) for n in length]),
        np.repeat(np.arange(len(data)), length),
    )  # fmt: skip


def _read(
    network: AffectNetwork, data: SequenceSet
) -> Iterator[tuple[Batch, NDArray[np.float32], NDArray[np.float32]]]:
    network.eval()
    with torch.no_grad():
        for batch in batches(data, 64, None):
            now, so_far = network.whole(torch.from_numpy(batch.values))
            yield batch, now.numpy(), so_far.numpy()
