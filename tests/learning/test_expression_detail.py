"""Classes, calibration and failures on readings whose figures can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning import expression_detail, metrics
from emocare.learning.expression_detail import LabelledRead
from emocare.learning.recipe import EXPRESSIONS


def reading(labels: list[int], guesses: list[int], sure: float = 0.9) -> LabelledRead:
    """Pictures read with one and the same confidence."""
    count = len(labels)
    probabilities = np.full((count, 8), (1 - sure) / 7)
    probabilities[np.arange(count), guesses] = sure
    return LabelledRead(
        np.array(labels), probabilities, votes=np.full(count, 10), contrast=np.arange(count) * 1.0
    )


def test_figures_of_a_class_are_counted() -> None:
    found = expression_detail.class_figures(reading([0, 0, 0, 1, 1], [0, 0, 1, 1, 0]))
    neutral, happy = found["neutral"], found["happiness"]
    assert neutral["images"] == 3 and happy["images"] == 2
    for kind in ("precision", "recall"):
        assert neutral[kind]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert happy["f1"]["value"] == pytest.approx(0.5)
    assert neutral["recall"]["low"] < neutral["recall"]["value"] < neutral["recall"]["high"]


def test_what_was_never_seen_or_guessed_has_no_figure() -> None:
    found = expression_detail.class_figures(reading([0, 1], [0, 1]))
    assert found["contempt"]["precision"] is None and found["contempt"]["recall"] is None
    assert found["contempt"]["images"] == 0
    assert list(found) == list(EXPRESSIONS)


def test_calibration_says_how_often_a_probability_came_true() -> None:
    found = expression_detail.calibration_figures(reading([0] * 8 + [1] * 2, [0] * 10, sure=0.9))
    point = next(one for one in found["reliability"] if one["n"])
    assert point["n"] == 10 and point["confidence"] == pytest.approx(0.9)
    assert point["accuracy"]["value"] == pytest.approx(0.8)
    assert found["ece"]["value"] == pytest.approx(0.1, abs=1e-4)
    assert sum(one["accuracy"] is None for one in found["reliability"]) == metrics.BINS - 1


def test_failures_are_sorted_by_pair_confidence_and_votes() -> None:
    test = reading([3, 3, 0, 0, 6], [0, 0, 0, 1, 2])
    test.votes[:] = [5, 6, 10, 9, 4]
    found = expression_detail.failure_figures(test)
    assert (found["errors"], found["confident_errors"]) == (4, 4)
    first = found["pairs"][0]
    assert (first["true"], first["read"], first["images"]) == ("sadness", "neutral", 2)
    assert first["share"] == 0.5
    assert found["share_of_errors_with_split_votes"] == 0.75
    assert found["share_of_right_readings_with_split_votes"] == 0.0
    assert sum(one["images"] for one in found["error_rate_by_votes"]) == 5


def test_no_error_leaves_no_pairs() -> None:
    found = expression_detail.failure_figures(reading([0, 1], [0, 1]))
    assert found["pairs"] == [] and found["share_of_errors_with_split_votes"] is None
