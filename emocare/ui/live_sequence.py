"""The sequence networks in a live session: whose lines are drawn, and the small severity bar."""

from __future__ import annotations

import streamlit as st

from emocare.domain.live import LiveView
from emocare.ui import context, line_source, severity_bar
from emocare.ui.text import sequence as text
from emocare.ui.theme import Palette
from emocare.ui.wording import plain


def usable(view: LiveView) -> bool:
    """Whether the networks are there and have not failed in this session."""
    return view.model_fault is None and context.app().summaries.networks_installed


def control(view: LiveView) -> None:
    """The choice of lines; none is offered where the networks say nothing in this session."""
    if usable(view):
        line_source.control(text.LINES_LIVE)


def draws_network(view: LiveView) -> bool:
    """Whether the panels show the sequence network's lines."""
    return usable(view) and line_source.chosen() == text.NETWORK


def severity(view: LiveView, colours: Palette) -> None:
    """The bar in its box, empty at first, so that nothing moves when it fills; or the fault.
    Nothing where no networks are installed.

    Where the clinic asks for the own impression first there is no bar: a session that runs has
    none yet.
    """
    if view.model_fault is not None:
        st.caption(plain(view.model_fault))
        return
    if not usable(view):
        return
    if context.app().settings.blind_first:
        st.caption(f"{text.SEVERITY_HIDDEN} {text.TRAINED}")
        return
    estimate = view.severity_model
    with st.container(border=True, key="live_severity", gap="xsmall"):
        st.markdown(f"**{text.SEVERITY}**")
        severity_bar.show(estimate, colours)
        st.caption(f"{text.TRAINED} {text.LEADS}" if estimate else text.SEVERITY_WAITS)
