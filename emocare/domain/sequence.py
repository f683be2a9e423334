"""What the sequence networks say of a recording: six dimensions over time, severity, attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import Readings
from emocare.domain.severity import AttendedMoment, SeverityEstimate
from emocare.domain.summary import Estimate, ModelRef
from emocare.domain.timeline import Trajectory

__all__ = [
    "MIN_MEASURED_S", "MOMENTS", "AttendedMoment", "SequenceReader", "SequenceReading",
    "SequenceStream", "SeverityEstimate",
]  # fmt: skip

MOMENTS = 5
"""Most moments that are pointed at."""
MIN_MEASURED_S = 30.0
"""Fewer measured seconds give no reading; the gate says unreliable below that as well."""


@dataclass(frozen=True, slots=True)
class SequenceReading:
    """What both networks say of the rows so far.

    Attributes:
        t_s: (K,) ends of the seconds on the media clock, strictly increasing.
        trajectories: Name of ``DIMENSIONS`` -> one value a second with its 90 % interval, in the
            dimension's own range; NaN where nothing was measured.
        session: Name -> mean over the time so far with its 90 % interval.
        severity: Probabilities of the four bands.
        attention: (K,) share of each second in the severity; sums to 1, 0 where nothing was
            measured.
        moments: At most ``MOMENTS`` stretches, most attended first.
        measured_s: Seconds with at least one measured row.
        models: The networks.
        origin: What they were trained on, as a sentence for people.
    """

    t_s: NDArray[np.float64]
    trajectories: Mapping[str, Trajectory]
    session: Mapping[str, Estimate]
    severity: SeverityEstimate
    attention: NDArray[np.float64]
    moments: tuple[AttendedMoment, ...]
    measured_s: float
    models: tuple[ModelRef, ...]
    origin: str


class SequenceStream(Protocol):
    """Follows one recording while it is made. Used by one thread at a time."""

    def push(self, readings: Readings) -> None:
        """Takes the next rows, all later than those before; whole seconds are read at once."""
        ...

    def finish(self) -> None:
        """Reads the last, incomplete second; no rows may follow."""
        ...

    def reading(self, last_s: float | None = None) -> SequenceReading | None:
        """What is known now; None with fewer than ``MIN_MEASURED_S`` measured seconds.

        Args:
            last_s: Only the trajectories and attention of the last seconds; None for all.
        """
        ...


class SequenceReader(Protocol):
    """Both sequence networks. Stateless and safe to share between threads."""

    @property
    def models(self) -> tuple[ModelRef, ...]:
        """The networks, as they are named in every summary they contribute to."""
        ...

    def read(self, readings: Readings) -> SequenceReading | None:
        """Reads a whole recording; exactly a stream that is given all rows and finished.

        Args:
            readings: The rows of the person measured, in time order; may be empty.

        Returns:
            None with fewer than ``MIN_MEASURED_S`` measured seconds.
        """
        ...

    def stream(self) -> SequenceStream:
        """A new stream."""
        ...
