"""Sequence networks by hand: seconds of rows in, plain means out. Nothing is learned."""

from __future__ import annotations

import numpy as np

from emocare.domain.readings import Readings
from emocare.domain.sequence import MIN_MEASURED_S, SequenceReading
from emocare.domain.severity import AttendedMoment, SeverityEstimate
from emocare.domain.summary import DIMENSIONS, Estimate, ModelRef
from emocare.domain.timeline import Trajectory

ORIGIN = "Trained on simulated people, not on patients."
SEQUENCE_MODELS = (ModelRef("affect", "1.0.0", "cd" * 32), ModelRef("severity", "1.0.0", "ef" * 32))
SURE = (0.88, 0.10, 0.01, 0.01)


class ScriptedSequence:
    """Gives the probabilities it is told; the dimensions are means of the lip corners.

    ``fail_at_s`` makes a stream break at rows of that time.
    """

    def __init__(
        self, probabilities: tuple[float, float, float, float] = SURE,
        models: tuple[ModelRef, ...] = SEQUENCE_MODELS, fail_at_s: float = np.inf,
    ) -> None:  # fmt: skip
        self.models = models
        self.probabilities = probabilities
        self.fail_at_s = fail_at_s
        self.streams = 0
        self.given: list[Readings] = []

    def read(self, readings: Readings) -> SequenceReading | None:
        stream = ScriptedStream(self)
        stream.push(readings)
        stream.finish()
        self.given.append(readings)
        return stream.reading()

    def stream(self) -> ScriptedStream:
        self.streams += 1
        return ScriptedStream(self)

    def loaded(self) -> ScriptedSequence:
        return self


class ScriptedStream:
    """Follows the rows; refuses what a stream may not be given."""

    def __init__(self, owner: ScriptedSequence) -> None:
        self._owner = owner
        self.rows = Readings.from_frames([])
        self.pushes = 0

    def push(self, readings: Readings) -> None:
        assert not readings.excluded.any(), "rows that were left out"
        self.pushes += 1
        if len(readings) and readings["t_s"][-1] >= self._owner.fail_at_s:
            raise ZeroDivisionError("a fault of the program")
        self.rows = Readings.concatenate([self.rows, readings])

    def finish(self) -> None:
        pass

    def reading(self, last_s: float | None = None) -> SequenceReading | None:
        t_s = self.rows["t_s"]
        seconds = np.floor(t_s).astype(int)
        measured = np.unique(seconds[self.rows.ok])
        if len(measured) < MIN_MEASURED_S:
            return None
        every = np.arange(seconds[0], seconds[-1] + 1)
        corners = self.rows["au12"]
        value = np.array([
            corners[(seconds == s) & self.rows.ok].mean() if s in measured else np.nan
            for s in every
        ])  # fmt: skip
        attention = np.where(np.isfinite(value), 1.0, 0.0)
        attention /= attention.sum()
        ends = every + 1.0
        kept = slice(None) if last_s is None else ends > ends[-1] - last_s
        line = Trajectory(
            ends[kept], value[kept], value[kept] - 0.1, value[kept] + 0.1, None
        )
        mean = float(np.nanmean(value))
        session = {name: Estimate(mean, mean - 0.1, mean + 0.1) for name in DIMENSIONS}
        return SequenceReading(
            t_s=ends[kept], trajectories=dict.fromkeys(DIMENSIONS, line),
            session=session | {"fatigue": Estimate(np.nan, np.nan, np.nan)},
            severity=SeverityEstimate(self._owner.probabilities), attention=attention[kept],
            moments=(AttendedMoment(float(every[0]), float(every[0] + 5), 5 * attention.max()),),
            measured_s=float(len(measured)), models=self._owner.models, origin=ORIGIN,
        )  # fmt: skip
