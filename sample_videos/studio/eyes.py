"""Eyes: lids that slide over a fixed eyeball, an iris that turns. Nothing is squeezed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.fields import Region, curve, inverse, smoothstep
from sample_videos.studio.portrait import SCALE

Line = list[tuple[float, float]]


class Eye:
    """One eye of the photograph; renders it with any closure and gaze.

    The upper lid's skin between brow and lash line is drawn down over the eyeball; the lower lid
    rises a little. Lines are in source pixels: where lash line and eyeball meet.
    """

    def __init__(self, plate: NDArray[np.float32], upper: Line, lower: Line,
                 iris: tuple[float, float], brow: float) -> None:  # fmt: skip
        """
        Args:
            plate: (H, W, 3) the head's colours.
            upper: Lower edge of the upper lashes, left to right.
            lower: Upper edge of the lower lid, left to right, same ends.
            iris: Centre of the iris.
            brow: Height at which the skin no longer moves when the lid falls.
        """
        left, right = upper[0][0], upper[-1][0]
        self.region = Region(left - 8, brow - 2, right + 8, max(p[1] for p in lower) + 12)
        self.colours = np.ascontiguousarray(plate[self.region.window])
        xs, ys = self.region.source()
        self.xs, self.ys = xs, ys
        self.up, self.low = curve(upper, xs), curve(lower, xs)
        self.reach = self.up - brow
        self.inside = smoothstep(np.minimum(xs - left + 1.0, right - xs + 1.0) / 3.0)
        self.bulge = np.clip(1 - ((2 * xs - left - right) / (right - left)) ** 2, 0, 1)
        self.iris = iris
        self.local = self.region.grid - np.float32((self.region.x, self.region.y))
        self.ball = self._eyeball()
        self.dull = self._without_glint()

    def render(self, closed: float, wide: float, gaze: tuple[float, float]
               ) -> NDArray[np.float32]:  # fmt: skip
        """The eye's region.

        Args:
            closed: 0 as in the photograph, 1 shut.
            wide: 0..1, opens further than the photograph (its smile narrows the eyes).
            gaze: Shift of the iris in source pixels, x to the right and y down.
        """
        gap = self.low - self.up
        fall = gap * np.float32(1.04 * closed) - np.float32(0.7 * wide * (1 - closed)) * self.inside
        above = np.clip((self.ys - (self.up - self.reach)) / (self.reach - 2.2), 0, 1)
        drop = 0.6 * wide * (1 - closed) + 0.45 * max(gaze[1], 0.0)
        rise = gap * np.float32(0.04 * closed) - np.float32(drop) * self.bulge
        below = np.clip(1 - (self.ys - self.low) / 9.0, 0, 1)
        upper, upper_edge = self._sheet(fall * above, self.up - self.ys)
        lower, lower_edge = self._sheet(-rise * below, self.ys - self.low)
        picture = self._turned(gaze)
        shade = 1 - smoothstep((self.ys - (self.up + fall)) / 3.2)
        picture = picture * (1 - np.float32(0.30 * (1 - closed)) * shade)[..., None]
        picture = lower + (self.inside[..., None] * (1 - lower_edge)) * (picture - lower)
        picture += upper_edge * (upper - picture)
        return self._lashes(picture, fall, closed)

    def _sheet(self, shift: NDArray[np.float32], edge: NDArray[np.float32]
               ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:  # fmt: skip
        field = np.dstack([np.zeros_like(shift), shift * SCALE]).astype(np.float32)
        at = inverse(field, self.local, 8)
        skin = cv2.remap(self.colours, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        depth = cv2.remap(edge, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return skin, smoothstep(depth / 0.9 + 0.5)[..., None]

    def _eyeball(self) -> NDArray[np.float32]:
        """The whole eyeball: what the photograph shows, and behind the lids a completed iris.

        The iris is completed by its own lower half, the white by the colours beside the iris.
        """
        cx, cy = self.iris
        dx, dy = self.xs - cx, self.ys - cy
        high = self.low - 0.8
        rows = np.minimum(cy + np.abs(dy), np.maximum(high, cy))
        iris = self._at(self.xs, rows)
        sides = [self._at(np.full((1, 1), cx + s * 5.0, np.float32),
                          np.full((1, 1), cy + 0.8, np.float32))[0, 0] for s in (-1, 1)]
        across = smoothstep((dx + 6) / 12)[..., None]
        white = sides[0] + across * (sides[1] - sides[0])
        disc = (1 - smoothstep((np.hypot(dx, dy) - 3.5) / 1.0))[..., None]
        seen = smoothstep((self.ys - self.up - 0.4) / 1.2) * smoothstep((self.low - self.ys) / 1.0)
        whole = white + disc * (iris - white)
        rim = 0.97 - 0.35 * np.clip(np.abs(dx) / 11, 0, 1) ** 2
        whole = (whole * rim[..., None] * np.float32((1.0, 0.96, 0.92))).astype(np.float32)
        return whole + seen[..., None] * (self.colours - whole)

    def _without_glint(self) -> NDArray[np.float32]:
        """The eyeball without the lamp's reflection, which stays behind when the eye turns."""
        near = np.hypot(self.xs - self.iris[0], self.ys - self.iris[1])
        iris = (1 - smoothstep((near - 3.0) / 1.0))[..., None]
        return self.ball + iris * (np.minimum(self.ball, np.float32((62, 42, 26))) - self.ball)

    def _at(self, xs: NDArray[np.float32], ys: NDArray[np.float32]) -> NDArray[np.float32]:
        """Colours of the photograph at source positions."""
        left, top = self.region.source_corner()
        at = np.dstack([(xs - left) * SCALE, (ys - top) * SCALE]).astype(np.float32)
        return cv2.remap(self.colours, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def _turned(self, gaze: tuple[float, float]) -> NDArray[np.float32]:
        """The eyeball with its iris shifted; the white gives way smoothly."""
        near = np.hypot(self.xs - self.iris[0], (self.ys - self.iris[1]) * 0.8)
        carried = 1 - smoothstep((near - 4.2) / 5.0)
        field = np.dstack([carried * gaze[0], carried * gaze[1]]).astype(np.float32) * SCALE
        at = inverse(field, self.local, 6)
        away = np.float32(np.clip((float(np.hypot(*gaze)) - 1.2) / 2.0, 0, 1))
        ball = self.ball + away * (self.dull - self.ball)
        return cv2.remap(ball, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def _lashes(self, picture: NDArray[np.float32], fall: NDArray[np.float32], closed: float
                ) -> NDArray[np.float32]:  # fmt: skip
        """A soft dark line where the lids meet, as strong as the eye is shut."""
        line = np.exp(-(((self.ys - self.up - fall + 0.2) / 0.7) ** 2)) * self.inside**2
        strength = np.float32(0.22 * max(0.0, closed - 0.35) / 0.65)
        return picture * (1 - strength * line[..., None] * np.float32((0.82, 0.92, 1.0)))
