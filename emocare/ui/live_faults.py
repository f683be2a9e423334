"""No picture: the cause, the remedy, and what can be done without one."""

from __future__ import annotations

import streamlit as st

from emocare.domain.live import LiveView
from emocare.domain.records import PatientId, SessionId
from emocare.ui import context, live_camera, live_picker
from emocare.ui.live_camera_link import CameraFault
from emocare.ui.text import live as text
from emocare.ui.wording import plain

BLACK = "black"
BLACK_S = 2.0
"""Black pictures for so long count as a camera that is covered or switched off."""
WANTED_SOURCE = "live_source_wanted"
"""What the page takes the picture from at its next run."""
KEPT = "live_fault_kept"
"""The fault that took the camera off, until it is connected again."""
TRIED = "live_tried_again"
"""Sessions whose connection was tried a second time without a word."""


def current(session_id: SessionId, view: LiveView) -> str:
    """Name of what keeps the picture from coming; "" while it comes or may still come."""
    kept = st.session_state.get(KEPT)
    if kept:
        return str(kept)
    picked = live_picker.answer()
    if picked.fault:
        return picked.fault
    state = live_camera.state(session_id)
    if state.failed and state.reason is not None:
        return str(state.reason)
    return BLACK if view.black_for_s >= BLACK_S else ""


def take_off(session_id: SessionId, fault: str) -> None:
    """Takes the camera off because of a fault, which is shown until it is connected again."""
    st.session_state[KEPT] = fault
    live_camera.close(session_id)


def connect(session_id: SessionId) -> None:
    """Asks the browser for its camera again and sets a new stream up."""
    forget()
    live_camera.close(session_id)
    live_picker.ask()


def tries_again(session_id: SessionId, fault: str) -> bool:
    """Whether a connection that did not come about deserves another try without a word.

    The first offer of a browser now and then goes unanswered; each session gets one such try.
    """
    tried = st.session_state.setdefault(TRIED, set())
    if fault != CameraFault.NOT_CONNECTED or session_id in tried:
        return False
    tried.add(session_id)
    return True


def forget() -> None:
    """No fault is known any more."""
    st.session_state.pop(KEPT, None)


def words(fault: str) -> tuple[str, str]:
    """Cause and remedy of a fault by its name."""
    if fault in text.FAULTS:
        return text.FAULTS[fault]
    cause, remedy = text.FAULT_OTHER
    return cause.format(name=plain(fault)), remedy


def explain(fault: str) -> None:
    """Cause in bold, remedy after it."""
    cause, remedy = words(fault)
    st.badge(text.NO_CAMERA, icon=":material/videocam_off:", color="orange")
    st.markdown(f"**{cause}** {remedy}")


def ways_on() -> str | None:
    """What can be done without a live picture; which of it was chosen."""
    with st.container(horizontal=True):
        pressed = [source for source, label, icon in text.WITHOUT_CAMERA
                   if st.button(label, icon=icon, key=f"instead_{source}")]  # fmt: skip
    return pressed[0] if pressed else None


def go_on(source: str, patient_id: PatientId | None) -> None:
    """Opens what was chosen in place of the camera; does not return."""
    if source == text.SOURCE_UPLOAD:
        context.go(context.UPLOAD, patient_id)
    st.session_state[WANTED_SOURCE] = source
    st.rerun()
