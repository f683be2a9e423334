"""The journal on the clinician's side: what the patient shows, and how much is not shown."""

from __future__ import annotations

import streamlit as st

from emocare.domain.consent import Use
from emocare.domain.records import Patient
from emocare.ui import context
from emocare.ui.text import consent as consent_text
from emocare.ui.text import journal as text
from emocare.ui.wording import day

SHOWN = 5
"""Entries before the clinician asks for all."""


def show(patient: Patient) -> None:
    """Draws the entries that the patient shows, newest first; never a word of the others."""
    journal = context.app().journal
    entries, hidden = journal.shared_entries(patient.id), journal.unshared_count(patient.id)
    st.subheader(text.SECTION, anchor=False)
    with st.container(border=True):
        closed = Use.JOURNAL in context.app().consents.standing(patient.id).withdrawn
        if closed:
            st.caption(consent_text.JOURNAL_WITHDRAWN)
        elif not entries:
            st.caption(text.NONE_SHOWN)
        every = len(entries) > SHOWN and st.toggle(
            text.MORE.format(count=len(entries)), key=f"journal_every_{patient.id}"
        )
        for entry in entries if every else entries[:SHOWN]:
            st.markdown(f"**{day(entry.day)}**")
            st.text(entry.text)
        if hidden:
            st.caption(text.NOT_SHOWN[hidden != 1].format(count=hidden))
        st.caption(text.NO_MATCH)
