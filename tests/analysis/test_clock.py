"""Seconds and runs from irregular time stamps."""

import numpy as np
import pytest

from emocare.analysis.clock import (
    durations,
    frame_rate,
    runs,
    share,
    stretches,
    weighted_mean,
    weighted_quantile,
)

GAP = 0.5


def test_durations_add_up_to_the_recording() -> None:
    t = np.arange(90) / 30
    assert durations(t, GAP).sum() == pytest.approx(3.0)


def test_a_pause_is_nobodys_time() -> None:
    t = np.concatenate([np.arange(30) / 30, 20 + np.arange(30) / 30])
    assert durations(t, GAP).sum() == pytest.approx(2.0 + GAP, abs=0.1)


def test_durations_of_nothing_and_of_one_frame() -> None:
    assert len(durations(np.zeros(0), GAP)) == 0
    assert durations(np.array([3.0]), GAP)[0] > 0


@pytest.mark.parametrize("fps", [30.0, 23.976, 15.0, 5.0, 1.0])
def test_frame_rate_of_even_frames(fps: float) -> None:
    assert frame_rate(np.arange(60) / fps, GAP) == pytest.approx(fps)


def test_frame_rate_counts_lost_frames_but_not_pauses() -> None:
    t = np.arange(600) / 30
    kept = t[np.random.default_rng(1).random(600) > 0.2]
    assert frame_rate(kept, GAP) == pytest.approx(24.0, abs=1.0)
    paused = np.concatenate([t, t + 120])
    assert frame_rate(paused, GAP) == pytest.approx(30.0)


def test_frame_rate_of_a_lone_frame_is_zero() -> None:
    assert frame_rate(np.array([1.0]), GAP) == 0.0


def test_stretches_are_cut_at_pauses() -> None:
    assert list(stretches(np.array([0.0, 0.4, 1.0, 1.4]), GAP)) == [0, 0, 1, 1]


@pytest.mark.parametrize("fps", [60.0, 30.0, 15.0])
def test_the_length_of_a_run_does_not_depend_on_the_frame_rate(fps: float) -> None:
    t = np.arange(int(4 * fps)) / fps
    found = runs(t, (t >= 1.0) & (t < 2.0), GAP)
    assert found.length_s[0] == pytest.approx(1.0, abs=1e-9)
    assert found.onset_s[0] == pytest.approx(1.0, abs=1 / fps)


def test_a_run_ends_at_a_pause_and_knows_that_its_edge_was_not_seen() -> None:
    t = np.concatenate([np.arange(30) / 30, 5 + np.arange(30) / 30])
    found = runs(t, np.ones(60, bool), GAP)
    assert len(found.first) == 2
    assert not found.open_start.any()
    assert not found.open_end.any()
    assert found.offset_s[0] == pytest.approx(29 / 30)


def test_no_runs() -> None:
    assert len(runs(np.arange(5.0), np.zeros(5, bool), GAP).first) == 0
    assert len(runs(np.zeros(0), np.zeros(0, bool), GAP).first) == 0


def test_weighted_statistics_count_time_and_not_frames() -> None:
    values = np.array([0.0] * 10 + [1.0] * 30)
    weights = np.array([0.3] * 10 + [0.1] * 30)
    assert weighted_mean(values, weights) == pytest.approx(0.5)
    assert share(values > 0.5, np.ones(40, bool), weights) == pytest.approx(0.5)
    assert weighted_quantile(np.arange(101.0), np.ones(101), 0.9) == pytest.approx(90.4, abs=0.2)


def test_statistics_of_nothing_are_none() -> None:
    nothing = np.array([np.nan, np.nan])
    assert weighted_mean(nothing, np.ones(2)) is None
    assert weighted_quantile(nothing, np.ones(2), 0.5) is None
    assert share(nothing > 0, np.zeros(2, bool), np.ones(2)) is None
