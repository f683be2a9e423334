"""Patients: what needs the clinician now, and a person found in two seconds."""

from emocare.ui import context

context.require(context.CLINICIAN)

import streamlit as st

from emocare.ui import alert_strip, demo, emergency, frame, home, start_notice, text

people = context.app().people
everybody = people.overview()
steps = people.next_steps(len(everybody) * 4 + 4, everybody).items

with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(gap="xxsmall", width="stretch"):
        st.title(text.PATIENTS, anchor=False)
        st.caption(home.day_line(len(everybody)))
    if everybody:
        home.title_actions()
alert_strip.show()
demo.cards()
start_notice.show()

if not everybody:
    home.empty(people)
else:
    home.step_cards(steps, everybody)
    with frame.guard():
        home.patient_table(everybody, steps)

emergency.offer()
