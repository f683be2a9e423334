"""Timeline: one person's change over the visits, the therapy history, and the plan."""

from emocare.ui import context

context.require(context.CLINICIAN)

import streamlit as st

from emocare.ui import (
    care_forms,
    care_parts,
    consent_record,
    course_parts,
    frame,
    journal_parts,
    plan_parts,
)
from emocare.ui.text import timeline as text

patient = course_parts.person()
if patient is not None:
    blind_first = context.app().settings.blind_first
    course = context.app().courses.of(patient.id, blind_first=blind_first)
    with frame.patient_bar(patient, course.consent):
        if st.button(text.ADD_TREATMENT, icon=":material/medication:", key="add_treatment"):
            care_forms.add_dialog(patient, course.treatments)
        if st.button(text.PLAN_VISIT, icon=":material/event:", key="plan_visit"):
            care_forms.visit_dialog(patient)
    with frame.guard():
        if course.empty:
            course_parts.empty(patient)
        else:
            known = course_parts.forms(course)
            course_parts.metrics(course, known)
            since = course_parts.head(patient, course)
            course_parts.chart(course, known, since)
    with frame.guard():
        care_parts.show(patient, course)
        plan_parts.keep(patient)
        consent_record.show(patient)
        journal_parts.show(patient)
