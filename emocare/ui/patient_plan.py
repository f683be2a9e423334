"""The plan as the patient sees it: large, plain, and nothing of anybody else."""

from __future__ import annotations

import streamlit as st

from emocare.domain.care import Goal, Step, Visit
from emocare.domain.records import Patient
from emocare.ui import context, crisis, patient_page
from emocare.ui.text import timeline as text
from emocare.ui.wording import plain


def hand_over(patient: Patient) -> None:
    """Shows the plan of this person and nothing else until staff take the device back."""
    patient_page.hand_over(_page(), context.PLAN, patient)


def show(patient: Patient) -> None:
    """Draws what the person sees now."""
    patient_page.show(_page(), patient)


def _page() -> patient_page.PatientPage:
    return patient_page.PatientPage(
        name="plan", first=patient_page.SHOWN, draw=_plan, help=lambda: crisis.card(asked=True),
        cover=_cover, go_on=text.PATIENT_GO_ON, forget=lambda _: None,
    )  # fmt: skip


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


def appointment(visit: Visit) -> str:
    """Weekday, date and time of day: "Saturday 19 December 2026, 10:30"."""
    words = f"{visit.on:%A} {visit.on.day} {visit.on:%B %Y}"
    if visit.at is None:
        return words
    return text.PATIENT_AT.format(day=words, time=f"{visit.at:%H:%M}")


def _cover(_: Patient) -> None:
    st.title(text.PATIENT_COVERED, anchor=False)
    st.markdown(text.PATIENT_COVERED_BODY)
