"""Report: read what will be filed, then sign it."""

from emocare.ui import context

context.require(context.CLINICIAN)

import streamlit as st

from emocare.ui import frame, report_parts, review_parts, sessions, text

picked = sessions.pick(text.REPORT_TITLE)
if picked is not None and review_parts.is_blind(picked[1]):
    report_parts.blind(*picked)
elif picked is not None:
    patient, record = picked
    bar = frame.patient_bar(patient, record.consent)
    left, right = st.columns([8, 5], gap="medium")
    with left:
        shown = report_parts.preview(record)
    filed = context.app().reports.current(record.id)
    with bar:
        report_parts.state(filed)
        sessions.choose(record)
    with right, frame.guard():
        report_parts.checks(record, filed)
        report_parts.signing(record, filed)
        if shown is not None:
            report_parts.downloads(patient, record, shown)
        report_parts.older(record)
