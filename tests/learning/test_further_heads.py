"""The heads fitted on the trunk: the regression is the textbook's, mirrors turn the gaze."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.learning import face_sets, further_heads, measures
from emocare.learning.face_network import FaceNetwork

NAMES = [
    "eyeLookUpLeft", "eyeLookUpRight", "eyeLookOutLeft", "eyeLookInRight",
    "eyeLookInLeft", "eyeLookOutRight",
]  # fmt: skip


def test_ridge_finds_a_line_through_noise() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, (4000, 5))
    truth = np.array([[1.0, -2.0, 0.0, 0.5, 3.0], [0.0, 0.0, 1.0, 0.0, -1.0]])
    y = x @ truth.T + np.array([4.0, -1.0]) + rng.normal(0, 0.1, (4000, 2))
    weight, bias = further_heads.ridge(x, y)
    assert weight == pytest.approx(truth, abs=0.06)
    assert x @ weight.T + bias == pytest.approx(y, abs=0.6)
    assert (x @ weight.T + bias - y).mean(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_a_feature_that_never_changes_does_no_harm() -> None:
    x = np.column_stack([np.linspace(0, 1, 50), np.full(50, 7.0)])
    weight, bias = further_heads.ridge(x, 2 * x[:, :1])
    assert np.isfinite(weight).all()
    assert (x @ weight.T + bias)[:, 0] == pytest.approx(2 * x[:, 0], abs=0.05)


def test_looking_to_ones_own_left_is_positive() -> None:
    left = np.array([[0.0, 0.2, 0.6, 0.4, 0.0, 0.0]], np.float32)
    assert measures.gaze_up_and_side(left, NAMES) == pytest.approx(np.array([[0.1, 0.5]]))
    right = np.array([[0.0, 0.0, 0.0, 0.0, 0.3, 0.5]], np.float32)
    assert measures.gaze_up_and_side(right, NAMES) == pytest.approx(np.array([[0.0, -0.4]]))


def test_every_face_is_seen_as_often_as_asked(data: Path) -> None:
    seen = further_heads.views(FaceNetwork().eval(), data, face_sets.VALIDATION, 2, 10)
    assert seen.place.shape == (20, 192)
    assert seen.both.shape == (20, 384)
    assert seen.error.shape == (20, 70)
    assert np.abs(seen.gaze[:10, 1]) == pytest.approx(np.abs(seen.gaze[10:, 1]))
    assert (seen.error > 0).all()
