"""Figures of the affect transformer on people it never saw: coverage, correlation, ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from emocare.domain.summary import DIMENSIONS
from emocare.learning import metrics
from emocare.learning.sequence_sets import SequenceSet
from emocare.learning.train_affect import EARLIEST_S, NORMAL_90, AffectAnswers
from emocare.simulation.effects import Cohort, load_effects
from emocare.simulation.latent import own_unit

RANKS = 10
"""Bins of the rank histogram."""


def affect_figures(found: AffectAnswers, data: SequenceSet) -> dict[str, Any]:
    """Of each dimension, now and its mean so far.

    Coverage is the share of the truth inside the 90 % interval; r is Pearson's over people and
    seconds together, in the dimension's own unit; ``r_within`` the mean over people of their own
    r in time. The intervals draw people.
    """
    late = found.measured & (found.at >= EARLIEST_S)
    last = np.zeros(len(found.at), bool)
    last[data.offset[1:] - 1] = True
    return {
        "people": len(data),
        "seconds": int(found.measured.sum()),
        "now": _part(found.now, data.z, found.measured, found),
        "mean_so_far": _part(found.so_far, data.mean_z, late, found),
        "mean_of_session": _part(found.so_far, data.mean_z, last & late, found),
    }


def _part(
    answer: NDArray[np.float64], true: NDArray[np.floating], rows: NDArray[np.bool_],
    found: AffectAnswers,
) -> dict[str, Any]:  # fmt: skip
    scale = load_effects(Cohort.REALISTIC).tables["scale"]
    people = [np.flatnonzero(found.session[rows] == k) for k in np.unique(found.session[rows])]
    mean, sd = answer[rows, 0], np.exp(answer[rows, 1])
    error = (true[rows] - mean) / sd
    inside = np.abs(error) <= NORMAL_90
    said, truth = own_unit(mean.copy(), scale), own_unit(true[rows].astype(np.float64), scale)
    return {
        "coverage_90": {
            name: _figure(lambda r, k=k: float(inside[r, k].mean()), people)
            for k, name in enumerate(DIMENSIONS)
        },
        "mean_coverage_90": _figure(lambda r: float(inside[r].mean()), people),
        "r": {
            name: _figure(lambda r, k=k: metrics.pearson(said[r, k], truth[r, k]), people)
            for k, name in enumerate(DIMENSIONS)
        },
        "mean_r": _figure(lambda r: metrics.mean_pearson(said[r], truth[r]), people),
        "mean_absolute_error": {
            name: round(float(np.abs(said - truth)[:, k].mean()), 4)
            for k, name in enumerate(DIMENSIONS)
        },
        "rank_histogram": {
            name: rank_histogram(error[:, k]).round(4).tolist()
            for k, name in enumerate(DIMENSIONS)
        },
    }


def _figure(measure: Any, people: list[NDArray[np.int64]]) -> dict[str, float]:
    low, high = metrics.interval(measure, people, resamples=200)
    value = measure(np.concatenate(people))
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}


def rank_histogram(error: NDArray[np.float64]) -> NDArray[np.float64]:
    """(RANKS,) share of the truth in each tenth of the predicted distribution; even at best.

    Args:
        error: (N,) truth less predicted mean, in predicted standard deviations.
    """
    below = torch.special.ndtr(torch.from_numpy(error)).numpy()
    ranks = np.minimum((below * RANKS).astype(np.int64), RANKS - 1)
    return np.bincount(ranks, minlength=RANKS) / len(error)
