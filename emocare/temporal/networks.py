"""Both sequence networks over one recording, second by second or all at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import Readings
from emocare.domain.sequence import MIN_MEASURED_S, SequenceReading, SeverityEstimate
from emocare.domain.summary import DIMENSIONS, Estimate, ModelRef
from emocare.domain.timeline import Trajectory
from emocare.temporal.graphs import Named, SequenceGraph
from emocare.temporal.moments import attended_moments
from emocare.temporal.tokens import Tokens, TokenStream

Floats = NDArray[np.float64]


class SequenceNetworks:
    """The affect transformer and the severity network. Safe to share between threads."""

    def __init__(self, affect: SequenceGraph, severity: SequenceGraph) -> None:
        self._affect, self._severity = affect, severity

    @property
    def models(self) -> tuple[ModelRef, ...]:
        """Both, as summaries name them."""
        return (self._affect.ref, self._severity.ref)

    @property
    def origin(self) -> str:
        """What they were trained on, as a sentence for people."""
        return str(self._severity.spec.recipe["origin"])

    def read(self, readings: Readings) -> SequenceReading | None:
        """Reads a whole recording; see ``SequenceReader``."""
        stream = self.stream()
        stream.push(readings)
        stream.finish()
        return stream.reading()

    def stream(self) -> NetworkStream:
        """A new stream."""
        return NetworkStream(self._affect, self._severity, self.models, self.origin)


@dataclass(slots=True)
class _Kept:
    """What was said of the seconds so far."""

    t_s: list[Floats] = field(default_factory=list)
    measured: list[NDArray[np.bool_]] = field(default_factory=list)
    dimensions: list[Floats] = field(default_factory=list)
    weight: list[Floats] = field(default_factory=list)


class NetworkStream:
    """Follows one recording; see ``SequenceStream``. A second costs the same at any time."""

    def __init__(
        self, affect: SequenceGraph, severity: SequenceGraph, models: tuple[ModelRef, ...],
        origin: str,
    ) -> None:  # fmt: skip
        self._affect, self._severity = affect, severity
        self._models, self._origin = models, origin
        self._tokens = TokenStream()
        self._affect_memory, self._severity_memory = affect.memory(), severity.memory()
        self._kept = _Kept()
        self._session: Floats | None = None
        self._probabilities: Floats | None = None
        self._measured_s = 0

    def push(self, readings: Readings) -> None:
        """Takes the next rows and reads the seconds that they complete."""
        self._read(self._tokens.push(readings))

    def finish(self) -> None:
        """Reads the last, incomplete second; no rows may follow."""
        self._read(self._tokens.finish())

    def reading(self, last_s: float | None = None) -> SequenceReading | None:
        """What is known now; see ``SequenceStream``."""
        if self._measured_s < MIN_MEASURED_S or self._session is None:
            return None
        kept, probabilities = self._kept, self._probabilities
        assert probabilities is not None
        t_s = np.concatenate(kept.t_s)
        weight = np.concatenate(kept.weight)
        attention = weight / weight.sum()
        shown = t_s > (-np.inf if last_s is None else t_s[-1] - last_s)
        values = np.concatenate(kept.dimensions)[shown]
        values[~np.concatenate(kept.measured)[shown]] = np.nan
        return SequenceReading(
            t_s=t_s[shown],
            trajectories={
                name: Trajectory(t_s[shown] - 0.5, values[:, 0, k], values[:, 1, k],
                                 values[:, 2, k], None)
                for k, name in enumerate(DIMENSIONS)
            },
            session={
                name: Estimate(*(float(v) for v in self._session[:, k]))
                for k, name in enumerate(DIMENSIONS)
            },
            severity=SeverityEstimate((float(probabilities[0]), float(probabilities[1]),
                                       float(probabilities[2]), float(probabilities[3]))),
            attention=attention[shown], moments=attended_moments(t_s, attention),
            measured_s=float(self._measured_s), models=self._models, origin=self._origin,
        )  # fmt: skip

    def _read(self, tokens: Tokens) -> None:
        """Second by second, of stored rows as while recording: then both give the same digits."""
        for k in range(len(tokens)):
            row = slice(k, k + 1)
            self._take(tokens.t_s[row], tokens.values[row], tokens.measured[row])

    def _take(
        self, t_s: Floats, seconds: NDArray[np.float32], measured: NDArray[np.bool_]
    ) -> None:
        affect = self._affect.run(seconds, self._affect_memory)
        severity = self._severity.run(seconds, self._severity_memory)
        self._affect_memory, self._severity_memory = affect.memory, severity.memory
        kept = self._kept
        kept.t_s.append(t_s)
        kept.measured.append(measured)
        kept.dimensions.append(_double(affect.outputs, "dimensions"))
        kept.weight.append(_double(severity.outputs, "attention"))
        self._measured_s += int(measured.sum())
        if bool(measured.any()):
            self._session = _double(affect.outputs, "session")[-1]
            probabilities = _double(severity.outputs, "bands")[-1]
            self._probabilities = probabilities / probabilities.sum()


def _double(outputs: Named, name: str) -> Floats:
    return outputs[name].astype(np.float64)
