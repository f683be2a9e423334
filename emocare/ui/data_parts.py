"""The page Data: one part at a time, so that each is drawn at once."""

from __future__ import annotations

import streamlit as st

from emocare.ui import data_backups, data_erasure, data_key, data_retention
from emocare.ui.text import data as text

SHOWN = dict(zip(text.PARTS, (data_backups.show, data_key.show, data_retention.show,
                              data_erasure.show), strict=True))  # fmt: skip


def show() -> None:
    """Draws the page."""
    with st.container(gap="xxsmall"):
        st.title(text.TITLE, anchor=False)
        st.caption(text.SAID)
    part = st.segmented_control(text.PART_LABEL, text.PARTS, default=text.PARTS[0], required=True,
                                label_visibility="collapsed", key="data_part")  # fmt: skip
    SHOWN[part]()
