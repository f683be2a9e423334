"""Whether the device is in the hands of the person who answers, and since when it was touched."""

from __future__ import annotations

import time

import streamlit as st

FLAG = "kiosk"
TOUCHED = "kiosk_touched_s"
TIME_OUT_S = 180.0
"""After this long without a touch the answers are covered."""


def running() -> bool:
    """Whether somebody is answering; the address keeps it through a reload."""
    return bool(st.session_state.get(FLAG)) or st.query_params.get(FLAG) == "1"


def start() -> None:
    """Hands the device over."""
    st.session_state[FLAG] = True
    st.query_params[FLAG] = "1"
    touch()


def keep() -> None:
    """Makes session and address agree while somebody is answering."""
    st.session_state[FLAG] = True
    if st.query_params.get(FLAG) != "1":
        st.query_params[FLAG] = "1"


def leave() -> None:
    """Takes the device back."""
    st.session_state.pop(FLAG, None)
    st.session_state.pop(TOUCHED, None)
    if FLAG in st.query_params:
        del st.query_params[FLAG]


def touch() -> None:
    """Notes that the person did something."""
    st.session_state[TOUCHED] = time.monotonic()


def idle_s() -> float:
    """Seconds since the last touch; the clock starts at the first question."""
    if TOUCHED not in st.session_state:
        touch()
    return time.monotonic() - float(st.session_state[TOUCHED])
