"""Figures of merit of predicted severities; plain numpy, every formula tested by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.learning.licensed.scales import Scale

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
BANDS = 4
CALIBRATION_BINS = 10
_erf = np.vectorize(math.erf, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a method says of recordings.

    Attributes:
        mean: (N,) expected label; for a label of yes and no the probability of yes.
        low, high: (N,) ends of the 90 % interval; NaN for a label of yes and no.
        positive: (N,) probability that the label is positive.
    """

    mean: Floats
    low: Floats
    high: Floats
    positive: Floats

    def __post_init__(self) -> None:
        sizes = {len(self.mean), len(self.low), len(self.high), len(self.positive)}
        if len(sizes) != 1:
            raise ValueError(f"expected arrays of one length, got {sorted(sizes)}")


def gaussian(scale: Scale, mean: Floats, sd: Floats, width: float) -> Predictions:
    """Predictions of a normal distribution on a scale.

    Args:
        mean, sd: (N,) of the distribution.
        width: Half width of the 90 % interval in standard deviations.
    """
    positive = 1.0 - normal_cdf((scale.threshold - mean) / sd)
    low, high = mean - width * sd, mean + width * sd
    at, bottom, top = (np.clip(values, scale.low, scale.high) for values in (mean, low, high))
    return Predictions(at, bottom, top, positive)


def bernoulli(probability: Floats) -> Predictions:
    """Predictions of a label of yes and no."""
    nothing = np.full(len(probability), np.nan)
    return Predictions(probability, nothing, nothing, probability)


def normal_cdf(z: Floats) -> Floats:
    """Standard normal distribution function."""
    return np.asarray(0.5 * (1.0 + _erf(np.asarray(z) / math.sqrt(2.0))), np.float64)


def mean_absolute_error(labels: Floats, guesses: Floats) -> float:
    """Mean of |guess - label|."""
    return float(np.abs(guesses - labels).mean())


def root_mean_squared_error(labels: Floats, guesses: Floats) -> float:
    """Root of the mean of (guess - label) squared."""
    return float(np.sqrt(np.square(guesses - labels).mean()))


def concordance(labels: Floats, guesses: Floats) -> float:
    """Concordance correlation coefficient (Lin 1989), with variances over N; NaN if both are equal.

    2 cov / (var + var + (difference of the means) squared).
    """
    covariance = ((labels - labels.mean()) * (guesses - guesses.mean())).mean()
    spread = labels.var() + guesses.var() + (labels.mean() - guesses.mean()) ** 2
    return float(2 * covariance / spread) if spread > 0 else math.nan


def quadratic_kappa(labels: Ints, guesses: Ints, classes: int = BANDS) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968); NaN where no disagreement is expected."""
    pairs = np.bincount(classes * labels + guesses, minlength=classes**2)
    seen = pairs.reshape(classes, classes).astype(np.float64)
    weight = np.square(np.subtract.outer(np.arange(classes), np.arange(classes)))
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / len(labels)
    disagreement = float((weight * expected).sum())
    return 1.0 - float((weight * seen).sum()) / disagreement if disagreement > 0 else math.nan


def area_under_roc(positive: NDArray[np.bool_], score: Floats) -> float:
    """Chance that a positive one scores above a negative one, a tie counting half.

    The Mann-Whitney statistic over the number of pairs; NaN without both kinds.
    """
    above = np.sort(score[~positive])
    yes = score[positive]
    if not len(above) or not len(yes):
        return math.nan
    below = np.searchsorted(above, yes, side="left") + np.searchsorted(above, yes, side="right")
    return float(below.sum() / 2 / (len(above) * len(yes)))


def calibration_error(
    positive: NDArray[np.bool_], probability: Floats, bins: int = CALIBRATION_BINS
) -> float:
    """Expected calibration error of the probability of "positive", bins of equal width.

    Mean over the recordings of |mean probability - share of positives| in their bin.
    """
    which = np.minimum((probability * bins).astype(np.int64), bins - 1)
    apart = np.bincount(which, weights=probability - positive, minlength=bins)
    return float(np.abs(apart).sum() / len(probability))


def coverage(labels: Floats, low: Floats, high: Floats) -> float:
    """Share of labels inside their interval."""
    return float(((labels >= low) & (labels <= high)).mean())


def figures_of(scale: Scale, labels: Floats, said: Predictions, rows: Ints) -> dict[str, float]:
    """Every figure of some rows; NaN where one cannot be computed from them.

    Returns:
        mae, rmse, ccc, weighted_kappa, interval_coverage (not for a label of yes and no), auroc
        and calibration_error.
    """
    truth, mean = labels[rows], said.mean[rows]
    positive, chance = truth > scale.threshold, said.positive[rows]
    found: dict[str, float] = {}
    if not scale.binary:
        found = {
            "mae": mean_absolute_error(truth, mean),
            "rmse": root_mean_squared_error(truth, mean),
            "ccc": concordance(truth, mean),
            "weighted_kappa": quadratic_kappa(scale.bands(truth), scale.bands(mean)),
            "interval_coverage": coverage(truth, said.low[rows], said.high[rows]),
        }
    return {**found, "auroc": area_under_roc(positive, chance),
            "calibration_error": calibration_error(positive, chance)}  # fmt: skip


def main_figure(scale: Scale) -> str:
    """The figure by which a head is compared with the baselines; for MAE less is better."""
    return "auroc" if scale.binary else "mae"
