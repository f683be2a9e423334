"""The log of what was done: filters, the check of its chain, a table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from emocare.domain.audit import AuditKind, AuditRow
from emocare.ui import context
from emocare.ui.text import administration as text
from emocare.ui.wording import plain

MOST = 500
"""Rows on the screen; the table to download holds all that fit the filters."""

ROW_PX, MOST_PX = 35, 480
"""A longer table scrolls inside itself."""


def show() -> None:
    """Draws the page."""
    app = context.app()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(gap="xxsmall", width="stretch"):
            st.title(text.LOG, anchor=False)
            st.caption(text.LOG_SAID)
        check = st.button(text.VERIFY, icon=":material/verified:")
    if check:
        _verify()
    rows = app.audit.rows()
    names = {f"account {a.id}": a.login for a in app.accounts.everybody()}
    found = _chosen(rows, names)
    if not found:
        st.caption(text.NOTHING)
        return
    st.caption(text.SHOWN.format(shown=min(len(found), MOST), count=len(found)))
    newest = found[::-1]
    st.dataframe(table(newest[:MOST], names).iloc[:, :6], hide_index=True, width="stretch",
                 height=min(MOST_PX, ROW_PX * (len(found) + 1) + 3))  # fmt: skip
    st.download_button(text.EXPORT, table(found, names).to_csv(index=False).encode(),
                       "emocare-log.csv", "text/csv", icon=":material/download:")  # fmt: skip


def _verify() -> None:
    verified = context.app().audit.verify()
    for one in verified.restores:
        st.info(plain(one.sentence), icon=":material/settings_backup_restore:")
    if not verified.findings:
        st.success(text.VERIFIED.format(rows=verified.rows, head=verified.head),
                   icon=":material/verified:")  # fmt: skip
        return
    lines = "\n".join(f"* {plain(one.fault)}" for one in verified.findings[:20])
    st.error(f"{text.FAULTS}\n\n{lines}", icon=":material/gpp_bad:")


def _chosen(rows: Sequence[AuditRow], names: dict[str, str]) -> list[AuditRow]:
    """The rows that fit what is chosen above the table."""
    everybody = sorted({row.entry.who for row in rows}, key=lambda who: names.get(who, who))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox(text.WHO, [text.ALL, *everybody], width=260,
                           format_func=lambda one: _named(one, names))  # fmt: skip
        kind = st.selectbox(text.KIND, [text.ALL, *AuditKind], width=200)
        record = st.text_input(text.RECORD, placeholder=text.RECORD_HELP, width=260).strip()
    return [
        row for row in rows
        if who in (text.ALL, row.entry.who) and kind in (text.ALL, row.entry.kind)
        and record in row.entry.record
    ]  # fmt: skip


def table(rows: Sequence[AuditRow], names: dict[str, str]) -> pd.DataFrame:
    """The rows with the sign-in names of who did it, as they are now.

    Args:
        names: How the log names an account -> its sign-in name.
    """
    content = [
        (row.number, f"{datetime.fromtimestamp(row.entry.at_us / 1e6, UTC):%Y-%m-%d %H:%M:%S}",
         _named(row.entry.who, names), str(row.entry.kind), row.entry.what, row.entry.record,
         row.previous, row.hash)
        for row in rows
    ]  # fmt: skip
    return pd.DataFrame(content, columns=list(text.LOG_COLUMNS))


def _named(who: str, names: dict[str, str]) -> str:
    account, comma, more = who.partition(",")
    return f"{names.get(account, account)}{comma}{more}"
