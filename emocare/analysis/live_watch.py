"""What is known of a recording while it runs: gate, dimensions, expressions, resting face.

Only the last seconds are looked at, once a second: a view costs nothing but reading what was
found last, and a second costs the same however long the session is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from emocare.analysis.baseline import Baseline, RawSignals, take_baseline
from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.events import observe
from emocare.analysis.live_gate import LIVE_S, live_gate
from emocare.analysis.live_trails import TRAIL_S, LiveTrails, Point
from emocare.analysis.signals import Signals, prepare, raw_signals
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.readings import FrameReading, Readings, Segment
from emocare.domain.summary import Gate

EVERY_S = 1.0
KEPT_S = LIVE_S + 0.5
"""The gate looks back longest, and needs one row before its fifteen seconds."""
SAMPLE_S = 0.5
SAMPLES = 1200
"""The resting face without a neutral segment is a percentile over at most ten minutes."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found last.

    Attributes:
        gate: None while it collects.
        collected_s: Seconds of rows behind it.
        points: The dimensions of the last minute.
        expression_share: (8,) time-weighted mean probabilities over the last minute.
        resting_units: (17,) resting Action Units, 0 until they are known.
    """

    gate: Gate | None
    collected_s: float
    points: tuple[Point, ...]
    expression_share: Floats
    resting_units: Floats


NOTHING_YET = Watched(
    None, 0.0, (), np.full(len(EXPRESSIONS), np.nan), np.zeros(len(ACTION_UNITS))
)


class LiveWatch:
    """Takes readings in time order. One thread at a time; ``found`` from any thread."""

    def __init__(self, config: AnalysisConfig) -> None:
        self._config = config
        self._fresh: list[FrameReading] = []
        self._rows = Readings.from_frames([])
        self._trails = LiveTrails(config)
        self._resting = _RunningBaseline(config)
        self._shares: deque[tuple[float, Floats, float]] = deque()
        self._task_s: dict[Segment, float] = {}
        self._next_s: float | None = None
        self.found = NOTHING_YET

    def add(self, reading: FrameReading) -> Readings | None:
        """Takes the next reading; once a second everything is found anew.

        Returns:
            Then the rows since the last time, those of the person in view; None in between.
        """
        self._fresh.append(reading)
        if self._next_s is None:
            self._next_s = reading.t_s + EVERY_S
        if reading.t_s >= self._next_s - 1e-6:
            late = reading.t_s >= self._next_s + EVERY_S / 2
            self._next_s = (reading.t_s if late else self._next_s) + EVERY_S
            return self._find()
        return None

    def interrupt(self) -> None:
        """A pause: the gate begins to collect anew, and the trails have a gap."""
        t_s = self._last_s()
        self._fresh, self._rows, self._next_s = [], Readings.from_frames([]), None
        self._trails.interrupt(t_s)
        self.found = replace(
            self.found, gate=None, collected_s=0.0, points=self._trails.points
        )

    def forget(self, start_s: float, segment: Segment | None = None) -> None:
        """Leaves out the rows from ``start_s`` on; with ``segment`` that task begins anew."""
        self._trails.forget(start_s, segment)
        self._resting.forget(start_s)
        self._shares = deque(share for share in self._shares if share[0] < start_s)
        if segment is not None:
            self._task_s.pop(segment, None)
        self.interrupt()
        self.found = replace(self.found, expression_share=self._share())

    def _last_s(self) -> float:
        if self._fresh:
            return self._fresh[-1].t_s
        return float(self._rows["t_s"][-1]) if len(self._rows) else 0.0

    def _find(self) -> Readings:
        fresh, self._fresh = Readings.from_frames(self._fresh), []
        rows = Readings.concatenate([self._rows, fresh])
        self._rows = rows = rows.rows(rows["t_s"] >= rows["t_s"][-1] - KEPT_S)
        resting = self._resting.take(fresh, self._config)
        signals = prepare(rows, self._config, resting)
        new = signals.t_s >= float(fresh["t_s"][0])
        self._add_share(signals, new)
        task_s = self._count_task(signals, new)
        self._trails.add(signals, observe(signals, self._config), task_s)
        units = np.zeros(len(ACTION_UNITS)) if resting is None else resting.units
        self.found = Watched(
            gate=live_gate(rows, self._config, signals),
            collected_s=float(signals.t_s[-1] - signals.t_s[0]), points=self._trails.points,
            expression_share=self._share(), resting_units=np.nan_to_num(units),
        )  # fmt: skip
        return rows.rows(new & signals.person.mine)

    def _add_share(self, signals: Signals, new: Flags) -> None:
        seen = new & np.isfinite(signals.plain_expressions).all(axis=1)
        weights = signals.dt_s[seen]
        total = (signals.plain_expressions[seen] * weights[:, None]).sum(axis=0)
        self._shares.append((float(signals.t_s[-1]), total, float(weights.sum())))
        while self._shares[-1][0] - self._shares[0][0] >= TRAIL_S:
            self._shares.popleft()

    def _share(self) -> Floats:
        seconds = sum(share[2] for share in self._shares)
        if seconds <= 0:
            return np.full(len(EXPRESSIONS), np.nan)
        return np.asarray(np.sum([share[1] for share in self._shares], axis=0) / seconds)

    def _count_task(self, signals: Signals, new: Flags) -> float:
        """Seconds with the eyes in view of the task that has most of them."""
        segment = signals.spans[-1].segment
        if segment is not Segment.BASELINE:
            seconds = float(signals.dt_s[new & signals.eyes].sum())
            self._task_s[segment] = self._task_s.get(segment, 0.0) + seconds
        return max(self._task_s.values(), default=0.0)


class _RunningBaseline:
    """The resting face so far: the neutral segment's once there is enough of it."""

    def __init__(self, config: AnalysisConfig) -> None:
        self._neutral: list[tuple[Floats, RawSignals]] = []
        self._samples: deque[tuple[Floats, RawSignals]] = deque(maxlen=SAMPLES)
        self._next_s = -np.inf
        self._fixed: Baseline | None = None
        self._least_s = config.min_baseline_s

    def take(self, fresh: Readings, config: AnalysisConfig) -> Baseline | None:
        """Takes new rows and says what the resting face is; None before anything was measured."""
        ok = fresh.ok
        neutral = np.asarray(fresh.text("segment") == Segment.BASELINE.value, dtype=bool)
        if bool((ok & neutral).any()):
            rows = fresh.rows(ok & neutral)
            self._neutral.append((rows["t_s"], raw_signals(rows, rows.ok, config)))
            self._fixed = None
        for row in np.flatnonzero(ok & ~neutral):
            t_s = float(fresh["t_s"][row])
            if t_s >= self._next_s and not self._enough:
                self._next_s = t_s + SAMPLE_S
                one = fresh.rows(np.arange(len(fresh)) == row)
                self._samples.append((one["t_s"], raw_signals(one, one.ok, config)))
                self._fixed = None
        if self._fixed is None:
            self._fixed = self._taken(config)
        return self._fixed

    def forget(self, start_s: float) -> None:
        """Leaves out what was taken from ``start_s`` on."""
        self._neutral = [part for part in self._neutral if part[0][-1] < start_s]
        self._samples = deque((s for s in self._samples if s[0][-1] < start_s), SAMPLES)
        self._next_s, self._fixed = -np.inf, None

    @property
    def _enough(self) -> bool:
        """Whether the neutral segment holds enough seconds."""
        return sum(float(t_s[-1] - t_s[0]) + 1 / 30 for t_s, _ in self._neutral) >= self._least_s

    def _taken(self, config: AnalysisConfig) -> Baseline | None:
        parts = self._neutral if self._enough else [*self._neutral, *self._samples]
        if not parts:
            return None
        raw = RawSignals(
            *(np.concatenate([getattr(part, name) for _, part in parts])
              for name in ("units", "expressions", "eye", "pitch_deg"))
        )  # fmt: skip
        count = len(raw.eye)
        everything = np.ones(count, bool)
        # Weights only decide whether there is enough of the segment, which is known here.
        seconds = np.full(count, max(self._least_s, 1.0))
        return take_baseline(raw, seconds, everything, everything & self._enough, config)
