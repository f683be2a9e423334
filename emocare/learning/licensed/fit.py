"""Fitting a head: short training on the training people, the epoch chosen on the dev people."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emocare.learning.licensed.network import ScaleNetwork
from emocare.learning.licensed.people import Course
from emocare.learning.licensed.scales import Scale
from emocare.learning.licensed.scores import Predictions, bernoulli, gaussian
from emocare.learning.severity_network import SeverityShape
from emocare.temporal.tokens import FEATURES, MEASURED

Log = Callable[[str], None]
Floats = NDArray[np.float64]
COVERED = 0.90
INPUTS = tuple(name for name in FEATURES if name not in ("rate", "so_far"))
"""Rate and length belong to the recording and not to the face, and may go with the label."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a head is fitted. Set before any of these data sets was seen, and not tuned on one.

    Attributes:
        width: Of the embedding and the LSTM: small, for the sets have about a hundred people.
        epochs: At most.
        patience: Epochs without a better dev loss after which it ends.
        batch: Recordings a step.
        crop_s: Seconds of each recording that a step sees, from a random start.
        rate: Of AdamW.
        decay: Weight decay of AdamW.
        seed: Of everything drawn.
    """

    width: int = 32
    epochs: int = 60
    patience: int = 12
    batch: int = 16
    crop_s: int = 300
    rate: float = 2e-3
    decay: float = 1e-2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted head.

    Attributes:
        network: With the weights of the best epoch.
        epoch: The best, from 1.
        interval_width: Half width of the 90 % interval in predicted standard deviations, by the
            dev people; NaN for a label of yes and no.
    """

    network: ScaleNetwork
    epoch: int
    interval_width: float


def fit(
    scale: Scale, train: Sequence[Course], dev: Sequence[Course], plan: Plan, log: Log
) -> Fitted:
    """Fits a head on the training people.

    Args:
        dev: Choose the epoch and widen the interval; nothing is learnt from them otherwise.
    """
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    shape = SeverityShape(width=plan.width, hidden=plan.width, inputs=INPUTS)
    network = ScaleNetwork(shape, scale)
    network.standardise([one.values for one in train], np.array([one.label for one in train]))
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=plan.decay)
    best, best_loss, best_epoch = copy.deepcopy(network.state_dict()), math.inf, 0
    for epoch in range(1, plan.epochs + 1):
        learnt = _epoch(network, optimiser, train, plan, rng)
        found = _loss_of(network, dev)
        if found < best_loss:
            best, best_loss, best_epoch = copy.deepcopy(network.state_dict()), found, epoch
        if epoch % 5 == 0 or epoch == 1:
            log(f"epoch {epoch}: loss {learnt:.3f}, dev {found:.3f} (best {best_loss:.3f})")
        if epoch - best_epoch >= plan.patience:
            break
    network.load_state_dict(best)
    network.eval()
    labels = np.array([one.label for one in dev])
    width = math.nan if scale.binary else conformal_width(labels, *_moments(network, dev))
    return Fitted(network, best_epoch, width)


def conformal_width(labels: Floats, mean: Floats, sd: Floats) -> float:
    """Half width in standard deviations that covers 90 % (split conformal, Lei et al. 2018).

    The ceil(0.9 (n + 1))-th smallest of |label - mean| / sd, the largest when there are too few.
    """
    ratios = np.sort(np.abs(labels - mean) / sd)
    place = min(math.ceil(COVERED * (len(ratios) + 1)), len(ratios))
    return float(ratios[place - 1])


def predictions(scale: Scale, said: Floats, interval_width: float) -> Predictions:
    """What the outputs of a network mean.

    Args:
        said: (N, 2) mean and standard deviation, or (N, 1) log odds.
    """
    if scale.binary:
        return bernoulli(1.0 / (1.0 + np.exp(-said[:, 0])))
    return gaussian(scale, said[:, 0], said[:, 1], interval_width)


def _epoch(
    network: ScaleNetwork, optimiser: torch.optim.Optimizer, train: Sequence[Course], plan: Plan,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    network.train()
    order = rng.permutation(len(train))
    losses = []
    for start in range(0, len(order), plan.batch):
        part = [train[k] for k in order[start : start + plan.batch]]
        said, _ = network(_padded([_crop(one.values, plan.crop_s, rng) for one in part]))
        loss = network.loss(said, torch.tensor([one.label for one in part], dtype=torch.float32))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return float(np.mean(losses))


def _crop(
    values: NDArray[np.float32], length: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A stretch of a recording with measured seconds in it; the whole when it is short."""
    spare = len(values) - length
    if spare <= 0:
        return values
    start = int(rng.integers(0, spare + 1))
    part = values[start : start + length]
    return part if (part[:, MEASURED] > 0).any() else values


def _padded(courses: Sequence[NDArray[np.float32]]) -> Tensor:
    """(B, T, F), zeros behind the end: seconds in which nothing is measured."""
    longest = max(len(one) for one in courses)
    found = np.zeros((len(courses), longest, len(FEATURES)), np.float32)
    for k, one in enumerate(courses):
        found[k, : len(one)] = one
    return torch.from_numpy(found)


@torch.no_grad()
def _said(network: ScaleNetwork, people: Sequence[Course]) -> Tensor:
    """What the network says of whole recordings, one after the other."""
    network.eval()
    return torch.cat([network(_padded([one.values]))[0] for one in people])


def _loss_of(network: ScaleNetwork, people: Sequence[Course]) -> float:
    labels = torch.tensor([one.label for one in people], dtype=torch.float32)
    return float(network.loss(_said(network, people), labels))


def _moments(network: ScaleNetwork, people: Sequence[Course]) -> tuple[Floats, Floats]:
    said = _said(network, people).numpy().astype(np.float64)
    return said[:, 0], said[:, 1]
