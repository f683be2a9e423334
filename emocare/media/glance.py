"""One picture out of the middle of a recording."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import av
from av import VideoFrame

from emocare.domain.errors import VideoUnreadable
from emocare.domain.frames import Frame
from emocare.media.opened import Opened, fits, open_recording
from emocare.media.picture import Upright

Sign = Callable[[], None]
"""Called for each decoded picture, as a sign that the work goes on."""


def nobody() -> None:
    """Takes the sign where nobody waits for it."""


def frame_at(path: Path, t_s: float, alive: Sign = nobody) -> Frame:
    """Gives the picture that is shown ``t_s`` seconds after the first one.

    Args:
        path: The recording.
        t_s: Media time in seconds. Before the start it gives the first picture, after the end
            the last readable one.
        alive: Called for each picture on the way.

    Returns:
        The picture with its own time, which is at most ``t_s``.

    Raises:
        VideoUnreadable: No picture can be decoded.
    """
    opened = open_recording(path)
    try:
        first = next(_pictures(opened, alive), None)
        if first is None:
            raise VideoUnreadable(
                f"No picture in {opened.name} can be decoded: copy it again from the camera, or "
                "save it as MP4 (H.264)."
            )
        start = _stamp_s(first)
        wanted = start + max(t_s, 0.0)
        found = (
            _after_seek(opened, wanted, alive) or _from_the_start(path, wanted, alive) or first
        )
        aspect = opened.stream.sample_aspect_ratio
        # Stamps of a damaged file may run backwards, before the first one too.
        return Frame(max(_stamp_s(found) - start, 0.0), Upright(aspect).rgb(found))
    finally:
        opened.container.close()


def _after_seek(opened: Opened, stamp_s: float, alive: Sign) -> VideoFrame | None:
    base = opened.stream.time_base
    assert base is not None
    # Without an index there is nothing to seek by; then the caller reads from the start.
    with contextlib.suppress(av.FFmpegError):
        opened.container.seek(int(stamp_s / base), stream=opened.stream, backward=True)
        return _last_until(_pictures(opened, alive), stamp_s + float(base) / 2)
    return None


def _from_the_start(path: Path, stamp_s: float, alive: Sign) -> VideoFrame | None:
    opened = open_recording(path)
    try:
        return _last_until(_pictures(opened, alive), stamp_s)
    finally:
        opened.container.close()


def _last_until(pictures: Iterator[VideoFrame], stamp_s: float) -> VideoFrame | None:
    found: VideoFrame | None = None
    for picture in pictures:
        if _stamp_s(picture) > stamp_s:
            break
        found = picture
    return found


def _stamp_s(picture: VideoFrame) -> float:
    assert picture.time is not None
    return picture.time


def _pictures(opened: Opened, alive: Sign) -> Iterator[VideoFrame]:
    packets = opened.container.demux(opened.stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        with contextlib.suppress(av.FFmpegError):
            for picture in opened.stream.decode(packet):
                alive()
                if not picture.is_corrupt and picture.time is not None and fits(opened, picture):
                    yield picture
