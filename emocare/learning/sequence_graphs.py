"""The sequence networks as graphs that read further seconds and remember what they must."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from emocare.learning.affect_network import AffectNetwork
from emocare.learning.severity_network import Memory, SeverityNetwork, band_probabilities
from emocare.learning.train_affect import NORMAL_90
from emocare.simulation.effects import Cohort, load_effects
from emocare.temporal.tokens import FEATURES

OPSET = 17


class AffectStep(nn.Module):
    """The affect transformer in the dimensions' own units, with the ends of its 90 % intervals.

    Means and intervals are turned from standard deviations into own units by functions that
    only grow, so an interval keeps its coverage.
    """

    def __init__(self, network: AffectNetwork) -> None:
        super().__init__()
        self.network = network
        scale = load_effects(Cohort.REALISTIC).tables["scale"]
        self.signed_slope = float(scale["signed_slope"])
        self.slope, self.shift = float(scale["percent_slope"]), float(scale["percent_shift"])

    def forward(
        self, seconds: Tensor, memory: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(1, N, F) further seconds -> (1, N, 3, 6) value, low, high now and of the mean so far."""
        now, so_far, after = self.network(seconds, memory, known)
        both = torch.cat([known, torch.ones_like(seconds[..., 0])], dim=1)
        return self.own_unit(now), self.own_unit(so_far), after, both[:, -known.shape[1] :]

    def own_unit(self, found: Tensor) -> Tensor:
        """(..., 2, 6) mean and log standard deviation -> (..., 3, 6) value, low, high."""
        mean, log_sd = found[..., 0, :], found[..., 1, :]
        half = NORMAL_90 * torch.exp(log_sd)
        z = torch.stack([mean, mean - half, mean + half], dim=-2)
        signed = torch.tanh(self.signed_slope * z[..., :2])
        percent = 100.0 * torch.sigmoid(self.slope * z[..., 2:] + self.shift)
        return torch.cat([signed, percent], dim=-1)


class SeverityStep(nn.Module):
    """The severity network: bands after each second, and what each second weighed."""

    def __init__(self, network: SeverityNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, seconds: Tensor, h: Tensor, c: Tensor, sum: Tensor, weight: Tensor
    ) -> tuple[Tensor, ...]:
        """(1, N, F) further seconds -> (1, N, 4) probabilities, (1, N) weights, the memory."""
        posterior, attention, after = self.network(seconds, Memory(h, c, sum, weight))
        return (
            band_probabilities(posterior), attention, after.h, after.c, after.sum, after.weight
        )


def write_affect_graph(network: AffectNetwork, path: Path) -> None:
    """Writes the graph of the affect transformer."""
    memory = network.memory()
    known = torch.zeros(1, memory.shape[2])
    _write(
        AffectStep(network), path, {"memory": memory, "known": known}, ["dimensions", "session"]
    )


def write_severity_graph(network: SeverityNetwork, path: Path) -> None:
    """Writes the graph of the severity network."""
    empty = network.body.memory()
    memory = {"h": empty.h, "c": empty.c, "sum": empty.sum, "weight": empty.weight}
    _write(SeverityStep(network), path, memory, ["bands", "attention"])


def _write(
    step: nn.Module, path: Path, memory: dict[str, Tensor], outputs: list[str]
) -> None:
    step.eval()
    names = [*outputs, *(f"{name}_after" for name in memory)]
    several = {name: {1: "seconds"} for name in ["seconds", *outputs]}
    with torch.no_grad(), warnings.catch_warnings():
        # The exporter that needs no further package warns that it will be replaced.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            step, (torch.zeros(1, 7, len(FEATURES)), *memory.values()), str(path), dynamo=False,
            input_names=["seconds", *memory], output_names=names, dynamic_axes=several,
            opset_version=OPSET,
        )  # fmt: skip
