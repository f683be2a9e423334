"""The camera in the browser: opened, shown and closed by the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.component import generate_frontend_component_key

from emocare.domain.frames import Frame
from emocare.ui import live_away
from emocare.ui.live_camera_link import CameraState, Link, Processor
from emocare.ui.live_camera_overlay import OverlayState
from emocare.ui.text import live as text

SETTLE_S = 0.3
"""The browser's offers of one start follow each other faster than this."""

NO_SERVERS = {"iceServers": []}
"""Left out, both sides would ask a public server for their own address."""
PICTURE = {"width": {"ideal": 640}, "height": {"ideal": 360}, "frameRate": {"ideal": 30}}
"""Asked for; browsers change it as they like."""
STYLE = {"width": "100%", "aspectRatio": "16 / 9", "objectFit": "contain",
         "background": "#12181D", "borderRadius": "6px", "display": "block"}  # fmt: skip


@st.cache_resource(show_spinner=False)
def _links() -> dict[str, Link]:
    """The cameras of this server process by session."""
    return {}


def camera(
    run_key: str, sink: Callable[[Frame], None], overlay: Callable[[], OverlayState], *,
    mirror: bool, on_gone: Callable[[], None], on_leave: Callable[[], None],
    on_missed: Callable[[int], None] = lambda count: None,
) -> CameraState:  # fmt: skip
    """Opens the camera of a session and shows its picture; called at each run of the page.

    Args:
        run_key: Of the session, the same at each run.
        sink: Takes each picture as it comes; returns at once; any thread.
        overlay: What to draw; any thread.
        mirror: Shows the picture mirrored. What is read is never mirrored.
        on_gone: Called from a thread of its own when the browser has vanished.
        on_leave: Called when another page is opened, after the camera has been closed.
        on_missed: Counts pictures that are passed over because newer ones are there; any thread.
    """
    link = _links().setdefault(run_key, Link())
    link.use(sink, overlay, on_gone, on_missed)
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
    offer = (value.get("sdpOffer") or {}).get("sdp")
    if offer is None or value.get("playing"):
        return
    if offer != link.offer:
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
        opened._sdp_answer_json, link.offer, link.offer_s = None, offer, time.monotonic()
    settled_s = link.offer_s + SETTLE_S * max(1, link.restarts)
    time.sleep(max(0.0, settled_s - time.monotonic()))


def state(run_key: str) -> CameraState:
    """The camera of a session as it stands; CameraState(False) where none was opened."""
    link = _links().get(run_key)
    return CameraState(False) if link is None else link.state(offered=offered(run_key))


def offered(run_key: str) -> bool:
    """Whether the browser has opened its camera and offered a connection."""
    link = _links().get(run_key)
    opened = None if link is None else st.session_state.get(_key(run_key, link))
    return opened is not None and (opened.state.signalling or opened.state.playing)


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
