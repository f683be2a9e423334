"""The queue of videos: rows that move by themselves, in every tab and after coming back."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emocare.domain.errors import EmoCareError
from emocare.domain.records import PatientId, SessionId, SessionRecord, SessionState
from emocare.domain.summary import GateDecision
from emocare.services.jobs import Job
from emocare.services.questionnaires import Offer
from emocare.ui import context, frame, patient_forms, text
from emocare.ui.wording import GATE_WORDS, plain, span

TICK_S = 1.0
IDLE_S = 5.0
"""Another tab may begin something."""
COUNT_DOWN_S = 4
WATCHED = "queue_watched"
"""Sessions this browser session has seen at work: their questionnaire may open by itself."""
OFFER = "queue_offer"
STAYED = "queue_stayed"
AT_WORK = (SessionState.QUEUED, SessionState.ANALYSING)
TO_REVIEW = (SessionState.READY, SessionState.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Opening:
    """A form that opens by itself: of which recording, and why."""

    session_id: SessionId
    patient_id: PatientId
    name: str
    offer: Offer


def watch(session_id: SessionId) -> None:
    """Notes that this browser session waits for a recording."""
    st.session_state.setdefault(WATCHED, set()).add(session_id)


def show(top: DeltaGenerator, *, main: bool) -> None:
    """Draws every job of this process; runs by itself, more slowly when nothing is at work.

    Args:
        top: Where a questionnaire that is about to open says so, in sight of everybody.
        main: Whether opening the newest review is the next step of the page.
    """
    busy = _is_busy(context.app().recordings.jobs())
    st.fragment(run_every=TICK_S if busy else IDLE_S)(_draw)(busy, top, main)


def _is_busy(jobs: list[Job]) -> bool:
    return any(job.state in AT_WORK for job in jobs) or _offered(jobs) is not None


def _draw(was_busy: bool, top: DeltaGenerator, main: bool) -> None:
    jobs = context.app().recordings.jobs()
    if _is_busy(jobs) != was_busy and not patient_forms.is_open():
        st.rerun()
    if not jobs:
        top.empty()
        st.caption(text.QUEUE_EMPTY)
        return
    for job in jobs:
        if job.state in AT_WORK:
            watch(job.session_id)
    try:
        _count_down(jobs, top)
        main = main and _offered(jobs) is None
        newest = next((job for job in reversed(jobs) if job.state in TO_REVIEW), None)
        for job in reversed(jobs):
            _row(job, main=main and job is newest)
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _row(job: Job, *, main: bool) -> None:
    person = context.app().people.get(job.patient_id)
    word, colour, icon = _state(job)
    with (
        st.container(border=True, key=f"job_{job.session_id}"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container(width=260, gap="xxsmall"):
            st.markdown(f"**{plain(job.name)}**")
            st.caption(f"{plain(person.name)}, {plain(person.code)}")
        with st.container(width="stretch", gap="xxsmall"):
            _progress(job)
        st.badge(word, icon=icon, color=colour)
        with st.container(horizontal=True, width="content"):
            _buttons(job, main=main)


def _state(job: Job) -> tuple[str, str, str]:
    if job.state is SessionState.READY:
        summary = context.app().recordings.session(job.session_id).summary
        if summary is not None:
            word, colour, icon = GATE_WORDS[summary.gate.decision]
            return word, colour, icon
    return text.JOB_STATES[job.state]


def _progress(job: Job) -> None:
    if job.state in AT_WORK:
        message = job.message
        if job.seconds_left is not None:
            message = text.TIME_LEFT.format(message=message, span=span(job.seconds_left))
        st.progress(job.progress)
        if job.reading is not None and job.reading.t_s > 0:
            message += " · " + text.JOB_FACTS.format(
                valid=span(job.reading.valid_s), read=span(job.reading.t_s)
            )
        st.caption(message)
    elif job.error:
        st.markdown(plain(job.error))
    else:
        st.caption(plain(job.message))


def _buttons(job: Job, *, main: bool) -> None:
    recordings = context.app().recordings
    if job.state in AT_WORK:
        if st.button(text.CANCEL, key=f"cancel_{job.session_id}"):
            recordings.cancel(job.session_id)
            st.rerun(scope="fragment")
        return
    if job.state in TO_REVIEW and st.button(
        text.OPEN_REVIEW, key=f"review_{job.session_id}",
        type=frame.primary() if main else "secondary",
    ):  # fmt: skip
        context.go(context.REVIEW, job.patient_id, job.session_id)
    if st.button(text.DISMISS, key=f"dismiss_{job.session_id}", type="tertiary"):
        recordings.dismiss(job.session_id)
        st.rerun(scope="fragment")


def _count_down(jobs: list[Job], top: DeltaGenerator) -> None:
    """Opens the questionnaire of a watched recording that turned out unreliable."""
    found = _offered(jobs)
    if found is None:
        top.empty()
        return
    count_down(found, top)


def count_down(found: Opening, top: DeltaGenerator) -> None:
    """One second of the time until a questionnaire opens by itself; in a fragment that runs each
    second."""
    session_id, offer = found.session_id, found.offer
    started = st.session_state.setdefault(OFFER, {}).setdefault(session_id, time.monotonic())
    if patient_forms.is_open():
        started = st.session_state[OFFER][session_id] = time.monotonic()
    left = COUNT_DOWN_S - (time.monotonic() - started)
    if left <= 0:
        _open(found)
    word, colour, icon = GATE_WORDS[GateDecision.UNRELIABLE]
    with top, st.container(border=True, key="offer", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(word, icon=icon, color=colour)
            st.markdown(f"**{plain(found.name)}**", width="content")
        st.markdown(plain(" ".join(offer.reasons[:2])))
        st.caption(text.OFFER_OPENS.format(seconds=max(1, round(left))))
        st.progress(min(1.0, 1 - left / COUNT_DOWN_S))
        with st.container(horizontal=True):
            if st.button(text.OPEN_NOW, type=frame.primary(), icon=":material/assignment:",
                         key="offer_open"):  # fmt: skip
                _open(found)
            if st.button(text.STAY, key="offer_stay"):
                watch_no_more(session_id)
                st.rerun(scope="fragment")


def opening_of(record: SessionRecord) -> Opening | None:
    """The form that opens by itself for a session on screen, unless somebody chose to stay."""
    if record.id in st.session_state.get(STAYED, set()):
        return None
    offer = context.app().questionnaires.needed(record.id)
    if offer is None:
        return None
    return Opening(record.id, record.patient_id, record.source_name, offer)


def _offered(jobs: list[Job]) -> Opening | None:
    watched = st.session_state.get(WATCHED, set()) - st.session_state.get(STAYED, set())
    for job in jobs:
        if job.state is SessionState.READY and job.session_id in watched:
            offer = context.app().questionnaires.needed(job.session_id)
            if offer is not None:
                return Opening(job.session_id, job.patient_id, job.name, offer)
            watch_no_more(job.session_id)
    return None


def watch_no_more(session_id: SessionId) -> None:
    """The questionnaire of this recording will not open by itself any more."""
    st.session_state.setdefault(STAYED, set()).add(session_id)


def watch_anew(session_id: SessionId) -> None:
    """It may open by itself again, after the whole time."""
    st.session_state.setdefault(STAYED, set()).discard(session_id)
    st.session_state.setdefault(OFFER, {}).pop(session_id, None)


def _open(found: Opening) -> None:
    watch_no_more(found.session_id)
    context.go(context.QUESTIONNAIRE, found.patient_id, found.session_id,
               form=found.offer.instrument, mode="self", gate="1", kiosk="1")  # fmt: skip
