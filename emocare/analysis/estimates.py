"""The six dimensions of a recording with their 90 % intervals (sections 3.4, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emocare.analysis.affect import mean_arousal
from emocare.analysis.analysed import Analysis
from emocare.analysis.clock import Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.dimensions import dimension, single
from emocare.analysis.features import NOTHING
from emocare.analysis.index import linear_series
from emocare.analysis.measures import Raw, joined_piece, mean_expressions
from emocare.analysis.reference import Reference, composite_reference
from emocare.analysis.uncertainty import Z90, spread
from emocare.analysis.windows import Window, neighbours
from emocare.domain.summary import DIMENSIONS, Estimate, Feature


@dataclass(frozen=True, slots=True)
class Estimated:
    """One dimension: an estimate, or the reason why there is none."""

    estimate: Estimate | None
    reason: str | None


def estimate_dimensions(found: Analysis, config: AnalysisConfig) -> Mapping[str, Estimated]:
    """All six; all None with the gate's reason when the face was not measured reliably."""
    if found.unusable is not None:
        return dict.fromkeys(DIMENSIONS, Estimated(None, found.unusable))
    return {
        name: (_composite if name in config.dimensions else _affect)(name, found, config)
        for name in DIMENSIONS
    }


def dimension_series(name: str, found: Analysis, config: AnalysisConfig) -> Floats:
    """(W,) linearised window series of one 0 to 100 dimension."""
    known = dimension(name, found.features, config).weights
    parts = {feature: single(feature, found.features) for feature in known}
    return linear_series(parts, known, found.z, len(found.windows), config)


def affect_series(name: str, found: Analysis, config: AnalysisConfig) -> Floats:
    """(W,) valence or arousal of each valid window; NaN where a window gives none."""
    return np.array(
        [
            _or_nan(window_affect(name, window, raw, found, config))
            for window, raw in zip(found.windows, found.each, strict=True)
        ],
        dtype=np.float64,
    )


def window_affect(
    name: str, window: Window, raw: Raw, found: Analysis, config: AnalysisConfig
) -> float | None:
    """Valence or arousal of one window by the session's formula."""
    if name == "valence":
        return raw["f8"]
    mean = mean_expressions(found.signals, slice(window.first, window.end))
    return _arousal(mean, raw["f4"], found, config)


def typical_range(
    name: str, features: Mapping[str, Feature], reference: Reference, config: AnalysisConfig
) -> tuple[float, float] | None:
    """The middle 90 % of the reference; None for arousal, which has no reference of its own."""
    if name == "arousal":
        return None
    if name == "valence":
        known = reference["f8"]
        half = Z90 * known.sigma
        return max(-1.0, known.mu - half), min(1.0, known.mu + half)
    weights = dimension(name, features, config).weights or config.dimensions[name]
    mean, sd = composite_reference(weights)
    return max(0.0, mean - Z90 * sd), min(100.0, mean + Z90 * sd)


def _composite(name: str, found: Analysis, config: AnalysisConfig) -> Estimated:
    composite = dimension(name, found.features, config)
    if composite.u is None:
        return Estimated(None, composite.reason)
    series = dimension_series(name, found, config)
    return _estimate(100 * composite.u, series, found, config, (0.0, 100.0))


def _affect(name: str, found: Analysis, config: AnalysisConfig) -> Estimated:
    """Valence or arousal of the session."""
    for needed in ("f8",) if name == "valence" else ("f8", "f4"):
        if found.features[needed].value is None:
            return Estimated(None, found.features[needed].reason)
    value = found.features["f8"].value
    if name == "arousal":
        piece = joined_piece(found.signals, found.windows)
        mean = mean_expressions(found.signals, piece.rows)
        value = _arousal(mean, found.features["f4"].value, found, config)
    if value is None:
        return Estimated(None, NOTHING)
    return _estimate(value, affect_series(name, found, config), found, config, (-1.0, 1.0))


def _arousal(
    mean: Floats | None, speed: float | None, found: Analysis, config: AnalysisConfig
) -> float | None:
    if mean is None or speed is None:
        return None
    return mean_arousal(mean, speed, found.reference["f4"], config)


def _estimate(
    value: float, series: Floats, found: Analysis, config: AnalysisConfig,
    limits: tuple[float, float],
) -> Estimated:  # fmt: skip
    """A value with the interval of section 3.5 without tau; none where ESS is too small."""
    seen = np.isfinite(series)
    places = [window for window, known in zip(found.windows, seen, strict=True) if known]
    varying = spread(series[seen], neighbours(places), config)
    if varying.half_width is None or varying.ess is None or varying.ess < config.min_ess:
        return Estimated(Estimate(value, None, None), None)
    low, high = value - varying.half_width, value + varying.half_width
    return Estimated(Estimate(value, max(limits[0], low), min(limits[1], high)), None)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
