"""How the two trunks' expressions are put together, fitted on validation pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from emocare.learning import face_sets
from emocare.learning.crop_training import labelled_crops
from emocare.learning.face_network import FaceNetwork
from emocare.learning.recipe import EXPRESSIONS
from emocare.learning.training import normalise

RIDGE = 1e-3
"""Pull of the offsets towards zero, times their squares: the rarest class has a few faces."""


@dataclass(frozen=True, slots=True)
class Blend:
    """Calibrated logits are ``((1 - share) first + share fine) / temperature + offsets``.

    Attributes:
        share: Of the fine trunk.
        temperature: Above 0.
        offsets: (8,) one for each expression. The soft labels spread what the crowd's majority
            calls disgust or contempt over other classes; the offsets give it back.
    """

    share: float
    temperature: float
    offsets: NDArray[np.float64]


def fit_expressions(network: FaceNetwork, data: Path, limit: int | None = None) -> str:
    """Fit the blend on the FER+ validation pictures and put it into the network.

    Returns:
        A sentence on what was found.
    """
    faces = face_sets.load_ferplus(data, face_sets.VALIDATION, limit)
    crops, labels = labelled_crops(faces)
    blend = fit_blend(*expression_logits(network, crops), labels)
    apply(network, blend)
    return f"share of the fine trunk {blend.share:.2f}, temperature {blend.temperature:.3f}"


def expression_logits(network: FaceNetwork, crops: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """Expression logits (N, 8) of either trunk for grey crops (N, 1, S, S)."""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(crops), 256):
            parts.append(network.logits(normalise(crops[start : start + 256])))
    first, fine = (torch.cat(column).double() for column in zip(*parts, strict=True))
    return first.clone(), fine.clone()


def fit_blend(first: Tensor, fine: Tensor, labels: NDArray[np.intp]) -> Blend:
    """The blend of least cross entropy (vector scaling, Guo et al. 2017).

    Args:
        first: (N, 8) logits of the first trunk.
        fine: (N, 8) logits of the fine trunk.
        labels: (N,) numbers of the expressions.
    """
    target = torch.from_numpy(labels.astype(np.int64))
    share = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    log_scale = torch.zeros((), dtype=torch.float64, requires_grad=True)
    offsets = torch.zeros(len(EXPRESSIONS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([share, log_scale, offsets], max_iter=200)

    def cost() -> Tensor:
        optimiser.zero_grad()
        kept = share.clamp(0.05, 1.0)
        logits = ((1 - kept) * first + kept * fine) * log_scale.exp() + offsets
        value = functional.cross_entropy(logits, target) + RIDGE * offsets.square().sum()
        value.backward()
        return value

    optimiser.step(cost)
    return Blend(
        float(share.detach().clamp(0.05, 1.0)), float((-log_scale.detach()).exp()),
        offsets.detach().numpy(),
    )  # fmt: skip


@torch.no_grad()
def apply(network: FaceNetwork, blend: Blend) -> None:
    """Puts a blend into the network; the offsets go into the bias of the fine trunk."""
    network.fine_share.fill_(blend.share)
    network.log_temperature.fill_(float(np.log(blend.temperature)))
    shift = torch.from_numpy(blend.offsets) * blend.temperature / blend.share
    network.fine.expressions.bias += shift.to(network.fine.expressions.bias.dtype)
