"""Six dimensions over time: a small causal transformer over seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emocare.domain.summary import DIMENSIONS
from emocare.temporal.tokens import FEATURES, MEASURED

WINDOW = 120
"""Seconds that a layer looks back; farther back only means so far are known, as features."""


@dataclass(frozen=True, slots=True)
class AffectShape:
    """Sizes of the affect transformer."""

    width: int = 96
    layers: int = 3
    heads: int = 4


def window_bias(queries: int, keys: int, heads: int) -> Tensor:
    """(heads, queries, keys): how much a key counts less the farther back it is.

    Linear in the distance (ALiBi, Press 2022), minus infinity for what lies ahead or WINDOW or
    more seconds back. The last query stands at the last key.
    """
    at_query = torch.arange(queries) + (keys - queries)
    distance = at_query[:, None] - torch.arange(keys)[None, :]
    slope = 2.0 ** (-8.0 * (torch.arange(heads) + 1.0) / heads)
    bias = -slope[:, None, None] * distance[None]
    hidden = (distance < 0) | (distance >= WINDOW)
    return bias.masked_fill(hidden[None], -1e9)


class CausalLayer(nn.Module):
    """Attention over the seconds so far, then a feed-forward part; both add to their input."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, width)
        self.further = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(0.1),
            nn.Linear(2 * width, width),
        )  # fmt: skip

    def forward(self, x: Tensor, seen: Tensor, bias: Tensor) -> Tensor:
        """(B, N, D) of the newest seconds from ``seen`` (B, K, D), which ends with them."""
        normal = self.before(seen)
        q = self._split(self.query(self.before(x)))
        k, v = self._split(self.key(normal)), self._split(self.value(normal))
        match = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + bias
        mixed = torch.softmax(match, dim=-1) @ v
        joined = mixed.transpose(1, 2).flatten(2)
        x = x + self.out(joined)
        return x + self.further(x)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class AffectNetwork(nn.Module):
    """Seconds (B, T, F) -> the dimensions now and their mean so far, in standard deviations."""

    mean: Tensor
    sd: Tensor
    now_scale: Tensor
    so_far_scale: Tensor

    def __init__(self, shape: AffectShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(len(FEATURES)))
        self.register_buffer("sd", torch.ones(len(FEATURES)))
        self.register_buffer("now_scale", torch.ones(len(DIMENSIONS)))
        self.register_buffer("so_far_scale", torch.ones(len(DIMENSIONS)))
        self.embed = nn.Sequential(nn.Linear(len(FEATURES), shape.width), nn.Dropout(0.1))
        self.layers = nn.ModuleList(
            CausalLayer(shape.width, shape.heads) for _ in range(shape.layers)
        )
        self.last = nn.LayerNorm(shape.width)
        self.now = nn.Linear(shape.width, 2 * len(DIMENSIONS))
        self.so_far = nn.Linear(shape.width, 2 * len(DIMENSIONS))

    def memory(self, batch: int = 1, seconds: int = WINDOW - 1) -> Tensor:
        """(layers, B, seconds, D) inputs of each layer before the first second."""
        return torch.zeros(len(self.layers), batch, seconds, self.shape.width)

    def whole(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """As ``forward`` for sessions (B, T, F) from their beginning, without the memory."""
        batch = len(values)
        now, so_far, _ = self(values, self.memory(batch, 0), torch.zeros(batch, 0))
        return now, so_far

    def forward(
        self, values: Tensor, memory: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Reads further seconds.

        Args:
            values: (B, N, F), not standardised.
            memory: (layers, B, M, D) inputs of each layer in the M seconds before; M is
                WINDOW - 1, or 0 at the beginning.
            known: (B, M) 1 where ``memory`` holds a second, 0 before the first.

        Returns:
            (B, N, 2, 6) mean and log standard deviation of the dimensions now, the same of their
            mean so far, and the memory after the last second.
        """
        count = values.shape[1]
        measured = (values[..., MEASURED] > 0).to(values.dtype)
        standard = ((values - self.mean) / self.sd).clamp(-6.0, 6.0) * measured[..., None]
        x = self.embed(standard)
        bias = window_bias(count, count + memory.shape[2], self.shape.heads)[None]
        here = torch.cat([known, torch.ones_like(measured)], dim=1)
        bias = bias + (here[:, None, None, :] - 1.0) * 1e9
        kept = []
        for k, layer in enumerate(self.layers):
            seen = torch.cat([memory[k], x], dim=1)
            kept.append(seen[:, -(WINDOW - 1) :])
            x = layer(x, seen, bias)
        x = self.last(x)
        return self._spread(self.now(x), self.now_scale), self._spread(
            self.so_far(x), self.so_far_scale
        ), torch.stack(kept)  # fmt: skip

    def _spread(self, raw: Tensor, scale: Tensor) -> Tensor:
        """(B, N, 2, 6): mean as it is, log standard deviation bounded and calibrated."""
        mean, log_sd = raw.unflatten(-1, (2, len(DIMENSIONS))).unbind(-2)
        return torch.stack([mean, 2.0 * torch.tanh(log_sd / 2.0) + torch.log(scale)], dim=-2)


def affect_loss(found: Tensor, true: Tensor, here: Tensor) -> Tensor:
    """Mean negative log likelihood of (B, T, 6) under (B, T, 2, 6), where ``here`` (B, T)."""
    mean, log_sd = found.unbind(-2)
    cost = 0.5 * ((true - mean) / torch.exp(log_sd)) ** 2 + log_sd
    return (cost * here[..., None]).sum() / (here.sum() * true.shape[-1])
