"""What can be said without looking at a face: the mean of the training labels, alone or by sex."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emocare.learning.licensed.scales import Scale
from emocare.learning.licensed.scores import Predictions, bernoulli, gaussian

Floats = NDArray[np.float64]
WIDTH_90 = 1.6449
"""Half width of a normal distribution's central 90 % in standard deviations."""
MIN_SD = 0.5
"""Least standard deviation in points: labels are whole."""
MEAN, SEX = "training_mean", "sex_only"


def training_mean(scale: Scale, labels: Floats, count: int) -> Predictions:
    """Says the mean of the training labels of everybody.

    Args:
        labels: (M,) of the training people.
        count: Number of recordings to be predicted.
    """
    return _constant(scale, labels, np.zeros(count, int), [labels])


def sex_only(
    scale: Scale, labels: Floats, sexes: Sequence[str | None], asked: Sequence[str | None]
) -> Predictions | None:
    """Says the mean of the training labels of the same sex; of all where the sex is not known.

    Args:
        labels: (M,) of the training people.
        sexes: Of the training people.
        asked: Of the recordings to be predicted.

    Returns:
        None where the training people's sex is not known.
    """
    kinds = sorted({one for one in sexes if one is not None})
    if not kinds:
        return None
    which = np.array([one or "" for one in sexes])
    parts = [labels, *(labels[which == kind] for kind in kinds)]
    places = {kind: number for number, kind in enumerate(kinds, start=1)}
    return _constant(scale, labels, np.array([places.get(one or "", 0) for one in asked]), parts)


def _constant(
    scale: Scale, labels: Floats, part_of: NDArray[np.integer], parts: Sequence[Floats]
) -> Predictions:
    mean = np.array([part.mean() for part in parts])[part_of]
    if scale.binary:
        return bernoulli(mean)
    sd = np.array([max(part.std(), MIN_SD) for part in parts])[part_of]
    return gaussian(scale, mean, sd, WIDTH_90)
