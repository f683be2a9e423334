"""Name, limit, score and advice of every quality measure, under one configuration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.domain.quality import QualityMeasure

NO_FACE_REASON = "No face was found."
CROP_REASON = "The picture was given as the crop of a face: nothing is known around it."
OBSERVED_REASON = "Not judged: it is what is observed, and a limit would exclude the tired."
UNLIMITED_REASON = "Not judged: limits for identity documents are too strict for behaviour."
SIZE_REASON = "The size of the picture was not kept."
REASONS: dict[str, str] = {
    "InterEyeDistance": "The landmarks were not kept.",
    "RightwardCropOfTheFaceImage": SIZE_REASON, "DownwardCropOfTheFaceImage": SIZE_REASON,
    "UnderExposurePrevention": "A bright face: its clipped pixels count as over-exposed.",
    "OverExposurePrevention": "A dark face: its clipped pixels count as under-exposed.",
    "MouthClosed": "No picture was measured.", "ExpressionNeutrality": "No picture was measured.",
}  # fmt: skip
"""Why a face has no value."""
CROPPED = (
    "SingleFacePresent", "LeftwardCropOfTheFaceImage", "RightwardCropOfTheFaceImage",
    "UpwardCropOfTheFaceImage", "DownwardCropOfTheFaceImage",
)  # fmt: skip
"""Measures of what is around the face."""
UNMEASURED: tuple[QualityMeasure, ...] = (
    QualityMeasure("UnifiedQualityScore", None, "", None,
                   reason="The measures are not merged into one number."),
    *(QualityMeasure(name, None, "", None, reason="The face reader does not measure it.")
      for name in ("LuminanceVariance", "DynamicRange", "BackgroundUniformity", "NaturalColour",
                   "CompressionArtifacts", "NoHeadCoverings")),
)  # fmt: skip
"""Measures of the standard that nothing here holds; named so that nobody looks for them."""
DARK = "Turn a lamp towards the face."
EDGE = "Move the person or the camera so that the whole face is in the picture."
FACING = "Face the camera."


@dataclass(frozen=True, slots=True)
class Rule:
    """How one measure is scored and judged.

    Attributes:
        name: The standard's.
        unit: As in ``QualityMeasure``.
        points: (native value, score) in rising order of the value; linear between, held beyond.
        least, most: Limits on the native value, None without one.
        advice: What to do where it fails.
        needed_share: Share of the time of a recording that must pass.
        strict: Whether ``most`` itself fails.
        reason: Why it is not judged, None where it is.
    """

    name: str
    unit: str
    points: tuple[tuple[float, float], ...]
    least: float | None = None
    most: float | None = None
    advice: str = ""
    needed_share: float = 0.5
    strict: bool = False
    reason: str | None = None

    def scores(self, native: Floats) -> Floats:
        """(N,) 0..100; NaN where ``native`` (N,) is."""
        x, y = zip(*self.points, strict=True)
        known = np.interp(native, x, y)
        return np.where(np.isfinite(native), known, np.nan)

    def passes(self, native: Floats) -> Flags:
        """(N,) whether each value is within the limits; False where there is none."""
        found = np.isfinite(native)
        if self.least is not None:
            found = found & (native >= self.least)
        if self.most is not None:
            found = found & ((native < self.most) if self.strict else (native <= self.most))
        return np.asarray(found, dtype=bool)


def rules(config: AnalysisConfig) -> tuple[Rule, ...]:
    """Every measure that the readings hold, in the order of the table."""
    return (*_light(config), *_people(config), *_size(config), *_pose(config), *_observed())


def _most(limit: float, worst: float) -> tuple[tuple[float, float], ...]:
    return ((0.0, 100.0), (limit, 50.0), (worst, 0.0))


def _light(config: AnalysisConfig) -> tuple[Rule, ...]:
    low, high, clip = config.min_brightness, config.max_brightness, config.max_clip_fraction
    usual = config.gate["valid_fraction"][0]
    even, sharp = config.min_left_right_ratio, config.min_sharpness
    mean = ((0.0, 0.0), (low, 50.0), ((low + high) / 2, 100.0), (high, 50.0), (255.0, 0.0))
    return (
        Rule("LuminanceMean", "0-255", mean, low, high,
             "Light the face evenly, neither dim nor dazzling.", usual),
        Rule("UnderExposurePrevention", "share", _most(clip, 2 * clip), None, clip, DARK, usual),
        Rule("OverExposurePrevention", "share", _most(clip, 2 * clip), None, clip,
             "Turn the light away or close the blind.", usual),
        Rule("IlluminationUniformity", "share", ((0.0, 0.0), (even, 50.0), (1.0, 100.0)), even,
             None, "Light both sides of the face alike.", usual),
        Rule("Sharpness", "", ((0.0, 0.0), (sharp, 50.0), (4 * sharp, 100.0)), sharp, None,
             "Steady and focus the camera, and clean its lens.", usual),
    )  # fmt: skip


def _people(config: AnalysisConfig) -> tuple[Rule, ...]:
    shown, in_view = 1 - config.occluded_from, 1 - config.max_missing_region
    points = ((0.0, 0.0), (shown, 50.0), (1.0, 100.0))
    second = config.second_face_from
    return (
        Rule("SingleFacePresent", "share", _most(second, 2 * second), None, second,
             "Only the patient in the picture, or choose the patient’s part of it.",
             1 - config.gate["second_face_fraction"][0], strict=True),
        Rule("EyesVisible", "share", points, shown, None,
             "Uncover the eyes: lift hair and tilt glasses that mirror.", in_view),
        Rule("MouthOcclusionPrevention", "share", points, shown, None,
             "Uncover the mouth: lower hand, cup or mask.", in_view),
        Rule("FaceOcclusionPrevention", "share", points, shown, None, "Uncover the face.",
             config.gate["valid_fraction"][0]),
    )  # fmt: skip


def _size(config: AnalysisConfig) -> tuple[Rule, ...]:
    width = config.gate["face_width_px"][0]
    usual = config.gate["valid_fraction"][0]
    edge = ((-0.25, 0.0), (0.0, 50.0), (0.25, 100.0))
    return (
        Rule("InterEyeDistance", "px", ((0.0, 0.0), (90.0, 100.0)), reason=UNLIMITED_REASON),
        Rule("HeadSize", "px", ((0.0, 0.0), (width, 50.0), (2 * width, 100.0)), width, None,
             "Move closer to the camera."),
        *(Rule(f"{side}wardCropOfTheFaceImage", "widths", edge, 0.0, None, EDGE, usual)
          for side in ("Left", "Right", "Up", "Down")),
    )  # fmt: skip


def _pose(config: AnalysisConfig) -> tuple[Rule, ...]:
    usual = config.gate["valid_fraction"][0]
    limits = (
        ("HeadPoseYaw", config.max_yaw_deg, FACING),
        ("HeadPosePitch", config.max_pitch_deg, "Put the camera at eye height and face it."),
        ("HeadPoseRoll", config.max_roll_deg, "Hold the head and the camera upright."),
    )
    return tuple(
        Rule(name, "deg", _most(limit, 2 * limit), None, limit, advice, usual)
        for name, limit, advice in limits
    )


def _observed() -> tuple[Rule, ...]:
    """Named and never judged: they are the signal (section 4.2)."""
    whole = ((0.0, 0.0), (1.0, 100.0))
    return (
        Rule("EyesOpen", "", ((0.0, 0.0), (0.3, 100.0)), reason=OBSERVED_REASON),
        Rule("MouthClosed", "share", whole, reason=OBSERVED_REASON),
        Rule("ExpressionNeutrality", "share", whole, reason=OBSERVED_REASON),
    )
