"""The sequence networks as torch defines them: causal, streaming, probabilities that are some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from scipy.stats import truncnorm

from emocare.learning.affect_network import WINDOW, AffectNetwork, AffectShape, window_bias
from emocare.learning.sequence_graphs import AffectStep, write_affect_graph, write_severity_graph
from emocare.learning.severity_network import (
    INPUTS,
    Kind,
    SeverityNetwork,
    SeverityShape,
    band_probabilities,
    count_parameters,
    severity_loss,
)
from emocare.learning.train_severity import posterior_mean
from emocare.temporal.tokens import APPEARANCE, FEATURES, GEOMETRY, MEASURED

T = 150


@pytest.fixture(scope="module")
def seconds() -> torch.Tensor:
    rng = np.random.default_rng(0)
    values = rng.random((2, T, len(FEATURES))).astype(np.float32)
    values[0, 20:24] = 0.0
    return torch.from_numpy(values)


@pytest.fixture(params=list(Kind))
def severity(request: pytest.FixtureRequest) -> SeverityNetwork:
    torch.manual_seed(1)
    return SeverityNetwork(SeverityShape.of(request.param)).eval()


def test_no_second_changes_what_was_said_before(
    severity: SeverityNetwork, seconds: torch.Tensor
) -> None:
    other = seconds.clone()
    other[:, 90:] += 0.3
    memory = severity.body.memory(2)
    with torch.no_grad():
        first, _, _ = severity(seconds, memory)
        second, _, _ = severity(other, memory)
    torch.testing.assert_close(first[:, :90], second[:, :90], atol=1e-6, rtol=0)
    assert (first[:, 140] - second[:, 140]).abs().max() > 1e-4


def test_each_is_given_what_its_name_says(
    severity: SeverityNetwork, seconds: torch.Tensor
) -> None:
    """Features that a network must not see change nothing; those that it reads do."""
    kind = severity.body.shape.kind
    memory = severity.body.memory(2)
    with torch.no_grad():
        before, _, _ = severity(seconds, memory)
        for names in (APPEARANCE, GEOMETRY):
            other = seconds.clone()
            other[..., [FEATURES.index(name) for name in names]] += 0.5
            after, _, _ = severity(other, memory)
            read = set(names) <= set(INPUTS[kind])
            assert bool((after - before).abs().max() > 1e-5) == read


def test_unmeasured_seconds_weigh_nothing(
    severity: SeverityNetwork, seconds: torch.Tensor
) -> None:
    with torch.no_grad():
        _, weight, _ = severity(seconds, severity.body.memory(2))
    assert (weight[0, 20:24] == 0).all()
    assert (weight[0, :20] > 0).all()


def test_networks_are_small_enough() -> None:
    for kind in Kind:
        network = SeverityNetwork(SeverityShape.of(kind))
        assert count_parameters([network]) <= 500_000
    assert count_parameters([AffectNetwork(AffectShape())]) <= 500_000


def test_bands_are_the_quarters_of_a_cut_normal() -> None:
    posterior = torch.tensor([[1.3, -0.4], [3.9, 0.2], [2.0, 0.9]])
    found = band_probabilities(posterior).numpy()
    for row, (location, log_spread) in enumerate(posterior.tolist()):
        spread = np.exp(log_spread)
        law = truncnorm(-location / spread, (4 - location) / spread, location, spread)
        np.testing.assert_allclose(found[row], np.diff(law.cdf(np.arange(5))), atol=2e-6)
        assert posterior_mean(posterior)[row] == pytest.approx(law.mean(), abs=1e-3)


def test_the_loss_is_least_at_the_truth() -> None:
    theta, band = torch.tensor([2.6]), torch.tensor([2])

    def cost(location: float, log_spread: float) -> float:
        return float(severity_loss(torch.tensor([[location, log_spread]]), theta, band))

    assert cost(2.6, -1.0) < cost(1.6, -1.0)
    assert cost(2.6, -1.0) < cost(3.6, -1.0)
    assert cost(2.6, -1.0) < cost(2.6, 1.0)
    assert cost(0.5, -1.5) > cost(0.5, 1.0)


def test_the_transformer_looks_back_and_not_far() -> None:
    bias = window_bias(3, WINDOW + 2, 4)
    assert (bias[:, 0, -1] < -1e8).all(), "the newest key lies ahead of the first query"
    assert (bias[:, -1, 0] < -1e8).all(), "too far back"
    assert (bias[:, -1, -1] == 0).all()
    assert (bias[:, -1, -2] < bias[:, -1, -1]).all()


def test_stepwise_and_whole_agree_for_the_affect_transformer(seconds: torch.Tensor) -> None:
    torch.manual_seed(2)
    network = AffectNetwork(AffectShape()).eval()
    one = seconds[:1]
    with torch.no_grad():
        now, so_far = network.whole(one)
        memory, known, parts = network.memory(), torch.zeros(1, WINDOW - 1), []
        for k in range(T):
            step, mean, memory = network(one[:, k : k + 1], memory, known)
            known = torch.cat([known, torch.ones(1, 1)], dim=1)[:, 1:]
            parts.append((step, mean))
    torch.testing.assert_close(torch.cat([p[0] for p in parts], 1), now, atol=1e-4, rtol=0)
    torch.testing.assert_close(torch.cat([p[1] for p in parts], 1), so_far, atol=1e-4, rtol=0)


def test_graphs_say_what_the_networks_say(tmp_path: Path, seconds: torch.Tensor) -> None:
    torch.manual_seed(3)
    affect = AffectNetwork(AffectShape()).eval()
    severity = SeverityNetwork(SeverityShape()).eval()
    write_affect_graph(affect, tmp_path / "a.onnx")
    write_severity_graph(severity, tmp_path / "s.onnx")
    memory = severity.body.memory()
    with torch.no_grad():
        values = AffectStep(affect).own_unit(affect.whole(seconds[:1])[0])
        posterior, weight, _ = severity(seconds[:1], memory)
    found = run(tmp_path / "a.onnx", seconds[:1].numpy())
    np.testing.assert_allclose(found["dimensions"], values.numpy(), atol=2e-3)
    found = run(tmp_path / "s.onnx", seconds[:1].numpy())
    np.testing.assert_allclose(found["bands"], band_probabilities(posterior).numpy(), atol=1e-5)
    np.testing.assert_allclose(found["attention"], weight.numpy(), rtol=1e-4, atol=1e-6)
    assert (found["attention"][0, 20:24] == 0).all()
    assert seconds[0, 0, MEASURED] > 0


def run(path: Path, seconds: np.ndarray) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    memory = {
        i.name: np.zeros(i.shape, np.float32) for i in session.get_inputs() if i.name != "seconds"
    }
    names = [o.name for o in session.get_outputs()]
    found = session.run(names, {"seconds": seconds, **memory})
    return dict(zip(names, found, strict=True))
