"""The resting face: what is taken away before movement is measured (section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.summary import BaselineInfo

ESTIMATED = "baseline=estimated"
NOT_NEUTRAL = "baseline_not_neutral"
TOO_SHORT = "baseline_too_short"
TELLTALE_EXPRESSIONS = ("happiness", "anger", "surprise")
TELLTALE_UNITS = ("au12", "au26")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The resting face of this person in this recording.

    Attributes:
        units: (17,) resting Action Units, 0..0.5; NaN = unit not measured.
        expressions: (8,) resting expressions, 0..0.5; 0 for neutral, which is not corrected.
        pitch_deg: Usual pitch.
        open_eye: Eye aspect ratio of the open eye; NaN when eyes were never seen.
        info: How it was taken, with flags.
    """

    units: Floats
    expressions: Floats
    pitch_deg: float
    open_eye: float
    info: BaselineInfo


@dataclass(frozen=True, slots=True)
class RawSignals:
    """Uncorrected measurements, NaN where a row or its region is not measured.

    Attributes:
        units: (T, 17).
        expressions: (T, 8).
        eye: (T,) mean eye aspect ratio.
        pitch_deg: (T,).
    """

    units: Floats
    expressions: Floats
    eye: Floats
    pitch_deg: Floats


def take_baseline(
    raw: RawSignals, dt_s: Floats, ok: Flags, in_baseline: Flags, config: AnalysisConfig
) -> Baseline:
    """The median over the neutral segment, or a low percentile over everything measured.

    The percentile is of the units and expressions only: pitch is the session's median, because
    a tenth percentile of pitch would be the person looking down. Eye openness is the 95th
    percentile either way.

    Args:
        raw: Uncorrected measurements.
        dt_s: (T,) seconds per row.
        ok: (T,) measured rows.
        in_baseline: (T,) rows of the neutral segment.
        config: Percentiles and cap.
    """
    neutral = ok & in_baseline
    seconds = float(dt_s[neutral].sum())
    flags = []
    if seconds >= config.min_baseline_s:
        rows, percentile, method = neutral, 50.0, "segment"
    else:
        rows, percentile, method = ok, config.baseline_percentile, "estimated"
        flags.append(ESTIMATED)
        if bool(in_baseline.any()):
            flags.append(TOO_SHORT)
    units = _percentile(raw.units[rows], percentile)
    expressions = _percentile(raw.expressions[rows], percentile)
    if _not_neutral(units, expressions, config.baseline_cap):
        flags.append(NOT_NEUTRAL)
    expressions[EXPRESSIONS.index("neutral")] = 0.0
    pitch = raw.pitch_deg[rows]
    return Baseline(
        np.minimum(units, config.baseline_cap),
        np.minimum(expressions, config.baseline_cap),
        float(np.nanmedian(pitch)) if np.isfinite(pitch).any() else 0.0,
        float(_percentile(raw.eye[rows][:, None], config.open_eye_percentile)[0]),
        BaselineInfo(method, tuple(flags)),
    )


def corrected(values: Floats, resting: Floats) -> Floats:
    """max(0, (x - b) / (1 - b)) per column, NaN kept.

    Args:
        values: (T, K) units or expressions, 0..1.
        resting: (K,) resting values.
    """
    return np.maximum(0.0, (values - resting) / (1.0 - resting))


def _percentile(values: Floats, percentile: float) -> Floats:
    """(K,) percentile of the finite values of each column of (N, K), NaN for empty columns."""
    result = np.full(values.shape[1], np.nan)
    for k in range(values.shape[1]):
        column = values[:, k]
        column = column[np.isfinite(column)]
        if len(column):
            result[k] = np.percentile(column, percentile)
    return result


def _not_neutral(units: Floats, expressions: Floats, cap: float) -> bool:
    told = [expressions[EXPRESSIONS.index(name)] for name in TELLTALE_EXPRESSIONS]
    told += [units[ACTION_UNITS.index(name)] for name in TELLTALE_UNITS]
    return any(value > cap for value in told)
