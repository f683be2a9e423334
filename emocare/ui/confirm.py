"""The password once more, beside buttons that a workstation left open must not offer."""

from __future__ import annotations

import streamlit as st

from emocare.ui import context
from emocare.ui.text import entry as text

NUMBER = "confirm_number"
"""Where the browser session counts what was confirmed: each proof empties the fields, so that
nobody finds the password still typed in."""


def field(key: str, said: str = text.AGAIN_HELP) -> str:
    """The field for the password or the code; nothing where none is asked for.

    Args:
        key: Of the field.
        said: Why it is asked for.

    Returns:
        What was typed.
    """
    own = context.app().own_account
    if not own.must_confirm:
        return ""
    label = text.AGAIN if own.get().code_secret is None else text.AGAIN_OR_CODE
    typed: str = st.text_input(label, type="password", autocomplete="current-password", help=said,
                               key=f"{key}_{st.session_state.get(NUMBER, 0)}",
                               max_chars=300)  # fmt: skip
    return typed


def given(typed: str, name: str) -> None:
    """Proves who is there for the call that follows.

    Args:
        typed: What stands in the field; with nothing in it an earlier proof has to hold.
        name: Of the function in the table of who may do what.

    Raises:
        AccessDenied: The password is wrong, or was tried too often.
    """
    own = context.app().own_account
    if own.must_confirm and typed:
        own.confirm(typed, name)
        st.session_state[NUMBER] = st.session_state.get(NUMBER, 0) + 1
