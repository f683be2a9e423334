"""Opening a recording: every refusal with its reason, before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
from av import VideoFrame
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from emocare.domain.errors import VideoTooLong, VideoUnreadable
from emocare.media.content import ACCEPTED, Content, open_file, printable, recognise
from emocare.media.picture import stretched_width

MAX_SIDE_PX = 8192
"""Larger pictures are refused: one alone would take hundreds of megabytes."""
DECODER_THREADS = 3
"""Each further thread keeps one more decoded picture in memory."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open recording. Whoever opened it closes ``container``.

    Attributes:
        name: File name for messages.
        content: Container and size.
        container: PyAV container.
        stream: The video stream to be read.
        duration_s: Length as the file announces it; None if it does not.
    """

    name: str
    content: Content
    container: InputContainer
    stream: VideoStream
    duration_s: float | None


def open_recording(path: Path, max_bytes: int | None = None) -> Opened:
    """Opens a recording for decoding.

    The path is opened as a local file with the demuxer that its first bytes call for; nothing in
    the file can make the decoder open another file or an address.

    Raises:
        VideoUnreadable: The file is no recording, has no picture, or its header is damaged.
        VideoTooLong: The file is larger than ``max_bytes``.
    """
    name = printable(path)
    with open_file(path, VideoUnreadable, "recording") as file:
        content = recognise(file)
    if isinstance(content, str):
        raise VideoUnreadable(f"{name} is {content}: choose a recording in {ACCEPTED}.")
    if max_bytes is not None and content.size_bytes > max_bytes:
        raise VideoTooLong(
            f"{name} is too large ({_gigabytes(content.size_bytes)}, the limit is "
            f"{_gigabytes(max_bytes)}): cut it into parts or save it smaller."
        )
    try:
        container = av.open(
            f"file:{path.absolute()}",
            format=content.format,
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise VideoUnreadable(_damaged(name, content)) from error
    try:
        stream = _video_stream(name, container)
    except VideoUnreadable:
        container.close()
        raise
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = DECODER_THREADS
    # The decoder itself refuses a larger picture before it takes memory for it.
    stream.codec_context.options = {"max_pixels": str(MAX_SIDE_PX**2)}
    return Opened(name, content, container, stream, _duration_s(container, stream))


def _video_stream(name: str, container: InputContainer) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        if container.streams.audio:
            raise VideoUnreadable(
                f"{name} holds sound but no picture: record again with the camera switched on."
            )
        raise VideoUnreadable(
            f"{name} holds no picture: record again, or choose a recording in {ACCEPTED}."
        )
    stream = streams[0]
    if stream.codec_context is None:
        raise VideoUnreadable(
            f"{name} uses a video format that cannot be decoded here: save it as MP4 (H.264)."
        )
    height = stream.codec_context.height
    width = stretched_width(stream.codec_context.width, stream.sample_aspect_ratio)
    if max(width, height) > MAX_SIDE_PX:
        raise VideoUnreadable(
            f"{name} has pictures of {width} x {height} pixels: save it with at most {MAX_SIDE_PX} "
            "on a side."
        )
    return stream


def fits(opened: Opened, picture: VideoFrame) -> bool:
    """Whether a picture keeps to the limit too: a stream may change its size on the way."""
    width = stretched_width(picture.width, opened.stream.sample_aspect_ratio)
    return max(width, picture.width, picture.height) <= MAX_SIDE_PX


def _damaged(name: str, content: Content) -> str:
    if content.breaks_off:
        return (
            f"{name} was cut short before its table of contents was written, so nothing in it can "
            "be found: copy it again from the camera or record again."
        )
    return f"The header of {name} is damaged: copy it again from the camera or record again."


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.duration > 0 and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration is not None and container.duration > 0:
        return float(container.duration / av.time_base)
    return None


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"
