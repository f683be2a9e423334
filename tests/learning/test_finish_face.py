"""What is done to a trained trunk: the regression is the textbook's, thinning keeps the reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import face_sets, finish_face, measures
from emocare.learning.face_network import FaceNetwork
from emocare.learning.face_trunk import FaceTrunk
from emocare.learning.recipe import SIZE
from emocare.learning.training import normalise

NAMES = [
    "eyeLookUpLeft", "eyeLookUpRight", "eyeLookOutLeft", "eyeLookInRight",
    "eyeLookInLeft", "eyeLookOutRight",
]  # fmt: skip


def test_ridge_finds_a_line_through_noise() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, (4000, 5))
    truth = np.array([[1.0, -2.0, 0.0, 0.5, 3.0], [0.0, 0.0, 1.0, 0.0, -1.0]])
    y = x @ truth.T + np.array([4.0, -1.0]) + rng.normal(0, 0.1, (4000, 2))
    weight, bias = finish_face.ridge(x, y)
    assert weight == pytest.approx(truth, abs=0.06)
    assert (x @ weight.T + bias - y).mean(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_a_feature_that_never_changes_does_no_harm() -> None:
    x = np.column_stack([np.linspace(0, 1, 50), np.full(50, 7.0)])
    weight, bias = finish_face.ridge(x, 2 * x[:, :1])
    assert np.isfinite(weight).all()
    assert (x @ weight.T + bias)[:, 0] == pytest.approx(2 * x[:, 0], abs=0.05)


def test_a_trunk_thinned_to_its_whole_rank_reads_the_same() -> None:
    torch.manual_seed(1)
    trunk = FaceTrunk().eval()
    crops = np.random.default_rng(0).integers(0, 256, (40, 1, SIZE, SIZE)).astype(np.uint8)
    thin = finish_face.thinned(trunk, 192, crops)
    with torch.inference_mode():
        whole, other = trunk.raw(normalise(crops)), thin.raw(normalise(crops))
    for name, value in whole.items():
        assert torch.allclose(value, other[name], atol=1e-3), name


def test_a_thin_trunk_keeps_what_its_crops_need() -> None:
    """Forty crops span at most forty directions: more of them add nothing for these crops."""
    torch.manual_seed(1)
    trunk = FaceTrunk().eval()
    crops = np.random.default_rng(0).integers(0, 256, (40, 1, SIZE, SIZE)).astype(np.uint8)
    with torch.inference_mode():
        whole = trunk.placed(normalise(crops))
        off = [
            float((finish_face.thinned(trunk, rank, crops).placed(normalise(crops)) - whole).std())
            for rank in (40, 5)
        ]
    assert off[0] < 1e-4 < off[1]


def test_looking_to_ones_own_left_is_positive() -> None:
    left = np.array([[0.0, 0.2, 0.6, 0.4, 0.0, 0.0]], np.float32)
    assert measures.gaze_up_and_side(left, NAMES) == pytest.approx(np.array([[0.1, 0.5]]))
    right = np.array([[0.0, 0.0, 0.0, 0.0, 0.3, 0.5]], np.float32)
    assert measures.gaze_up_and_side(right, NAMES) == pytest.approx(np.array([[0.0, -0.4]]))


def test_every_face_is_seen_as_often_as_asked(data: Path) -> None:
    seen = finish_face.views(FaceNetwork().eval(), data, face_sets.VALIDATION, 2, 10)
    assert seen.place.shape == (20, 192)
    assert seen.error.shape == (20, 70)
    assert (seen.error > 0).all()
    assert not np.array_equal(seen.error[:10], seen.error[10:])
