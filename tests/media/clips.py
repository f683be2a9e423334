"""Small recordings made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

CODECS = {".mp4": "libx264", ".mov": "libx264", ".avi": "mpeg4", ".webm": "libvpx",
          ".mkv": "libx264"}  # fmt: skip
TICKS = 90_000


@cache
def picture(number: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Grey noise with a white upper left quarter, so that orientation can be seen."""
    rgb = np.random.default_rng(number).integers(0, 160, (height, width, 3), dtype=np.uint8)
    rgb[: height // 2, : width // 2] = 250
    return rgb


def make_clip(
    path: Path,
    times_s: Sequence[float],
    *,
    width: int = 64,
    height: int = 48,
    rotation: int | None = None,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    faststart: bool = True,
    sound_s: float = 0.0,
    codec: str | None = None,
) -> Path:
    """Writes one picture per time stamp, and silence when asked for."""
    options = {"movflags": "faststart"} if path.suffix in {".mp4", ".mov"} and faststart else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec or CODECS[path.suffix], rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.gop_size, stream.bit_rate = 10, 1_000_000
        if path.suffix != ".avi":
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        if rotation is not None:
            stream.set_display_rotation(rotation, hflip=mirrored)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        sound = container.add_stream("libopus", rate=48_000) if sound_s else None
        for number, t_s in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(picture(number % 10, width, height), format="rgb24")
            if path.suffix == ".avi":
                frame.pts, frame.time_base = number, Fraction(1, 30)
            else:
                frame.pts, frame.time_base = round(t_s * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            silence(container, sound, sound_s)
    return path


def make_sound(path: Path, seconds: float = 1.0) -> Path:
    """Writes a recording without a picture."""
    with av.open(str(path), "w") as container:
        silence(container, container.add_stream("aac", rate=48_000), seconds)
    return path


def silence(
    container: av.container.OutputContainer, stream: av.AudioStream, seconds: float
) -> None:
    """Muxes silence into ``stream``."""
    for start in range(0, round(seconds * 48_000), 960):
        zeros = np.zeros((2, 960), np.float32)
        frame = av.AudioFrame.from_ndarray(zeros, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def steady(seconds: float, fps: float = 30.0) -> list[float]:
    """Times of a steady recording."""
    return [i / fps for i in range(round(seconds * fps))]
