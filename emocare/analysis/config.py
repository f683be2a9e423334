"""Every threshold and constant of the analysis, in one frozen object stored with results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from emocare.domain.errors import InputError

Table = Mapping[str, float]
Pairs = Mapping[str, tuple[float, float]]

PROVISIONAL = "provisional-v0"
PROTOCOLS = ("free", "guided")
HASH_KEY = "config_hash"


def _gate() -> Pairs:
    """Limit of "reliable" and of "limited" per measure, section 4.2."""
    return {
        "valid_s": (60.0, 30.0),
        "face_fraction": (0.80, 0.50),
        "valid_fraction": (0.70, 0.50),
        "face_width_px": (96.0, 64.0),
        "fps": (15.0, 5.0),
        "second_face_fraction": (0.05, 0.20),
    }


def _valence() -> Table:
    return {"neutral": 0.0, "happiness": 0.80, "surprise": 0.10, "sadness": -0.70, "anger": -0.60,
            "disgust": -0.65, "fear": -0.60, "contempt": -0.50}  # fmt: skip


def _arousal() -> Table:
    return {"neutral": 0.0, "happiness": 0.40, "surprise": 0.70, "sadness": -0.35, "anger": 0.60,
            "disgust": 0.30, "fear": 0.70, "contempt": 0.10}  # fmt: skip


def _dimensions() -> Mapping[str, Table]:
    """Weights of the features in each 0..100 dimension, section 3.4."""
    return {
        "anhedonia": {"f1": 0.35, "f2": 0.15, "f3": 0.25, "f21": 0.15, "f4": 0.10},
        "anxiety": {"f14": 0.25, "f15": 0.20, "f16": 0.20, "f17": 0.20, "au12_pair": 0.15},
        "irritability": {"f18": 0.40, "f19": 0.25, "f20": 0.20, "f17": 0.15},
        "fatigue": {"f10": 0.45, "f11": 0.20, "f12": 0.15, "f13": 0.10, "f5": 0.10},
    }


def _items() -> Table:
    """Weights of the nine items of the behaviour index, section 3.5."""
    return {"smile": 0.22, "expressivity": 0.18, "head_motion": 0.15, "gaze_down": 0.12,
            "neg_valence": 0.10, "fatigue": 0.08, "anxiety": 0.06, "au14": 0.05,
            "irritability": 0.04}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """What the analysis does with readings. Defaults are the clinical specification's.

    Attributes:
        protocol: "free" or "guided" (section 3.2).
        reference: Identifier of the reference table.
        reference_values: Feature -> (mu, sigma) of a site's own reference, in the transformed
            unit. None: the table shipped under the name ``reference``.
        dimpler_measured: Whether the reader's AU14 is a real intensity. False: it comes from a
            blendshape that practically never moves, and f9 is null (section 3.4).
        wrong_person: The operator marked that somebody else was measured.
        min_confidence: Below it there is no face.
        max_yaw_deg, max_pitch_deg, max_roll_deg: Beyond them the face is turned away; pitch is
            counted from the running median pitch.
        max_pitch0_deg: The running median pitch is held within this; a camera tilt beyond it is
            no frontal view [engineering].
        min_sharpness: Variance of the Laplacian.
        min_brightness, max_brightness: Mean face luminance that warns (see ``status``).
        max_clip_fraction, min_left_right_ratio: Light on the face.
        occluded_from: Probability from which a region counts as covered.
        min_width_px: Narrower faces cannot be read at all.
        camera_off_below: Mean luminance of a black picture.
        detect_every_s: How often the whole picture is searched while a face is followed.
        loss_s: After a longer loss a returning face counts as a new acquisition.
        hold_s: So long after losing the person no face elsewhere is taken [engineering].
        settle_s: So long a face must be followed, without another that counts beside it, before
            it is the person of the recording [engineering].
        second_face_from: Area ratio from which another face counts.
        baseline_cap, baseline_percentile, open_eye_percentile, min_baseline_s: Section 3.3.
        median_s: Width of the median over Action Units.
        gap_s: A longer pause between measured frames restarts smoothing and ends events.
        window_s, hop_s, min_window_share: Section 3.3.
        closed_eo ... burst_s: Event constants of sections 3.3 and 3.4.
        blink_drop: How far the eyes must close below their openness around it, so that lids
            lowered in a downward gaze are not blinks [engineering].
        blink_task_s, blink_sure_s: Under the first f15 is null, under the second it is marked
            as of low confidence.
        max_missing_region: Share of time from which a covered region's items are null.
        min_units: Fewest Action Units over which f3 and f4 may be averaged [engineering].
        gate: Measure -> (limit of reliable, limit of limited).
        min_bitrate_kbps: Below it an upload is limited.
        foreign_s, foreign_share: Measured time on faces not shown to be the followed person, and
            its share of all measured time, that are tolerated; left out of every measure
            [engineering].
        rejoin_s: Longest absence after which the same place and size mean the same person
            [engineering].
        valence, arousal: Weight of each expression.
        arousal_expression, arousal_speed: The two parts of session arousal.
        dimensions, min_dimension_weight: Section 3.4.
        items, min_index_weight: Section 3.5.
        band_edges: Lower edges of mild, moderate, severe.
        tau_site, tau_other: Model uncertainty in index points.
        min_band_probability, max_half_width, min_windows, min_ess: When the band is indeterminate.
        linear_low, linear_high: z range in which an item counts in the window series.
    """

    protocol: str = "free"
    reference: str = PROVISIONAL
    reference_values: Pairs | None = None
    dimpler_measured: bool = False
    wrong_person: bool = False

    min_confidence: float = 0.60
    max_yaw_deg: float = 30.0
    max_pitch_deg: float = 25.0
    max_roll_deg: float = 30.0
    max_pitch0_deg: float = 20.0
    min_sharpness: float = 40.0
    min_brightness: float = 40.0
    max_brightness: float = 220.0
    max_clip_fraction: float = 0.25
    min_left_right_ratio: float = 0.5
    occluded_from: float = 0.5
    min_width_px: float = 36.0
    camera_off_below: float = 6.0
    detect_every_s: float = 0.5
    loss_s: float = 2.0
    hold_s: float = 5.0
    settle_s: float = 1.0
    second_face_from: float = 0.5

    baseline_cap: float = 0.5
    baseline_percentile: float = 10.0
    open_eye_percentile: float = 95.0
    min_baseline_s: float = 5.0
    median_s: float = 0.5
    gap_s: float = 0.5
    window_s: float = 10.0
    hop_s: float = 5.0
    min_window_share: float = 0.6

    closed_eo: float = 0.35
    perclos_eo: float = 0.20
    blink_min_s: float = 0.05
    blink_max_s: float = 0.5
    blink_drop: float = 0.25
    blink_task_s: float = 60.0
    blink_sure_s: float = 180.0
    smile_level: float = 0.35
    smile_s: float = 0.5
    look_yaw_deg: float = 20.0
    look_s: float = 0.5
    gaze_down_from: float = 0.5
    gaze_pitch_deg: float = 15.0
    tracked_pitch_deg: float = 45.0
    yawn_level: float = 0.6
    yawn_s: float = 2.5
    active_level: float = 0.30
    brow_s: float = 0.3
    burst_s: float = 1.0
    max_missing_region: float = 0.30
    min_units: int = 8

    gate: Pairs = field(default_factory=_gate)
    min_bitrate_kbps: float = 200.0
    foreign_s: float = 1.0
    foreign_share: float = 0.01
    rejoin_s: float = 10.0

    valence: Table = field(default_factory=_valence)
    arousal: Table = field(default_factory=_arousal)
    arousal_expression: float = 0.7
    arousal_speed: float = 0.3
    dimensions: Mapping[str, Table] = field(default_factory=_dimensions)
    min_dimension_weight: float = 0.65
    items: Table = field(default_factory=_items)
    min_index_weight: float = 0.70
    band_edges: tuple[float, float, float] = (25.0, 45.0, 65.0)
    tau_site: float = 5.0
    tau_other: float = 8.0
    min_band_probability: float = 0.60
    max_half_width: float = 20.0
    min_windows: int = 6
    min_ess: float = 3.0
    linear_low: float = -1.0
    linear_high: float = 3.5

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise InputError(f"Protocol: expected one of {PROTOCOLS}, got {self.protocol!r}.")
        if self.reference != PROVISIONAL and self.reference_values is None:
            raise InputError(
                f"Reference {self.reference!r} is not shipped: give its values, "
                f"or use {PROVISIONAL!r}."
            )

    @property
    def tau(self) -> float:
        """Model uncertainty: smaller only with a site reference and the guided protocol."""
        site = self.reference_values is not None and self.reference != PROVISIONAL
        return self.tau_site if site and self.protocol == "guided" else self.tau_other

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of ``to_dict``."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values; ``from_dict`` gives an equal object back."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AnalysisConfig:
        """The configuration stored with a result. Fields not named take their default.

        Raises:
            InputError: A name is unknown, so the result comes from another version.
        """
        names = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - names - {HASH_KEY})
        if unknown:
            raise InputError(f"Analysis configuration: unknown field {unknown[0]!r}.")
        given = {name: _frozen(values[name]) for name in names if name in values}
        return cls(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _frozen(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_frozen(v) for v in value)
    return value
