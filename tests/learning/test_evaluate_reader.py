"""Jitter and traces: what counts as motion of the head and what is left after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.learning import evaluate_reader
from emocare.learning.evaluate_reader import Pair, clip_figures, jitter, residual, similarity, trace
from emocare.vision import load_face_reader
from tests.learning.conftest import MODELS
from tests.learning.schematic import face_points

FACE = 200 * face_points()


def moved(points: np.ndarray, turn_deg: float, scale: float, shift: float) -> np.ndarray:
    a = np.radians(turn_deg)
    turn = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return points @ turn.T + shift


def test_a_similarity_is_recovered_and_leaves_nothing() -> None:
    other = moved(FACE, 7.0, 1.2, 30.0)
    assert similarity(FACE, other) == pytest.approx((1.2, 7.0))
    assert np.abs(residual(FACE, other)).max() < 1e-9


def test_jitter_is_the_noise_between_frames() -> None:
    rng = np.random.default_rng(0)
    clip = np.stack([moved(FACE, k, 1.0, k) for k in range(60)]) + rng.normal(0, 0.5, (60, 70, 2))
    expected = 100 * 0.5 * np.sqrt(2) / evaluate_reader.ocular(FACE)
    assert jitter(clip, np.ones(59, bool)) == pytest.approx(expected, rel=0.05)
    assert jitter(clip, np.zeros(59, bool)) is None


def test_only_still_steps_of_neighbouring_frames_count() -> None:
    theirs = np.stack([FACE, FACE + 0.1, FACE + 50, FACE + 50, moved(FACE, 2.0, 1.0, 50.0)])
    pair = Pair(np.array([0, 1, 2, 4, 5]), theirs, theirs, {}, {}, 5)
    assert evaluate_reader.still_steps(pair).tolist() == [True, False, False, False]


def test_a_trace_is_judged_only_where_the_reference_moves() -> None:
    wave = np.sin(np.linspace(0, 9, 100))
    assert trace(wave, 0.5 * wave) == {
        "frames": 100, "r": 1.0, "reference_range": pytest.approx(0.99, abs=0.05), "judged": True,
    }  # fmt: skip
    assert not trace(wave, 0.01 * wave)["judged"]
    gone = trace(np.full(100, np.nan), wave)
    assert gone["r"] is None and not gone["judged"]


def test_the_app_reads_a_real_clip_as_the_reference_does(data: Path) -> None:
    reader = load_face_reader(MODELS)
    figures = clip_figures(evaluate_reader.read_pair(data / "videos", "single_face", reader))
    assert figures["frames_compared"] == figures["frames_with_a_face"]
    assert figures["traces"]["smile"]["r"] > 0.8
    assert 0 < figures["jitter_percent"] < 1
