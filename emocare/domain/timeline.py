"""A session over time, as charts draw it. Everything is computed from readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.live import Marker
from emocare.domain.readings import Segment
from emocare.domain.summary import Event, GateDecision, PersonChange


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One dimension over time; NaN marks a gap that must stay a gap.

    Attributes:
        t_s: (W,) centres of the windows.
        value: (W,) in the dimension's own range.
        low: (W,) lower end of the 90 % interval.
        high: (W,) upper end.
        typical: (low, high) typical range of the reference, None if unknown.
    """

    t_s: NDArray[np.float64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    typical: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class QualityStretch:
    """A stretch of one quality: reliable (measured), limited (< 60 % measured), unreliable."""

    start_s: float
    end_s: float
    level: GateDecision
    reason: str | None


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """A task on the media clock."""

    segment: Segment
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment worth looking at, with why."""

    t_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the review chart needs.

    Attributes:
        duration_s: End of the time axis.
        dimensions: Name -> trajectory (5 s hop, 10 s windows).
        cell_t_s: (C,) starts of the 1 s cells of ``action_units``.
        action_units: "AU01" ... "AU45" -> (C,) mean AU' in the cell, NaN = not measured.
        quality: Stretches in time order, without gaps.
        segments: Tasks in time order.
        events: Observed movements.
        moments: At most five windows with most weight on the index, highest first.
        person_changes: When a face was taken up anew, in time order.
        markers: What the clinician marked, in time order.
    """

    duration_s: float
    dimensions: Mapping[str, Trajectory]
    cell_t_s: NDArray[np.float64]
    action_units: Mapping[str, NDArray[np.float64]]
    quality: tuple[QualityStretch, ...]
    segments: tuple[SegmentSpan, ...]
    events: tuple[Event, ...]
    moments: tuple[Moment, ...]
    person_changes: tuple[PersonChange, ...] = ()
    markers: tuple[Marker, ...] = ()
