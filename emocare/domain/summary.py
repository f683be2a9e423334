"""The meaning of a recording: gate, dimensions, index, events. Names as in summary.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from emocare.domain.quality import QualityMeasure
from emocare.domain.severity import BANDS as BANDS
from emocare.domain.severity import Band as Band
from emocare.domain.severity import SeverityModel

DIMENSIONS: tuple[str, ...] = (
    "valence", "arousal", "anhedonia", "anxiety", "irritability", "fatigue",
)  # fmt: skip
"""valence and arousal lie in -1..1, the others in 0..100."""
NO_SEQUENCE_NETWORK = "No sequence network took part."


class GateDecision(StrEnum):
    """Whether the face can be used at all."""

    RELIABLE = "reliable"
    LIMITED = "limited"
    UNRELIABLE = "unreliable"


class EventType(StrEnum):
    """Kinds of observed movement."""

    BLINK = "blink"
    SMILE = "smile"
    LOOK_AWAY = "look_away"
    LONG_CLOSURE = "long_closure"
    YAWN = "yawn"
    BROW_LOWER = "brow_lower"
    BROW_RAISE = "brow_raise"
    MICRO_CANDIDATE = "micro_candidate"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where the readings came from.

    Attributes:
        path: File name (never a folder of this machine) or "camera".
        sha256: Of the file's bytes; None for a camera.
        duration_s: Media time from the first to the end of the last frame.
        frames_decoded: Frames that came out of the decoder or camera.
        frames_read: Frames that were read (one row each).
        frames_dropped: Frames lost: damaged, or skipped because reading was behind. Frames left
            out on purpose by ``reading_hz`` are not lost.
        variable_frame_rate: Whether frame intervals vary by more than a clock tick.
        width_px: Picture width.
        height_px: Picture height.
        bitrate_kbps: Mean video bit rate, None if unknown.
        note: What was odd about the file ("The file breaks off at 12.4 s."), None if nothing.
    """

    path: str
    sha256: str | None
    duration_s: float
    frames_decoded: int
    frames_read: int
    frames_dropped: int
    variable_frame_rate: bool
    width_px: int = 0
    height_px: int = 0
    bitrate_kbps: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A network that took part, as named in the manifest."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GateReason:
    """One measure that kept the recording from being reliable.

    Attributes:
        metric: Name in ``GateMetrics``, or "mouth_occluded", "ess", "track_switches", "bitrate".
        value: What was measured.
        needed: What "reliable" needs.
        advice: One sentence with cause, figure and remedy.
        level: LIMITED or UNRELIABLE, what this measure alone would decide.
    """

    metric: str
    value: float
    needed: float
    advice: str
    level: GateDecision


@dataclass(frozen=True, slots=True)
class GateMetrics:
    """The measures of the gate; None where there was nothing to measure."""

    valid_s: float
    face_fraction: float
    valid_fraction: float | None
    face_width_px: float | None
    fps: float
    second_face_fraction: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Decision on the whole recording; the worst measure wins."""

    decision: GateDecision
    reasons: tuple[GateReason, ...]
    metrics: GateMetrics
    excluded: Mapping[str, float] = field(default_factory=dict)
    """Seconds by status of frames that were not measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 90 % interval; low and high are None when there are too few windows."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ActionUnitSummary:
    """One unit over the measured frames, baseline-corrected (AU')."""

    mean: float
    p90: float
    active_fraction: float


@dataclass(frozen=True, slots=True)
class Driver:
    """One of the nine items of the behaviour index.

    Attributes:
        item: smile, expressivity, head_motion, gaze_down, neg_valence, fatigue, anxiety, au14,
            irritability.
        weight: Weight w before renormalisation.
        contribution: 100 w U / sum w in index points; None when not available.
        u: U, 0..1; None when not available.
        value: Raw feature in its own unit (before T), None when not available.
        reference_mean: Reference mean in the raw unit.
        reference_sd: Reference standard deviation in the raw unit.
        grade: Evidence grade A to D.
        reason: Why it is not available; None when it is.
    """

    item: str
    weight: float
    contribution: float | None
    u: float | None
    value: float | None
    reference_mean: float | None
    reference_sd: float | None
    grade: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BehaviourIndex:
    """The facial behaviour index with its uncertainty (clinical specification 3.5).

    Attributes:
        value: 0..100, rounded to 0.1; the band is computed on this number.
        ci90: (low, high), None with fewer than six windows.
        band: One of the four, or indeterminate.
        band_probabilities: P(band) of normal, mild, moderate, severe; None without ci90.
        drivers: All nine items, largest contribution first.
        windows: Number of valid windows.
        ess: Effective sample size, None with fewer than six windows.
        reference: Identifier of the reference table.
    """

    value: float
    ci90: tuple[float, float] | None
    band: Band
    band_probabilities: tuple[float, float, float, float] | None
    drivers: tuple[Driver, ...]
    windows: int
    ess: float | None
    reference: str


@dataclass(frozen=True, slots=True)
class Severity:
    """The headline of the recording itself (questionnaires join in ``clinical.fusion``).

    Attributes:
        reason: Why the sequence networks keep the face from leading; None unless they do.
    """

    band: Band | None
    source: str
    flags: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One observed movement on the media clock."""

    type: EventType
    onset_s: float
    apex_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Events:
    """Movements in time order.

    Attributes:
        blinks_per_min: Of the task with most measured time, None where it cannot be measured.
        list: The events.
        blinks_reason: Why ``blinks_per_min`` is None, or what weakens it.
    """

    blinks_per_min: float | None
    list: tuple[Event, ...]
    blinks_reason: str | None = None


@dataclass(frozen=True, slots=True)
class BaselineInfo:
    """How the resting face was taken: "segment" or "estimated", with its flags."""

    method: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A time at which a face was taken up anew, so that it may be somebody else's.

    Attributes:
        t_s: When it was first followed.
        end_s: End of the last picture in which it was.
        away_s: Seconds since the patient's face was last followed; None where it was not yet.
        usable: True where it came back in the same place and size within seconds and is taken
            for the patient's; False where nothing shows that, and it is left out.
    """

    t_s: float
    end_s: float
    away_s: float | None
    usable: bool


def person_change_text(change: PersonChange) -> str:
    """The change as a sentence for a person."""
    at, end = _clock(change.t_s), _clock(change.end_s)
    if not change.usable:
        return f"Another person may have been measured from {at} to {end}; marked as not usable."
    gone = "" if change.away_s is None else f" after {change.away_s:.0f} s"
    return f"The face came back at {at}{gone} in the same place; taken for the same person."


def _clock(t_s: float) -> str:
    minutes, seconds = divmod(int(t_s), 60)
    return f"{minutes}:{seconds:02d}"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature f1..f21 (and au12_pair): raw value, transformed, z and u; None = null."""

    value: float | None
    z: float | None
    u: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything ``summary.json`` holds. Computed from readings and configuration alone.

    Attributes:
        action_units: "AU01" ... "AU45" (upper case, as in the file) -> summary, None where the
            unit was not measured.
        dimensions: Name -> estimate, None with a sentence in ``dimension_reasons``.
        features: "f1" ... "f21" and "au12_pair".
        index_reason: Why ``behaviour_index`` is None.
        turned_away_fraction: Share of the time with the followed face in which it was turned
            away; None without a face.
        quality: Named measures of the picture; empty in summaries of before they were kept.
        person_changes: When a face was taken up anew, in time order.
        left_out_s: Seconds that the clinician excluded; nothing else counts them.
        dimensions_model: The dimensions as the sequence networks put them, each over the whole
            recording; None with a sentence in ``model_reason``.
        severity_model: Severity as the sequence networks put it; None with the dimensions.
        model_reason: Why the sequence networks say nothing; None when they do.
    """

    source: SourceInfo
    models: tuple[ModelRef, ...]
    config: Mapping[str, Any]
    gate: Gate
    expressions_mean: Mapping[str, float] | None
    expressions_dominant: str | None
    action_units: Mapping[str, ActionUnitSummary | None]
    dimensions: Mapping[str, Estimate | None]
    dimension_reasons: Mapping[str, str]
    features: Mapping[str, Feature]
    behaviour_index: BehaviourIndex | None
    index_reason: str | None
    severity: Severity
    events: Events
    baseline: BaselineInfo
    turned_away_fraction: float | None
    quality: tuple[QualityMeasure, ...] = ()
    person_changes: tuple[PersonChange, ...] = ()
    left_out_s: float = 0.0
    dimensions_model: Mapping[str, Estimate | None] | None = None
    severity_model: SeverityModel | None = None
    model_reason: str | None = NO_SEQUENCE_NETWORK

    @property
    def sequence_models(self) -> tuple[ModelRef, ...]:
        """The sequence networks among ``models``; empty where they say nothing."""
        names = () if self.severity_model is None else self.severity_model.models
        return tuple(model for model in self.models if model.id in names)

    @property
    def face_models(self) -> tuple[ModelRef, ...]:
        """The networks that read the pictures: the others among ``models``."""
        return tuple(model for model in self.models if model not in self.sequence_models)
