"""The camera in the browser: pictures come in, pictures with an overlay go back.

The only file that knows streamlit-webrtc. The pictures arrive on a thread of that library; there
each one is handed over (``sink`` returns at once), the newest overlay is drawn, and the picture
goes back. Nothing is measured on that thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import av
import streamlit as st
from streamlit_webrtc import VideoProcessorBase, WebRtcMode, webrtc_streamer
from streamlit_webrtc.component import generate_frontend_component_key

from emocare.domain.frames import Frame
from emocare.ui import live_away
from emocare.ui.live_camera_overlay import OverlayState, draw
from emocare.ui.text import live as text

OFFER_S = 30.0
"""Without any sign of the browser's camera for so long after START it counts as not started."""
CONNECT_S = 12.0
"""Without a picture for so long after the browser offered one it counts as not connected."""
SETTLE_S = 0.45
"""The browser's offers of one start follow each other faster than this."""
SILENT_S = 10.0
"""Without a picture for so long while it ran the connection counts as lost."""
GONE_S = 6.0
"""A stream that ended by itself and a page that has not asked for so long: the browser is gone."""

NO_SERVERS = {"iceServers": []}
"""Left out, both sides would ask a public server for their own address."""
PICTURE = {"width": {"ideal": 640}, "height": {"ideal": 360}, "frameRate": {"ideal": 30}}
"""Asked for; browsers change it as they like."""
STYLE = {"width": "100%", "aspectRatio": "16 / 9", "objectFit": "contain",
         "background": "#12181D", "borderRadius": "6px", "display": "block"}  # fmt: skip


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
        restarts: How often the browser changed its mind after it had been answered.
    """

    def __init__(self) -> None:
        self.stream = self.end = 0
        self.restarts = 0
        self.offer: str | None = None
        self._sink: Callable[[Frame], None] = lambda frame: None
        self._overlay: Callable[[], OverlayState] = OverlayState
        self._on_gone: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._opened_s = self._asked_s = time.monotonic()
        self._picture_s: float | None = None
        self._offered_s: float | None = None
        self._ended = False
        self._broken = False

    def use(self, sink: Callable[[Frame], None], overlay: Callable[[], OverlayState],
            on_gone: Callable[[], None]) -> None:  # fmt: skip
        """Sets where pictures go, what is drawn, and what is called when the browser is gone."""
        self._sink, self._overlay, self._on_gone = sink, overlay, on_gone

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
        """Hands every picture over, so that what is lost is counted where it is lost."""
        return [self._link.picture(frame, self._end) for frame in frames][-1:]

    def on_ended(self) -> None:
        """The track ended: camera stopped, page closed, or connection broken."""
        self._link.ended(self._end)


@st.cache_resource(show_spinner=False)
def _links() -> dict[str, Link]:
    """The cameras of this server process by session."""
    return {}


def camera(
    run_key: str, sink: Callable[[Frame], None], overlay: Callable[[], OverlayState], *,
    mirror: bool, on_gone: Callable[[], None], on_leave: Callable[[], None],
) -> CameraState:  # fmt: skip
    """Opens the camera of a session and shows its picture; called at each run of the page.

    Args:
        run_key: Of the session, the same at each run.
        sink: Takes each picture as it comes; returns at once; any thread.
        overlay: What to draw; any thread.
        mirror: Shows the picture mirrored. What is read is never mirrored.
        on_gone: Called from a thread of its own when the browser has vanished.
        on_leave: Called when another page is opened, after the camera has been closed.
    """
    link = _links().setdefault(run_key, Link())
    link.use(sink, overlay, on_gone)
    if _key(run_key, link) not in st.session_state:
        link.renew()
    key = _key(run_key, link)
    if key in st.session_state:
        # Without this a quick series of runs is taken for a page that was left, and the stream is
        # cut. Leaving the page is told by ``live_away`` instead.
        st.session_state[key]._last_rendered_run_count = None
        _settle(key, link)
        key = _key(run_key, link)
    live_away.keep(partial(_leave, run_key, on_leave))
    style = STYLE | ({"transform": "scaleX(-1)"} if mirror else {})
    webrtc_streamer(
        key=key, mode=WebRtcMode.SENDRECV, rtc_configuration=NO_SERVERS,
        media_stream_constraints={"video": PICTURE, "audio": False},
        video_processor_factory=partial(Processor, link), async_processing=True,
        desired_playing_state=True, media_toggle_controls=False, sendback_audio=False,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True,
                          "playsInline": True, "style": style},
        translations=text.WEBRTC,
    )  # fmt: skip
    return state(run_key)


def _settle(key: str, link: Link) -> None:
    """Lets the browser come to one offer before it is answered; begins anew if it came too late.

    Each time the page is drawn before the code of the browser's side has been loaded, that side
    opens a connection; it keeps the newest (streamlit-webrtc 0.79.0). The library would answer the
    first, and the two ends would wait for each other. While this waits, a newer offer asks for a
    run of its own, which ends this one at its next element.
    """
    value = st.session_state.get(generate_frontend_component_key(key)) or {}
    offered = (value.get("sdpOffer") or {}).get("sdp")
    if offered is None or offered == link.offer or value.get("playing"):
        return
    opened = st.session_state[key]
    worker = opened._get_worker()
    if worker is not None:
        link.new_end()
        worker.stop()
        opened._set_worker(None)
    if opened._is_sdp_answer_sent:
        link.renew()
        link.restarts += 1
        return
    opened._sdp_answer_json, link.offer = None, offered
    time.sleep(SETTLE_S * max(1, link.restarts))


def state(run_key: str) -> CameraState:
    """The camera of a session as it stands; CameraState(False) where none was opened."""
    link = _links().get(run_key)
    if link is None:
        return CameraState(False)
    opened = st.session_state.get(_key(run_key, link))
    offered = opened is not None and (opened.state.signalling or opened.state.playing)
    return link.state(offered=offered)


def close(run_key: str) -> None:
    """Takes the camera of this browser session off; the session itself goes on."""
    st.session_state.pop(live_away.OPEN, None)
    link = _links().get(run_key)
    if link is None:
        return
    # The context stays where it is: the browser may still report to it what it did last.
    opened = st.session_state.get(_key(run_key, link))
    link.renew()
    worker = None if opened is None else opened._get_worker()
    if worker is not None:
        worker.stop()


def forget(run_key: str) -> None:
    """Closes the camera for good: the session has ended."""
    close(run_key)
    _links().pop(run_key, None)


def _leave(run_key: str, on_leave: Callable[[], None]) -> None:
    close(run_key)
    on_leave()


def _key(run_key: str, link: Link) -> str:
    """A name of its own for each stream, so that the browser sets it up anew."""
    return f"camera_{run_key}_{link.stream}"
