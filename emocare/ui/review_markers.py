"""The clinician's markers on a session's review: shown, added, changed, taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.live import MARKER_TEXT_LIMIT, Marker, MarkerKind
from emocare.domain.records import SessionRecord
from emocare.ui import context, live_marks
from emocare.ui.text import live as text
from emocare.ui.wording import plain, when

KINDS = (MarkerKind.NOTE, MarkerKind.ASKED_ABOUT_SLEEP, MarkerKind.TEARFUL,
         MarkerKind.OTHER_PERSON, MarkerKind.EXCLUDED)  # fmt: skip
"""Kinds that can be added afterwards."""
EXCLUDED_S = 10.0


def of(record: SessionRecord) -> list[Marker]:
    """The markers of a session in time order."""
    return context.app().live.markers(record.id)


def row(record: SessionRecord, markers: Sequence[Marker]) -> None:
    """The markers in one line, and the button that opens them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.REVIEW_MARKERS, icon=":material/bookmark:", key="markers_open"):
            dialog(record)
        if markers:
            said = " · ".join(live_marks.words(mark) for mark in markers)
            st.caption(text.REVIEW_MARKS_LINE.format(marks=said))


@st.dialog(text.REVIEW_MARK_TITLE, width="large")
def dialog(record: SessionRecord) -> None:
    """Every marker with its fields, and a new one."""
    st.caption(text.REVIEW_MARK_NOTE)
    markers = of(record)
    end_s = record.summary.source.duration_s if record.summary is not None else 0.0
    if not markers:
        st.caption(text.REVIEW_NO_MARKERS)
    for mark in markers:
        _one(record, mark, end_s)
    _new(record, end_s)


def _one(record: SessionRecord, mark: Marker, end_s: float) -> None:
    with st.container(border=True, gap="xsmall", key=f"marker_{mark.id}"):
        by = text.REVIEW_MARK_BY.format(name=plain(mark.made_by), when=when(mark.made_at))
        st.markdown(f"**{text.MARKERS[mark.kind]}** :gray[:small[{by}]]")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _seconds(text.REVIEW_MARK_AT, mark.t_s, end_s, _key("at", mark.id))
            if mark.until_s is not None:
                _seconds(text.REVIEW_MARK_UNTIL, mark.until_s, end_s, _key("until", mark.id))
            _words(mark.text, _key("words", mark.id))
            # Callbacks change, so that the run that follows closes the dialog on the new state.
            if st.button(text.REVIEW_MARK_SAVE, key=_key("save", mark.id), on_click=_change,
                         args=(record, mark)):  # fmt: skip
                st.rerun()
            if st.button(text.REVIEW_MARK_REMOVE, icon=":material/delete:",
                         key=_key("remove", mark.id), on_click=_remove,
                         args=(record, mark)):  # fmt: skip
                st.rerun()


def _new(record: SessionRecord, end_s: float) -> None:
    with st.container(border=True, gap="xsmall", key="marker_new"):
        st.markdown(f"**{text.REVIEW_MARK_NEW}**")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(text.REVIEW_MARK_KIND, KINDS, key=_key("kind"), width=200,
                                format_func=text.MARKERS.__getitem__)  # fmt: skip
            t_s = _seconds(text.REVIEW_MARK_AT, _cursor_s(), end_s, _key("at"))
            if kind is MarkerKind.EXCLUDED:
                _seconds(text.REVIEW_MARK_UNTIL, t_s + EXCLUDED_S, end_s, _key("until"))
            _words("", _key("words"))
            if st.button(text.REVIEW_MARK_ADD, icon=":material/bookmark_add:", key=_key("add"),
                         on_click=_add, args=(record,)):  # fmt: skip
                st.rerun()


def _add(record: SessionRecord) -> None:
    state = st.session_state
    _do(partial(
        context.app().live.add_marker, record.id, state[_key("kind")], state[_key("at")],
        state.get(_key("until")), state[_key("words")],
    ))  # fmt: skip


def _change(record: SessionRecord, mark: Marker) -> None:
    state = st.session_state
    _do(partial(
        context.app().live.edit_marker, record.id, mark.id, t_s=state[_key("at", mark.id)],
        until_s=state.get(_key("until", mark.id)), text=state[_key("words", mark.id)],
    ))  # fmt: skip


def _remove(record: SessionRecord, mark: Marker) -> None:
    _do(partial(context.app().live.remove_marker, record.id, mark.id))


def _do(change: Callable[[], object]) -> None:
    try:
        change()
    except EmoCareError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _cursor_s() -> float:
    """Where the cursor of the chart stands."""
    return float((st.session_state.get("player") or {}).get("t") or 0.0)


def _seconds(label: str, value: float, end_s: float, key: str) -> float:
    most = max(end_s, 0.0)
    return float(st.number_input(label, min_value=0.0, max_value=most, step=1.0, format="%.1f",
                                 value=min(value, most), key=key, width=130))  # fmt: skip


def _words(value: str, key: str) -> None:
    st.text_input(text.REVIEW_MARK_TEXT, value=value, key=key, max_chars=MARKER_TEXT_LIMIT,
                  width=240)  # fmt: skip


def _key(part: str, marker: str = "new") -> str:
    return f"marker_{part}_{marker}"
