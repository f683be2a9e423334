"""Observed movements with onset, apex and offset on the media clock (sections 3.3, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats, Runs, runs
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.signals import Signals
from emocare.domain.summary import Event, EventType

SLACK_S = 1e-6
AROUND_S = 0.5
"""How far around a closure the eyes' openness is looked at."""


@dataclass(frozen=True, slots=True)
class Movements:
    """Everything observed, as features count it.

    Attributes:
        events: In time order.
        blink_s: (N,) apex of each blink.
        yawn_s: (N,) apex of each yawn.
        burst_s: (N,) onsets of brow lowering with lid tightening or lip press beside them.
        closure_s: (N, 2) onset and offset of each long closure.
    """

    events: tuple[Event, ...]
    blink_s: Floats
    yawn_s: Floats
    burst_s: Floats
    closure_s: Floats


def observe(signals: Signals, config: AnalysisConfig) -> Movements:
    """Finds all events. Blinks and closures need 15 frames a second and are left out below."""
    found: list[Event] = []
    if signals.fps >= config.gate["fps"][0]:
        found += _closures(signals, config)
    found += _above(
        signals, signals.unit("au12"), EventType.SMILE, config.smile_level, config.smile_s, config
    )
    found += _above(
        signals, signals.unit("au26"), EventType.YAWN, config.yawn_level, config.yawn_s, config
    )
    brows = {
        EventType.BROW_LOWER: signals.unit("au04"),
        EventType.BROW_RAISE: np.minimum(signals.unit("au01"), signals.unit("au02")),
    }
    for kind, strength in brows.items():
        found += _above(signals, strength, kind, config.active_level, config.brow_s, config)
    found += _looks_away(signals, config)
    found.sort(key=lambda event: (event.onset_s, event.type.value))
    closures = [(e.onset_s, e.offset_s) for e in found if e.type is EventType.LONG_CLOSURE]
    return Movements(
        tuple(found), _apexes(found, EventType.BLINK), _apexes(found, EventType.YAWN),
        _bursts(signals, config), np.array(closures, dtype=np.float64).reshape(-1, 2),
    )  # fmt: skip


def _apexes(found: list[Event], kind: EventType) -> Floats:
    return np.array([event.apex_s for event in found if event.type is kind], dtype=np.float64)


def _above(
    signals: Signals, strength: Floats, kind: EventType, level: float, least_s: float,
    config: AnalysisConfig,
) -> list[Event]:  # fmt: skip
    """Events of ``strength`` (T,) at or above ``level`` (above it, for yawns) for long enough."""
    rows = np.flatnonzero(np.isfinite(strength))
    t_s, x = signals.t_s[rows], strength[rows]
    over = x > level if kind is EventType.YAWN else x >= level
    found = runs(t_s, over, config.gap_s)
    found = found.where(found.length_s >= least_s - SLACK_S)
    return _events(kind, found, t_s, x)


def _events(kind: EventType, found: Runs, t_s: Floats, strength: Floats) -> list[Event]:
    """Events whose apex is the strongest frame of each run."""
    events = []
    for first, last, onset, offset in zip(
        found.first, found.last, found.onset_s, found.offset_s, strict=True
    ):
        apex = t_s[first + int(np.argmax(strength[first : last + 1]))]
        events.append(Event(kind, float(onset), float(apex), float(offset)))
    return events


def _closures(signals: Signals, config: AnalysisConfig) -> list[Event]:
    """Blinks and long closures of both eyes' mean openness, which is never smoothed.

    A single open frame inside a closure does not split it, and a single closed frame at 30 a
    second is too short to be a blink. A blink must begin and end in sight and close the eyes
    clearly below their openness around it, so lids lowered in a downward gaze that flicker
    around the limit are not blinks.
    """
    rows = np.flatnonzero(signals.eyes & np.isfinite(signals.openness))
    t_s, openness = signals.t_s[rows], signals.openness[rows]
    closed = _without_flicker(t_s, openness <= config.closed_eo, config)
    found = runs(t_s, closed, config.gap_s)
    length = found.length_s
    brief = (length >= config.blink_min_s - SLACK_S) & (length <= config.blink_max_s + SLACK_S)
    brief &= found.open_start & found.open_end
    brief &= _deep(t_s, openness, closed, found, config)
    long = found.where(length > config.blink_max_s + SLACK_S)
    return _events(EventType.BLINK, found.where(brief), t_s, -openness) + _events(
        EventType.LONG_CLOSURE, long, t_s, -openness
    )


def _without_flicker(t_s: Floats, closed: Flags, config: AnalysisConfig) -> Flags:
    """Closes openings shorter than the shortest blink."""
    opened = runs(t_s, ~closed, config.gap_s)
    brief = opened.length_s < config.blink_min_s - SLACK_S
    brief &= opened.open_start & opened.open_end
    joined = closed.copy()
    for first, last in zip(opened.first[brief], opened.last[brief], strict=True):
        joined[first : last + 1] = True
    return joined


def _deep(
    t_s: Floats, openness: Floats, closed: Flags, found: Runs, config: AnalysisConfig
) -> Flags:
    """(R,) whether each closure goes ``blink_drop`` below the openness on either side of it."""
    deep = np.zeros(len(found.first), bool)
    starts = np.searchsorted(t_s, found.onset_s - AROUND_S)
    ends = np.searchsorted(t_s, found.offset_s + AROUND_S, side="right")
    for i, (first, last) in enumerate(zip(found.first, found.last, strict=True)):
        sides = []
        for part in (slice(starts[i], first), slice(last + 1, ends[i])):
            open_rows = openness[part][~closed[part]]
            if len(open_rows):
                sides.append(float(np.median(open_rows)))
        lowest = float(openness[first : last + 1].min())
        deep[i] = bool(sides) and lowest <= min(sides) - config.blink_drop
    return deep


def _looks_away(signals: Signals, config: AnalysisConfig) -> list[Event]:
    """Head turned aside or gaze down, on tracked rows; closed eyes neither start nor end it."""
    yaw = np.abs(signals.tracked_yaw_deg)
    aside = np.nan_to_num(yaw) > config.look_yaw_deg
    rows = np.flatnonzero(signals.tracked & (aside | np.isfinite(signals.looks_down)))
    away = (aside | (signals.looks_down == 1.0))[rows]
    t_s = signals.t_s[rows]
    found = runs(t_s, away, config.gap_s)
    found = found.where(found.length_s >= config.look_s - SLACK_S)
    events = []
    for first, last, onset, offset in zip(
        found.first, found.last, found.onset_s, found.offset_s, strict=True
    ):
        turn = yaw[rows[first : last + 1]]
        turned = turn.max() > config.look_yaw_deg
        apex = first + int(np.argmax(turn)) if turned else (first + last) // 2
        events.append(Event(EventType.LOOK_AWAY, float(onset), float(t_s[apex]), float(offset)))
    return events


def _bursts(signals: Signals, config: AnalysisConfig) -> Floats:
    """Onsets of AU4 with an onset of AU7 or the lip press within ``burst_s`` (f20)."""
    brow = _onsets(signals, "au04", config)
    others = np.sort(np.concatenate([_onsets(signals, n, config) for n in ("au07", "au24")]))
    if len(brow) == 0 or len(others) == 0:
        return np.zeros(0)
    low = np.searchsorted(others, brow - config.burst_s - SLACK_S)
    high = np.searchsorted(others, brow + config.burst_s + SLACK_S, side="right")
    return brow[high > low]


def _onsets(signals: Signals, unit: str, config: AnalysisConfig) -> Floats:
    strength = signals.unit(unit)
    rows = np.flatnonzero(np.isfinite(strength))
    found = runs(signals.t_s[rows], strength[rows] >= config.active_level, config.gap_s)
    return found.onset_s[found.open_start]
