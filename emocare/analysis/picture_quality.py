"""The named quality measures of one picture or of a whole recording (sections 4.1, 4.2, 5.1).

The names are those of ISO/IEC 29794-5; the native values are this project's own, as far as a
face reader's numbers hold them, and so are the scores: 0 to 100, linear between named points,
50 exactly at the limit of section 4.1. They are not the component scores of that standard's
reference software, which rates pictures for identity documents. The measures describe; what is
excluded is decided in ``status`` and ``gate`` alone, on the same limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats, durations, share, weighted_quantile
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.quality_rules import (
    CROP_REASON,
    CROPPED,
    NO_FACE_REASON,
    REASONS,
    UNMEASURED,
    Rule,
    rules,
)
from emocare.analysis.tracks import measured_person
from emocare.domain.faces import Face
from emocare.domain.quality import QualityMeasure
from emocare.domain.readings import FrameReading, FrameStatus, Readings

LEFT_EYE, RIGHT_EYE = slice(42, 48), slice(36, 42)
Natives = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows with the face that is judged; a column is copied when it is asked for."""

    readings: Readings
    rows: Flags

    def __getitem__(self, name: str) -> Floats:
        return self.readings[name][self.rows]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is judged: native values by name, seconds each row stands for, and the light."""

    natives: Natives
    weights: Floats
    contrast: Flags


def recording_quality(
    readings: Readings, size_px: tuple[int, int], config: AnalysisConfig
) -> tuple[QualityMeasure, ...]:
    """Time-weighted medians over the rows with the patient's face, measured or not.

    A recording passes a measure when the share of that time in which a picture passes is what
    section 4.2 needs of it.

    Args:
        readings: All rows.
        size_px: Width and height of the picture, 0 when not known.
        config: Limits.
    """
    weights = durations(readings["t_s"], config.gap_s)
    mine = readings.tracked & measured_person(readings, weights, config).mine
    seen = _Seen(readings, mine)
    found = {
        rule.name: _measure(rule, rows, config, alone=False)
        for rows in _rows(seen, weights[mine], _usual_pitch(seen, config), size_px, config)
        for rule in rules(config)
        if rule.name in rows.natives
    }
    return (*(found[rule.name] for rule in rules(config)), *UNMEASURED)


def still_quality(
    face: Face | None, second_face_ratio: float | None, size_px: tuple[int, int],
    config: AnalysisConfig, *, crop: bool,
) -> tuple[QualityMeasure, ...]:  # fmt: skip
    """The measures of one picture; pitch is counted from level, as it has no history.

    Args:
        face: None without one: every value is None.
        second_face_ratio: Area of the largest other face over this one's.
        size_px: Width and height of the picture.
        config: Limits.
        crop: Whether the picture was given as the crop of a face, so that nothing is known of
            what is around it.
    """
    status = FrameStatus.NO_FACE if face is None else FrameStatus.OK
    ratio = second_face_ratio or 0.0
    reading = FrameReading(0.0, status, face=face, second_face_ratio=ratio)
    readings = Readings.from_frames([reading], landmarks=True)
    seen = _Seen(readings, readings.tracked)
    groups = list(_rows(seen, np.ones(int(face is not None)), 0.0, size_px, config))
    found = []
    for rule in rules(config):
        if crop and rule.name in CROPPED:
            found.append(QualityMeasure(rule.name, None, rule.unit, None, reason=CROP_REASON))
        else:
            rows = next(group for group in groups if rule.name in group.natives)
            found.append(_measure(rule, rows, config, alone=True))
    return (*found, *UNMEASURED)


def _measure(rule: Rule, rows: _Rows, config: AnalysisConfig, *, alone: bool) -> QualityMeasure:
    """One measure over rows; of a single picture (``alone``) there are no shares of time."""
    native = rows.natives[rule.name]
    value = weighted_quantile(native, rows.weights, 0.5)
    if value is None:
        reason = REASONS.get(rule.name, NO_FACE_REASON) if len(native) else NO_FACE_REASON
        return QualityMeasure(rule.name, None, rule.unit, None, rule.least, rule.most,
                              reason=reason)  # fmt: skip
    scores = rule.scores(native)
    passes = rule.passes(native)
    if rule.name == "LuminanceMean":
        # A fixed floor on the mean would drop darker skin first: contrast decides (status).
        scores = np.where(rows.contrast, np.maximum(scores, 50.0), scores)
        passes = passes | rows.contrast
    score = weighted_quantile(scores, rows.weights, 0.5)
    passed_share = share(passes, np.isfinite(native), rows.weights)
    judged = rule.reason is None and passed_share is not None
    passed = round(passed_share or 0.0, 3) >= (1.0 if alone else rule.needed_share)
    return QualityMeasure(
        name=rule.name, value=round(value, 4), unit=rule.unit,
        score=None if score is None else round(score, 1), least=rule.least, most=rule.most,
        passed=passed if judged else None,
        passed_share=None if alone or not judged else round(passed_share or 0.0, 3),
        needed_share=None if alone or not judged else rule.needed_share,
        advice=rule.advice if judged and not passed else None, reason=rule.reason,
    )  # fmt: skip


def _rows(
    seen: _Seen, weights: Floats, pitch0_deg: float, size_px: tuple[int, int],
    config: AnalysisConfig,
) -> Iterator[_Rows]:  # fmt: skip
    """The measures in groups, one after the other: a long recording has room for a few columns."""
    contrast = (seen["sharpness"] >= config.min_sharpness) & (
        seen["clip_fraction"] <= config.max_clip_fraction
    )
    contrast = np.asarray(contrast, dtype=bool)
    yield _Rows(_light(seen, config), weights, contrast)
    yield _Rows(_view(seen, pitch0_deg), weights, contrast)
    yield _Rows(_place(seen, size_px), weights, contrast)


def _light(seen: _Seen, config: AnalysisConfig) -> dict[str, Floats]:
    """Clipped pixels are counted together: they are put to the side the face lies on."""
    mean, clip = seen["brightness"], seen["clip_fraction"]
    dark = mean < (config.min_brightness + config.max_brightness) / 2
    return {
        "LuminanceMean": mean,
        "UnderExposurePrevention": np.where(dark, clip, np.nan),
        "OverExposurePrevention": np.where(dark, np.nan, clip),
        "IlluminationUniformity": seen["left_right_luminance_ratio"],
        "Sharpness": seen["sharpness"],
    }


def _view(seen: _Seen, pitch0_deg: float) -> dict[str, Floats]:
    eyes, mouth = 1 - seen["eyes_occluded"], 1 - seen["mouth_occluded"]
    return {
        "SingleFacePresent": seen["second_face_ratio"],
        "EyesVisible": eyes,
        "MouthOcclusionPrevention": mouth,
        "FaceOcclusionPrevention": np.maximum(eyes, mouth),
        "HeadPoseYaw": np.abs(seen["yaw_deg"]),
        "HeadPosePitch": np.abs(seen["pitch_deg"] - pitch0_deg),
        "HeadPoseRoll": np.abs(seen["roll_deg"]),
        "EyesOpen": (seen["eye_openness_left"] + seen["eye_openness_right"]) / 2,
        "MouthClosed": 1 - seen["au26"],
        "ExpressionNeutrality": seen["p_neutral"],
    }


def _place(seen: _Seen, size_px: tuple[int, int]) -> dict[str, Floats]:
    """Sizes in pixels, and how far the face lies from each edge in face widths."""
    x1, y1, x2, y2 = (seen[f"face_{edge}_px"] for edge in ("x1", "y1", "x2", "y2"))
    width = np.maximum(x2 - x1, 1e-6)
    right, bottom = (float(side) if side > 0 else np.nan for side in size_px)
    return {
        "InterEyeDistance": _between_eyes(seen),
        "HeadSize": x2 - x1,
        "LeftwardCropOfTheFaceImage": x1 / width,
        "RightwardCropOfTheFaceImage": (right - x2) / width,
        "UpwardCropOfTheFaceImage": y1 / width,
        "DownwardCropOfTheFaceImage": (bottom - y2) / width,
    }


def _between_eyes(seen: _Seen) -> Floats:
    """Pixels between the eye centres, stretched to a frontal view; NaN without landmarks."""
    if seen.readings.landmarks_px is None:
        return np.full(int(seen.rows.sum()), np.nan)
    points = seen.readings.landmarks_px[seen.rows].astype(np.float64)
    apart = points[:, LEFT_EYE].mean(axis=1) - points[:, RIGHT_EYE].mean(axis=1)
    turned = np.cos(np.radians(np.clip(np.abs(seen["yaw_deg"]), 0, 60)))
    return np.asarray(np.hypot(apart[:, 0] / turned, apart[:, 1]), dtype=np.float64)


def _usual_pitch(seen: _Seen, config: AnalysisConfig) -> float:
    """The median pitch of faces not turned sideways, held within ``max_pitch0_deg``."""
    facing = seen["pitch_deg"][np.abs(seen["yaw_deg"]) <= config.max_yaw_deg]
    limit = config.max_pitch0_deg
    return float(np.clip(np.median(facing), -limit, limit)) if len(facing) else 0.0
