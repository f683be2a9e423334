"""Marking a moment while it happens: buttons with a key each, and words of one's own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emocare.domain.live import MARKER_TEXT_LIMIT, LivePhase, LiveView, Marker, MarkerKind
from emocare.services.live_run import LiveRun
from emocare.ui import live_state
from emocare.ui.text import live as text
from emocare.ui.wording import clock, plain

SHOWN = 6
"""Marks in the line under the buttons, the newest last."""
NOTE = "live_note"


def buttons(run: LiveRun, view: LiveView) -> None:
    """One button per kind, one that leaves out the last ten seconds, and a field for words."""
    off = view.phase is LivePhase.CHECK
    with st.container(horizontal=True):
        for kind, key in text.MARK_BUTTONS:
            st.button(text.MARKERS[kind], icon=":material/bookmark_add:", shortcut=key,
                      key=f"mark_{kind}", disabled=off, on_click=live_state.do,
                      args=(run.mark, kind))  # fmt: skip
        st.button(text.EXCLUDE, icon=":material/content_cut:", shortcut="x", key="mark_exclude",
                  help=text.EXCLUDE_HELP, disabled=off, on_click=live_state.do,
                  args=(run.exclude_last,))  # fmt: skip
    st.text_input(text.MARK_NOTE, key=NOTE, placeholder=text.MARK_NOTE_HINT, disabled=off,
                  label_visibility="collapsed", max_chars=MARKER_TEXT_LIMIT,
                  icon=":material/edit_note:", on_change=_note, args=(run,))  # fmt: skip


def _note(run: LiveRun) -> None:
    words = str(st.session_state.get(NOTE, "")).strip()
    if words:
        live_state.do(run.mark, MarkerKind.NOTE, words)
        st.session_state[NOTE] = ""


def line(markers: Sequence[Marker]) -> str:
    """The newest marks in one line; "" without any."""
    if not markers:
        return ""
    return text.LAST_MARKS.format(marks=" · ".join(words(mark) for mark in markers[-SHOWN:]))


def words(mark: Marker) -> str:
    """One mark: "1:24 Tearful", "1:30 Note: asked twice", "0:50 to 1:00 Left out"."""
    what, time = text.MARKERS[mark.kind], clock(mark.t_s)
    if mark.until_s is not None:
        return text.MARKED_SPAN.format(time=time, until=clock(mark.until_s), what=what)
    if mark.text:
        return text.MARKED_WITH.format(time=time, what=what, words=plain(mark.text))
    return text.MARKED.format(time=time, what=what)
