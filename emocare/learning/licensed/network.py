"""The severity network with a head on one scale: the shared body, then a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from emocare.learning.licensed.scales import Scale
from emocare.learning.severity_network import SeverityBody, SeverityShape
from emocare.temporal.tokens import MEASURED

MIN_SD, MAX_SD = 0.15, 3.0
"""Of the predicted distribution, in standard deviations of the training labels."""


class ScaleNetwork(nn.Module):
    """Seconds -> the distribution of the label: normal, or for yes and no its probability.

    Attributes:
        centre, spread: Mean and standard deviation of the training labels.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, shape: SeverityShape, scale: Scale) -> None:
        super().__init__()
        self.scale = scale
        self.body = SeverityBody(shape)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(self.body.width, 1 if scale.binary else 2)
        )
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("spread", torch.ones(()))

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Reads whole recordings.

        Args:
            values: (B, T, F) seconds, padded at the end with seconds in which nothing is measured.

        Returns:
            (B, 2) mean and standard deviation on the scale, or for a label of yes and no (B, 1)
            its log odds; and (B, T) the share of each second in it.
        """
        context, weight, _ = self.body(values, self.body.memory(values.shape[0]))
        raw = self.head(context[:, -1])
        share = weight / weight.sum(dim=1, keepdim=True).clamp_min(1e-6)
        if self.scale.binary:
            return raw, share
        mean = self.centre + self.spread * raw[:, :1]
        width = MIN_SD + (MAX_SD - MIN_SD) * torch.sigmoid(raw[:, 1:] - 1.0)
        return torch.cat([mean, self.spread * width], dim=1), share

    def loss(self, said: Tensor, labels: Tensor) -> Tensor:
        """Mean negative log likelihood of labels (B,), in units of the training labels' spread."""
        if self.scale.binary:
            return functional.binary_cross_entropy_with_logits(said[:, 0], labels)
        sd = said[:, 1] / self.spread
        z = (labels - said[:, 0]) / said[:, 1]
        return (0.5 * z.square() + torch.log(sd)).mean()

    def standardise(
        self, courses: Sequence[NDArray[np.float32]], labels: NDArray[np.float64]
    ) -> None:
        """Takes means and spreads of features and labels from the training people, no others.

        Args:
            courses: (T, F) each; only their measured seconds count.
            labels: (N,).
        """
        rows = np.concatenate([course[course[:, MEASURED] > 0] for course in courses])
        sd = rows.std(axis=0, dtype=np.float64)
        self.body.mean.copy_(torch.from_numpy(rows.mean(axis=0, dtype=np.float64)))
        self.body.sd.copy_(torch.from_numpy(np.where(sd > 1e-4, sd, 1.0)))
        if not self.scale.binary:
            self.centre.fill_(float(labels.mean()))
            self.spread.fill_(max(float(labels.std()), 0.5))
