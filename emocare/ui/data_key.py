"""The key on the page Data: where it lies, the recovery key, how to change it."""

from __future__ import annotations

import streamlit as st

from emocare.services.vault import ENDING, KeyState
from emocare.ui import context
from emocare.ui.account_parts import done
from emocare.ui.data_said import said, say
from emocare.ui.text import data as text
from emocare.ui.wording import plain, when


def show() -> None:
    """Draws the part."""
    said()
    state = context.app().vault.state()
    left, right = st.columns(2, gap="medium")
    with left:
        _facts(state)
    with right:
        _changing()
    _recovery(state)


def _facts(state: KeyState) -> None:
    written = text.NONE_YET if state.written_at is None else when(state.written_at)
    with st.container(border=True, gap="xsmall"):
        st.subheader(text.KEY, anchor=False)
        values = (state.id, state.holder.value, written, str(state.former))
        for name, value in zip(text.KEY_FACTS, values, strict=True):
            st.markdown(f"{name}: **{plain(value)}**")
        st.caption(text.KEEPERS[state.holder])
        st.markdown(f"{text.KEY_FOLDER}:")
        st.code(str(state.folder.resolve()), language=None)


def _recovery(state: KeyState) -> None:
    if state.recovery_file is None:
        st.info(text.RECOVERY_GONE, icon=":material/description:")
        return
    with st.container(border=True, gap="small"):
        st.warning(text.RECOVERY_LIES, icon=":material/print:")
        st.code(str(state.recovery_file.resolve()), language=None)
        with st.form("key_printed", border=False, enter_to_submit=False):
            ending = st.text_input(text.ENDING.format(count=ENDING), help=text.ENDING_HELP,
                                   max_chars=20, width=320, autocomplete="off")  # fmt: skip
            sure = st.checkbox(text.SURE_PRINTED)
            if not st.form_submit_button(text.PRINTED, icon=":material/delete_forever:"):
                return
    if not sure:
        st.error(text.TICK_FIRST, icon=":material/error:")
    elif done(lambda: context.app().vault.printed(ending)):
        say(text.PRINTED_DONE)


def _changing() -> None:
    with st.container(border=True, gap="xsmall"):
        st.subheader(text.ROTATE, anchor=False)
        st.markdown(text.ROTATE_SAID)
        st.code(text.ROTATE_COMMAND, language=None)
        st.caption(text.ROTATE_THEN)
        st.markdown(text.MOVE_SAID)
        st.code(text.MOVE_COMMAND, language=None)
