"""Retention on the page Data: what is past its time, and removing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from emocare.domain.data_life import DataClass, Expired
from emocare.ui import confirm, context
from emocare.ui.account_parts import done
from emocare.ui.data_said import said, say
from emocare.ui.text import data as text
from emocare.ui.wording import day


def show() -> None:
    """Draws the part."""
    said()
    app = context.app()
    found = app.data_life.expired()
    st.subheader(text.RETENTION, anchor=False)
    st.caption(text.RETENTION_SAID)
    days = {kind: getattr(app.settings, f"keep_{kind.value}_days") for kind in DataClass}
    st.dataframe(table(days, found), hide_index=True, width="stretch", placeholder="")
    st.caption(text.RETENTION_EXCEPT)
    count = sum(one.items for one in found)
    if not count:
        st.markdown(text.NOTHING_PAST if found else text.ALL_KEPT)
        return
    with st.form("retention_remove", enter_to_submit=False):
        sure = st.checkbox(text.REMOVE_SURE.format(count=count))
        password = confirm.field("retention_password")
        if not st.form_submit_button(text.REMOVE, icon=":material/delete_forever:"):
            return
    if not sure:
        st.error(text.TICK_FIRST, icon=":material/error:")
        return
    removed: list[Expired] = []

    def remove() -> None:
        confirm.given(password, "data_life.remove_expired")
        removed.extend(app.data_life.remove_expired())

    if done(remove):
        what = ", ".join(
            text.REMOVED_ONE.format(count=one.items, what=text.CLASSES[one.kind].lower())
            for one in removed
        )
        say(text.REMOVED.format(what=what) if removed else text.NOTHING_PAST)


def table(days: Mapping[DataClass, int], found: Sequence[Expired]) -> pd.DataFrame:
    """One row for each class of data.

    Args:
        days: For how long each is kept; 0 is for ever.
        found: What is past its time, of the classes that have one.
    """
    past = {one.kind: one for one in found}
    rows = []
    for kind in DataClass:
        one = past.get(kind)
        kept = text.DAYS.format(count=days[kind]) if days[kind] else text.FOR_EVER
        rows.append((
            text.CLASSES[kind], f"keep_{kind.value}_days", kept,
            "" if one is None else day(one.before), None if one is None else one.items,
            None if one is None else one.people,
        ))  # fmt: skip
    columns = list(text.RETENTION_COLUMNS)
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[-2:], "Int64"))
