"""Evidence: how far to trust the engine, beside its results and not in a brochure."""

from emocare.ui import context

context.require(context.CLINICIAN, context.ADMINISTRATOR)

import streamlit as st

from emocare.ui import evidence_parts, evidence_sequence, frame, theme

test = context.app().evidence.self_test()
sheet = evidence_parts.sheet_or_fault(test)
if sheet is not None:
    evidence_parts.head(sheet, test)
    colours = theme.palette()
    left, right = st.columns([7, 5], gap="medium")
    with left, frame.guard():
        evidence_parts.estimates(sheet.measured, colours)
        evidence_parts.groups(sheet, colours)
        evidence_parts.conditions(sheet.measured, colours)
    with right, frame.guard():
        evidence_parts.calibration(sheet.measured, colours)
        evidence_parts.limits(sheet)
    with frame.guard():
        evidence_sequence.networks()
