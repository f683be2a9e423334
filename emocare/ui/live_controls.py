"""The buttons of a live session: start, pause, skip, redo, stop, and the way to the questions."""

from __future__ import annotations

import streamlit as st

from emocare.domain.live import LivePhase, LiveView
from emocare.domain.records import SessionState
from emocare.services.live_run import LiveRun
from emocare.ui import context, frame, live_state
from emocare.ui.text import live as text
from emocare.ui.wording import plain


def row(run: LiveRun, view: LiveView, *, quiet: bool) -> None:
    """What can be done with the session now.

    Args:
        quiet: Something else has the page's main button.
    """
    main = "secondary" if quiet else frame.primary()
    with st.container(horizontal=True):
        if view.phase is LivePhase.CHECK:
            _check(run, main, seen=view.frames_read > 0)
        else:
            _recording(run, view, main)


def _check(run: LiveRun, main: str, *, seen: bool) -> None:
    st.button(text.BEGIN, type=main, icon=":material/play_arrow:", key="live_begin",
              disabled=not seen, help=None if seen else text.BEGIN_WAITS,
              on_click=live_state.do, args=(run.begin,))  # fmt: skip
    st.space("stretch")
    if st.button(text.CANCEL, icon=":material/close:", help=text.CANCEL_HELP, key="live_cancel"):
        live_state.end(run)
        st.rerun()


def _recording(run: LiveRun, view: LiveView, main: str) -> None:
    if view.phase is LivePhase.PAUSED:
        st.button(text.GO_ON if view.protocol_done else text.RESUME, icon=":material/play_arrow:",
                  shortcut="p", key="live_pause", on_click=_resume, args=(run,))  # fmt: skip
    else:
        st.button(text.PAUSE, icon=":material/pause:", shortcut="p", key="live_pause",
                  on_click=live_state.do, args=(run.pause,))  # fmt: skip
    if view.guided and not view.protocol_done:
        st.button(text.SKIP, icon=":material/skip_next:", shortcut="n", key="live_skip",
                  on_click=live_state.do, args=(run.skip,))  # fmt: skip
        st.button(text.REDO, icon=":material/replay:", help=text.REDO_HELP, key="live_redo",
                  on_click=live_state.do, args=(run.redo,))  # fmt: skip
    st.space("stretch")
    if st.button(text.STOP, type=main, icon=":material/stop:", help=text.STOP_HELP,
                 key="live_stop"):  # fmt: skip
        with st.spinner(text.ENDING):
            record = live_state.end(run)
        live_state.review(record)


def _resume(run: LiveRun) -> None:
    st.session_state.pop(live_state.RETURNED, None)
    live_state.do(run.resume)


def instead(run: LiveRun, view: LiveView) -> None:
    """The way to the questionnaire: always there, and the main button while the picture fails."""
    gate = view.gate
    failing = gate is not None and gate.questionnaire_in_s is not None
    with st.container(horizontal=True):
        pressed = st.button(
            text.OPEN_NOW if failing else text.ANSWER_INSTEAD, icon=":material/assignment:",
            type=frame.primary() if failing else "tertiary", key="live_questions",
        )  # fmt: skip
        if failing and gate is not None:
            st.button(text.TRY_ONCE_MORE, icon=":material/replay:", key="live_retry",
                      disabled=not gate.retry_left, on_click=live_state.do, args=(run.retry,),
                      help=None if gate.retry_left else text.NO_RETRY)  # fmt: skip
    if pressed:
        live_state.open_questionnaire(live_state.end(run))


def ended(run: LiveRun) -> None:
    """The session has ended without this page: why, and how it goes on."""
    view, record = run.view(), run.record
    if record.state is not SessionState.CANCELLED:
        # It may have been closed or thrown away since, where the consent was withdrawn.
        record = context.app().recordings.session(record.id)
    frame.patient_bar(context.app().people.get(record.patient_id), record.consent)
    broke_off = record.state is SessionState.INTERRUPTED
    with st.container(border=True, key="live_ended", gap="small"):
        st.subheader(text.ENDED, anchor=False)
        st.markdown(plain(view.fault) if view.fault else text.ENDED_BODY)
        with st.container(horizontal=True):
            go_on = broke_off and st.button(
                text.CONTINUE, type=frame.primary(), icon=":material/play_arrow:",
                key="live_go_on")  # fmt: skip
            review = record.summary is not None and st.button(
                text.CLOSE, icon=":material/fact_check:", key="live_review")  # fmt: skip
            again = st.button(text.NEW_SESSION, icon=":material/videocam:", key="live_again")
    if go_on:
        live_state.take_up(record)
    if review:
        live_state.let_go(run)
        live_state.close(record)
    if again:
        live_state.let_go(run)
        st.rerun()
