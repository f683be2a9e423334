"""Figures of merit with their intervals; plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
RESAMPLES = 1000
BINS = 15


def confusion(labels: Ints, guesses: Ints, classes: int) -> NDArray[np.int64]:
    """Counts (classes, classes): rows are true labels, columns guesses."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (labels, guesses), 1)
    return table


def f1_per_class(table: NDArray[np.int64]) -> Floats:
    """F1 (classes,) of a confusion table; 0 for a class never guessed and never seen."""
    right = np.diag(table).astype(np.float64)
    return 2 * right / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)


def calibration_error(probabilities: Floats, labels: Ints, bins: int = BINS) -> float:
    """Expected calibration error of the largest probability (Guo et al. 2017), equal-width bins."""
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    which = np.minimum((sure * bins).astype(int), bins - 1)
    error = 0.0
    for k in range(bins):
        inside = which == k
        if inside.any():
            error += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return float(error)


def pearson(x: Floats, y: Floats) -> float:
    """Pearson's r of two (N,) arrays; 0 when one of them does not vary."""
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / size) if size > 0 else 0.0


def interval(
    measure: Callable[[Ints], float], groups: Sequence[Ints], resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a measure.

    Args:
        measure: maps row numbers to the figure.
        groups: rows that are drawn together: one array per person, or per picture.
        resamples: number of bootstrap samples.
    """
    rng = np.random.default_rng(0)
    values = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(groups), len(groups))
        values.append(measure(np.concatenate([groups[k] for k in drawn])))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def single_rows(count: int) -> list[Ints]:
    """Groups of one row each, for pictures that are independent."""
    return list(np.arange(count).reshape(-1, 1))


def rows_by_name(names: Sequence[str]) -> list[Ints]:
    """Groups of rows with the same name, for people who recur."""
    _, which = np.unique(np.asarray(names), return_inverse=True)
    return [np.flatnonzero(which == k) for k in range(which.max() + 1)]


def figure(
    measure: Callable[[Ints], float], groups: Sequence[Ints], digits: int = 4
) -> dict[str, float]:
    """A figure over all rows with its 95 % interval, rounded."""
    low, high = interval(measure, groups)
    value = measure(np.concatenate(list(groups)))
    return {
        "value": round(value, digits),
        "low": round(low, digits),
        "high": round(high, digits),
    }
