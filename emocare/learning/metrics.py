"""Figures of merit with their intervals; plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

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


def precision_per_class(table: NDArray[np.int64]) -> Floats:
    """Precision (classes,) of a confusion table; NaN for a class never guessed."""
    return _ratio(np.diag(table), table.sum(axis=0))


def recall_per_class(table: NDArray[np.int64]) -> Floats:
    """Recall (classes,) of a confusion table; NaN for a class never seen."""
    return _ratio(np.diag(table), table.sum(axis=1))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def bin_of(confidence: Floats, bins: int = BINS) -> NDArray[np.int64]:
    """Equal-width bin (N,) of each confidence in 0..1."""
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def bin_means(which: Ints, values: Floats, bins: int = BINS) -> Floats:
    """Mean (bins,) of the values in each bin; NaN where a bin is empty."""
    counts = np.bincount(which, minlength=bins)
    sums = np.bincount(which, weights=values, minlength=bins)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


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
    values = [measure(rows) for rows in resampled(groups, resamples)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def resampled(
    groups: Sequence[Ints], resamples: int = RESAMPLES, seed: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Row numbers of each bootstrap sample: as many groups as there are, drawn with one seed."""
    rng = np.random.default_rng(seed)
    flat = np.concatenate(list(groups)).astype(np.int64)
    lengths = np.array([len(rows) for rows in groups])
    starts = np.cumsum(lengths) - lengths
    for _ in range(resamples):
        drawn = rng.integers(0, len(groups), len(groups))
        taken = lengths[drawn]
        ends = np.cumsum(taken)
        yield flat[np.repeat(starts[drawn] - (ends - taken), taken) + np.arange(ends[-1])]


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


def figures(
    measure: Callable[[Ints], Mapping[str, float]], groups: Sequence[Ints], digits: int = 4
) -> dict[str, dict[str, float] | None]:
    """Several figures from one round of resampling, each with its 95 % interval.

    A figure that cannot be computed from all rows (NaN) is None; resamples in which it cannot be
    computed are left out of its interval.
    """
    whole = measure(np.concatenate(list(groups)))
    drawn = [measure(rows) for rows in resampled(groups)]
    found: dict[str, dict[str, float] | None] = {}
    for name, value in whole.items():
        values = np.array([one[name] for one in drawn], dtype=np.float64)
        values = values[np.isfinite(values)]
        if not np.isfinite(value) or not len(values):
            found[name] = None
            continue
        low, high = np.percentile(values, [2.5, 97.5])
        found[name] = {
            "value": round(float(value), digits),
            "low": round(float(low), digits),
            "high": round(float(high), digits),
        }
    return found


def mean_pearson(x: Floats, y: Floats) -> float:
    """Mean over the columns of Pearson's r of two (N, K) arrays; a constant column counts as 0."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    size = np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0))
    return float(np.mean((x * y).sum(axis=0) / np.where(size > 0, size, np.inf)))
