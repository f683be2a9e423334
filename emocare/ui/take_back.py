"""Between the patient's hands and the staff's: nothing is shown until the password is right."""

from __future__ import annotations

import streamlit as st

from emocare.domain.errors import AccessDenied
from emocare.ui import account_parts, context
from emocare.ui.text import entry as text
from emocare.ui.wording import plain


def wanted() -> bool:
    """Whether the device has to be taken back before another page is shown; takes it back at
    once where no password is asked for."""
    if context.handed_to() is None:
        return False
    if context.app().own_account.must_confirm:
        return True
    context.take_back("")
    return False


def show() -> None:
    """Draws the question for the password in place of a page."""
    st.space("large")
    with st.columns([1, 2, 1])[1], st.container(border=True):
        st.title(text.BACK_TITLE, anchor=False)
        st.markdown(text.BACK_SAID.format(login=plain(context.known().account.login)))
        with st.form("take_back", border=False):
            coded = context.known().account.code_secret is not None
            typed = st.text_input(text.AGAIN_OR_CODE if coded else text.AGAIN, type="password",
                                  autocomplete="current-password", max_chars=300,
                                  key="take_back_password")  # fmt: skip
            pressed = st.form_submit_button(text.BACK, type="primary",
                                            icon=":material/lock_open:")  # fmt: skip
        if st.button(text.BACK_OUT, type="tertiary", icon=":material/logout:",
                     key="take_back_out"):  # fmt: skip
            context.house().entrance.sign_out(context.token())
            account_parts.leave()
        if pressed:
            _take(typed)


def _take(typed: str) -> None:
    try:
        context.take_back(typed)
    except AccessDenied as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()
