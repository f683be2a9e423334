"""What was done by the last press on the page Data, said once on the page drawn anew."""

from __future__ import annotations

import streamlit as st

SAID = "data_said"


def say(words: str) -> None:
    """Draws the page anew and says it there. Does not return."""
    st.session_state[SAID] = words
    st.rerun()


def said() -> None:
    """Says it, where there is something to say."""
    if words := st.session_state.pop(SAID, None):
        st.success(words, icon=":material/check_circle:")
