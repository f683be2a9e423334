"""Weighted sums of features: the nine items of the index and the 0 to 100 dimensions (3.4, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Floats
from emocare.analysis.config import AnalysisConfig
from emocare.domain.summary import Feature

PLAIN_ITEMS: Mapping[str, Mapping[str, float]] = {
    "smile": {"f1": 0.5, "f2": 0.5},
    "expressivity": {"f3": 0.5, "f4": 0.5},
    "head_motion": {"f5": 0.5, "f6": 0.5},
    "gaze_down": {"f7": 1.0},
    "neg_valence": {"f8": 1.0},
    "au14": {"f9": 1.0},
}
"""Items that are a mean of features; the other three are dimensions."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A weighted mean of features.

    Attributes:
        u: sum w u / sum w over available features, 0..1; None when too few are available.
        z: The same of z, unclipped; None likewise.
        weights: Available feature -> weight.
        reason: Why ``u`` is None.
    """

    u: float | None
    z: float | None
    weights: Mapping[str, float]
    reason: str | None

    def series(self, window_z: Mapping[str, Floats]) -> Floats:
        """(W,) weighted mean of the window z of the available features."""
        total = sum(self.weights.values())
        return np.asarray(sum(w * window_z[f] for f, w in self.weights.items()) / total)


def combine(
    weights: Mapping[str, float], features: Mapping[str, Feature], least: float
) -> Composite:
    """Renormalises ``weights`` over the available features.

    Args:
        weights: Feature -> weight.
        features: All features.
        least: Smallest available share of the weight.
    """
    known = {name: w for name, w in weights.items() if features[name].u is not None}
    total, whole = sum(known.values()), sum(weights.values())
    if not known or total / whole < least - 1e-9:
        missing = [name for name in weights if name not in known]
        why = {features[name].reason for name in missing} - {None}
        words = " ".join(sorted(str(reason) for reason in why))
        if known:
            words = f"Only {100 * total / whole:.0f} % of its weight was measured. {words}"
        return Composite(None, None, known, words.strip())
    u = sum(w * _number(features[name].u) for name, w in known.items()) / total
    z = sum(w * _number(features[name].z) for name, w in known.items()) / total
    return Composite(u, z, known, None)


def single(feature: str, features: Mapping[str, Feature]) -> Composite:
    """One feature as a composite of its own."""
    return combine({feature: 1.0}, features, 0.0)


def dimension(name: str, features: Mapping[str, Feature], config: AnalysisConfig) -> Composite:
    """One of anhedonia, anxiety, irritability, fatigue; 100 u is its value."""
    return combine(config.dimensions[name], features, config.min_dimension_weight)


def item(name: str, features: Mapping[str, Feature], config: AnalysisConfig) -> Composite:
    """One of the nine items of the index."""
    if name in PLAIN_ITEMS:
        return combine(PLAIN_ITEMS[name], features, 0.0)
    return dimension(name, features, config)


def _number(value: float | None) -> float:
    if value is None:
        raise ValueError("expected a value, got None")
    return value
