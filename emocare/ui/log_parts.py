"""The log of what was done: filters, the check of its chain, pages of it, a table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd
import streamlit as st

from emocare.domain.audit import AuditFilter, AuditKind, AuditRow
from emocare.services.audit import Audit
from emocare.services.exports import FORMULA_STARTS
from emocare.ui import context
from emocare.ui.text import administration as text
from emocare.ui.text import entry as more
from emocare.ui.wording import plain

SIZES = (50, 100, 250, 500)
"""Rows on a page of the log; the table to download holds all that fit the filters."""

ROW_PX, MOST_PX = 35, 480
"""A longer table scrolls inside itself."""


def show() -> None:
    """Draws the page."""
    # Taken once: the file is made outside of a run of the page.
    audit, accounts = context.app().audit, context.app().accounts
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(gap="xxsmall", width="stretch"):
            st.title(text.LOG, anchor=False)
            st.caption(text.LOG_SAID)
        check = st.button(text.VERIFY, icon=":material/verified:")
    if check:
        _verify()
    names = {f"account {a.id}": a.login for a in accounts.everybody()}
    wanted = _wanted(names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.container(width="stretch")
        size = st.selectbox(more.PER_PAGE, SIZES, width=140, key="log_size")
        number = st.number_input(more.PAGE, min_value=1, width=140, key=f"log_page_{wanted}_{size}")
    found = audit.page(wanted, number, size)
    if not found.rows and number > 1:
        number = max(1, -(-found.count // size))
        found = audit.page(wanted, number, size)
    if not found.rows:
        place.caption(text.NOTHING)
        return
    first = (number - 1) * size + 1
    with place:
        st.caption(more.SHOWN.format(first=first, last=first + len(found.rows) - 1,
                                     count=found.count))  # fmt: skip
        st.download_button(more.PREPARE, lambda: csv(audit, wanted, names), "emocare-log.csv",
                           "text/csv", icon=":material/download:", on_click="ignore")  # fmt: skip
    st.dataframe(table(found.rows, names).iloc[:, :6], hide_index=True, width="stretch",
                 height=min(MOST_PX, ROW_PX * (len(found.rows) + 1) + 3))  # fmt: skip


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


def _wanted(names: dict[str, str]) -> AuditFilter:
    """What is chosen above the table."""
    everybody = sorted(context.app().audit.everybody(), key=lambda who: names.get(who, who))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox(text.WHO, [text.ALL, *everybody], width=220, key="log_who",
                           format_func=lambda one: _named(one, names))  # fmt: skip
        kind = st.selectbox(text.KIND, [text.ALL, *AuditKind], width=160, key="log_kind")
        record = st.text_input(text.RECORD, placeholder=text.RECORD_HELP, width=200,
                               max_chars=80, key="log_record").strip()  # fmt: skip
        start = st.date_input(more.FROM, None, format="YYYY-MM-DD", width=145, key="log_from")
        end = st.date_input(more.TO, None, format="YYYY-MM-DD", width=145, key="log_to")
    return AuditFilter(
        "" if who == text.ALL else who, "" if kind == text.ALL else str(kind), record,
        None if start is None else _us(start), None if end is None else _us(end, days=1),
    )  # fmt: skip


def _us(day: date, days: int = 0) -> int:
    """Midnight UTC of a day, and some days later, in microseconds since 1970."""
    return int((datetime.combine(day, time(), UTC) + timedelta(days=days)).timestamp() * 1e6)


def csv(audit: Audit, wanted: AuditFilter, names: dict[str, str]) -> bytes:
    """Every row that fits, as a file for a spreadsheet."""
    content = table(audit.chosen(wanted), names)
    for column in content.columns:
        if column != text.LOG_COLUMNS[0]:
            content[column] = content[column].map(safe)
    return content.to_csv(index=False).encode("utf-8-sig")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    begins = cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)
    return f"'{cell}" if begins else cell


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
    account, comma, more_said = who.partition(",")
    return f"{names.get(account, account)}{comma}{more_said}"
