"""Expressions in detail: each class, calibration, and what kinds of pictures are read wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.learning import metrics
from emocare.learning.recipe import EXPRESSIONS

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
SURE = 0.8
"""Probability from which an error counts as a confident one."""
SPLIT_VOTES = 6
"""The crowd is of two minds when at most this many of its ten votes agree."""
PAIRS = 8
"""How many pairs of classes are listed."""
DARKEST_SHARE = 0.2
"""The part of the pictures that is compared by contrast with the rest."""


@dataclass(frozen=True, slots=True)
class LabelledRead:
    """What was read on a labelled test set.

    Attributes:
        labels: (N,) true classes.
        probabilities: (N, 8).
        votes: (N,) votes of ten for the label.
        contrast: (N,) standard deviation of the grey values of each picture.
    """

    labels: Ints
    probabilities: Floats
    votes: Ints
    contrast: Floats

    @property
    def guesses(self) -> Ints:
        """(N,) classes read."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> Floats:
        """(N,) the largest probability."""
        return self.probabilities.max(axis=1)


def class_figures(test: LabelledRead) -> dict[str, Any]:
    """Number, precision, recall and F1 of each class, with intervals over pictures."""
    guesses, count = test.guesses, len(EXPRESSIONS)

    def measure(rows: Ints) -> Mapping[str, float]:
        table = metrics.confusion(test.labels[rows], guesses[rows], count)
        kinds = {
            "precision": metrics.precision_per_class(table),
            "recall": metrics.recall_per_class(table),
            "f1": metrics.f1_per_class(table),
        }
        return {
            f"{kind} {name}": float(values[k])
            for kind, values in kinds.items()
            for k, name in enumerate(EXPRESSIONS)
        }

    found = metrics.figures(measure, metrics.single_rows(len(test.labels)))
    return {
        name: {
            "images": int((test.labels == k).sum()),
            **{kind: found[f"{kind} {name}"] for kind in ("precision", "recall", "f1")},
        }
        for k, name in enumerate(EXPRESSIONS)
    }


def calibration_figures(test: LabelledRead) -> dict[str, Any]:
    """The reliability diagram (15 equal bins of the largest probability) and its error."""
    right = (test.guesses == test.labels).astype(np.float64)
    which = metrics.bin_of(test.confidence)
    groups = metrics.single_rows(len(test.labels))

    def measure(rows: Ints) -> Mapping[str, float]:
        shares = metrics.bin_means(which[rows], right[rows])
        error = metrics.calibration_error(test.probabilities[rows], test.labels[rows])
        return {"ece": error, **{str(k): float(share) for k, share in enumerate(shares)}}

    found = metrics.figures(measure, groups)
    said = metrics.bin_means(which, test.confidence)
    counts = np.bincount(which, minlength=metrics.BINS)
    return {
        "ece": found["ece"],
        "ece_note": "plain percentile interval; resampling itself raises this error a little",
        "reliability": [
            {
                "from": round(k / metrics.BINS, 4),
                "to": round((k + 1) / metrics.BINS, 4),
                "n": int(counts[k]),
                "confidence": None if counts[k] == 0 else round(float(said[k]), 4),
                "accuracy": found[str(k)],
            }
            for k in range(metrics.BINS)
        ],
    }


def failure_figures(test: LabelledRead) -> dict[str, Any]:
    """Which pictures are read wrongly: by pair of classes, by confidence, by the crowd's votes."""
    wrong = test.guesses != test.labels
    sure = wrong & (test.confidence >= SURE)
    split = test.votes <= SPLIT_VOTES
    flat = test.contrast <= np.quantile(test.contrast, DARKEST_SHARE)
    return {
        "errors": int(wrong.sum()),
        "confident_errors": int(sure.sum()),
        "confident_from": SURE,
        "pairs": pairs_of(test, wrong),
        "confident_pairs": pairs_of(test, sure),
        "split_votes_at_most": SPLIT_VOTES,
        "share_of_errors_with_split_votes": share(split[wrong]),
        "share_of_confident_errors_with_split_votes": share(split[sure]),
        "share_of_right_readings_with_split_votes": share(split[~wrong]),
        "error_rate_by_votes": [
            {
                "votes": label,
                "images": int(inside.sum()),
                "error_rate": share(wrong[inside]),
            }
            for label, inside in vote_bands(test.votes)
        ],
        "error_rate_flattest_fifth": share(wrong[flat]),
        "error_rate_other_contrast": share(wrong[~flat]),
    }


def vote_bands(votes: Ints) -> list[tuple[str, NDArray[np.bool_]]]:
    """Pictures by how many of the ten votes stand behind their label."""
    bands = ((0, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 10))
    return [
        (str(high) if low == high else f"{high} or fewer", (votes >= low) & (votes <= high))
        for low, high in bands
    ]


def pairs_of(test: LabelledRead, chosen: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The most frequent pairs of true and read class among the chosen pictures."""
    table = metrics.confusion(test.labels[chosen], test.guesses[chosen], len(EXPRESSIONS))
    order = np.argsort(-table, axis=None, kind="stable")[:PAIRS]
    found = []
    for true, read in zip(*np.unravel_index(order, table.shape), strict=True):
        if table[true, read] == 0:
            break
        of_pair = chosen & (test.labels == true) & (test.guesses == read)
        found.append(
            {
                "true": EXPRESSIONS[true],
                "read": EXPRESSIONS[read],
                "images": int(table[true, read]),
                "share": round(float(table[true, read] / chosen.sum()), 4),
                "mean_confidence": round(float(test.confidence[of_pair].mean()), 4),
            }
        )
    return found


def share(flags: NDArray[np.bool_]) -> float | None:
    """Share of true flags; None of nothing."""
    return round(float(flags.mean()), 4) if len(flags) else None
