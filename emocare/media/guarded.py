"""Files that somebody handed over, read in a process of its own.

The same names, answers and errors as in ``video``, ``glance`` and ``still``; a file on which the
decoder crashes, hangs or takes memory without end is refused with a sentence as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import ImageUnreadable, VideoUnreadable
from emocare.domain.frames import Frame
from emocare.domain.summary import SourceInfo
from emocare.media.content import printable
from emocare.media.limits import LOOK_S, STEP_S
from emocare.media.video import VideoInfo
from emocare.media.wire import Head
from emocare.media.worker import POOL, Worker, broken

Made = TypeVar("Made", VideoInfo, SourceInfo)


def read_image(path: Path) -> NDArray[np.uint8]:
    """See ``still.read_image``.

    Raises:
        ImageUnreadable: As there; or the decoder came to no end.
    """
    return _picture({"do": "image", "path": _absolute(path)}, path, ImageUnreadable).rgb


def frame_at(path: Path, t_s: float) -> Frame:
    """See ``glance.frame_at``.

    Raises:
        VideoUnreadable: As there; or the decoder came to no end.
    """
    order = {"do": "frame", "path": _absolute(path), "t_s": t_s}
    return _picture(order, path, VideoUnreadable)


class VideoReader:
    """See ``video.VideoReader``: frames are decoded ahead while the last one is analysed.

    Closing it before its last frame ends the process.

    Raises:
        VideoUnreadable, VideoTooLong: As there; or the decoder came to no end.
    """

    def __init__(
        self, path: Path, *, reading_hz: float = 30.0, max_s: float, max_bytes: int
    ) -> None:
        self.info: VideoInfo
        self._name = printable(path)
        self._order: Head = {"do": "read", "path": _absolute(path), "reading_hz": reading_hz,
                             "max_s": max_s, "max_bytes": max_bytes}  # fmt: skip
        self._borrowed = ExitStack()
        self._worker: Worker
        self._started = False
        self._source: SourceInfo | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._worker = stack.enter_context(POOL.borrow())
            head = self._worker.ask(self._order, self._name, VideoUnreadable, LOOK_S)
            self.info = self._made(VideoInfo, head)
            self._borrowed = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._borrowed:
            if not self._started and kind is None:
                self._worker.ask({"do": "stop"}, self._name, VideoUnreadable, LOOK_S)
            elif self._source is None:
                self._worker.end()

    def __iter__(self) -> Iterator[Frame]:
        if self._started:
            raise RuntimeError("expected one iteration per reader")
        self._started = True
        head = self._worker.ask({"do": "go"}, self._name, VideoUnreadable, STEP_S)
        while head.get("is") != "end":
            yield self._worker.frame(head, self._name, VideoUnreadable, STEP_S)
            head = self._worker.answer(self._name, VideoUnreadable, STEP_S)
        self._source = self._made(SourceInfo, head)

    def source(self, sha256: str | None = None) -> SourceInfo:
        """Says what was read; only after the last frame.

        Args:
            sha256: Of the file, see ``sha256_of``.
        """
        if self._source is None:
            raise RuntimeError("expected the whole recording to be read first")
        return replace(self._source, sha256=sha256)

    def _made(self, kind: type[Made], head: Head) -> Made:
        """What the process says of the recording; a process that says nonsense is ended."""
        try:
            return kind(**{name: value for name, value in head.items() if name != "is"})
        except (TypeError, ValueError) as error:
            self._worker.end()
            raise VideoUnreadable(broken(self._name)) from error


def _picture(
    order: Head, path: Path, error_type: type[VideoUnreadable] | type[ImageUnreadable]
) -> Frame:
    name = printable(path)
    with POOL.borrow() as worker:
        head = worker.ask(order, name, error_type, LOOK_S)
        return worker.frame(head, name, error_type, LOOK_S)


def _absolute(path: Path) -> str:
    return str(path.absolute())
