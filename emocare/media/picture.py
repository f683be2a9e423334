"""One decoded picture -> upright red, green, blue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

DISPLAY_MATRIX = "DISPLAYMATRIX"


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture is put upright.

    Attributes:
        mirrored: Exchange left and right first (some front cameras).
        quarter_turns: Then turn counter-clockwise by this many quarters, 0..3.
    """

    mirrored: bool
    quarter_turns: int


def orientation(frame: VideoFrame) -> Orientation:
    """Reads the display matrix, which maps (x, y) to (a x + c y, b x + d y), y down."""
    # Iteration gives the entries themselves, unlike what the type stubs say.
    entries = cast(Iterable[SideData], frame.side_data)
    for data in entries:
        if data.type.name == DISPLAY_MATRIX:
            a, b, _, c, d = np.frombuffer(bytes(data), dtype="<i4")[:5].astype(np.float64)
            mirrored = bool(a * d - b * c < 0)
            if mirrored:
                a, b = -a, -b
            return Orientation(mirrored, round(np.degrees(np.arctan2(-b, a)) / 90) % 4)
    return Orientation(False, 0)


class Upright:
    """Converts the pictures of one recording; stretches, mirrors and turns them as it asks.

    One thread at a time. The display matrix is read only when the rotation changes: a frame whose
    side data were read lives on until the garbage collector comes by, and decoded pictures would
    pile up to hundreds of megabytes.
    """

    def __init__(self, pixel_aspect: Fraction | None) -> None:
        """Args:
        pixel_aspect: Width over height of one pixel; None or 0 means square.
        """
        self._aspect = pixel_aspect
        self._converter = VideoReformatter()
        self._rotation: int | None = None
        self._how = Orientation(False, 0)

    def rgb(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """A decoded picture of any pixel format as (H, W, 3) uint8, contiguous."""
        if frame.rotation != self._rotation:
            self._rotation, self._how = frame.rotation, orientation(frame)
        width = stretched_width(frame.width, self._aspect)
        rgb = _seen(self._converter.reformat(frame, width, frame.height, "rgb24"))
        if self._how.mirrored:
            rgb = rgb[:, ::-1]
        return np.ascontiguousarray(np.rot90(rgb, self._how.quarter_turns))


def _seen(frame: VideoFrame) -> NDArray[np.uint8]:
    """The pixels of a picture in red, green and blue, not copied where rows lie close together."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height]
    return rows[:, : frame.width * 3].reshape(frame.height, frame.width, 3)


def stretched_width(width: int, pixel_aspect: Fraction | None) -> int:
    """Width in square pixels."""
    if not pixel_aspect or pixel_aspect <= 0 or pixel_aspect == 1:
        return width
    return max(1, round(width * pixel_aspect))
