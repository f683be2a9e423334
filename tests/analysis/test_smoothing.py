"""Filters over irregular time stamps."""

import numpy as np
import pytest

from emocare.analysis import smoothing
from emocare.analysis.smoothing import band_pass, low_pass, resample, sliding_median, speed

GAP = 0.5


def slow_median(t: np.ndarray, x: np.ndarray, width: float) -> np.ndarray:
    """The definition, one row at a time."""
    cuts = np.concatenate([[0], np.cumsum(np.diff(t) > GAP)])
    return np.array([
        np.median(x[(np.abs(t - t[i]) <= width / 2 + 1e-9) & (cuts == cuts[i])])
        for i in range(len(t))
    ])  # fmt: skip


def irregular(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.01, 0.09, n)
    steps[rng.integers(0, n, 3)] = 0.8
    return np.cumsum(steps), rng.random(n)


def test_sliding_median_is_the_median_of_half_a_second_within_a_stretch() -> None:
    t, x = irregular(400, 0)
    assert sliding_median(t, x, 0.5, GAP) == pytest.approx(slow_median(t, x, 0.5))


def test_sliding_median_in_small_blocks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    t, x = irregular(300, 1)
    whole = sliding_median(t, x, 0.5, GAP)
    monkeypatch.setattr(smoothing, "BLOCK", 7)
    assert np.array_equal(sliding_median(t, x, 0.5, GAP), whole)


def test_sliding_median_leaves_out_what_was_not_measured() -> None:
    t, x = irregular(200, 2)
    missing = np.random.default_rng(3).random(200) < 0.3
    holed = np.where(missing, np.nan, x)
    found = sliding_median(t, holed, 0.5, GAP)
    assert np.array_equal(np.isnan(found), missing)
    assert found[~missing] == pytest.approx(slow_median(t[~missing], x[~missing], 0.5))


def test_nothing_crosses_a_pause() -> None:
    t = np.concatenate([np.arange(30) / 30, 1.6 + np.arange(30) / 30])
    x = np.concatenate([np.zeros(30), np.ones(30)])
    assert np.array_equal(sliding_median(t, x, 0.5, GAP), x)


def test_a_brief_spike_goes_and_a_bout_stays() -> None:
    t = np.arange(90) / 30
    spike = ((t > 1) & (t < 1.15)).astype(float)
    bout = ((t > 1) & (t < 1.6)).astype(float)
    assert sliding_median(t, spike, 0.5, GAP).max() == 0
    assert sliding_median(t, bout, 0.5, GAP).sum() == pytest.approx(bout.sum(), abs=1)


def test_resample_joins_neighbours_but_no_pauses() -> None:
    t = np.array([0.0, 0.1, 0.2, 2.0, 2.1])
    grid = np.array([0.05, 0.2, 1.0, 2.05, 2.2])
    found = resample(t, 10 * t, grid, GAP)
    assert found[[0, 1, 3]] == pytest.approx([0.5, 2.0, 20.5])
    assert np.isnan(found[[2, 4]]).all()
    assert np.isnan(resample(t, np.full(5, np.nan), grid, GAP)).all()


def gain(filtered: np.ndarray, plain: np.ndarray) -> float:
    middle = slice(60, -60)
    return float(filtered[middle].std() / plain[middle].std())


def test_low_pass_is_three_decibels_down_at_its_edge() -> None:
    t = np.arange(1200) / 60
    for frequency, expected in ((0.5, 1.0), (5.0, 0.707), (12.0, 0.136)):
        wave = np.sin(2 * np.pi * frequency * t)
        assert gain(low_pass(wave, 60.0, 5.0), wave) == pytest.approx(expected, abs=0.02)


def test_low_pass_keeps_gaps_and_constants() -> None:
    x = np.full(50, 3.0)
    x[20:25] = np.nan
    found = low_pass(x, 30.0, 5.0)
    assert np.array_equal(np.isnan(found), np.isnan(x))
    assert found[~np.isnan(x)] == pytest.approx(3.0)
    assert np.isnan(low_pass(np.full(4, np.nan), 30.0, 5.0)).all()


def test_band_pass_keeps_its_band() -> None:
    t = np.arange(1800) / 30
    for frequency, expected in ((0.3, 0.0), (4.0, 1.0), (9.0, 0.0)):
        wave = np.sin(2 * np.pi * frequency * t)
        assert gain(band_pass(wave, 30.0, 2.0, 6.0), wave) == pytest.approx(expected, abs=0.05)


def test_band_pass_says_nothing_of_short_stretches() -> None:
    x = np.random.default_rng(0).random(100)
    x[20] = np.nan
    found = band_pass(x, 30.0, 2.0, 6.0)
    assert np.isnan(found[:21]).all()
    assert np.isfinite(found[21:]).all()


def test_speed_of_an_even_turn() -> None:
    t = np.arange(30) / 30
    series = np.column_stack([3 * t, 4 * t, 0 * t])
    found = speed(series, 30.0)
    assert found[1:-1] == pytest.approx(5.0)
    assert np.isnan(found[[0, -1]]).all()
    assert len(speed(np.zeros((1, 3)), 30.0)) == 1
