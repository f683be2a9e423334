"""Severity over time: seconds -> LSTM -> attention pooling -> a posterior over four bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn

from emocare.domain.summary import DIMENSIONS
from emocare.learning.affect_network import CausalLayer, window_bias
from emocare.temporal.tokens import APPEARANCE, CONTEXT, FEATURES, GEOMETRY, MEASURED

RANGE = 4.0
"""Severity runs from 0 to 4, one unit a band."""
SCORE_LIMIT = 5.0
"""Attention weights lie within exp(-5) and exp(5), so that their sums can be kept while recording
without ever being scaled anew."""


class Kind(StrEnum):
    """The five networks of the ablation."""

    CNN = "cnn"
    LSTM = "lstm"
    CNN_LSTM = "cnn_lstm"
    CNN_LSTM_ATTENTION = "cnn_lstm_attention"
    TRANSFORMER = "transformer"


INPUTS: dict[Kind, tuple[str, ...]] = {
    Kind.CNN: (*APPEARANCE, *CONTEXT),
    Kind.LSTM: (*GEOMETRY, *CONTEXT),
    Kind.CNN_LSTM: FEATURES,
    Kind.CNN_LSTM_ATTENTION: FEATURES,
    Kind.TRANSFORMER: FEATURES,
}
"""What each is given: the face CNN's readings pooled, geometry without them, or both."""
ATTENTIVE = (Kind.CNN_LSTM_ATTENTION, Kind.TRANSFORMER)


@dataclass(frozen=True, slots=True)
class SeverityShape:
    """Sizes of a severity network.

    Attributes:
        kind: Which of the five.
        width: Of the embedding of a second.
        hidden: Of the LSTM, or of the transformer's layers.
        layers: Of the transformer.
        inputs: Features that it is given.
    """

    kind: Kind = Kind.CNN_LSTM_ATTENTION
    width: int = 64
    hidden: int = 64
    layers: int = 2
    inputs: tuple[str, ...] = field(default=FEATURES)

    @classmethod
    def of(cls, kind: Kind) -> SeverityShape:
        """The shape of one of the five."""
        return cls(kind=kind, inputs=INPUTS[kind])

    def to_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {**asdict(self), "kind": self.kind.value, "inputs": list(self.inputs)}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the network keeps between seconds; all zeros before the first.

    Attributes:
        h, c: (1, B, H) of the LSTM.
        sum: (B, H) attention-weighted sum so far.
        weight: (B, 1) sum of the attention weights so far.
    """

    h: Tensor
    c: Tensor
    sum: Tensor
    weight: Tensor


class SeverityBody(nn.Module):
    """Seconds (B, T, F) -> what is known of the person after each of them (B, T, H)."""

    mean: Tensor
    sd: Tensor
    chosen: Tensor

    def __init__(self, shape: SeverityShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(len(FEATURES)))
        self.register_buffer("sd", torch.ones(len(FEATURES)))
        places = [FEATURES.index(name) for name in shape.inputs]
        self.register_buffer("chosen", torch.tensor(places), persistent=False)
        self.embed = nn.Sequential(
            nn.Linear(len(places), shape.width), nn.GELU(), nn.Dropout(0.1)
        )
        self.lstm: nn.LSTM | None = None
        self.layers = nn.ModuleList()
        self.width = shape.width
        if shape.kind is Kind.TRANSFORMER:
            self.layers.extend(CausalLayer(shape.width, 4) for _ in range(shape.layers))
        elif shape.kind is not Kind.CNN:
            self.lstm = nn.LSTM(shape.width, shape.hidden, batch_first=True)
            self.width = shape.hidden
        self.score = (
            nn.Sequential(nn.Linear(self.width, 32), nn.Tanh(), nn.Linear(32, 1))
            if shape.kind in ATTENTIVE else None
        )  # fmt: skip

    def memory(self, batch: int = 1) -> Memory:
        """Nothing yet."""
        state = torch.zeros(1, batch, self.width)
        return Memory(state, state, torch.zeros(batch, self.width), torch.zeros(batch, 1))

    def forward(self, values: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Memory]:
        """Reads further seconds.

        Args:
            values: (B, T, F) in the order of ``FEATURES``, not standardised.
            memory: After the seconds before.

        Returns:
            (B, T, H) pooled context after each second, (B, T) attention weight of each second
            (0 where nothing was measured), and the memory after the last.
        """
        measured = (values[..., MEASURED] > 0).to(values.dtype)
        standard = ((values - self.mean) / self.sd).clamp(-6.0, 6.0) * measured[..., None]
        found = self.embed(standard.index_select(-1, self.chosen))
        h, c = memory.h, memory.c
        if self.lstm is not None:
            found, (h, c) = self.lstm(found, (h, c))
        if len(self.layers):
            bias = window_bias(values.shape[1], values.shape[1], self.layers[0].heads)
            for layer in self.layers:
                found = layer(found, found, bias)
        if self.score is None:
            weight = measured
        else:
            weight = torch.exp(SCORE_LIMIT * torch.tanh(self.score(found)[..., 0])) * measured
        total = memory.sum[:, None] + torch.cumsum(weight[..., None] * found, dim=1)
        mass = memory.weight + torch.cumsum(weight, dim=1)
        context = total / mass[..., None].clamp_min(1e-6)
        after = Memory(h, c, total[:, -1], mass[:, -1:])
        return context, weight, after


class SeverityNetwork(nn.Module):
    """The body with the head over four bands.

    ``dimensions`` is used in training alone: that the context must tell the six dimensions as
    well teaches the body what to look for from fewer people.
    """

    temperature: Tensor

    def __init__(self, shape: SeverityShape) -> None:
        super().__init__()
        self.body = SeverityBody(shape)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(self.body.width, 32), nn.GELU(), nn.Linear(32, 2)
        )
        self.dimensions = nn.Linear(self.body.width, len(DIMENSIONS))
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, values: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Memory]:
        """(B, T, 2) location and log spread of theta, (B, T) attention weights, memory."""
        context, weight, after = self.body(values, memory)
        return self.posterior(context), weight, after

    def posterior(self, context: Tensor) -> Tensor:
        """(..., 2) location and log spread of a normal that is cut to 0..RANGE."""
        raw = self.head(context)
        location = RANGE / 2 + 2.2 * torch.tanh(raw[..., 0] / 2.2)
        log_spread = -0.5 + 1.4 * torch.tanh(raw[..., 1] / 1.4)
        return torch.stack([location, log_spread + torch.log(self.temperature)], dim=-1)


def normal_cdf(x: Tensor) -> Tensor:
    """Standard normal distribution function."""
    return 0.5 * (1.0 + torch.erf(x * 0.7071067811865476))


def band_probabilities(posterior: Tensor) -> Tensor:
    """(..., 4) probabilities of the bands from (..., 2) location and log spread."""
    edges = torch.arange(5, dtype=posterior.dtype)
    scaled = (edges - posterior[..., :1]) / torch.exp(posterior[..., 1:])
    below = normal_cdf(scaled)
    whole = (below[..., 4:] - below[..., :1]).clamp_min(1e-6)
    return (below[..., 1:] - below[..., :-1]) / whole


def severity_loss(posterior: Tensor, theta: Tensor, band: Tensor) -> Tensor:
    """Mean negative log likelihood of the band and, half as much, of theta itself.

    Args:
        posterior: (..., 2).
        theta: (...) latent severity.
        band: (...) int64.
    """
    chance = band_probabilities(posterior).gather(-1, band[..., None])[..., 0]
    location, log_spread = posterior.unbind(-1)
    spread = torch.exp(log_spread)
    inside = normal_cdf((RANGE - location) / spread) - normal_cdf(-location / spread)
    density = 0.5 * ((theta - location) / spread) ** 2 + log_spread + torch.log(
        inside.clamp_min(1e-6)
    )  # fmt: skip
    return -torch.log(chance.clamp_min(1e-6)).mean() + 0.5 * density.mean()


def count_parameters(modules: Sequence[nn.Module]) -> int:
    """Trained numbers."""
    return sum(p.numel() for module in modules for p in module.parameters())
