"""Sessions that are open without anybody conducting them: go on, or close and review."""

from __future__ import annotations

import streamlit as st

from emocare.domain.records import PatientId, SessionId, SessionRecord
from emocare.services.live_run import LiveRun
from emocare.ui import context, frame, live_picker, live_state
from emocare.ui.text import live as text
from emocare.ui.wording import plain, when


def notices() -> None:
    """A session that runs without this browser session, and those that a stop has cut off."""
    with frame.guard():
        run = live_state.elsewhere()
        if run is not None:
            _running(run)
        for record in context.app().live.interrupted():
            _cut_off(record, free=run is None)


def _running(run: LiveRun) -> None:
    record = run.record
    words = text.OPEN_ONE.format(name=_name(record.patient_id),
                                 where=text.OPEN_WHERE[run.view().phase])  # fmt: skip
    chosen = _choice(words, record.id, free=True)
    if chosen == text.CONTINUE:
        run.pause()
        live_picker.ask()
        live_state.conduct(run, live_state.source_of(record))
        context.choose(record.patient_id)
        st.rerun()
    if chosen == text.CLOSE:
        live_state.review(live_state.end(run))


def _cut_off(record: SessionRecord, *, free: bool) -> None:
    words = text.CUT_OFF.format(name=_name(record.patient_id), when=when(record.started_at),
                                why=plain(record.error or text.CUT_OFF_WHY))  # fmt: skip
    chosen = _choice(words, record.id, free=free)
    if chosen == text.CONTINUE:
        live_state.take_up(record)
    if chosen == text.CLOSE:
        live_state.close(record)


def _choice(words: str, session_id: SessionId, *, free: bool) -> str | None:
    """The sentence with its two buttons; what was pressed."""
    with st.container(border=True, key=f"open_{session_id}", gap="small"):
        st.markdown(words)
        with st.container(horizontal=True):
            go_on = st.button(text.CONTINUE, icon=":material/play_arrow:", disabled=not free,
                              key=f"continue_{session_id}")  # fmt: skip
            close = st.button(text.CLOSE, icon=":material/fact_check:",
                              key=f"close_{session_id}")  # fmt: skip
    if go_on:
        return text.CONTINUE
    return text.CLOSE if close else None


def _name(patient_id: PatientId) -> str:
    return plain(context.app().people.get(patient_id).name)
