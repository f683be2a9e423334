"""A live session as it runs: its parts, what is checked, what is shown, what is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import FrameReading, Segment
from emocare.domain.records import SessionId
from emocare.domain.severity import SeverityEstimate
from emocare.domain.summary import GateReason

MarkerId = NewType("MarkerId", str)


@dataclass(frozen=True, slots=True)
class Part:
    """One task of a session.

    Attributes:
        segment: Tag of its readings.
        title_key: Name of its sentences for the screens.
        length_s: Seconds of recording after which the next part begins; None: no end of its own.
        optional: Whether the protocol is whole without it.
    """

    segment: Segment
    title_key: str
    length_s: float | None
    optional: bool = False


PROTOCOL: tuple[Part, ...] = (
    Part(Segment.BASELINE, "baseline", 30.0),
    Part(Segment.NEUTRAL_TALK, "neutral_talk", 60.0),
    Part(Segment.POSITIVE_MEMORY, "positive_memory", 90.0),
    Part(Segment.REST, "rest", 30.0, optional=True),
)
"""The guided session (clinical specification 3.2)."""
FREE_PART = Part(Segment.FREE, "free", None)
FREE_RECORDING: tuple[Part, ...] = (FREE_PART,)
"""A recording without protocol."""


class LivePhase(StrEnum):
    """CHECK: pictures are read and nothing is stored. PAUSED: no picture is read. ENDED: final."""

    CHECK = "check"
    RECORDING = "recording"
    PAUSED = "paused"
    ENDED = "ended"


class MarkerKind(StrEnum):
    """What a clinician marks. EXCLUDED and REDONE are intervals that are left out."""

    ASKED_ABOUT_SLEEP = "asked_about_sleep"
    TEARFUL = "tearful"
    OTHER_PERSON = "other_person"
    NOTE = "note"
    EXCLUDED = "excluded"
    REDONE = "redone"


LEAVES_OUT: tuple[MarkerKind, ...] = (MarkerKind.EXCLUDED, MarkerKind.REDONE)
"""Markers whose interval is left out of every measure."""
MARKER_TEXT_LIMIT = 500
"""Longest text of a marker in characters."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A clinician's mark on the media clock.

    Attributes:
        t_s: When, or the start of the interval.
        until_s: End of the interval, itself included; None for a moment.
        text: Free text, may be empty.
        made_by: Who set or last changed it.
        made_at: When that was.
    """

    id: MarkerId
    session_id: SessionId
    t_s: float
    until_s: float | None
    kind: MarkerKind
    text: str
    made_by: str
    made_at: datetime

    @property
    def leaves_out(self) -> bool:
        """Whether its interval is left out of every measure."""
        return self.kind in LEAVES_OUT


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the sitting position.

    Attributes:
        name: "light", "distance", "angle" or "one_person".
        passed: Over the last half second.
        value: Of the newest picture; None without a face.
        needed: The limit.
        unit: "" (brightness 0..255), "px", "deg" or "people".
        advice: Cause, figure and remedy where it does not pass; empty where it does.
    """

    name: str
    passed: bool
    value: float | None
    needed: float
    unit: str
    advice: str


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """The sitting position before a recording.

    Attributes:
        lines: Light, distance, angle, one person.
        green_for_s: For how long all of them have passed; 0 while one does not.
        needed_s: How long they must before a guided recording begins by itself.
    """

    lines: tuple[CheckLine, ...]
    green_for_s: float
    needed_s: float


class LiveGateState(StrEnum):
    """The gate over the last fifteen seconds; COLLECTING until there are as many."""

    COLLECTING = "collecting"
    RELIABLE = "reliable"
    LIMITED = "limited"
    UNRELIABLE = "unreliable"


@dataclass(frozen=True, slots=True)
class LiveGate:
    """Whether the face can be used at the moment (clinical specification 4.2, "Live").

    Attributes:
        state: Over the last fifteen seconds.
        missing: What keeps it from being reliable, with figure and remedy; worst first.
        collecting_s: Seconds that are still needed before anything is said; 0 afterwards.
        failing_for_s: For how long it has been unreliable.
        questionnaire_in_s: Seconds until the questionnaire takes over; 0 when it is due; None
            while nothing fails.
        retry_left: Whether the one retry has not been used.
    """

    state: LiveGateState
    missing: tuple[GateReason, ...]
    collecting_s: float
    failing_for_s: float
    questionnaire_in_s: float | None
    retry_left: bool

    @property
    def questionnaire_due(self) -> bool:
        """Whether the questionnaire takes over now."""
        return self.questionnaire_in_s == 0.0


@dataclass(frozen=True, slots=True)
class Trail:
    """One dimension over the last minute; NaN marks a gap that must stay a gap.

    Attributes:
        t_s: (N,) ends of the windows relative to now, -60..0.
        value: (N,) in the dimension's own range.
        low: (N,) lower end of the 90 % plotting band.
        high: (N,) upper end.
    """

    t_s: NDArray[np.float64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LiveView:
    """Everything a page shows of a live session at one moment. Cheap to make, never changes.

    Attributes:
        guided: With the protocol, or a free recording.
        parts: Every part of this session.
        part_index: Place of ``part`` in ``parts``.
        part_elapsed_s: Recorded seconds of this part, without pauses.
        part_left_s: Seconds left in it; None without an end of its own.
        protocol_done: All parts are over: it is paused, and ``resume`` goes on without protocol.
        elapsed_s: Media clock of the newest picture; 0 before the recording.
        latest: The newest reading; None before the first and while paused.
        picture_px: Width and height of the newest picture, (0, 0) before the first.
        check: The sitting position; None once the recording has begun.
        gate: None before the recording.
        valid_s: Measured seconds so far, and how many "reliable" needs (``valid_needed_s``).
        readings_per_s: Over the last five seconds.
        delay_ms: Median over the last five seconds, from the arrival of a picture to its
            reading; None without any. ``delay_p95_ms``: 95 of 100 are not longer.
        frames_in: Pictures that came.
        frames_read: Pictures that were read.
        frames_dropped: Pictures that were lost because reading was behind or their stamp was
            not later than the last one.
        trails: Name of ``DIMENSIONS`` -> last minute.
        expression_share: (8,) mean probabilities over the last 60 s; NaN without any.
        action_units: (17,) AU' of the newest picture; NaN where not measured.
        markers: In time order.
        second_person: Whether another face of like size is in the newest picture.
        black_for_s: For how long the pictures have been black; 0 while they are not.
        no_picture_for_s: For how long no picture has come; 0 while they do.
        fault: Why it ended before it should, as a sentence; None otherwise.
        source_ended: The clip that is played has come to its end.
        model_trails: Name of ``DIMENSIONS`` -> last minute as the sequence networks put it;
            empty while they say nothing.
        severity_model: Severity so far as the sequence networks put it; None while they say
            nothing.
        model_fault: Why the sequence networks say nothing in this session, as a sentence; None
            while they work.
    """

    session_id: SessionId
    phase: LivePhase
    guided: bool
    parts: tuple[Part, ...]
    part_index: int
    part_elapsed_s: float
    part_left_s: float | None
    protocol_done: bool
    elapsed_s: float
    latest: FrameReading | None
    picture_px: tuple[int, int]
    check: LiveCheck | None
    gate: LiveGate | None
    valid_s: float
    valid_needed_s: float
    readings_per_s: float
    delay_ms: float | None
    frames_in: int
    frames_read: int
    frames_dropped: int
    trails: Mapping[str, Trail]
    expression_share: NDArray[np.float64]
    action_units: NDArray[np.float64]
    markers: tuple[Marker, ...]
    second_person: bool
    black_for_s: float
    no_picture_for_s: float
    fault: str | None
    source_ended: bool
    delay_p95_ms: float | None = None
    model_trails: Mapping[str, Trail] = field(default_factory=dict)
    severity_model: SeverityEstimate | None = None
    model_fault: str | None = None

    @property
    def part(self) -> Part:
        """The part that runs."""
        return self.parts[self.part_index]
