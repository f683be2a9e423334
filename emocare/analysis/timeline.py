"""A session over time, as charts draw it (chart grammar: a gap stays a gap, a value has a band)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emocare.analysis.analysed import Analysis, analyse
from emocare.analysis.clock import Floats, durations
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.dimensions import dimension, item
from emocare.analysis.estimates import typical_range, window_affect
from emocare.analysis.features import window_z
from emocare.analysis.measures import Raw, window_features
from emocare.analysis.quality import quality_stretches
from emocare.analysis.uncertainty import Z90
from emocare.analysis.windows import Window, cut_windows
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import Readings
from emocare.domain.summary import DIMENSIONS
from emocare.domain.timeline import Moment, SegmentSpan, Timeline, Trajectory

CELL_S = 1.0
MOMENTS = 5
MIN_PAIRS = 3
"""Fewest pairs of neighbouring windows from which their noise is taken."""
MOMENT_LABELS: Mapping[str, str] = {
    "smile": "Little smiling", "expressivity": "Little facial movement",
    "head_motion": "Little head movement", "gaze_down": "Looking down",
    "neg_valence": "Unpleasant expression", "fatigue": "Heavy or closing eyes",
    "anxiety": "Tense movement", "au14": "Dimpled lip corners",
    "irritability": "Lowered brow or pressed lips",
}  # fmt: skip


def timeline(readings: Readings, config: AnalysisConfig) -> Timeline:
    """What the review chart needs, computed from readings alone.

    Trajectories: one point per 10 s window, every 5 s, NaN where a window is not valid; all NaN
    when the gate says unreliable. Valence and arousal are the session's formulas on the window.
    The 0 to 100 dimensions are the session's value plus the window's deviation in the
    linearised series of section 3.5 (each feature's z held to -1..3.5, its mean over windows
    taken away), so the curve lies around the number on the face card; window values of the
    formula itself would lie far above it, because clipping noise adds up.

    The 90 % band of a point is value -/+ 1.645 s / sqrt(share): s is the noise of one window,
    taken from how much neighbouring, non-overlapping windows differ (root mean square of their
    difference over the square root of two), share is the measured part of the window. With
    fewer than three neighbouring pairs s is half the typical range's half-width. The band is
    cut at the ends of the scale. It is a plotting band [engineering]; the session's interval is
    in the summary.
    """
    found = analyse(readings.kept(), config, None)
    signals = found.signals
    cells, end = _cells(readings["t_s"]), _end_s(readings, config)
    return Timeline(
        duration_s=end,
        dimensions=_trajectories(found, config),
        cell_t_s=cells, action_units=_unit_cells(found, cells),
        quality=quality_stretches(readings, signals, cells, end, config),
        segments=tuple(SegmentSpan(s.segment, s.start_s, s.end_s) for s in signals.spans),
        events=found.moves.events, moments=_moments(found, config),
        person_changes=signals.person.changes,
    )  # fmt: skip


def _trajectories(found: Analysis, config: AnalysisConfig) -> dict[str, Trajectory]:
    signals = found.signals
    windows = cut_windows(
        signals.spans, signals.t_s, signals.dt_s, signals.ok, config.hop_s, config
    )
    centres = np.array([w.start_s + config.window_s / 2 for w in windows])
    if found.unusable is not None or not windows:
        nothing = np.full(len(windows), np.nan)
        return {
            name: Trajectory(centres, nothing, nothing, nothing, _typical(name, found, config))
            for name in DIMENSIONS
        }
    raws = [window_features(signals, w, found.moves, config) if w.valid else None for w in windows]
    share = np.array([w.share for w in windows])
    curves = {}
    for name in DIMENSIONS:
        typical = _typical(name, found, config)
        values = _values(name, windows, raws, found, config)
        half = Z90 * _window_noise(values, windows, typical, config) / np.sqrt(
            np.where(share > 0, share, 1.0)
        )
        low, high = (0.0, 100.0) if name in config.dimensions else (-1.0, 1.0)
        values = np.clip(values, low, high)
        curves[name] = Trajectory(
            centres, values, np.clip(values - half, low, high),
            np.clip(values + half, low, high), typical,
        )  # fmt: skip
    return curves


def _values(
    name: str,
    windows: tuple[Window, ...],
    raws: list[Raw | None],
    found: Analysis,
    config: AnalysisConfig,
) -> Floats:
    """(W,) value of each window before it is cut at the ends of the scale; NaN at gaps."""
    values = np.full(len(windows), np.nan)
    known = [(i, raw) for i, raw in enumerate(raws) if raw is not None]
    if name not in config.dimensions:
        for i, raw in known:
            value = window_affect(name, windows[i], raw, found, config)
            values[i] = np.nan if value is None else value
        return values
    composite = dimension(name, found.features, config)
    if composite.u is None or not known:
        return values
    z = window_z([raw for _, raw in known], found.features, found.reference)
    held = {f: np.clip(z[f], config.linear_low, config.linear_high) for f in composite.weights}
    series = 100 * composite.series(held) / 3
    values[[i for i, _ in known]] = 100 * composite.u + series - series.mean()
    return values


def _window_noise(
    values: Floats,
    windows: tuple[Window, ...],
    typical: tuple[float, float] | None,
    config: AnalysisConfig,
) -> float:
    """Noise of one window, from neighbours that do not overlap."""
    stride = max(1, round(config.window_s / config.hop_s))
    same = np.array(
        [a.span == b.span for a, b in zip(windows, windows[stride:], strict=False)], dtype=bool
    )
    steps = (values[stride:] - values[:-stride])[same]
    steps = steps[np.isfinite(steps)]
    if len(steps) >= MIN_PAIRS:
        return float(np.sqrt((steps**2).mean() / 2))
    low, high = typical if typical is not None else (-0.5, 0.5)
    return (high - low) / 4


def _typical(name: str, found: Analysis, config: AnalysisConfig) -> tuple[float, float] | None:
    return typical_range(name, found.features, found.reference, config)


def _end_s(readings: Readings, config: AnalysisConfig) -> float:
    """When the last row ends, left out or not."""
    t_s = readings["t_s"]
    return float(t_s[-1] + durations(t_s, config.gap_s)[-1]) if len(t_s) else 0.0


def _cells(t_s: Floats) -> Floats:
    """(C,) starts of the one-second cells that hold all rows."""
    if len(t_s) == 0:
        return np.zeros(0)
    return np.arange(np.floor(t_s[0] / CELL_S), np.floor(t_s[-1] / CELL_S) + 1) * CELL_S


def _unit_cells(found: Analysis, cells: Floats) -> dict[str, Floats]:
    """Unit -> (C,) mean AU' in each cell, NaN where it was not measured."""
    if len(cells) == 0:
        return {name.upper(): np.zeros(0) for name in ACTION_UNITS}
    place = np.floor((found.signals.t_s - cells[0]) / CELL_S).astype(np.int64)
    rows = {}
    for name in ACTION_UNITS:
        values = found.signals.unit(name)
        seen = np.isfinite(values)
        weights = found.signals.dt_s[seen]
        total = np.bincount(place[seen], weights * values[seen], minlength=len(cells))
        time = np.bincount(place[seen], weights, minlength=len(cells))
        rows[name.upper()] = np.where(time > 0, total / np.where(time > 0, time, 1.0), np.nan)
    return rows


def _moments(found: Analysis, config: AnalysisConfig) -> tuple[Moment, ...]:
    """The starts of at most five windows that weigh most on the index, and by which item."""
    if found.unusable is not None or found.index.index is None or not found.windows:
        return ()
    series = {}
    for name, weight in config.items.items():
        composite = item(name, found.features, config)
        if composite.u is not None:
            held = {
                feature: np.clip(z, config.linear_low, config.linear_high)
                for feature, z in found.z.items() if feature in composite.weights
            }  # fmt: skip
            series[name] = weight * composite.series(held)
    total = np.sum(list(series.values()), axis=0)
    moments = []
    for row in np.argsort(-total, kind="stable")[:MOMENTS]:
        name = max(series, key=lambda item_name: float(series[item_name][row]))
        if total[row] > 0 and series[name][row] > 0:
            moments.append(Moment(found.windows[row].start_s, MOMENT_LABELS[name]))
    return tuple(moments)
