"""The sequence networks on the page Evidence: a table of what was measured of each."""

from __future__ import annotations

import streamlit as st

from emocare.services.evidence_sequence import MeasuredRow, SequenceSheet
from emocare.ui import context, evidence_parts
from emocare.ui import text as common
from emocare.ui.text import sequence as text
from emocare.ui.wording import fingerprint, number, plain


def networks() -> None:
    """Every sequence network that is installed; nothing where there is none."""
    sheets = context.app().evidence.sequences()
    if not sheets:
        return
    st.subheader(text.EVIDENCE_TITLE, anchor=False)
    st.caption(text.TRAINED)
    for sheet in sheets:
        _network(sheet)


def _network(sheet: SequenceSheet) -> None:
    engine = sheet.engine
    with st.container(border=True, key=f"network_{engine.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{text.EVIDENCE_NAMES.get(engine.id, plain(engine.id))}**",
                        width="content")  # fmt: skip
            st.caption(text.EVIDENCE_ENGINE.format(
                id=plain(engine.id), version=engine.version, print=fingerprint(engine.sha256)),
                width="content")  # fmt: skip
            st.space("stretch")
            if st.button(common.EVIDENCE_CARD, icon=":material/article:", key=f"card_{engine.id}",
                         disabled=not sheet.card):  # fmt: skip
                evidence_parts.card(engine, sheet.card)
        if not sheet.rows:
            st.markdown(text.EVIDENCE_NONE)
        else:
            lines = [_line(row) for row in sheet.rows]
            st.table({name: [line[i] for line in lines]
                      for i, name in enumerate(text.EVIDENCE_COLUMNS)},
                     hide_index=True, alt=text.EVIDENCE_ALT.format(id=engine.id))  # fmt: skip
        if sheet.limits:
            st.markdown(f"**{common.EVIDENCE_CANNOT}**")
            st.markdown("\n".join(f"* {plain(limit)}" for limit in sheet.limits))


def _line(row: MeasuredRow) -> tuple[str, str, str, str]:
    value = row.value if isinstance(row.value, str) else figure(row.value)
    interval = ""
    if row.low is not None and row.high is not None:
        interval = text.EVIDENCE_INTERVAL.format(low=figure(row.low), high=figure(row.high))
    return plain(row.what), plain(value), interval, plain(row.note)


def figure(value: float) -> str:
    """A figure with about three digits that count: "0.812", "86.7", "1,204"."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return number(value, 1 if abs(value) >= 10 else 3)
