"""The six dimensions while recording: one point a second over the last ten seconds (3.3, 3.4).

The formulas are those of the session's timeline. What only the end can tell is taken from the
windows so far: the session's features are the means over them, and a point's noise is how much
windows ten seconds apart differ. Points are not revised later, so a second costs the same
however long the session is.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from emocare.analysis.affect import mean_arousal
from emocare.analysis.clock import Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.dimensions import dimension
from emocare.analysis.estimates import typical_range
from emocare.analysis.events import Movements
from emocare.analysis.features import build_features, unavailable
from emocare.analysis.measures import FEATURES, Raw, mean_expressions, window_features
from emocare.analysis.reference import load_reference
from emocare.analysis.signals import Signals
from emocare.analysis.uncertainty import Z90
from emocare.analysis.windows import Window
from emocare.domain.readings import Segment
from emocare.domain.summary import DIMENSIONS, Feature

TRAIL_S = 60.0
MIN_PAIRS = 30
"""Fewest pairs of windows from which noise is taken; they come once a second and overlap."""


@dataclass(frozen=True, slots=True)
class Point:
    """The dimensions over the ten seconds before ``t_s``; NaN where they could not be measured.

    Attributes:
        t_s: End of the window on the media clock.
        segment: Its task.
        value: (6,) in the order of ``DIMENSIONS``, before it is cut at the ends of the scale.
        half: (6,) half-width of the 90 % band.
        raw: Features of the window; None where it was not valid.
        z: z of the window's features.
    """

    t_s: float
    segment: Segment
    value: Floats
    half: Floats
    raw: Raw | None = None
    z: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Mean:
    """A mean to which values are added and from which they are taken away again."""

    total: float = 0.0
    count: int = 0

    def add(self, value: float, times: int) -> None:
        if math.isfinite(value):
            self.total += times * value
            self.count += times

    @property
    def value(self) -> float | None:
        return self.total / self.count if self.count > 0 else None


class LiveTrails:
    """Keeps the points of the last minute. Used by one thread at a time."""

    def __init__(self, config: AnalysisConfig) -> None:
        self._config = config
        self._reference = load_reference(config)
        self._points: deque[Point] = deque()
        self._raw: dict[Segment, dict[str, _Mean]] = {}
        self._held: dict[Segment, dict[str, _Mean]] = {}
        self._steps = {name: _Mean() for name in DIMENSIONS}
        self._windows = 0

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of the last minute in time order."""
        return tuple(self._points)

    def add(self, signals: Signals, moves: Movements, task_s: float) -> None:
        """Takes the window that ends with the last row.

        Args:
            signals: The last rows, at least ten seconds of them where there are as many.
            moves: Events in them.
            task_s: Seconds measured with the eyes in view in the task that has most.
        """
        window = self._window(signals)
        point = self._gap(window.end_s, window.segment)
        if window.valid and window.segment is not Segment.BASELINE:
            point = self._point(window, signals, moves, task_s)
        self._points.append(point)
        while point.t_s - self._points[0].t_s > TRAIL_S:
            self._points.popleft()

    def interrupt(self, t_s: float) -> None:
        """A gap from ``t_s`` on: a pause, or seconds that are left out."""
        if self._points:
            self._points.append(self._gap(t_s, self._points[-1].segment))

    def forget(self, start_s: float, segment: Segment | None = None) -> None:
        """Takes back windows that reach beyond ``start_s``; with ``segment`` all of its own."""
        kept: deque[Point] = deque()
        for point in self._points:
            inside = point.t_s > start_s and (segment is None or point.segment is segment)
            if inside and point.raw is not None and segment is None:
                self._count(point, -1)
            kept.append(self._gap(point.t_s, point.segment) if inside else point)
        self._points = kept
        if segment is not None:
            self._raw.pop(segment, None)
            self._held.pop(segment, None)

    def _window(self, signals: Signals) -> Window:
        """The last ten seconds, as far as they belong to the task of the last row."""
        span, config = signals.spans[-1], self._config
        end_s = span.end_s
        start_s = max(end_s - config.window_s, span.start_s)
        first = max(span.first, int(np.searchsorted(signals.t_s, start_s - 1e-6)))
        rows = slice(first, span.end)
        share = float(signals.dt_s[rows][signals.ok[rows]].sum()) / config.window_s
        valid = share >= config.min_window_share - 1e-6
        return Window(0, 0, span.segment, first, span.end, start_s, end_s, min(1.0, share), valid)

    def _point(
        self, window: Window, signals: Signals, moves: Movements, task_s: float
    ) -> Point:
        config = self._config
        raw = window_features(signals, window, moves, config)
        z = self._z(raw)
        blank = np.full(len(DIMENSIONS), np.nan)
        point = Point(window.end_s, window.segment, blank.copy(), blank.copy(), raw, z)
        self._count(point, 1)
        self._windows += 1
        reasons = unavailable(signals, self._windows, task_s, config)
        features = build_features(
            self._session_raw(), reasons, task_s, self._reference, config
        )
        for k, name in enumerate(DIMENSIONS):
            value = self._value(name, window, raw, z, signals, features)
            self._note_step(name, k, point.t_s, window.segment, value)
            point.value[k] = value
            noise = self._noise(name, features)
            point.half[k] = Z90 * noise / math.sqrt(window.share)
        return point

    def _z(self, raw: Raw) -> dict[str, float]:
        found = {}
        for name, value in raw.items():
            if value is not None:
                found[name] = float(self._reference[name].z(np.array([value]))[0])
        return found

    def _count(self, point: Point, times: int) -> None:
        if point.raw is None:
            return
        raw = self._raw.setdefault(point.segment, {name: _Mean() for name in FEATURES})
        held = self._held.setdefault(point.segment, {name: _Mean() for name in FEATURES})
        for name, value in point.raw.items():
            if value is not None:
                raw[name].add(value, times)
        for name, z in point.z.items():
            held[name].add(self._hold(z), times)

    def _session_raw(self) -> Raw:
        """Features of the session so far, as means over its windows."""
        found: Raw = {name: _joined(by[name] for by in self._raw.values()) for name in FEATURES}
        parts = [
            self._raw[segment]["f1"].value if segment in self._raw else None
            for segment in (Segment.POSITIVE_MEMORY, Segment.NEUTRAL_TALK)
        ]
        happy, neutral = parts
        found["f21"] = None if happy is None or neutral is None else happy - neutral
        return found

    def _value(
        self, name: str, window: Window, raw: Raw, z: Mapping[str, float], signals: Signals,
        features: Mapping[str, Feature],
    ) -> float:  # fmt: skip
        """The dimension over the window, as the timeline has it; NaN where it has none."""
        if name == "valence":
            return _or_nan(raw["f8"])
        if name == "arousal":
            mean = mean_expressions(signals, slice(window.first, window.end))
            if mean is None or raw["f4"] is None:
                return math.nan
            return mean_arousal(mean, raw["f4"], self._reference["f4"], self._config)
        composite = dimension(name, features, self._config)
        if composite.u is None:
            return math.nan
        away, total = 0.0, sum(composite.weights.values())
        for feature, weight in composite.weights.items():
            usual = _joined(by[feature] for by in self._held.values())
            if feature in z and usual is not None:
                away += weight * (self._hold(z[feature]) - usual)
        return 100 * composite.u + 100 * away / total / 3

    def _hold(self, z: float) -> float:
        return min(max(z, self._config.linear_low), self._config.linear_high)

    def _note_step(
        self, name: str, k: int, t_s: float, segment: Segment, value: float
    ) -> None:
        """Takes the difference from the window that ended where this one begins."""
        for point in reversed(self._points):
            if point.t_s <= t_s - self._config.window_s + 0.05:
                near = t_s - point.t_s < self._config.window_s + 1.5
                if near and point.segment is segment:
                    self._steps[name].add((value - float(point.value[k])) ** 2, 1)
                return

    def _noise(self, name: str, features: Mapping[str, Feature]) -> float:
        """Noise of one window, as in the timeline; while little is seen, never less than that."""
        steps = self._steps[name]
        seen = math.sqrt(steps.value / 2) if steps.value is not None else 0.0
        if steps.count >= MIN_PAIRS:
            return seen
        known = typical_range(name, features, self._reference, self._config)
        low, high = known if known is not None else (-0.5, 0.5)
        return max(seen, (high - low) / 4)

    @staticmethod
    def _gap(t_s: float, segment: Segment) -> Point:
        nothing = np.full(len(DIMENSIONS), np.nan)
        return Point(t_s, segment, nothing, nothing)


def _joined(means: Iterable[_Mean]) -> float | None:
    whole = _Mean()
    for mean in means:
        whole.total += mean.total
        whole.count += mean.count
    return whole.value


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
