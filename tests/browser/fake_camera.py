"""A camera for a headless browser: a sample clip as the file that Chromium plays as one."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.browser.conftest import ARGUMENTS

SIZE_PX = (640, 480)
RATE_HZ = 15
"""Uncompressed, so that the browser spends nothing on decoding."""
MJPEG_HZ = 30
"""What Chromium takes every file of JPEG pictures for."""
JPEG_QUALITY = 80
"""A file of 300 MB gives Chromium a camera without pictures; at this quality three minutes of
640x480 have half of that."""


def camera_file(clip: Path, target: Path, seconds: float, *, start_s: float = 0.0,
                dim: float = 1.0, rate_hz: int = RATE_HZ) -> Path:  # fmt: skip
    """Writes a stretch of ``clip`` as Y4M, which the browser plays again and again.

    Args:
        dim: Factor on the brightness, 1 leaves it as it is.
        rate_hz: Pictures a second; at most as many as the clip has.
    """
    width, height = SIZE_PX
    due_s = start_s
    with av.open(str(clip)) as source, target.open("wb") as made:
        made.write(f"YUV4MPEG2 W{width} H{height} F{rate_hz}:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in source.decode(video=0):
            time_s = float(frame.time or 0.0)
            if time_s > start_s + seconds:
                break
            if time_s < due_s:
                continue
            due_s += 1.0 / rate_hz
            rgb = frame.reformat(width, height, format="rgb24").to_ndarray()
            dimmed = np.asarray(rgb * dim, dtype=np.uint8)
            picture = av.VideoFrame.from_ndarray(dimmed, format="rgb24")
            made.write(b"FRAME\n" + picture.reformat(format="yuv420p").to_ndarray().tobytes())
    return target


def motion_jpeg(clip: Path, target: Path, seconds: float, *, start_s: float = 0.0,
                size_px: tuple[int, int] = SIZE_PX) -> Path:  # fmt: skip
    """Writes a stretch of ``clip`` as JPEG pictures at 30 a second, a tenth of the size of Y4M.

    A clip of fewer pictures a second repeats some of them, so that its time stays right.

    Args:
        size_px: Width and height; the picture keeps its shape, its edges fill up the rest.
    """
    written = 0
    with av.open(str(clip)) as source, target.open("wb") as made:
        for frame in source.decode(video=0):
            time_s = float(frame.time or 0.0) - start_s
            if time_s >= seconds:
                break
            if time_s < 0.0:
                continue
            bgr = _fit(frame.to_ndarray(format="bgr24"), size_px)
            done, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            assert done
            while written <= time_s * MJPEG_HZ:
                made.write(jpeg.tobytes())
                written += 1
    return target


def _fit(bgr: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture at ``size_px``, its left and right edges drawn out where it is too narrow."""
    width, height = size_px
    inner = min(width, round(bgr.shape[1] * height / bgr.shape[0]))
    scaled = cv2.resize(bgr, (inner, height))
    left = (width - inner) // 2
    filled = cv2.copyMakeBorder(
        scaled, 0, 0, left, width - inner - left, cv2.BORDER_REPLICATE)
    return np.asarray(filled, dtype=np.uint8)


def arguments(camera: Path | None) -> list[str]:
    """Chromium's arguments with that camera; None has none at all."""
    fake = ["--use-fake-ui-for-media-stream"]
    if camera is not None:
        fake += ["--use-fake-device-for-media-stream",
                 f"--use-file-for-fake-video-capture={camera}"]  # fmt: skip
    return [*ARGUMENTS, *fake]
