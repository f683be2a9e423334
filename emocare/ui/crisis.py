"""The crisis card: whom to call now. It calls nobody, and it closes no alert."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import streamlit as st

from emocare.ui import context, text
from emocare.ui.wording import day, plain


def card(*, asked: bool) -> bool:
    """Draws the card.

    Args:
        asked: Whether the person asked for it, rather than an answer having shown it.

    Returns:
        True when the person wants to go on.
    """
    with shown(text.CRISIS_ASKED if asked else text.CRISIS_ANSWERED):
        told = st.button(text.CRISIS_TOLD, type="primary", icon=":material/record_voice_over:",
                         key="crisis_told")  # fmt: skip
        on = st.button(text.Q_GO_ON, key="crisis_on")
    return told or on


@contextmanager
def shown(words: str) -> Iterator[None]:
    """The card with ``words`` under its title; what is drawn inside is its row of buttons."""
    with st.container(border=True, key="crisis"):
        st.title(text.CRISIS_TITLE, anchor=False)
        st.markdown(words)
        numbers()
        with st.container(horizontal=True):
            yield


def numbers() -> None:
    """Whom to call: emergency, the clinic, somebody to talk to, and when this was checked."""
    resources = context.app().questionnaires.crisis_card()
    phone = context.app().settings.clinic_phone
    st.markdown(f"**{text.CRISIS_ACT}**")
    _row(*text.CRISIS_EMERGENCY, resources.emergency)
    if phone:
        _row(*text.CRISIS_CLINIC, phone)
    for line in resources.lines:
        _row(line.name, line.note, line.number)
    if not resources.lines:
        _row(*text.CRISIS_DIRECTORY, resources.directory)
    checked = day(resources.verified_on)
    st.caption(text.CRISIS_CHECKED.format(day=checked))
    if resources.stale(datetime.now().date()):
        st.caption(text.CRISIS_STALE.format(day=checked))


def _row(name: str, note: str, number: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f"**{plain(name)}**")
            if note:
                st.caption(plain(note))
        st.subheader(plain(number), anchor=False, width="content")
