"""The raw features f1 to f21 over a set of rows, each in its own unit (section 3.4).

A session's feature is its definition over the measured frames of all valid windows together;
only the two that are a spread *within* windows (f3, f6) are averaged over windows. A single
window's feature is the same definition on that window alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emocare.analysis.affect import mean_valence
from emocare.analysis.clock import (
    Flags,
    Floats,
    share,
    weighted_mean,
    weighted_quantile,
    weighted_rows_mean,
)
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.events import Movements
from emocare.analysis.signals import Signals
from emocare.analysis.windows import Span, Window
from emocare.domain.faces import EXPRESSIONS
from emocare.domain.readings import Segment

FEATURES: tuple[str, ...] = (*(f"f{i}" for i in range(1, 22)), "au12_pair")
Raw = dict[str, float | None]
MIN_GRID = 20
"""Fewest points of an even series over which a spread is taken."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Valid windows over which features are taken, as masks.

    Attributes:
        rows: (T,) rows inside.
        unit_points: (G,) points of the 10 Hz clock inside.
        pose_points: (H,) points of the 30 Hz clock inside.
        windows: The windows.
    """

    rows: Flags | slice
    unit_points: Flags | slice
    pose_points: Flags | slice
    windows: tuple[Window, ...]


def window_piece(signals: Signals, window: Window) -> Piece:
    """One window, as slices."""
    bounds = [window.start_s - 1e-6, window.end_s - 1e-6]
    unit = np.searchsorted(signals.grid.unit_s, bounds)
    pose = np.searchsorted(signals.grid.pose_s, bounds)
    return Piece(
        slice(window.first, window.end), slice(int(unit[0]), int(unit[1])),
        slice(int(pose[0]), int(pose[1])), (window,),
    )  # fmt: skip


def joined_piece(signals: Signals, windows: Sequence[Window]) -> Piece:
    """Several windows together."""
    rows = np.zeros(len(signals.t_s), bool)
    unit = np.zeros(len(signals.grid.unit_s), bool)
    pose = np.zeros(len(signals.grid.pose_s), bool)
    for window in windows:
        piece = window_piece(signals, window)
        rows[piece.rows] = True
        unit[piece.unit_points] = True
        pose[piece.pose_points] = True
    return Piece(rows, unit, pose, tuple(windows))


def frame_features(
    signals: Signals, piece: Piece, moves: Movements, config: AnalysisConfig
) -> Raw:
    """All features of ``piece`` but the spreads f3, f6 and the comparison f21."""
    return {
        **_mouth(signals, piece, config),
        **_brows(signals, piece, config),
        **_eyes(signals, piece, moves, config),
        **_head(signals, piece),
        **_expressions(signals, piece, config),
        "f7": gaze_down(signals, piece.rows),
        "f13": _per_minute(
            _count(moves.yawn_s, piece.windows), signals, signals.mouth, piece.rows
        ),
        "f20": _per_minute(
            _count(moves.burst_s, piece.windows), signals, signals.mouth & signals.eyes, piece.rows
        ),
    }


def window_features(
    signals: Signals, window: Window, moves: Movements, config: AnalysisConfig
) -> Raw:
    """All features of one window; f21 compares tasks and is None."""
    piece = window_piece(signals, window)
    return {
        **frame_features(signals, piece, moves, config),
        "f3": _unit_spread(signals, piece, config),
        "f6": _pose_spread(signals, piece),
        "f21": None,
    }


def session_features(
    signals: Signals,
    windows: Sequence[Window],
    each: Sequence[Raw],
    moves: Movements,
    config: AnalysisConfig,
) -> Raw:
    """All features of the session.

    Args:
        signals: Prepared readings.
        windows: The valid windows.
        each: Features of each of them.
        moves: Events.
        config: Constants.

    Returns:
        Feature -> raw value, None where there is nothing to measure. f7 is over every tracked
        frame outside the neutral baseline, valid window or not (section 4.3); f15 over the task
        with most measured time.
    """
    raw = frame_features(signals, joined_piece(signals, windows), moves, config)
    raw["f3"] = _mean([one["f3"] for one in each])
    raw["f6"] = _mean([one["f6"] for one in each])
    raw["f7"] = gaze_down(signals, ~signals.baseline_rows)
    raw["f15"] = task_blink_rate(signals, moves).per_min
    raw["f21"] = _reactivity(signals, windows, config)
    return raw


def gaze_down(signals: Signals, rows: Flags | slice) -> float | None:
    """f7: share of tracked, open-eyed time with the gaze or the head down."""
    return weighted_mean(signals.looks_down[rows], signals.dt_s[rows])


def minutes(signals: Signals, usable: Flags, rows: Flags | slice) -> float:
    """Usable minutes in ``rows``."""
    return float(signals.dt_s[rows][usable[rows]].sum()) / 60.0


@dataclass(frozen=True, slots=True)
class BlinkRate:
    """f15 of the task with most measured time: blinks a minute, and that time in seconds."""

    per_min: float | None
    seconds: float


def task_blink_rate(signals: Signals, moves: Movements) -> BlinkRate:
    """Blinks a minute within one task: rates of different tasks are not comparable."""
    best = BlinkRate(None, 0.0)
    for segment in {span.segment for span in signals.spans} - {Segment.BASELINE}:
        mine = [span for span in signals.spans if span.segment is segment]
        seconds = 60.0 * sum(minutes(signals, signals.eyes, slice(s.first, s.end)) for s in mine)
        if seconds > best.seconds:
            count = _count(moves.blink_s, mine)
            best = BlinkRate(60.0 * count / seconds, seconds)
    return best


def _mouth(signals: Signals, piece: Piece, config: AnalysisConfig) -> Raw:
    rows, weights = piece.rows, signals.dt_s[piece.rows]
    smile = signals.unit("au12")[rows]
    dimple = signals.unit("au14")[rows]
    press, roll = signals.unit("au24")[rows], signals.unit("au28")[rows]
    lips = np.fmax(press, roll)
    seen = np.isfinite(smile)
    return {
        "f1": share(smile >= config.smile_level, seen, weights),
        "f2": weighted_quantile(smile, weights, 0.90),
        "f4": _finite_mean(signals.grid.unit_speed[piece.unit_points]),
        "f9": share(
            (dimple >= config.active_level) & (smile < config.smile_level),
            np.isfinite(dimple) & seen, weights,
        ),
        "f17": share(lips >= config.active_level, np.isfinite(lips), weights),
    }  # fmt: skip


def _brows(signals: Signals, piece: Piece, config: AnalysisConfig) -> Raw:
    rows, weights = piece.rows, signals.dt_s[piece.rows]
    lower = signals.unit("au04")[rows]
    both = np.minimum(signals.unit("au01")[rows], signals.unit("au02")[rows])
    level = config.active_level
    return {
        "f19": share(lower >= level, np.isfinite(lower), weights),
        "au12_pair": share(both >= level, np.isfinite(both), weights),
    }


def _eyes(signals: Signals, piece: Piece, moves: Movements, config: AnalysisConfig) -> Raw:
    weights, openness = signals.dt_s[piece.rows], signals.openness[piece.rows]
    seen = np.isfinite(openness)
    opened = np.where(openness > config.closed_eo, openness, np.nan)
    median = weighted_quantile(opened, weights, 0.5)
    shut = sum(_overlap(moves.closure_s, window) for window in piece.windows)
    blinks = _count(moves.blink_s, piece.windows)
    return {
        "f10": share(openness <= config.perclos_eo, seen, weights),
        "f11": _per_minute(shut, signals, signals.eyes, piece.rows),
        "f12": None if median is None else 1.0 - median,
        "f15": _per_minute(blinks, signals, signals.eyes, piece.rows),
    }


def _head(signals: Signals, piece: Piece) -> Raw:
    speed = signals.grid.head_speed[piece.pose_points]
    speed = speed[np.isfinite(speed)]
    jitter = signals.grid.jitter[piece.pose_points]
    jitter = jitter[np.isfinite(jitter[:, 0])]
    return {
        "f5": float(np.median(speed)) if len(speed) >= MIN_GRID else None,
        "f16": float(np.sqrt((jitter**2).mean())) if len(jitter) >= MIN_GRID else None,
    }


def _expressions(signals: Signals, piece: Piece, config: AnalysisConfig) -> Raw:
    mean = mean_expressions(signals, piece.rows)
    if mean is None:
        return {"f8": None, "f14": None, "f18": None}
    p = dict(zip(EXPRESSIONS, mean.tolist(), strict=True))
    return {
        "f8": mean_valence(mean, config),
        "f14": p["fear"],
        "f18": p["anger"] + p["disgust"] + 0.5 * p["contempt"],
    }


def mean_expressions(signals: Signals, rows: Flags | slice) -> Floats | None:
    """(8,) time-weighted mean p' over ``rows``; None where nothing was measured."""
    return weighted_rows_mean(signals.expressions[rows], signals.dt_s[rows])


def _unit_spread(signals: Signals, piece: Piece, config: AnalysisConfig) -> float | None:
    """f3 of one window: mean over units of the spread in time."""
    series = signals.grid.units[piece.unit_points]
    spread = [
        float(column[np.isfinite(column)].std())
        for column in series.T if np.isfinite(column).sum() >= MIN_GRID
    ]  # fmt: skip
    return float(np.mean(spread)) if len(spread) >= config.min_units else None


def _pose_spread(signals: Signals, piece: Piece) -> float | None:
    """f6 of one window: mean over yaw, pitch and roll of the spread in time, degrees."""
    pose, weights = signals.pose_deg[piece.rows], signals.dt_s[piece.rows]
    centre = weighted_rows_mean(pose, weights)
    if centre is None:
        return None
    power = weighted_rows_mean((pose - centre) ** 2, weights)
    return None if power is None else float(np.sqrt(power).mean())


def _reactivity(
    signals: Signals, windows: Sequence[Window], config: AnalysisConfig
) -> float | None:
    """f21: smiling in the positive task minus smiling in the neutral one."""
    parts = []
    for segment in (Segment.POSITIVE_MEMORY, Segment.NEUTRAL_TALK):
        inside = [w for w in windows if w.segment is segment]
        if not inside:
            return None
        parts.append(_mouth(signals, joined_piece(signals, inside), config)["f1"])
    happy, neutral = parts
    return None if happy is None or neutral is None else happy - neutral


def _count(times_s: Floats, stretches: Sequence[Window] | Sequence[Span]) -> int:
    """How many of ``times_s`` lie in one of the (disjoint) stretches."""
    return sum(int(((times_s >= s.start_s) & (times_s < s.end_s)).sum()) for s in stretches)


def _overlap(closures_s: Floats, window: Window) -> float:
    """Seconds of long closures inside a window."""
    end = np.minimum(closures_s[:, 1], window.end_s)
    return float(np.maximum(0.0, end - np.maximum(closures_s[:, 0], window.start_s)).sum())


def _per_minute(
    amount: float, signals: Signals, usable: Flags, rows: Flags | slice
) -> float | None:
    time = minutes(signals, usable, rows)
    return amount / time if time > 0 else None


def _finite_mean(values: Floats) -> float | None:
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) >= MIN_GRID else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
