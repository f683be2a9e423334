"""The facial behaviour index: an observation beside the questionnaire, never a diagnosis (3.5)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.dimensions import PLAIN_ITEMS, Composite, item
from emocare.analysis.reference import Reference, composite_reference
from emocare.analysis.uncertainty import Spread, band_probabilities, spread, with_model
from emocare.domain.summary import BANDS, Band, BehaviourIndex, Driver, Feature

GRADES: Mapping[str, str] = {
    "smile": "A", "expressivity": "A-B", "head_motion": "A", "gaze_down": "B", "neg_valence": "C",
    "fatigue": "C", "anxiety": "C", "au14": "B", "irritability": "D",
}  # fmt: skip
"""Strength of the evidence for each item (section 3.5)."""


@dataclass(frozen=True, slots=True)
class IndexResult:
    """The index, or why there is none.

    Attributes:
        index: None when less than 70 % of the weight is available.
        reason: Why not.
        series: (W,) linearised index of each valid window, before the mean is taken away.
        spread: How that series varies.
    """

    index: BehaviourIndex | None
    reason: str | None
    series: Floats
    spread: Spread


def behaviour_index(
    features: Mapping[str, Feature],
    window_z: Mapping[str, Floats],
    windows: int,
    adjacent: Flags,
    reference: Reference,
    config: AnalysisConfig,
) -> IndexResult:
    """The index with its interval, band and drivers.

    Args:
        features: Features of the session.
        window_z: Feature -> (W,) z of each valid window.
        windows: Number of valid windows W.
        adjacent: (W-1,) whether neighbours in the sequence are adjacent in one task.
        reference: What is typical.
        config: Weights and limits.
    """
    items = {name: item(name, features, config) for name in config.items}
    known = {name: w for name, w in config.items.items() if items[name].u is not None}
    total, whole = sum(known.values()), sum(config.items.values())
    series = linear_series(items, known, window_z, windows, config)
    varying = spread(series, adjacent, config)
    if total / whole < config.min_index_weight - 1e-9:
        reason = (
            f"Only {100 * total / whole:.0f} % of the index could be measured, "
            f"{100 * config.min_index_weight:.0f} % is needed."
        )
        return IndexResult(None, reason, series, varying)
    drivers = _drivers(items, total, features, reference, config)
    value = sum(driver.contribution or 0.0 for driver in drivers)
    return IndexResult(_index(value, varying, drivers, config), None, series, varying)


def linear_series(
    items: Mapping[str, Composite],
    weights: Mapping[str, float],
    window_z: Mapping[str, Floats],
    windows: int,
    config: AnalysisConfig,
) -> Floats:
    """(W,) y_w = 100 / sum w * sum of w z_w / 3 over the items that are not clipped."""
    y = np.zeros(windows)
    total = sum(weights.values())
    for name, weight in weights.items():
        z = items[name].z
        if z is not None and config.linear_low < z < config.linear_high:
            y = y + 100 * weight / total * items[name].series(window_z) / 3
    return y


def band_of(value: float, edges: tuple[float, float, float]) -> Band:
    """The band of a value that was rounded to 0.1."""
    return BANDS[sum(value >= edge for edge in edges)]


def round_tenth(value: float) -> float:
    """Half-up to 0.1, so that the printed number and its band agree."""
    return math.floor(value * 10 + 0.5 + 1e-9) / 10


def _index(
    value: float, varying: Spread, drivers: tuple[Driver, ...], config: AnalysisConfig
) -> BehaviourIndex:
    shown = round_tenth(value)
    interval, chances, band = None, None, Band.INDETERMINATE
    if varying.ess is not None and varying.half_width is not None and varying.ess >= config.min_ess:
        half = with_model(varying.half_width, config.tau)
        interval = (max(0.0, value - half), min(100.0, value + half))
        chances = band_probabilities(value, half, config.band_edges)
        if max(chances) >= config.min_band_probability and half <= config.max_half_width:
            band = band_of(shown, config.band_edges)
    return BehaviourIndex(
        shown, interval, band, chances, drivers, varying.windows, varying.ess, config.reference
    )


def _drivers(
    items: Mapping[str, Composite],
    total: float,
    features: Mapping[str, Feature],
    reference: Reference,
    config: AnalysisConfig,
) -> tuple[Driver, ...]:
    drivers = []
    for name, weight in config.items.items():
        composite = items[name]
        contribution = None if composite.u is None else 100 * weight * composite.u / total
        shown = _shown(name, composite, features, reference, config)
        drivers.append(
            Driver(
                name, weight, contribution, composite.u, shown.value, shown.mean, shown.sd,
                GRADES[name], composite.reason,
            )
        )  # fmt: skip
    drivers.sort(key=lambda d: (d.contribution is None, -(d.contribution or 0.0), -d.weight))
    return tuple(drivers)


@dataclass(frozen=True, slots=True)
class _Shown:
    value: float | None
    mean: float | None
    sd: float | None


def _shown(
    name: str,
    composite: Composite,
    features: Mapping[str, Feature],
    reference: Reference,
    config: AnalysisConfig,
) -> _Shown:
    """What a driver shows: its first available feature, or a dimension's own 0 to 100."""
    if name in config.dimensions:
        mean, sd = composite_reference(composite.weights or config.dimensions[name])
        return _Shown(None if composite.u is None else 100 * composite.u, mean, sd)
    lead = next(iter(composite.weights), None) or _first_feature(name)
    return _Shown(features[lead].value, reference[lead].raw_mean, reference[lead].raw_sd)


def _first_feature(name: str) -> str:
    return next(iter(PLAIN_ITEMS[name]))
