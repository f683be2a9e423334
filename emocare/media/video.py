"""A recording, one frame at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av import VideoFrame
from av.packet import Packet
from av.video.stream import VideoStream

from emocare.domain.errors import VideoTooLong, VideoUnreadable
from emocare.domain.frames import Frame
from emocare.domain.summary import SourceInfo
from emocare.media.clock import MediaClock, Thinning
from emocare.media.content import printable
from emocare.media.opened import Opened, fits, open_recording
from emocare.media.picture import Upright, orientation, stretched_width

MISSING_END_S = 1.0
"""A recording that ends this much before its announced end broke off."""
MOST_PER_S, MOST_AT_ONCE = 1000, 10_000
"""So many pictures a second, and so many more, are decoded before the stamps count as made up. A
minute of a camera that writes no stamps is under it."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a recording says of itself before it is read.

    Attributes:
        width_px: Width of the upright picture in square pixels.
        height_px: Height likewise.
        duration_s: Announced length, None when the file does not say.
        rotation_deg: Counter-clockwise turn that was applied to make the picture upright: 0, 90,
            180 or 270.
        codec: For example "h264".
        container: "mov" (also MP4), "avi" or "matroska" (also WebM).
        bitrate_kbps: Size over announced length, sound included; None when that is not known.
        nominal_fps: Announced frame rate; for display, never for computing times.
    """

    width_px: int
    height_px: int
    duration_s: float | None
    rotation_deg: int
    codec: str
    container: str
    bitrate_kbps: float | None
    nominal_fps: float | None


class VideoReader:
    """Reads a recording as a stream of upright frames; memory does not grow with its length.

    Use as a context manager and iterate once. Frames come in time order, thinned by time to
    ``reading_hz``. One thread at a time; ``position_s`` may be read from another one.

    Args:
        path: The recording.
        reading_hz: At most this many frames a second on average.
        max_s: Longest recording in seconds.
        max_bytes: Largest file in bytes.

    Raises:
        VideoUnreadable: On entering: nothing in the file can be decoded.
        VideoTooLong: On entering, or while iterating when the file announced less than it holds.
    """

    def __init__(
        self, path: Path, *, reading_hz: float = 30.0, max_s: float, max_bytes: int
    ) -> None:
        self.info: VideoInfo
        self._path = path
        self._max_s = max_s
        self._max_bytes = max_bytes
        self._thinning = Thinning(reading_hz)
        self._opened: Opened | None = None
        self._first: VideoFrame | None = None
        self._decoded = 0
        self._read = 0
        self._damaged = 0
        self._video_bytes = 0
        self._ended = False
        self._torn = False
        self._last_length_s = 0.0
        self.position_s = 0.0

    def __enter__(self) -> Self:
        self._opened = open_recording(self._path, self._max_bytes)
        try:
            self._start(self._opened)
        except BaseException:
            self._opened.container.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened is not None:
            self._frames.close()
            self._opened.container.close()

    def __iter__(self) -> Iterator[Frame]:
        first, self._first = self._first, None
        if first is None:
            raise RuntimeError("expected one iteration per reader")
        upright = Upright(self._aspect)
        placed = 0.0
        picture: VideoFrame | None = first
        while picture is not None:
            self.position_s = placed
            if self._thinning.keep(placed):
                self._read += 1
                yield Frame(placed, upright.rgb(picture))
            picture, placed = next(self._frames, (None, 0.0))

    def source(self, sha256: str | None = None) -> SourceInfo:
        """Says what was read so far; complete after the iteration.

        Args:
            sha256: Of the file, see ``sha256_of``.
        """
        duration = self._clock.last_s + self._last_length_s
        kbps = self._video_bytes * 8 / 1000 / duration if duration > 0 and self._ended else None
        return SourceInfo(
            path=printable(self._path),
            sha256=sha256,
            duration_s=duration,
            frames_decoded=self._decoded,
            frames_read=self._read,
            frames_dropped=self._damaged + self._clock.rejected,
            variable_frame_rate=self._clock.variable,
            width_px=self.info.width_px,
            height_px=self.info.height_px,
            bitrate_kbps=kbps if kbps is not None else self.info.bitrate_kbps,
            note=self._note(duration),
        )

    def _start(self, opened: Opened) -> None:
        if opened.duration_s is not None and opened.duration_s > self._max_s:
            raise self._too_long(opened.duration_s)
        self._clock = MediaClock(float(opened.stream.time_base or 0))
        self._aspect = opened.stream.sample_aspect_ratio
        self._frames = self._decode(opened)
        self._first, _ = next(self._frames, (None, 0.0))
        if self._first is None:
            raise VideoUnreadable(
                f"No picture in {opened.name} can be decoded: copy it again from the camera, or "
                "save it as MP4 (H.264)."
            )
        self.info = _describe(opened, self._first)

    def _decode(self, opened: Opened) -> Generator[tuple[VideoFrame | None, float]]:
        """Yields whole pictures with their time; counts the others."""
        for packet in self._packets(opened):
            self._video_bytes += packet.size
            try:
                pictures = opened.stream.decode(packet)
            except av.FFmpegError:
                self._damaged += 1
                continue
            for picture in pictures:
                t_s = self._place(opened, picture)
                if t_s is not None:
                    yield picture, t_s
        self._ended = True

    def _packets(self, opened: Opened) -> Iterator[Packet[VideoStream]]:
        packets = opened.container.demux(opened.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                # What follows cannot be parsed; the note says how far the reading went.
                self._torn = True
                return
            yield packet

    def _place(self, opened: Opened, picture: VideoFrame) -> float | None:
        self._decoded += 1
        if self._decoded > MOST_AT_ONCE + MOST_PER_S * self._clock.last_s:
            raise VideoUnreadable(
                f"{printable(self._path)} holds more than {MOST_PER_S} pictures a second: save it "
                "with at most 60 a second."
            )
        if not fits(opened, picture):
            self._damaged += 1
            return None
        if picture.is_corrupt and not self._clock.started:
            self._damaged += 1
            return None
        t_s = self._clock.place(picture.time)
        if t_s is None:
            return None
        if picture.is_corrupt:
            self._damaged += 1
            return None
        if t_s > self._max_s:
            raise self._too_long(t_s)
        if picture.duration and picture.time_base:
            self._last_length_s = float(picture.duration * picture.time_base)
        else:
            self._last_length_s = self._clock.shortest_s or 0.0
        return t_s

    def _too_long(self, duration_s: float) -> VideoTooLong:
        return VideoTooLong(
            f"{printable(self._path)} is too long ({duration_s / 60:.0f} min, the limit is "
            f"{self._max_s / 60:.0f} min): cut it into parts."
        )

    def _note(self, duration_s: float) -> str | None:
        if self._opened is None or not self._ended:
            return None
        sentences = []
        announced = self._opened.duration_s
        short = announced is not None and announced - duration_s > MISSING_END_S
        if self._opened.content.breaks_off or self._torn or short:
            sentences.append(f"The file breaks off at {duration_s:.1f} s.")
        if self._clock.rejected:
            sentences.append(
                f"{self._clock.rejected} frames had no usable time stamp and were left out."
            )
        if self._damaged:
            sentences.append(f"Damaged pictures that were left out: {self._damaged}.")
        return " ".join(sentences) or None


def _describe(opened: Opened, first: VideoFrame) -> VideoInfo:
    stream = opened.stream
    width = stretched_width(first.width, stream.sample_aspect_ratio)
    turns = orientation(first).quarter_turns
    width, height = (first.height, width) if turns % 2 else (width, first.height)
    kbps = None
    if opened.duration_s:
        kbps = opened.content.size_bytes * 8 / 1000 / opened.duration_s
    return VideoInfo(
        width_px=width,
        height_px=height,
        duration_s=opened.duration_s,
        rotation_deg=90 * turns,
        codec=stream.codec_context.name,
        container=opened.content.format,
        bitrate_kbps=kbps,
        nominal_fps=float(stream.average_rate) if stream.average_rate else None,
    )
