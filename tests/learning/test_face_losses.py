"""Targets that are not known must not reach the loss or a gradient."""

from __future__ import annotations

import numpy as np
import torch

from emocare.learning import face_losses
from emocare.learning.augment import TARGET_WIDTH
from emocare.learning.face_trunk import FaceTrunk
from emocare.learning.recipe import SIZE


def raw_outputs() -> tuple[FaceTrunk, dict[str, torch.Tensor]]:
    torch.manual_seed(0)
    network = FaceTrunk().eval()
    return network, network.raw(torch.randn(3, 1, SIZE, SIZE))


def test_nothing_known_costs_nothing() -> None:
    network, raw = raw_outputs()
    rows = torch.full((3, TARGET_WIDTH), float("nan"))
    rows[:, -1] = 1.0
    parts = face_losses.losses(raw, face_losses.split_targets(rows))
    assert all(float(part.detach()) == 0.0 for part in parts.values())
    torch.stack(list(parts.values())).sum().backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_an_unknown_row_does_not_change_the_loss_of_a_known_one() -> None:
    _, raw = raw_outputs()
    rows = torch.full((3, TARGET_WIDTH), float("nan"))
    rows[:, -1] = 1.0
    rows[0] = torch.from_numpy(np.random.default_rng(0).random(TARGET_WIDTH).astype(np.float32))
    three = face_losses.losses(raw, face_losses.split_targets(rows))
    alone = {name: value[:1] for name, value in raw.items()}
    one = face_losses.losses(alone, face_losses.split_targets(rows[:1]))
    for name, part in one.items():
        assert torch.isclose(part, three[name]), name
        assert float(part.detach()) > 0, name


def test_the_eye_points_weigh_more() -> None:
    points = torch.zeros(1, 70, 2)
    trust = torch.ones(1)

    def cost(index: int) -> float:
        target = torch.zeros(1, 70, 2)
        target[0, index] = 0.1
        return float(face_losses.landmark_loss(points, target, trust))

    assert cost(37) > 3 * cost(5)
