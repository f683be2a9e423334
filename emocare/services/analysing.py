"""Reading a file frame by frame: the part that upload and command line share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from emocare.domain.frames import Frame
from emocare.domain.summary import SourceInfo
from emocare.media.ahead import read_ahead
from emocare.media.guarded import VideoReader
from emocare.services.workplace import Workplace

Progress = Callable[[float, float | None], None]
"""Called after each frame with media position and duration (None if unknown), in seconds."""


def check_readable(path: Path, workplace: Workplace) -> None:
    """Opens a video and decodes its first picture.

    Raises:
        VideoUnreadable, VideoTooLong: As ``feed`` would at its start.
    """
    with _reader(path, workplace):
        pass


def feed(
    path: Path, sha256: str | None, workplace: Workplace, push: Callable[[Frame], object],
    progress: Progress,
) -> SourceInfo:  # fmt: skip
    """Pushes every frame of a video, thinned to the reading rate of this installation.

    Args:
        push: ``Recording.push`` or ``Analyzer.push``.
        progress: May raise ``Cancelled`` to end it.

    Returns:
        What the file was.

    Raises:
        VideoUnreadable: No frame can be decoded.
        VideoTooLong: The file is longer or larger than the limits.
    """
    with _reader(path, workplace) as reader:
        with closing(read_ahead(reader)) as frames:
            for frame in frames:
                push(frame)
                progress(frame.t_s, reader.info.duration_s)
        return reader.source(sha256)


def _reader(path: Path, workplace: Workplace) -> VideoReader:
    return VideoReader(
        path, reading_hz=workplace.reading_hz, max_s=workplace.max_video_s,
        max_bytes=workplace.max_video_bytes,
    )  # fmt: skip
