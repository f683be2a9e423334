"""The plan as the clinician keeps it: goals in the patient's words, and small steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import streamlit as st

from emocare.domain.care import CareEntry, Goal, Step
from emocare.domain.errors import EmoCareError
from emocare.domain.records import Patient
from emocare.services.care import PlannedGoal
from emocare.ui import care_forms, context, patient_journal, patient_plan
from emocare.ui.text import journal
from emocare.ui.text import timeline as text
from emocare.ui.wording import plain


def keep(patient: Patient) -> None:
    """Goals and steps as the clinician keeps them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.PLAN, anchor=False, width="content")
        st.space("stretch")
        if st.button(text.PLAN_SHOW, icon=":material/visibility:", key="plan_show"):
            patient_plan.hand_over(patient)
        if st.button(journal.OPEN, icon=":material/edit_note:", key="journal_open"):
            patient_journal.hand_over(patient)
    plan = context.app().care.plan(patient.id)
    with st.container(border=True):
        if not plan.goals:
            st.caption(text.PLAN_EMPTY)
        for goal in plan.goals:
            _goal(patient, goal)
        words = st.text_input(text.PLAN_GOAL, max_chars=300, key=f"goal_new_{len(plan.goals)}")
        if words.strip():
            _add(patient, Goal(words.strip()))


def _goal(patient: Patient, goal: PlannedGoal) -> None:
    content = goal.entry.content
    if not isinstance(content, Goal):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        ticked = st.checkbox(f"**{plain(content.text)}**", value=content.done_on is not None,
                             width="content",
                             key=f"done_{goal.entry.id}_{goal.entry.version}")  # fmt: skip
        if ticked != (content.done_on is not None):
            _change(goal.entry, Goal(content.text, _today() if ticked else None))
        if goal.steps:
            done = sum(isinstance(s.content, Step) and s.content.done_on is not None
                       for s in goal.steps)  # fmt: skip
            st.caption(text.PLAN_STEPS.format(done=done, count=len(goal.steps)), width="content")
        st.space("stretch")
        _edit(goal.entry)
    for entry in goal.steps:
        step = entry.content
        if not isinstance(step, Step):
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.space("small")
            ticked = st.checkbox(plain(step.text), value=step.done_on is not None,
                                 width="content",
                                 key=f"done_{entry.id}_{entry.version}")  # fmt: skip
            if ticked != (step.done_on is not None):
                _change(entry, Step(step.goal_id, step.text, _today() if ticked else None))
            st.space("stretch")
            _edit(entry)
    with st.container(horizontal=True):
        st.space("small")
        words = st.text_input(text.PLAN_STEP, max_chars=300, label_visibility="collapsed",
                              placeholder=text.PLAN_STEP, width=420,
                              key=f"step_new_{goal.entry.id}_{len(goal.steps)}")  # fmt: skip
    if words.strip():
        _add(patient, Step(goal.entry.id, words.strip()))


def _edit(entry: CareEntry) -> None:
    if st.button("", icon=":material/edit:", type="tertiary", key=f"edit_{entry.id}",
                 help=text.EDIT):  # fmt: skip
        care_forms.edit_dialog(entry)


def _add(patient: Patient, content: Goal | Step) -> None:
    _store(lambda: context.app().care.add(patient.id, content))


def _change(entry: CareEntry, content: Goal | Step) -> None:
    _store(lambda: context.app().care.change(entry, content))


def _store(action: Callable[[], object]) -> None:
    try:
        action()
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


def _today() -> date:
    return datetime.now().date()
