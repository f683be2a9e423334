"""A clip played in real time as if it were the camera: a session without one, for trying out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from emocare.domain.errors import EmoCareError
from emocare.domain.frames import Frame
from emocare.media.guarded import VideoReader

MAX_S, MAX_BYTES = 7200.0, 4 * 1024**3


class Player:
    """Plays one clip once."""

    def __init__(self, path: Path, reading_hz: float) -> None:
        """Looks whether the clip can be played.

        Raises:
            VideoUnreadable, VideoTooLong: It cannot.
        """
        self._path = path
        self._reading_hz = reading_hz
        with self._open():
            pass

    def start(
        self, sink: Callable[[Frame], None], over: threading.Event,
        ended: Callable[[str | None], None],
    ) -> None:  # fmt: skip
        """Plays in a thread of its own.

        Args:
            sink: Takes each picture when it is due.
            over: Set when nobody looks any more.
            ended: Called at the end, with a sentence when the clip could not be played on.
        """
        threading.Thread(
            target=self._play, args=(sink, over, ended), name="emocare-clip", daemon=True
        ).start()

    def _play(
        self, sink: Callable[[Frame], None], over: threading.Event,
        ended: Callable[[str | None], None],
    ) -> None:  # fmt: skip
        fault: str | None = None
        try:
            with self._open() as reader:
                started = time.monotonic()
                for frame in reader:
                    if over.wait(max(0.0, started + frame.t_s - time.monotonic())):
                        return
                    sink(frame)
        except EmoCareError as error:
            fault = str(error)
        ended(fault)

    def _open(self) -> VideoReader:
        return VideoReader(
            self._path, reading_hz=self._reading_hz, max_s=MAX_S, max_bytes=MAX_BYTES
        )
