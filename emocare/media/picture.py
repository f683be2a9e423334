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


def upright_rgb(
    frame: VideoFrame, pixel_aspect: Fraction | None, converter: VideoReformatter
) -> NDArray[np.uint8]:
    """Converts a decoded picture; stretches, mirrors and turns it as its file asks.

    Args:
        frame: Decoded picture of any pixel format.
        pixel_aspect: Width over height of one pixel; None or 0 means square.
        converter: Kept from one picture of a recording to the next, it is set up only once.

    Returns:
        (H, W, 3) uint8, contiguous.
    """
    width = stretched_width(frame.width, pixel_aspect)
    rgb = converter.reformat(frame, width, frame.height, "rgb24").to_ndarray()
    how = orientation(frame)
    if how.mirrored:
        rgb = rgb[:, ::-1]
    return np.ascontiguousarray(np.rot90(rgb, how.quarter_turns))


def stretched_width(width: int, pixel_aspect: Fraction | None) -> int:
    """Width in square pixels."""
    if not pixel_aspect or pixel_aspect <= 0 or pixel_aspect == 1:
        return width
    return max(1, round(width * pixel_aspect))
