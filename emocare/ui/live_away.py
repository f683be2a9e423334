"""Leaving the page Live: the camera goes off, whatever page comes next.

Kept apart from the camera itself, so that no other page has to load WebRTC to ask.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

OPEN = "live_camera_open"
"""Where an open camera leaves the function that closes it."""


def keep(close: Callable[[], None]) -> None:
    """Notes how the camera of this browser session is closed."""
    st.session_state[OPEN] = close


def leave() -> None:
    """Closes the camera if it is open; called by the frame on every page but Live."""
    close = st.session_state.pop(OPEN, None)
    if close is not None:
        close()
