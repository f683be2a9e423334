"""A person: body, turning head and moving face, drawn over a background.

The head turns by depth: every point of the photograph has a distance in front of the plane of
the head's outline, and turning shifts it by that distance times the sine of the angle. The
outline itself stays, as that of a ball would; the chin moves in front of the neck.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio import anatomy as a
from sample_videos.studio.expression import Face, Look, sample
from sample_videos.studio.fields import Region, scattered, smoothstep
from sample_videos.studio.layer import Cutout, as_bytes, bounds, paste
from sample_videos.studio.portrait import SCALE, Layers, to_plate

OUTLINE_DEPTH = 45.0
"""Mesh depth of the plane of the head's outline, source pixels."""
LEAST_DEPTH = 22.0
"""The hair beside the face lies before the ears: the face's rim is at least this deep."""
MAX_SLOPE = 1.6
"""Steepest rise of the depth; a turn of 30 degrees still keeps a fifth of the width."""
HEAD_BOX = (130, -10, 330, 230)
NECK_PIVOT = (222.0, 178.0)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where head and body are. Zero: as in the photograph.

    Attributes:
        yaw_deg: Positive to the right of the picture.
        pitch_deg: Positive up.
        roll_deg: Positive clockwise in the picture.
        x, y: Shift of the head in source pixels, right and down.
        body_x, body_y: Shift of the body in source pixels.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    x: float = 0.0
    y: float = 0.0
    body_x: float = 0.0
    body_y: float = 0.0


class Person:
    """Draws one person."""

    def __init__(self, layers: Layers, shape: list[a.Move] | None = None) -> None:
        """
        Args:
            layers: The photograph's layers, recoloured or not.
            shape: Lasting changes of the face's proportions, or None.
        """
        self.layers = layers
        self.face = Face(layers.head, shape)
        self.region = Region(*HEAD_BOX)
        self.depth = _depth(layers, self.region)
        away = cv2.distanceTransform(
            (layers.head_alpha[self.region.window] > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        self.solid = smoothstep(away / (16.0 * SCALE))
        self.body = Cutout(layers.body, layers.body_alpha)
        self.neck = Cutout(layers.neck, layers.neck_alpha)
        self.head = as_bytes(layers.head[self.region.window])
        self.alpha = np.ascontiguousarray(layers.head_alpha[self.region.window])
        centre = to_plate([(226.0, 108.0)])[0] - (self.region.x, self.region.y)
        self.centre = centre.astype(np.float32)

    def draw(self, canvas: NDArray[np.float32], camera: NDArray[np.float64], look: Look,
             pose: Pose) -> None:  # fmt: skip
        """Draws the person into ``canvas`` (H, W, 3) float32.

        Args:
            canvas: Background; changed in place.
            camera: (3, 3) from plate to canvas pixels.
            look: The face.
            pose: The head and body.
        """
        size = canvas.shape[1], canvas.shape[0]
        body = camera @ _shift(pose.body_x * SCALE, pose.body_y * SCALE)
        self.body.draw(canvas, body)
        self.neck.draw(canvas, camera @ _neck_matrix(pose))
        head = camera @ _head_matrix(pose, self.region)
        x0, y0, x1, y1 = bounds(head, (self.region.w, self.region.h), size)
        if x1 - x0 < 8 or y1 - y0 < 8:
            return
        at = self._unturned(head, (x0, y0, x1, y1), pose)
        part = canvas[y0:y1, x0:x1]
        alpha = cv2.remap(self.alpha, at, None, cv2.INTER_LINEAR, borderValue=0)
        self._shadow(part, alpha, camera)
        paste(part, self._colours(at, look), alpha)

    def _colours(self, at: NDArray[np.float32], look: Look) -> NDArray[np.float32]:
        """The head's colours at region positions ``at`` (h, w, 2)."""
        picture = cv2.remap(self.head, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        picture = picture.astype(np.float32)
        box = self.face.region
        inner = at - np.float32((box.x - self.region.x, box.y - self.region.y))
        x, y = inner[..., 0], inner[..., 1]
        here = (x > 3) & (x < box.w - 4) & (y > 3) & (y < box.h - 4)
        rows, columns = np.flatnonzero(here.any(1)), np.flatnonzero(here.any(0))
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        face = sample(self.face.pose(look), np.ascontiguousarray(inner[window]))
        picture[window] = np.where(here[window][..., None], face, picture[window])
        return picture

    def _unturned(self, head: NDArray[np.float64], bounds: tuple[int, int, int, int], pose: Pose
                  ) -> NDArray[np.float32]:  # fmt: skip
        """For each canvas pixel in ``bounds`` the region position it shows."""
        x0, y0, x1, y1 = bounds
        step = 3
        columns, rows = np.arange(x0, x1 + step, step), np.arange(y0, y1 + step, step)
        grid = np.dstack(np.meshgrid(columns, rows))
        back = np.linalg.inv(head)
        flat = (grid @ back[:2, :2].T + back[:2, 2]).astype(np.float32)
        yaw, pitch = np.radians(pose.yaw_deg), np.radians(pose.pitch_deg)
        found = flat.copy()
        rise, turn = np.float32(np.sin(pitch)), np.float32(np.sin(yaw))
        shrink = np.float32((1 - np.cos(yaw), 1 - np.cos(pitch)))
        for _ in range(14):
            depth = cv2.remap(self.depth, found, None, cv2.INTER_LINEAR)
            solid = cv2.remap(self.solid, found, None, cv2.INTER_LINEAR)[..., None]
            moved = found - (found - self.centre) * shrink * solid
            moved[..., 0] += depth * turn
            moved[..., 1] -= depth * rise
            found += np.float32(0.5) * (flat - moved)
        wide = found.shape[1] * step, found.shape[0] * step
        matrix = np.array([[step, 0, 0], [0, step, 0]], np.float64)
        fine = cv2.warpAffine(found, matrix, wide, flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(fine[: y1 - y0, : x1 - x0])

    @staticmethod
    def _shadow(part: NDArray[np.float32], alpha: NDArray[np.float32],
                camera: NDArray[np.float64]) -> None:  # fmt: skip
        """The chin's soft shadow, on whatever lies just below it."""
        scale = float(np.hypot(camera[0, 0], camera[1, 0]))
        down = cv2.warpAffine(alpha, np.float64([[1, 0, 0], [0, 1, 7 * scale]]),
                              (alpha.shape[1], alpha.shape[0]))
        down = cv2.GaussianBlur(down, (0, 0), 4.0 * scale)
        rows = np.linspace(0, 1, alpha.shape[0], dtype=np.float32)[:, None]
        part *= (1 - np.float32(0.35) * down * smoothstep((rows - 0.72) / 0.12))[..., None]


def _shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def _head_matrix(pose: Pose, region: Region) -> NDArray[np.float64]:
    """From the head's region to the plate: roll about the neck, then the shift."""
    px, py = to_plate([NECK_PIVOT])[0]
    turn = np.radians(pose.roll_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    moved = _shift(px + pose.x * SCALE, py + pose.y * SCALE) @ spin @ _shift(-px, -py)
    return moved @ _shift(region.x, region.y)


def _neck_matrix(pose: Pose) -> NDArray[np.float64]:
    """The neck leans after the head and stays at the collar."""
    collar = to_plate([(220.0, 188.0)])[0][1]
    lean = (pose.x - pose.body_x) / 50 + 0.55 * np.radians(pose.roll_deg)
    lean += 0.16 * np.radians(pose.yaw_deg)
    shear = np.array([[1, -lean, lean * collar], [0, 1, 0], [0, 0, 1]], np.float64)
    return _shift(pose.body_x * SCALE, pose.body_y * SCALE) @ shear


def _gentle(depth: NDArray[np.float32], slope: float) -> NDArray[np.float32]:
    """The depth, lowered wherever it would rise faster than ``slope``: turning never folds it."""
    straight = np.array([[9, 1, 9], [1, 0, 1], [9, 1, 9]]) == 1
    low = depth.copy()
    for _ in range(120):
        for near, far in ((straight, 1.0), (~straight, 1.4)):
            around = cv2.erode(low, near.astype(np.uint8))
            low = np.minimum(low, around + np.float32(slope * far))
    return low


def _depth(layers: Layers, region: Region) -> NDArray[np.float32]:
    """How far each point lies before the outline's plane, (h, w) float32 plate pixels."""
    mesh = [(x, y, max(OUTLINE_DEPTH - z, LEAST_DEPTH), 0.0) for x, y, z in layers.points[::2]]
    inside = (layers.head_alpha[region.window] > 0.5).astype(np.uint8)
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    corner = region.source_corner()
    edge = max(outlines, key=len)[::10, 0] / SCALE + corner
    hair = [(float(x), float(y), 0.0, 0.0) for x, y in edge if y < 124]
    hair += [(226.0, 55.0, 50.0, 0.0), (226.0, 38.0, 38.0, 0.0), (195.0, 45.0, 36.0, 0.0),
             (258.0, 48.0, 36.0, 0.0), (170.0, 75.0, 20.0, 0.0), (283.0, 78.0, 22.0, 0.0),
             (168.0, 100.0, 16.0, 0.0), (286.0, 104.0, 18.0, 0.0)]
    depth = scattered(region, mesh + hair, [])[..., 0]
    smooth = cv2.GaussianBlur(np.maximum(depth, 0), (0, 0), 2.0 * SCALE).astype(np.float32)
    gentle = cv2.GaussianBlur(_gentle(smooth, MAX_SLOPE), (0, 0), 1.5 * SCALE)
    round_crown = cv2.GaussianBlur(gentle, (0, 0), 8.0 * SCALE)
    crown = smoothstep((72 - region.source()[1]) / 16)
    return (gentle + crown * (round_crown - gentle)).astype(np.float32)
