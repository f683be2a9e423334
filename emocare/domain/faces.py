"""What a face reader says of one picture, and the names it uses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emocare.domain.frames import Box, Frame

EXPRESSIONS: tuple[str, ...] = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
)
"""The eight expressions in the order of every array and column."""

ACTION_UNITS: tuple[str, ...] = (
    "au01", "au02", "au04", "au05", "au06", "au07", "au09", "au10", "au12", "au14",
    "au15", "au17", "au20", "au24", "au26", "au28", "au45",
)  # fmt: skip
"""Every Action Unit column. Units a reader does not measure (au05, au06, au09) stay null."""

LANDMARKS = 70
"""68 iBUG points and the centres of the two irises."""


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How well one face can be read, measured on the face and not on the frame.

    Attributes:
        sharpness: Variance of the Laplacian of the aligned grey face crop at 160 px width.
        brightness: Mean luminance of the face, 0..255.
        clip_fraction: Share of face pixels at 0-5 or 250-255, 0..1.
        left_right_luminance_ratio: Darker half over brighter half, 0..1.
    """

    sharpness: float
    brightness: float
    clip_fraction: float
    left_right_luminance_ratio: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face as read from one picture. All values exist; a gate decides what is used.

    Attributes:
        box_px: Face box in the picture (brow to chin, cheek to cheek).
        confidence: Probability that this is a face, 0..1.
        landmarks_px: (70, 2) float32, pixels of the picture.
        yaw_deg: Positive when the subject turns to their own left (image right).
        pitch_deg: Positive up.
        roll_deg: Positive clockwise in the image.
        eye_openness_left: Raw eye aspect ratio of the subject's left eye, >= 0.
        eye_openness_right: The same for the right eye.
        gaze_down: Downward gaze, 0..1.
        mouth_occluded: Probability that the mouth is covered, 0..1.
        eyes_occluded: Probability that the eyes are covered, 0..1.
        expressions: (8,) float32 probabilities in the order of ``EXPRESSIONS``.
        action_units: (17,) float32 in the order of ``ACTION_UNITS``, 0..1; NaN = not measured.
        quality: Picture quality on the face.
        gaze_up: Upward gaze, 0..1.
        gaze_side: Gaze aside, -1..1, positive to the subject's own left (image right).
        mouth_openness: Mouth aspect ratio: mean distance of the inner lips over the distance of
            the inner corners of the mouth, >= 0.
        landmark_error: Expected mean distance of a landmark from its true place, as a share of
            the distance of the outer corners of the eyes. NaN, like the three before it, where a
            reader does not say.
    """

    box_px: Box
    confidence: float
    landmarks_px: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    eye_openness_left: float
    eye_openness_right: float
    gaze_down: float
    mouth_occluded: float
    eyes_occluded: float
    expressions: NDArray[np.float32]
    action_units: NDArray[np.float32]
    quality: FaceQuality
    gaze_up: float = math.nan
    gaze_side: float = math.nan
    mouth_openness: float = math.nan
    landmark_error: float = math.nan

    def __post_init__(self) -> None:
        _expect_shape("landmarks_px", self.landmarks_px, (LANDMARKS, 2))
        _expect_shape("expressions", self.expressions, (len(EXPRESSIONS),))
        _expect_shape("action_units", self.action_units, (len(ACTION_UNITS),))


@dataclass(frozen=True, slots=True)
class ReadHint:
    """What the caller knows before a picture is read; the reader itself keeps no state.

    Attributes:
        landmarks_px: (70, 2) landmarks of the followed face in the previous picture, or None
            when nobody is followed.
        detect: Look for faces in the whole picture even when a face is followed.
        region: Only faces whose centre lies in this part of the picture exist. None: all of it.
    """

    landmarks_px: NDArray[np.float32] | None = None
    detect: bool = True
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What a face reader found in one picture.

    Attributes:
        face: The followed face; without one to follow, the largest. None when there is none.
        followed: True when ``face`` continues the hint's landmarks.
        detected: Whether the whole picture was searched. When False, ``n_faces`` and
            ``second_face_ratio`` speak only of the followed face and are None.
        n_faces: Number of faces found.
        second_face_ratio: Area of the largest other face over that of ``face``; 0 with one face.
        frame_brightness: Mean luminance of the whole picture, 0..255.
    """

    face: Face | None
    followed: bool
    detected: bool
    n_faces: int | None
    second_face_ratio: float | None
    frame_brightness: float


class FaceReader(Protocol):
    """Reads one picture. Stateless and safe to share between threads."""

    def read(self, frame: Frame, hint: ReadHint) -> PictureReading:
        """Reads ``frame``; see ``PictureReading``. Never raises for a picture without a face."""
        ...


def _expect_shape(name: str, array: NDArray[np.float32], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got {array.shape}")
