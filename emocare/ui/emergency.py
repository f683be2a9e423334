"""Opening somebody else's patient in an emergency, with a reason that is read later."""

from __future__ import annotations

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.ui import confirm, context
from emocare.ui.text import administration as text
from emocare.ui.wording import plain


def offer() -> None:
    """Draws the form where there is anybody who is not in one's care; nothing otherwise."""
    if not context.app().assignments.hides_somebody():
        return
    with st.expander(text.EMERGENCY, icon=":material/e911_emergency:"), st.form(
        "emergency", border=False, enter_to_submit=False
    ):
        st.caption(text.EMERGENCY_SAID)
        code = st.text_input(text.EMERGENCY_CODE, max_chars=60, width=260)
        reason = st.text_area(text.EMERGENCY_REASON, max_chars=1000, height=96)
        typed = confirm.field("emergency_password")
        if st.form_submit_button(text.EMERGENCY_OPEN, icon=":material/lock_open:"):
            _open(code, reason, typed)


def _open(code: str, reason: str, typed: str) -> None:
    try:
        confirm.given(typed, "assignments.open_in_emergency")
        patient = context.app().assignments.open_in_emergency(code, reason)
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    context.go(context.TIMELINE, patient.id)
