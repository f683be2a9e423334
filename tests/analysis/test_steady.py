"""Steadied landmarks: no lag of the head, less trembling, a new start after a gap."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.analysis.steady import LONGEST_GAP_S, TAU_S, SteadyLandmarks

RNG = np.random.default_rng(4)
FACE = RNG.normal(0, 30, (70, 2)).astype(np.float32) + 200


def turned(points: np.ndarray, degrees: float, zoom: float, shift: float) -> np.ndarray:
    a = np.radians(degrees)
    turn = zoom * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return ((points - 200) @ turn.T + 200 + shift).astype(np.float32)


def test_a_moving_head_has_no_lag() -> None:
    steady = SteadyLandmarks()
    for k in range(20):
        points = turned(FACE, 3.0 * k, 1.02**k, 7.0 * k)
        assert steady.take(k / 30, 1, points) == pytest.approx(points, abs=1e-2)


@pytest.mark.parametrize("hz", [15.0, 24.0, 30.0])
def test_trembling_is_less_from_frame_to_frame(hz: float) -> None:
    noise = np.random.default_rng(1).normal(0, 1, (200, 70, 2))
    steady = SteadyLandmarks()
    shown = [steady.take(k / hz, 1, (FACE + noise[k]).astype(np.float32)) for k in range(200)]
    before, after = np.diff(noise, axis=0).std(), np.diff(np.array(shown), axis=0).std()
    assert after < (0.97 if hz == 15.0 else 0.8) * before


def test_a_change_within_the_face_arrives_by_its_time_constant() -> None:
    smile = FACE.copy()
    smile[48:60, 0] += np.linspace(-8, 8, 12, dtype=np.float32)
    steady = SteadyLandmarks()
    steady.take(0.0, 1, FACE)
    first = steady.take(1 / 30, 1, smile)
    mouth = slice(48, 60)
    left = np.abs(first - smile)[mouth].sum() / np.abs(FACE - smile)[mouth].sum()
    assert left == pytest.approx(np.exp(-1 / 30 / TAU_S), abs=0.05)
    for k in range(2, 12):
        first = steady.take(k / 30, 1, smile)
    assert first == pytest.approx(smile, abs=0.05)


@pytest.mark.parametrize(("later_s", "track"), [(LONGEST_GAP_S + 0.1, 1), (1 / 30, 2)])
def test_a_gap_or_another_person_begins_anew(later_s: float, track: int) -> None:
    other = FACE[::-1].copy()
    steady = SteadyLandmarks()
    steady.take(0.0, 1, FACE)
    assert steady.take(later_s, track, other) == pytest.approx(other, abs=1e-3)


def test_all_points_in_one_place_are_taken_as_they_are() -> None:
    steady = SteadyLandmarks()
    steady.take(0.0, 1, np.full((70, 2), 5.0, np.float32))
    assert steady.take(1 / 30, 1, FACE) == pytest.approx(FACE, abs=1e-3)
