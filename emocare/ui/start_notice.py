"""What the last start found, once, quietly: a closed line that opens into the details."""

from __future__ import annotations

import streamlit as st

from emocare.ui import context
from emocare.ui.text import startup as text
from emocare.ui.wording import plain


def show() -> None:
    """Draws nothing when there was nothing, or somebody has closed it."""
    found = context.app().startup.notice()
    if not found:
        return
    waiting = sum(not one.repaired for one in found)
    words = text.TITLE_OPEN if waiting else text.TITLE_DONE
    count = waiting or len(found)
    icon = ":material/build_circle:" if waiting else ":material/task_alt:"
    with st.expander(words[count != 1].format(count=count), icon=icon):
        for one in found:
            mark = text.PUT_RIGHT if one.repaired else text.TO_DO
            st.markdown(f"{mark} {plain(f'{one.what} {one.remedy}'.strip())}")
        if not waiting:
            st.caption(text.KEPT)
        st.button(text.CLOSE, key="start_notice_close", on_click=context.app().startup.seen)
