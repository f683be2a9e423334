"""Head pose in a turned crop -> head pose in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rotation = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Direction of a head in degrees.

    With R the face-to-camera rotation, y up and z towards the viewer:
    yaw = atan2(R02, R22), pitch = asin(R12), roll = -atan2(R10, R11).

    Attributes:
        yaw_deg: Positive when the subject turns to their own left (image right).
        pitch_deg: Positive up.
        roll_deg: Positive clockwise in the image.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float

    def rotation(self) -> Rotation:
        """The (3, 3) face-to-camera rotation."""
        yaw, pitch, roll = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg])
        about_y = np.array(
            [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        )
        about_x = np.array(
            [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
        )
        return np.asarray(about_y @ about_x @ _clockwise(roll), dtype=np.float64)

    @classmethod
    def of(cls, rotation: Rotation) -> Pose:
        """The angles of a (3, 3) face-to-camera rotation."""
        r = rotation
        angles = np.degrees(
            [
                np.arctan2(r[0, 2], r[2, 2]),
                np.arcsin(np.clip(r[1, 2], -1.0, 1.0)),
                -np.arctan2(r[1, 0], r[1, 1]),
            ]
        )
        return cls(*(float(a) for a in angles))

    def turned(self, clockwise_deg: float) -> Pose:
        """The pose after the picture was turned clockwise, about the viewing axis."""
        return Pose.of(_clockwise(np.radians(clockwise_deg)) @ self.rotation())


def _clockwise(angle: float) -> Rotation:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
