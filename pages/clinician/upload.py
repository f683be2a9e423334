"""Upload: whose video, what was agreed, which part of the picture, and the queue."""

from emocare.ui import context

context.require(context.CLINICIAN)

import streamlit as st

from emocare.ui import alert_strip, consent, frame, queue, text, upload_form

patient = context.current_patient()
st.title(text.UPLOAD, anchor=False)
alert_strip.show(patient)
top = st.container()

clips: list[upload_form.Clip] = []
left, right = st.columns([14, 11], gap="medium")
with left, frame.guard():
    consent.notice()
    patient = upload_form.choose_patient(patient)
with right, frame.guard():
    agreed = consent.ask(upload_form.round_key(), patient)
    with left, frame.guard():
        clips = upload_form.choose_clips(patient, agreed)
        if clips:
            upload_form.choose_regions(clips)
    if upload_form.start_button(patient, clips, agreed):
        upload_form.submit(patient, clips, agreed)
        st.rerun()

st.subheader(text.QUEUE, anchor=False)
queue.show(top, main=not clips)
