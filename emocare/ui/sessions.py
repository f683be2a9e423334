"""Which session is on screen: chosen by address, by the newest, or from a list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emocare.domain.records import Patient, Response, SessionRecord, SessionState
from emocare.ui import alert_strip, answers, context, text
from emocare.ui.text import questionnaire as more
from emocare.ui.wording import GATE_WORDS, clock, plain, when

AT_WORK = (SessionState.QUEUED, SessionState.ANALYSING)


def pick(title: str = text.CHOOSE_TITLE) -> tuple[Patient, SessionRecord] | None:
    """The person and session of this page; otherwise draws what leads to one, and None."""
    patient, record = context.current_patient(), context.current_session()
    if record is None and patient is not None:
        record = next(iter(context.app().recordings.sessions(patient.id)), None)
        if record is not None:
            context.choose(patient.id, record.id)
    if patient is None:
        _choose_among_all(title)
        return None
    if record is None:
        _nothing(title, _nothing_of(), patient)
        return None
    if record.state in AT_WORK:
        _nothing(title, text.STILL_WORKING, patient, action=text.OPEN_QUEUE)
        return None
    return patient, record


def state(record: SessionRecord) -> None:
    """Badge of the gate, and the session; with several sessions, a list to change."""
    faces = context.app().settings.facial_module_enabled
    if not record.recorded or (record.summary is not None and not faces):
        word, colour, icon = more.VISIT_BADGE, "blue", ":material/assignment:"
    elif record.summary is not None:
        word, colour, icon = GATE_WORDS[record.summary.gate.decision]
    else:
        word, colour, icon = text.JOB_STATES[record.state]
    st.badge(word, icon=icon, color=colour)
    choose(record)


def choose(record: SessionRecord) -> None:
    """The session in words; a list when the person has several that can be opened."""
    every = context.app().recordings.sessions(record.patient_id)
    usable = [other for other in every if other.state not in AT_WORK]
    labels = _labels(every)
    if len(usable) < 2:
        st.caption(labels[record.id], width="content")
        return
    ids = [other.id for other in usable]
    chosen = st.selectbox(
        text.CHOOSE_SESSION, ids, index=ids.index(record.id), format_func=labels.__getitem__,
        label_visibility="collapsed", width=255, key=f"session_{record.patient_id}",
    )  # fmt: skip
    if chosen != record.id:
        context.choose(record.patient_id, chosen)
        st.rerun()


def _labels(newest_first: Sequence[SessionRecord]) -> dict[str, str]:
    labels = {}
    for number, record in enumerate(reversed(newest_first), start=1):
        words = text.SESSION_LABEL if record.recorded else more.VISIT_LABEL
        label = words.format(number=number, when=when(record.started_at))
        if record.summary is not None:
            label = text.SESSION_LENGTH.format(
                label=label, length=clock(record.summary.source.duration_s)
            )
        labels[record.id] = label
    return labels


def _choose_among_all(title: str) -> None:
    st.title(title, anchor=False)
    alert_strip.show()
    recordings = [r for r in context.app().recordings.recent() if r.state not in AT_WORK]
    if not recordings:
        _offer(_nothing_yet(), None, text.GO_UPLOAD)
        return
    people = {patient.id: patient for patient in context.app().people.everybody()}
    with st.container(border=True):
        chosen = st.selectbox(
            text.CHOOSE_SESSION, recordings, index=None, placeholder=text.CHOOSE_HINT,
            format_func=lambda r: f"{people[r.patient_id].name}, {people[r.patient_id].code}, "
                                  f"{when(r.started_at)}, {r.source_name or more.VISIT_BADGE}",
        )  # fmt: skip
    if chosen is not None:
        context.choose(chosen.patient_id, chosen.id)
        st.rerun()


def _nothing(title: str, words: str, patient: Patient, action: str = text.GO_UPLOAD) -> None:
    """No session to show; what the person answered is shown all the same."""
    st.title(title, anchor=False)
    alert_strip.show(patient)
    newest: dict[str, Response] = {}
    for response in context.app().questionnaires.responses(patient.id):
        newest.setdefault(response.instrument, response)
    _offer(f"**{plain(patient.name)}**, {plain(patient.code)}. {words}", patient, action,
           answered=bool(newest))  # fmt: skip
    if newest:
        st.subheader(text.ANSWERED_TITLE, anchor=False)
        answers.tables(list(newest.values()))


def _nothing_of() -> str:
    faces = context.app().settings.facial_module_enabled
    return text.NO_SESSION_OF if faces else more.NO_VISIT_OF


def _nothing_yet() -> str:
    faces = context.app().settings.facial_module_enabled
    return text.NO_SESSIONS if faces else more.NO_VISITS


def _offer(
    words: str, patient: Patient | None, action: str, *, answered: bool = False
) -> None:
    """What leads on: a recording where faces are analysed, otherwise a questionnaire; a visit of
    the answers where there are any."""
    faces = context.app().settings.facial_module_enabled
    main = "secondary" if alert_strip.is_open() else "primary"
    patient_id = None if patient is None else patient.id
    with st.container(border=True):
        st.markdown(words)
        with st.container(horizontal=True):
            if faces and st.button(action, type=main, icon=":material/upload_file:"):
                context.go(context.UPLOAD, patient_id)
            if not faces and st.button(more.ASK, type=main, icon=":material/assignment:"):
                context.go(context.QUESTIONNAIRE, patient_id)
            if answered and patient is not None and action == text.GO_UPLOAD and st.button(
                more.OPEN_VISIT, help=more.OPEN_VISIT_HELP, key="open_visit"
            ):  # fmt: skip
                visit = context.app().questionnaires.open_visit(patient.id)
                context.go(context.REVIEW, patient.id, visit.id)
