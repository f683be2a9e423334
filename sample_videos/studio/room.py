"""The room behind the person and the camera that films it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.fields import smoothstep
from sample_videos.studio.portrait import PLATE, SCALE, smooth_polygon, to_plate

SIZE = (640, 480)
"""Width and height of every clip."""
ZOOM = 0.85
"""Clip pixels per plate pixel: the face is about 155 px wide."""
VIEW = (220.0, 123.0)
"""Source position in the middle of the picture."""


def furnish(wall: NDArray[np.float32], *, chair: bool = False) -> NDArray[np.float32]:
    """The backdrop as the wall of a room out of focus: a window, a framed print, a shelf.

    Args:
        wall: (H, W, 3) float32 plate.
        chair: An empty chair in the middle.
    """
    room = wall * np.float32((0.93, 0.93, 0.91))
    rows, columns = np.mgrid[0 : PLATE[1], 0 : PLATE[0]].astype(np.float32)
    light = 1.06 - 0.16 * columns / PLATE[0] - 0.10 * rows / PLATE[1]
    room = room * light[..., None]
    for corners, colour, soft in _FURNITURE + (_CHAIR if chair else ()):
        cover = smooth_polygon(list(corners), soft * SCALE)[..., None]
        room = room + cover * (np.float32(colour) - room)
    return np.ascontiguousarray(room, np.float32)


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[tuple[float, float], ...]:
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


_FURNITURE = (
    (_box(18, -60, 66, 172), (236, 238, 236), 4.0),
    (_box(38, -60, 43, 172), (176, 172, 164), 2.6),
    (_box(10, 170, 74, 180), (205, 198, 188), 3.0),
    (_box(352, 18, 404, 92), (92, 78, 66), 2.4),
    (_box(358, 24, 398, 86), (198, 192, 178), 2.4),
    (_box(364, 52, 392, 80), (124, 142, 132), 4.0),
    (_box(340, 168, 440, 175), (118, 94, 72), 2.6),
    (_box(352, 130, 360, 168), (120, 62, 54), 2.4),
    (_box(361, 138, 371, 168), (70, 88, 104), 2.4),
    (_box(372, 133, 380, 168), (176, 156, 116), 2.4),
    (_box(383, 142, 404, 168), (88, 106, 84), 2.8),
)
_CHAIR = (
    (((160, 320), (156, 190), (166, 168), (190, 160), (250, 160), (274, 168), (284, 190),
      (280, 320)), (58, 60, 66), 2.6),
    (((176, 320), (172, 200), (182, 182), (220, 176), (258, 182), (268, 200), (264, 320)),
     (72, 74, 80), 5.0),
)  # fmt: skip


class Camera:
    """A webcam: framing, slow sway, exposure, vignette, noise. Repeatable for each frame."""

    def __init__(self, seed: int) -> None:
        """
        Args:
            seed: Of noise and sway.
        """
        random = np.random.default_rng(seed)
        w, h = SIZE
        grain = random.normal(size=(6, h + 64, w + 64, 1)).astype(np.float32)
        colour = random.normal(size=(6, (h + 64) // 4, (w + 64) // 4, 3)).astype(np.float32)
        wide = [cv2.resize(c, (w + 64, h + 64), interpolation=cv2.INTER_LINEAR) for c in colour]
        self.noise = [g + 0.5 * c for g, c in zip(grain, wide, strict=True)]
        self.phase = random.uniform(0, 2 * np.pi, 8)
        self.seed = seed
        rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
        far = np.hypot((columns - w / 2) / w, (rows - h / 2) / h)
        self.vignette = (1 - 0.22 * smoothstep((far - 0.28) / 0.5))[..., None]

    def matrix(self, t_s: float) -> NDArray[np.float64]:
        """(3, 3) from plate to picture at a time: the framing with a little sway."""
        p = self.phase
        turn = np.radians(0.12 * np.sin(0.31 * t_s + p[0]))
        x = 0.8 * np.sin(0.23 * t_s + p[1]) + 0.3 * np.sin(1.1 * t_s + p[2])
        y = 0.6 * np.sin(0.19 * t_s + p[3]) + 0.25 * np.sin(0.9 * t_s + p[4])
        zoom = ZOOM * (1 + 0.002 * np.sin(0.15 * t_s + p[5]))
        cx, cy = to_plate([VIEW])[0]
        c, s = zoom * np.cos(turn), zoom * np.sin(turn)
        return np.array([[c, -s, SIZE[0] / 2 + x - c * cx + s * cy],
                         [s, c, SIZE[1] / 2 + y - s * cx - c * cy], [0, 0, 1]], np.float64)

    def expose(self, picture: NDArray[np.float32], t_s: float, frame: int, light: float
               ) -> NDArray[np.uint8]:  # fmt: skip
        """What the sensor gives.

        Args:
            picture: (h, w, 3) float32 RGB; changed in place.
            t_s: Time.
            frame: Number of the frame (chooses the noise).
            light: 1 ordinary room light, 0 none.
        """
        p = self.phase
        gain = light * (1 + 0.018 * np.sin(0.37 * t_s + p[6]) + 0.01 * np.sin(1.3 * t_s + p[7]))
        picture *= self.vignette * np.float32(gain)
        if light < 0.6:
            grey = picture.mean(axis=2, keepdims=True)
            picture += np.float32(0.5 * (0.6 - light)) * (grey - picture)
        x, y = np.random.default_rng((self.seed, frame)).integers(0, 64, 2)
        strength = np.float32(1.5 + 1.6 * max(0.0, 0.6 - light))
        grain = self.noise[frame % 6][y : y + SIZE[1], x : x + SIZE[0]]
        picture += strength * grain + np.float32(2.0)
        return picture.clip(0, 255).astype(np.uint8)
