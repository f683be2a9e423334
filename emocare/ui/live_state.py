"""Which live session this browser session conducts, and what was chosen for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.live import LivePhase
from emocare.domain.records import SessionId, SessionRecord, SessionState
from emocare.services.live import CAMERA
from emocare.services.live_run import LiveRun
from emocare.ui import context, live_camera, live_faults, live_picker
from emocare.ui.text import live as text
from emocare.ui.wording import plain

CONDUCTED = "live_session"
SOURCE = "live_session_source"
ROUND = "live_round"
ME = "live_conductor"
RETURNED = "live_returned"
"""Set when the page was left while a session ran."""


def round_key() -> str:
    """Changes with each session, so that no tick is carried to the next patient."""
    return str(st.session_state.setdefault(ROUND, 0))


@st.cache_resource(show_spinner=False)
def _conductors() -> dict[str, str]:
    """Live session -> the one browser session that conducts it."""
    return {}


def conducted() -> LiveRun | None:
    """The session this browser session conducts, ended or not; None without one.

    A session that another window has taken over is not conducted here any more.
    """
    session_id = st.session_state.get(CONDUCTED)
    if session_id is None or _conductors().get(session_id) != _me():
        return None
    return context.app().live.run(SessionId(session_id))


def elsewhere() -> LiveRun | None:
    """A session that is recorded without this browser session. One in its check is none: nothing
    of it is stored, and the next start takes its place."""
    run = context.app().live.current()
    return None if run is None or run.phase is LivePhase.CHECK else run


def _me() -> str:
    """A name for this browser session."""
    return str(st.session_state.setdefault(ME, uuid.uuid4().hex))


def conduct(run: LiveRun, source: str) -> None:
    """From now on this browser session conducts ``run``; the camera is asked for when needed."""
    live_camera.close(run.session_id)
    _conductors()[run.session_id] = _me()
    st.session_state[CONDUCTED] = run.session_id
    st.session_state[SOURCE] = source
    live_faults.forget()


def source() -> str:
    """Where the picture of the session that is conducted comes from."""
    return str(st.session_state.get(SOURCE, text.SOURCE_CAMERA))


def source_of(record: SessionRecord) -> str:
    """Where the picture of a session came from when it was started."""
    return text.SOURCE_CAMERA if record.source_name == CAMERA else text.SOURCE_SAMPLE


def let_go(run: LiveRun) -> None:
    """This browser session conducts nothing any more; its camera goes off."""
    live_camera.forget(run.session_id)
    if _conductors().get(run.session_id) == _me():
        _conductors().pop(run.session_id)
    for name in (CONDUCTED, SOURCE, RETURNED):
        st.session_state.pop(name, None)
    live_faults.forget()
    st.session_state[ROUND] = int(round_key()) + 1


def left(run: LiveRun) -> None:
    """The page was left while the session ran: it waits, paused, until somebody comes back."""
    run.pause()
    st.session_state[RETURNED] = True


def end(run: LiveRun) -> SessionRecord:
    """Ends the session, keeping what was measured, and takes the camera off."""
    record = run.stop()
    let_go(run)
    return record


def take_up(record: SessionRecord) -> None:
    """Goes on with a session that broke off; the camera is asked for. Does not return."""
    run = context.app().live.resume(record.id)
    live_picker.ask()
    conduct(run, text.SOURCE_CAMERA)
    context.choose(record.patient_id)
    st.rerun()


def close(record: SessionRecord) -> None:
    """Closes a session that broke off and opens its review. Does not return."""
    if record.state is SessionState.INTERRUPTED:
        record = context.app().live.close_interrupted(record.id)
    review(record)


def review(record: SessionRecord) -> None:
    """Opens the review of a session that has ended; nothing was stored of one that never began.
    Does not return."""
    if record.state is SessionState.CANCELLED:
        st.rerun()
    context.go(context.REVIEW, record.patient_id, record.id)


def do(change: Callable[..., object], *args: object) -> None:
    """Does what a button asks for; a refusal is told without taking the page away."""
    try:
        change(*args)
    except EmoCareError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def open_questionnaire(record: SessionRecord) -> None:
    """Hands the device over with the form of this session; does not return."""
    stored = record.state is not SessionState.CANCELLED
    questionnaires = context.app().questionnaires
    offer = questionnaires.needed(record.id) if stored else None
    context.go(
        context.QUESTIONNAIRE, record.patient_id, record.id if stored else None,
        form=questionnaires.names()[0] if offer is None else offer.instrument,
        mode="self", gate="1", kiosk="1",
    )  # fmt: skip
