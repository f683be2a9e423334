"""Signing out: the browser asks the gate, so that the cookie goes too, and leaves."""

from emocare.ui import context

context.require(context.CLINICIAN, context.IN_CARE, context.ADMINISTRATOR)

import streamlit as st

from emocare.ui.text import sign_in as text

st.caption(text.SIGNING_OUT)
st.html(
    "<script>fetch('/sign-out', {method: 'POST'})"
    ".then(() => window.location.replace('/sign-in?why=out'))</script>",
    unsafe_allow_javascript=True,
)
