"""The face in source position with any expression: lips, brows, lids. The head's turn comes later.

The photograph smiles with open lips. Two sheets, one carried by the upper lip and one by the
lower, slide over the teeth and meet at a moving line; a third field takes the smile out of
cheeks and corners. All positions are source pixels, set by hand on the photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio import anatomy as a
from sample_videos.studio.eyes import Eye
from sample_videos.studio.fields import (
    Field,
    Region,
    coarse_inverse,
    curve,
    fade_edges,
    scattered,
    smoothstep,
)  # fmt: skip
from sample_videos.studio.layer import as_bytes
from sample_videos.studio.portrait import SCALE

RELAXED = 1.35
"""How far beyond ``UNSMILE`` lips and cheeks sink at rest."""
MOUTH = (66, 30, 28)
"""Colour of the dark behind the lips."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a face does at one moment. All zero: a resting face with closed lips.

    Attributes:
        smile: 0..1, corners and cheeks; 1 as in the photograph.
        part: 0..1, how far the lips are apart; 1 as in the photograph.
        jaw: How far the jaw is lowered, source pixels.
        closed: 0..1, eyelids.
        brow_up: 0..1.
        brow_down: 0..1.
        gaze_x: Iris to the right of the picture, source pixels.
        gaze_y: Iris down, source pixels.
        pucker: 0..1, corners drawn inwards (speech).
        arch: 0..1, corners down and middle up, for a head bent forward.
    """

    smile: float = 0.0
    part: float = 0.0
    jaw: float = 0.0
    closed: float = 0.0
    brow_up: float = 0.0
    brow_down: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    pucker: float = 0.0
    arch: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheets:
    """A face ready to be sampled at any position of its region.

    Attributes:
        region: Where on the plate.
        colours: (h, w, 3) float32, the photograph with eyes and shading of the moment.
        maps: For interior, lower and upper sheet: (h, w, 2) float32 positions in ``colours``.
        covers: Opacity of the lower and the upper sheet, (h, w) float32.
        shade: How far what is between the lips lies in the dark, (h, w) float32.
    """

    region: Region
    colours: NDArray[np.float32]
    maps: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
    covers: tuple[NDArray[np.float32], NDArray[np.float32]]
    shade: NDArray[np.float32]


class Face:
    """The photograph's face; ``pose(look)`` gives its sheets."""

    def __init__(self, head: NDArray[np.float32], shape: list[a.Move] | None = None) -> None:
        """
        Args:
            head: (H, W, 3) float32, the head layer's colours.
            shape: Lasting changes of proportion (another person).
        """
        self.region = region = Region(*a.FACE_BOX)
        self.local = region.grid - np.float32((region.x, region.y))
        self.coarse = np.ascontiguousarray(self.local[::2, ::2])
        still = a.STILL
        self.unsmile = self._field(a.UNSMILE, still + a.STILL_BROW)
        self.up = self._field(a.BROW_UP, still + a.STILL_MOUTH)
        self.down = self._field(a.BROW_DOWN, still + a.STILL_MOUTH)
        self.jaw = self._field(a.JAW_DOWN, a.STILL_JAW)
        self.pucker = self._field(a.PUCKER, still + a.STILL_BROW)
        self.arch = self._field(a.ARCH, still + a.STILL_BROW)
        self.shape = self._field(shape, a.STILL_SHAPE) if shape else np.zeros_like(self.up)
        self._lips()
        self._shading(head)
        self.eyes = [Eye(head, *spec) for spec in a.EYES]

    def _field(self, moves: list[a.Move], still: list[tuple[float, float]]) -> Field:
        return fade_edges(scattered(self.region, moves, still), 14)

    def _lips(self) -> None:
        xs, ys = self.region.source()
        self.ys = ys
        self.upper, self.lower = curve(a.UPPER_LIP, xs), curve(a.LOWER_LIP, xs)
        meet = self.upper + np.float32(0.55) * (self.lower - self.upper)
        self.shut_upper = (meet - self.upper) * smoothstep(1 - (self.upper - ys) / 10.0)
        self.shut_lower = (meet - self.lower) * smoothstep(1 - (ys - self.lower) / 20.0)
        ends = a.UPPER_LIP[0][0], a.UPPER_LIP[-1][0]
        self.between = smoothstep(np.minimum(xs - ends[0] + 1, ends[1] + 1 - xs) / 3.0)

    def _shading(self, head: NDArray[np.float32]) -> None:
        """The smile's folds as a layer of their own, and the furrows of the brow."""
        self.smiling = np.ascontiguousarray(head[self.region.window])
        soft = cv2.GaussianBlur(self.smiling, (0, 0), 7.0)
        lighter = np.maximum(self.smiling, soft + 0.15 * (self.smiling - soft))
        mask = np.zeros(self.smiling.shape[:2], np.float32)
        for line in a.FOLDS:
            points = (np.array(line) - self.region.source_corner()) * SCALE
            cv2.polylines(mask, [np.round(points).astype(np.int32)], False, 1.0, 9, cv2.LINE_AA)
        mask = cv2.GaussianBlur(mask, (0, 0), 3.0)[..., None]
        self.resting = self.smiling + 0.80 * mask * (lighter - self.smiling)
        xs, ys = self.region.source()
        furrow = sum(np.exp(-(((xs - x) / 2.0) ** 2) - ((ys - y) / 4.5) ** 2) for x, y in a.FURROWS)
        furrow += sum(size * np.exp(-(((xs - x) / w) ** 2) - ((ys - y) / h) ** 2)
                      for x, y, w, h, size in a.BROW_SHADOWS)  # fmt: skip
        self.furrow = (furrow[..., None] * np.float32((0.10, 0.14, 0.16))).astype(np.float32)

    def pose(self, look: Look) -> Sheets:
        """The sheets for one moment."""
        rest = 1.0 - look.smile
        colours = self.resting * np.float32(rest) + self.smiling * np.float32(look.smile)
        colours *= 1 - np.float32(look.brow_down) * self.furrow
        self._draw_eyes(colours, look, rest)
        common = self.shape + np.float32(RELAXED * rest) * self.unsmile
        common += np.float32(look.pucker) * self.pucker + np.float32(look.arch) * self.arch
        common += np.float32(look.brow_up) * self.up + np.float32(look.brow_down) * self.down
        shut = np.float32(1.0 - look.part)
        lower = common + np.float32(look.jaw) * self.jaw
        upper = common.copy()
        upper[..., 1] += shut * self.shut_upper * SCALE
        lower[..., 1] += shut * self.shut_lower * SCALE
        at_upper, at_lower, at_teeth = (
            coarse_inverse(field, self.coarse) for field in (upper, lower, common)
        )
        cover_upper = self._cover(self.upper - self.ys, at_upper)
        cover_lower = self._cover(self.ys - self.lower, at_lower)
        lit = min(1.0, look.part * (0.9 + 1.6 * max(0.0, look.smile)))
        shade = cv2.remap(np.float32(1 - lit) * self.between, at_teeth, None, cv2.INTER_LINEAR)
        return Sheets(self.region, colours, (at_teeth, at_lower, at_upper),
                      (cover_lower, cover_upper), shade)  # fmt: skip

    def _draw_eyes(self, colours: NDArray[np.float32], look: Look, rest: float) -> None:
        lids = min(1.0, look.closed + 0.10 * look.brow_down * (1 - look.closed))
        for eye in self.eyes:
            patch = eye.render(lids, rest * (1 - 0.6 * look.brow_down), (look.gaze_x, look.gaze_y))
            y, x = eye.region.y - self.region.y, eye.region.x - self.region.x
            colours[y : y + eye.region.h, x : x + eye.region.w] = patch

    def _cover(self, depth: NDArray[np.float32], at: NDArray[np.float32]) -> NDArray[np.float32]:
        """Opacity of a sheet: 1 on its side of the lip's edge."""
        there = cv2.remap(depth, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return smoothstep(there / 1.0 + 0.5)


def flat(sheets: Sheets) -> NDArray[np.float32]:
    """The face without any turn of the head, (h, w, 3) float32 (for looking at it)."""
    h, w = sheets.covers[0].shape
    local = sheets.region.grid - np.float32((sheets.region.x, sheets.region.y))
    return sample(sheets, np.ascontiguousarray(local[:h, :w]))


def sample(sheets: Sheets, at: NDArray[np.float32]) -> NDArray[np.float32]:
    """The face's colours at positions ``at`` (h, w, 2) of its region, float32 RGB."""

    def through(sheet: int) -> NDArray[np.uint8]:
        there = cv2.remap(sheets.maps[sheet], at, None, cv2.INTER_LINEAR)
        return cv2.remap(colours, there, None, cv2.INTER_CUBIC)

    colours = as_bytes(sheets.colours)
    picture = through(0).astype(np.float32)
    shade = cv2.remap(sheets.shade, at, None, cv2.INTER_LINEAR)[..., None]
    picture += np.float32(0.9) * shade * (np.float32(MOUTH) - picture)
    for sheet, cover in zip((1, 2), sheets.covers, strict=True):
        opaque = cv2.remap(cover, at, None, cv2.INTER_LINEAR)[..., None]
        picture += opaque * (through(sheet) - picture)
    return picture
