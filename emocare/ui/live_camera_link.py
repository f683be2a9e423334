"""What the thread of a camera's pictures and the page share: pictures, overlay, and how it stands.

The pictures arrive on a thread of streamlit-webrtc; there each one is handed over (``sink``
returns at once), the newest overlay is drawn, and the picture goes back. Nothing is measured on
that thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import av
from streamlit_webrtc import VideoProcessorBase

from emocare.domain.frames import Frame
from emocare.ui.live_camera_overlay import OverlayState, draw

OFFER_S = 30.0
"""Without any sign of the browser's camera for so long after START it counts as not started."""
CONNECT_S = 8.0
"""Without a picture for so long after the browser offered one it counts as not connected."""
SILENT_S = 10.0
"""Without a picture for so long while it ran the connection counts as lost."""
GONE_S = 6.0
"""A stream that ended by itself and a page that has not asked for so long: the browser is gone."""


class CameraFault(StrEnum):
    """Why there is no picture, as far as the server can tell."""

    NO_OFFER = "no_offer"
    NOT_CONNECTED = "not_connected"
    LOST = "lost"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class CameraState:
    """The camera now.

    Attributes:
        playing: Pictures are coming.
        failed: They do not and will not by themselves.
        reason: Why, when ``failed``.
    """

    playing: bool
    failed: bool = False
    reason: CameraFault | None = None


class Link:
    """What the thread of the pictures and the page share about one session's camera.

    Attributes:
        stream: Number of the place in the page that shows the camera; a new one begins anew.
        end: Number of the server's end of the stream; what an older one still says is ignored.
        offer: The browser's offer that is answered, as it came; None before it.
        offer_s: When it came, in seconds of the monotonic clock.
        restarts: How often the browser changed its mind after it had been answered.
    """

    def __init__(self) -> None:
        self.stream = self.end = 0
        self.restarts = 0
        self.offer: str | None = None
        self.offer_s = 0.0
        self._sink: Callable[[Frame], None] = lambda frame: None
        self._overlay: Callable[[], OverlayState] = OverlayState
        self._on_gone: Callable[[], None] = lambda: None
        self._on_missed: Callable[[int], None] = lambda count: None
        self._lock = threading.Lock()
        self._opened_s = self._asked_s = time.monotonic()
        self._picture_s: float | None = None
        self._offered_s: float | None = None
        self._ended = False
        self._broken = False

    def use(self, sink: Callable[[Frame], None], overlay: Callable[[], OverlayState],
            on_gone: Callable[[], None],
            on_missed: Callable[[int], None] = lambda count: None) -> None:  # fmt: skip
        """Sets where pictures go, what is drawn, what is called when the browser is gone, and who
        counts pictures that are passed over because newer ones are there."""
        self._sink, self._overlay, self._on_gone = sink, overlay, on_gone
        self._on_missed = on_missed

    def renew(self) -> None:
        """The stream so far is over on purpose; another one may follow."""
        with self._lock:
            self.stream += 1
            self.end += 1
            self.offer = None
            self._opened_s = time.monotonic()
            self._picture_s = self._offered_s = None
            self._ended = self._broken = False

    def new_end(self) -> int:
        """Number of a new end at the server; any thread."""
        with self._lock:
            self.end += 1
            return self.end

    def picture(self, frame: av.VideoFrame, end: int) -> av.VideoFrame:
        """Hands one picture over and returns it with the overlay; on the stream's own thread."""
        if end != self.end:
            return frame
        whole = False
        try:
            rgb = frame.to_ndarray(format="rgb24")
            self._sink(Frame(self._stamp(frame), rgb))
            shown = av.VideoFrame.from_ndarray(draw(rgb, self._overlay()), format="rgb24")
            whole = True
        finally:
            # The library swallows what is raised here and shows a frozen picture.
            if not whole:
                self._broken = True
        return shown

    def missed(self, count: int, end: int) -> None:
        """Counts pictures that are passed over; on the stream's own thread."""
        if count > 0 and end == self.end:
            self._on_missed(count)

    def _stamp(self, frame: av.VideoFrame) -> float:
        """Seconds of the stream's own clock, from its presentation time stamps."""
        now_s = time.monotonic()
        with self._lock:
            self._picture_s = now_s
        return now_s if frame.time is None else float(frame.time)

    def ended(self, end: int) -> None:
        """The stream ended; on the server's event loop, so nothing is done here but noted."""
        if end != self.end:
            return
        self._ended = True
        timer = threading.Timer(GONE_S, self._look_for_browser, (end,))
        timer.daemon = True
        timer.start()

    def _look_for_browser(self, end: int) -> None:
        if end == self.end and time.monotonic() - self._asked_s > GONE_S / 2:
            self._on_gone()

    def state(self, *, offered: bool) -> CameraState:
        """How the camera stands; asking also shows that the browser is still there.

        Args:
            offered: Whether the browser has opened its camera and offered a connection.
        """
        now_s = time.monotonic()
        with self._lock:
            self._asked_s = now_s
            if offered and self._offered_s is None:
                self._offered_s = now_s
            opened_s, offered_s, picture_s = self._opened_s, self._offered_s, self._picture_s
        if self._broken:
            return CameraState(False, True, CameraFault.BROKEN)
        if picture_s is None:
            if offered_s is None and now_s - opened_s >= OFFER_S:
                return CameraState(False, True, CameraFault.NO_OFFER)
            if offered_s is not None and now_s - offered_s >= CONNECT_S:
                return CameraState(False, True, CameraFault.NOT_CONNECTED)
            return CameraState(False)
        if self._ended or now_s - picture_s > SILENT_S:
            return CameraState(False, True, CameraFault.LOST)
        return CameraState(True)


class Processor(VideoProcessorBase):
    """What streamlit-webrtc calls. In a module of its own, because a page's classes are made anew
    at each run and the library tells them apart by identity."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._end = link.new_end()

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        """Reads and draws the newest; those that queued up before it are counted as lost, and
        cost nothing more."""
        self._link.missed(len(frames) - 1, self._end)
        return [self._link.picture(frame, self._end) for frame in frames[-1:]]

    def on_ended(self) -> None:
        """The track ended: camera stopped, page closed, or connection broken."""
        self._link.ended(self._end)
