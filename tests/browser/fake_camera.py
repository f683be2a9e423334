"""A camera for a headless browser: a sample clip as the file that Chromium plays as one."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from tests.browser.conftest import ARGUMENTS

SIZE_PX = (640, 480)
RATE_HZ = 15
"""Uncompressed, so that the browser spends nothing on decoding."""


def camera_file(clip: Path, target: Path, seconds: float, *, start_s: float = 0.0,
                dim: float = 1.0) -> Path:  # fmt: skip
    """Writes a stretch of ``clip`` as Y4M, which the browser plays again and again.

    Args:
        dim: Factor on the brightness, 1 leaves it as it is.
    """
    width, height = SIZE_PX
    due_s = start_s
    with av.open(str(clip)) as source, target.open("wb") as made:
        made.write(f"YUV4MPEG2 W{width} H{height} F{RATE_HZ}:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in source.decode(video=0):
            time_s = float(frame.time or 0.0)
            if time_s > start_s + seconds:
                break
            if time_s < due_s:
                continue
            due_s += 1.0 / RATE_HZ
            rgb = frame.reformat(width, height, format="rgb24").to_ndarray()
            dimmed = np.asarray(rgb * dim, dtype=np.uint8)
            picture = av.VideoFrame.from_ndarray(dimmed, format="rgb24")
            made.write(b"FRAME\n" + picture.reformat(format="yuv420p").to_ndarray().tobytes())
    return target


def arguments(camera: Path | None) -> list[str]:
    """Chromium's arguments with that camera; None has none at all."""
    fake = ["--use-fake-ui-for-media-stream"]
    if camera is not None:
        fake += ["--use-fake-device-for-media-stream",
                 f"--use-file-for-fake-video-capture={camera}"]  # fmt: skip
    return [*ARGUMENTS, *fake]
