"""The plan as the patient sees it: large, plain, and nothing of anybody else."""

from __future__ import annotations

import streamlit as st

from emocare.domain.care import Goal, Step, Visit
from emocare.domain.records import Patient
from emocare.ui import context, crisis, kiosk_state
from emocare.ui.text import timeline as text
from emocare.ui.wording import plain

STAGE = "plan_stage"
SHOWN, COVERED, CRISIS = "shown", "covered", "crisis"
WATCH_S = 3.0
"""How often the pause is looked at."""


def hand_over(patient: Patient) -> None:
    """Shows the plan of this person and nothing else until staff take the device back."""
    st.session_state[STAGE] = SHOWN
    kiosk_state.start()
    context.go(context.PLAN, patient.id, **{kiosk_state.FLAG: "1"})


def show(patient: Patient) -> None:
    """Draws what the person sees now."""
    if not kiosk_state.running():
        # Opened by its address: from the next run on there is no navigation.
        kiosk_state.start()
        st.rerun()
    stage = st.session_state.get(STAGE, SHOWN)
    if stage != COVERED and kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        stage = st.session_state[STAGE] = COVERED
    elif stage != COVERED:
        kiosk_state.touch()
    kiosk_state.keep()
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        {SHOWN: _plan, COVERED: _covered, CRISIS: _crisis}[stage](patient)
    if stage != COVERED:
        _watch()


@st.fragment(run_every=WATCH_S)
def _watch() -> None:
    if kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        st.rerun()


def _plan(patient: Patient) -> None:
    plan = context.app().care.plan(patient.id)
    with st.container(key="question"):
        st.title(text.PATIENT_PLAN, anchor=False)
    if plan.next_visit is not None:
        with st.container(border=True):
            st.caption(text.PATIENT_NEXT)
            st.header(appointment(plan.next_visit), anchor=False)
    for goal in plan.goals:
        content = goal.entry.content
        if not isinstance(content, Goal):
            continue
        with st.container(border=True):
            st.header(plain(content.text), anchor=False)
            if content.done_on is not None:
                st.markdown(text.PATIENT_GOAL_DONE)
            for step in goal.steps:
                if isinstance(step.content, Step):
                    form = text.STEP_OPEN if step.content.done_on is None else text.STEP_DONE
                    st.markdown(form.format(text=plain(step.content.text)))
    if not plan.goals and plan.next_visit is None:
        st.markdown(text.PATIENT_NOTHING)
    _foot()


def appointment(visit: Visit) -> str:
    """Weekday, date and time of day: "Saturday 19 December 2026, 10:30"."""
    words = f"{visit.on:%A} {visit.on.day} {visit.on:%B %Y}"
    if visit.at is None:
        return words
    return text.PATIENT_AT.format(day=words, time=f"{visit.at:%H:%M}")


def _foot() -> None:
    st.space("small")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.PATIENT_BACK, type="primary", icon=":material/pan_tool:",
                     key="plan_back"):  # fmt: skip
            _to(COVERED)
        st.space("stretch")
        if st.button(text.PATIENT_HELP, type="tertiary", icon=":material/call:", key="plan_help"):
            _to(CRISIS)


def _crisis(patient: Patient) -> None:
    if crisis.card(asked=True):
        _to(SHOWN)


def _covered(patient: Patient) -> None:
    with st.container(border=True):
        st.title(text.PATIENT_COVERED, anchor=False)
        st.markdown(text.PATIENT_COVERED_BODY)
        with st.container(horizontal=True):
            if st.button(text.PATIENT_GO_ON, type="primary", key="plan_on"):
                kiosk_state.touch()
                _to(SHOWN)
            if st.button(text.PATIENT_LEAVE, key="plan_leave"):
                st.session_state.pop(STAGE, None)
                kiosk_state.leave()
                context.go(context.TIMELINE, patient.id)


def _to(stage: str) -> None:
    st.session_state[STAGE] = stage
    st.rerun()
