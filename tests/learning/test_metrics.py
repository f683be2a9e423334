"""Figures of merit on cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning import metrics


def test_confusion_and_f1_of_a_small_case() -> None:
    table = metrics.confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3)
    assert table.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    assert metrics.f1_per_class(table) == pytest.approx([2 / 3, 0.5, 0.0])


def test_calibration_error_of_an_overconfident_reader() -> None:
    sure = np.array([[0.9, 0.1]] * 10)
    labels = np.array([0] * 6 + [1] * 4)
    assert metrics.calibration_error(sure, labels) == pytest.approx(0.3)


def test_pearson_of_a_line_and_of_a_constant() -> None:
    x = np.arange(5.0)
    assert metrics.pearson(x, -2 * x) == pytest.approx(-1.0)
    assert metrics.pearson(x, np.ones(5)) == 0.0


def test_the_interval_resamples_whole_people() -> None:
    values = np.repeat([0.0, 1.0], 50)
    people = metrics.rows_by_name(["a"] * 50 + ["b"] * 50)

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    assert metrics.interval(mean, people, 200) == (0.0, 1.0)
    low, high = metrics.interval(mean, metrics.single_rows(100), 200)
    assert 0.35 < low < 0.5 < high < 0.65


def test_a_figure_holds_value_and_interval() -> None:
    figure = metrics.figure(lambda rows: float(rows.mean()), metrics.single_rows(11))
    assert figure["low"] <= figure["value"] == 5.0 <= figure["high"]


def test_resampling_draws_whole_groups_as_they_stand() -> None:
    groups = [np.array([0, 3]), np.array([1]), np.array([2, 4, 5])]
    drawn = list(metrics.resampled(groups, 5))
    rng = np.random.default_rng(0)
    for rows in drawn:
        expected = np.concatenate([groups[k] for k in rng.integers(0, 3, 3)])
        assert rows.tolist() == expected.tolist()


def test_figures_share_one_round_and_leave_out_what_cannot_be_computed() -> None:
    values = np.arange(30.0)
    found = metrics.figures(
        lambda rows: {"mean": float(values[rows].mean()), "none": float("nan")},
        metrics.single_rows(30),
    )
    assert found["none"] is None
    assert found["mean"] == metrics.figure(
        lambda rows: float(values[rows].mean()), metrics.single_rows(30)
    )


def test_precision_and_recall_are_unknown_without_a_case() -> None:
    table = np.array([[2, 1], [0, 0]])
    assert metrics.precision_per_class(table).tolist() == [1.0, 0.0]
    assert metrics.recall_per_class(table)[0] == pytest.approx(2 / 3)
    assert np.isnan(metrics.recall_per_class(table)[1])
