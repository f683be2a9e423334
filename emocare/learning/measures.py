"""Numbers read off the teacher: Action Units, gaze, eye aspect ratio, head angles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emocare.learning.recipe import ACTION_UNITS

Floats = NDArray[np.floating]

ACTION_UNIT_SHAPES: dict[str, tuple[str, ...]] = {
    "au01": ("browInnerUp",),
    "au02": ("browOuterUpLeft", "browOuterUpRight"),
    "au04": ("browDownLeft", "browDownRight"),
    "au07": ("eyeSquintLeft", "eyeSquintRight"),
    "au10": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "au12": ("mouthSmileLeft", "mouthSmileRight"),
    "au14": ("mouthDimpleLeft", "mouthDimpleRight"),
    "au15": ("mouthFrownLeft", "mouthFrownRight"),
    "au17": ("mouthShrugLower",),
    "au20": ("mouthStretchLeft", "mouthStretchRight"),
    "au24": ("mouthPressLeft", "mouthPressRight"),
    "au26": ("jawOpen",),
    "au28": ("mouthRollLower", "mouthRollUpper"),
    "au45": ("eyeBlinkLeft", "eyeBlinkRight"),
}
GAZE_DOWN_SHAPES = ("eyeLookDownLeft", "eyeLookDownRight")
GAZE_UP_SHAPES = ("eyeLookUpLeft", "eyeLookUpRight")
GAZE_LEFT_SHAPES = ("eyeLookOutLeft", "eyeLookInRight")
GAZE_RIGHT_SHAPES = ("eyeLookInLeft", "eyeLookOutRight")
RIGHT_EYE = slice(36, 42)
LEFT_EYE = slice(42, 48)


def mean_of_shapes(shapes: Floats, names: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Average the named blendshape columns; `shapes` is (N, 52), the result (N,)."""
    columns = [list(names).index(name) for name in wanted]
    return shapes[:, columns].mean(axis=1)


def action_units(shapes: Floats, names: Sequence[str]) -> Floats:
    """Turn blendshapes (N, 52) in 0..1 into the 14 Action Units (N, 14) in 0..1."""
    units = [mean_of_shapes(shapes, names, ACTION_UNIT_SHAPES[unit]) for unit in ACTION_UNITS]
    return np.stack(units, axis=1).astype(np.float32)


def gaze_down(shapes: Floats, names: Sequence[str]) -> Floats:
    """Mean of the two eyeLookDown blendshapes, (N,) in 0..1."""
    return mean_of_shapes(shapes, names, GAZE_DOWN_SHAPES).astype(np.float32)


def gaze_up_and_side(shapes: Floats, names: Sequence[str]) -> Floats:
    """Gaze (N, 2): up 0..1 (mean of eyeLookUp), aside -1..1, positive to the subject's left."""
    up = mean_of_shapes(shapes, names, GAZE_UP_SHAPES)
    left = mean_of_shapes(shapes, names, GAZE_LEFT_SHAPES)
    right = mean_of_shapes(shapes, names, GAZE_RIGHT_SHAPES)
    return np.stack([up, left - right], axis=1).astype(np.float32)


def eye_aspect_ratio(eye: Floats) -> Floats:
    """Eye aspect ratio of six iBUG eye points (..., 6, 2) in true aspect.

    Half the sum of the two lid distances over the corner distance (Soukupova and Cech 2016).
    """
    lids = np.linalg.norm(eye[..., 1, :] - eye[..., 5, :], axis=-1)
    lids = lids + np.linalg.norm(eye[..., 2, :] - eye[..., 4, :], axis=-1)
    width = np.linalg.norm(eye[..., 0, :] - eye[..., 3, :], axis=-1)
    return lids / np.maximum(2.0 * width, 1e-9)


def eye_openness(points: Floats) -> Floats:
    """Eye aspect ratio (..., 2) of the subject's left and right eye from (..., 70, 2) points."""
    left = eye_aspect_ratio(points[..., LEFT_EYE, :])
    right = eye_aspect_ratio(points[..., RIGHT_EYE, :])
    return np.stack([left, right], axis=-1)


def angles(rotation: Floats) -> Floats:
    """Yaw, pitch, roll in degrees (..., 3) of face-to-camera rotations (..., 3, 3).

    Camera y up, z towards the viewer. Yaw is positive to the subject's left (image right), pitch
    positive up, roll positive clockwise in the image.
    """
    yaw = np.arctan2(rotation[..., 0, 2], rotation[..., 2, 2])
    pitch = np.arcsin(np.clip(rotation[..., 1, 2], -1.0, 1.0))
    roll = -np.arctan2(rotation[..., 1, 0], rotation[..., 1, 1])
    return np.degrees(np.stack([yaw, pitch, roll], axis=-1))


def turn_in_image(rotation: Floats, clockwise_deg: float) -> Floats:
    """Rotation(s) (..., 3, 3) of the same head after the picture was turned clockwise."""
    a = np.radians(-clockwise_deg)
    turn = np.array([[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])
    return turn @ rotation


def mirror_rotation(rotation: Floats) -> Floats:
    """Rotation(s) (..., 3, 3) of the same head seen in a mirror."""
    flip = np.diag([-1.0, 1.0, 1.0])
    return flip @ rotation @ flip


def mirror_order() -> NDArray[np.intp]:
    """Index (70,) of the point that takes each point's place in a mirrored picture."""
    order = np.arange(70)
    order[0:17] = np.arange(16, -1, -1)
    order[17:27] = np.arange(26, 16, -1)
    order[31:36] = np.arange(35, 30, -1)
    for left, right in ((36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)):
        order[left], order[right] = right, left
    order[48:55] = np.arange(54, 47, -1)
    order[55:60] = np.arange(59, 54, -1)
    order[60:65] = np.arange(64, 59, -1)
    order[65:68] = np.arange(67, 64, -1)
    order[68], order[69] = 69, 68
    return order
