"""What sequence networks say, scripted by hand: waves, a gap, an attention with five peaks.

No network takes part: a screen is tested with numbers that are known beforehand.
"""

from __future__ import annotations

import numpy as np

from emocare.domain.readings import Readings
from emocare.domain.sequence import (
    MIN_MEASURED_S,
    AttendedMoment,
    SequenceReading,
    SeverityEstimate,
)
from emocare.domain.summary import DIMENSIONS, Estimate, ModelRef
from emocare.domain.timeline import Trajectory

MODELS = (ModelRef("affect", "1.0.0", "ac" * 32), ModelRef("severity", "1.0.0", "ad" * 32))
ORIGIN = "Trained on simulated people, not on patients."
PROBABILITIES = (0.08, 0.21, 0.62, 0.09)
PEAKS = ((0.40, 0.30), (0.18, 0.20), (0.62, 0.15), (0.82, 0.10), (0.93, 0.05))
"""Place as a share of the length, and share of the attention; the rest is spread evenly."""
PEAK_S = 4


def reading(
    seconds: int = 120, *, gap: tuple[int, int] = (50, 60),
    probabilities: tuple[float, float, float, float] = PROBABILITIES,
) -> SequenceReading:  # fmt: skip
    """A reading of so many seconds; nothing is measured in the gap."""
    t = np.arange(1, seconds + 1, dtype=float)
    seen = (t <= gap[0]) | (t > gap[1])
    attention, moments = _attention(t, seen)
    return SequenceReading(
        t_s=t, trajectories={name: _line(t, seen, name) for name in DIMENSIONS},
        session={name: Estimate(*_middle(name)) for name in DIMENSIONS},
        severity=SeverityEstimate(probabilities), attention=attention, moments=moments,
        measured_s=float(seen.sum()), models=MODELS, origin=ORIGIN,
    )  # fmt: skip


def _middle(name: str) -> tuple[float, float, float]:
    return (-0.1, -0.3, 0.1) if name in ("valence", "arousal") else (42.0, 30.0, 54.0)


def _line(t: np.ndarray, seen: np.ndarray, name: str) -> Trajectory:
    middle, low, high = _middle(name)
    wave = (high - low) / 3 * np.sin(t / (5 + len(name)))
    value = np.where(seen, middle + wave, np.nan)
    half = (high - low) / 2
    return Trajectory(t, value, value - half, value + half, None)


def _attention(
    t: np.ndarray, seen: np.ndarray
) -> tuple[np.ndarray, tuple[AttendedMoment, ...]]:  # fmt: skip
    attention = np.zeros(len(t))
    moments = []
    for place, share in PEAKS:
        first = int(place * len(t))
        here = np.zeros(len(t), bool)
        here[first : first + PEAK_S] = True
        here &= seen
        if not here.any():
            continue
        attention[here] += share / here.sum()
        moments.append(AttendedMoment(float(first), float(first + PEAK_S), share))
    attention[seen] += (1 - attention.sum()) / seen.sum()
    return attention, tuple(moments)


class ScriptedSequences:
    """A reader that says the scripted reading of whatever length it is given.

    Attributes:
        probabilities: Of the four bands.
        ready_s: Seconds without which it says nothing.
        fail: Whether every reading breaks.
    """

    def __init__(
        self, probabilities: tuple[float, float, float, float] = PROBABILITIES,
        ready_s: float = MIN_MEASURED_S,
    ) -> None:  # fmt: skip
        self.models = MODELS
        self.probabilities = probabilities
        self.ready_s = ready_s
        self.fail = False

    def read(self, readings: Readings) -> SequenceReading | None:
        stream = self.stream()
        stream.push(readings)
        stream.finish()
        return stream.reading()

    def stream(self) -> ScriptedStream:
        return ScriptedStream(self)


class ScriptedStream:
    """Counts the seconds of the rows it is given."""

    def __init__(self, owner: ScriptedSequences) -> None:
        self._owner = owner
        self._seconds = 0

    def push(self, readings: Readings) -> None:
        if self._owner.fail:
            raise ZeroDivisionError("scripted fault")
        if len(readings):
            self._seconds = max(self._seconds, int(readings["t_s"][-1]) + 1)

    def finish(self) -> None:
        """The last second is left out; no screen hangs on it."""

    def reading(self, last_s: float | None = None) -> SequenceReading | None:
        if self._seconds < self._owner.ready_s:
            return None
        whole = reading(self._seconds, probabilities=self._owner.probabilities)
        if last_s is None:
            return whole
        return _last(whole, last_s)


def _last(whole: SequenceReading, last_s: float) -> SequenceReading:
    keep = whole.t_s > whole.t_s[-1] - last_s
    lines = {
        name: Trajectory(line.t_s[keep], line.value[keep], line.low[keep], line.high[keep], None)
        for name, line in whole.trajectories.items()
    }
    return SequenceReading(
        whole.t_s[keep], lines, whole.session, whole.severity, whole.attention[keep],
        whole.moments, whole.measured_s, whole.models, whole.origin,
    )  # fmt: skip
