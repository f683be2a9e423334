"""Whose trajectories are drawn: those of the index's formulas, or of the sequence network.

The two are different things and never share a chart. The choice is kept while another page is
open, and holds for the live page and the review alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from emocare.ui.text import sequence as text

KEPT = "line_source"
WIDGET = "lines"


def control(words: Mapping[str, str]) -> str:
    """Draws the choice and gives it.

    Args:
        words: Choice -> its words on this page.
    """
    st.segmented_control(
        text.LINES_LABEL, list(words), default=chosen(), required=True, key=WIDGET,
        label_visibility="collapsed", format_func=words.__getitem__, on_change=_keep,
    )  # fmt: skip
    return chosen()


def chosen() -> str:
    """The choice of this browser session; the formulas until something else is chosen."""
    return str(st.session_state.get(KEPT, text.FORMULAS))


def _keep() -> None:
    st.session_state[KEPT] = st.session_state[WIDGET]
