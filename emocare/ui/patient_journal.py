"""The journal in the hands of the patient: writing, one's own entries, the crisis card."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

from emocare.domain.consent import Use
from emocare.domain.errors import EmoCareError
from emocare.domain.journal import TEXT_LIMIT, JournalEntry
from emocare.domain.records import Patient
from emocare.ui import context, crisis, patient_page
from emocare.ui import text as common
from emocare.ui.kiosk import TO_THE_TOP
from emocare.ui.text import consent as consent_text
from emocare.ui.text import journal as text
from emocare.ui.wording import day, local, plain

SHOWN = 20
"""Entries before the patient asks for all."""
CARD, SURE, ALL, NUMBER, KEPT, SAID = (
    "journal_card", "journal_sure", "journal_all", "journal_number", "journal_kept", "journal_said"
)  # fmt: skip
"""Where the browser session keeps whose entry shows the card, which is to be deleted, whether all
are listed, how many were written, by person what is not saved yet, and what is said once."""


def hand_over(patient: Patient) -> None:
    """Closes the journal of this person and shows nothing else until staff take it back."""
    patient_page.hand_over(_page(), context.JOURNAL, patient)


def show(patient: Patient) -> None:
    """Draws what the person sees now."""
    patient_page.show(_page(), patient)


def _page() -> patient_page.PatientPage:
    return patient_page.PatientPage(
        name="journal", first=patient_page.COVERED, draw=_journal, help=_help, cover=_cover,
        go_on=text.OPEN_MINE, forget=_forget,
    )  # fmt: skip


def _journal(patient: Patient) -> None:
    _card(patient)
    with st.container(key="question"):
        st.title(text.TITLE, anchor=False)
    st.markdown(f"**{text.NOT_WATCHED}** {text.HOW}")
    _write(patient)
    _entries(patient)


def _card(patient: Patient) -> None:
    """The crisis card over everything else, until the person has answered it."""
    whose, entry_id = st.session_state.get(CARD, (None, None))
    if whose != patient.id:
        return
    st.html(TO_THE_TOP, unsafe_allow_javascript=True)
    with crisis.shown(text.CARD_WRITTEN):
        told = st.button(common.CRISIS_TOLD, type="primary", key="journal_told",
                         icon=":material/record_voice_over:")  # fmt: skip
        not_me = st.button(text.NOT_ABOUT_ME, key="journal_not_me")
        on = st.button(text.BACK, key="journal_card_on")
    if not_me:
        context.app().journal.not_about_me(patient.id, entry_id)
        st.session_state[SAID] = text.NOTED
    if told or not_me or on:
        del st.session_state[CARD]
        st.rerun()


def _write(patient: Patient) -> None:
    number = st.session_state.get(NUMBER, 0)
    kept_words, kept_shared = st.session_state.get(KEPT, {}).get(patient.id, ("", False))
    field, tick = f"journal_text_{patient.id}_{number}", f"journal_share_{patient.id}_{number}"
    # Only where they are new: a value set while the person types would take the place of theirs.
    st.session_state.setdefault(field, kept_words)
    st.session_state.setdefault(tick, kept_shared)
    words = st.text_area(text.MIND, height=200, max_chars=TEXT_LIMIT, key=field)
    closed = Use.JOURNAL in context.app().consents.standing(patient.id).withdrawn
    shared = st.checkbox(text.SHARE, key=tick, disabled=closed) and not closed
    if closed:
        st.caption(consent_text.JOURNAL_CLOSED)
    st.session_state[KEPT] = {patient.id: (words, shared)}
    _keep_typed()(key="journal_keep")
    if st.button(text.SAVE, type="primary", icon=":material/save:",
                 key=f"journal_save_{number}"):  # fmt: skip
        _save(patient, words, shared)
    if said := st.session_state.pop(SAID, ""):
        st.success(said, icon=":material/check_circle:")


def _save(patient: Patient, words: str, shared: bool) -> None:
    try:
        written = context.app().journal.write(patient.id, words, shared)
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state.pop(KEPT, None)
    st.session_state[NUMBER] = st.session_state.get(NUMBER, 0) + 1
    if written.show_crisis_card:
        st.session_state[CARD] = (patient.id, written.entry.id)
    else:
        st.session_state[SAID] = text.SAVED
    st.rerun()


@cache
def _keep_typed() -> Callable[..., object]:
    """Sends what is being typed while the person goes on typing."""
    script = Path(__file__).with_name("journal_keep.js").read_text(encoding="utf-8")
    return st.components.v2.component("emocare_journal_keep", js=script)


def _entries(patient: Patient) -> None:
    st.subheader(text.EARLIER, anchor=False)
    entries = context.app().journal.entries(patient.id)
    if not entries:
        st.markdown(text.EMPTY)
    listed = entries if st.session_state.get(ALL) else entries[:SHOWN]
    for entry in listed:
        _entry(patient, entry)
    if len(listed) < len(entries) and st.button(
        text.SHOW_ALL.format(count=len(entries)), key="journal_all_go"
    ):
        st.session_state[ALL] = True
        st.rerun()


def _entry(patient: Patient, entry: JournalEntry) -> None:
    at = f"{day(entry.day)}, {local(entry.written_at):%H:%M}"
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{at}**", width="content")
            st.badge(text.SHARED if entry.shared else text.PRIVATE,
                     icon=":material/visibility:" if entry.shared else ":material/lock:",
                     color="blue" if entry.shared else "gray")  # fmt: skip
            st.space("stretch")
            if st.button(text.DELETE, type="tertiary", icon=":material/delete:",
                         key=f"journal_delete_{entry.id}",
                         help=text.DELETE_NAME.format(day=at)):  # fmt: skip
                st.session_state[SURE] = entry.id
        st.text(entry.text)
        if entry.not_about_me:
            st.caption(text.SAID_NOT_ME)
        if st.session_state.get(SURE) == entry.id:
            _sure(patient, entry)


def _sure(patient: Patient, entry: JournalEntry) -> None:
    st.markdown(f"**{text.DELETE_SURE}**")
    with st.container(horizontal=True):
        go = st.button(text.DELETE_GO, key="journal_delete_go", type="primary")
        keep = st.button(text.DELETE_NOT, key="journal_delete_not")
    if go:
        context.app().journal.delete(patient.id, entry.id)
        if st.session_state.get(CARD) == (patient.id, entry.id):
            del st.session_state[CARD]
    if go or keep:
        del st.session_state[SURE]
        st.rerun()


def _help() -> bool:
    st.markdown(f"**{text.NOT_WATCHED}**")
    with crisis.shown(text.CARD_ASKED):
        told = st.button(common.CRISIS_TOLD, type="primary", key="crisis_told",
                         icon=":material/record_voice_over:")  # fmt: skip
        on = st.button(text.BACK, key="crisis_on")
    return told or on


def _cover(patient: Patient) -> None:
    st.title(text.COVERED, anchor=False)
    st.markdown(text.COVERED_BODY)
    st.markdown(f"**{text.NOT_WATCHED}**")
    words, _ = st.session_state.get(KEPT, {}).get(patient.id, ("", False))
    if words.strip():
        st.warning(text.NOT_SAVED, icon=":material/edit_note:")


def _forget(_: Patient) -> None:
    """Nothing of what was written stays in the browser session."""
    for name in (CARD, SURE, ALL, KEPT, SAID):
        st.session_state.pop(name, None)
    st.session_state[NUMBER] = st.session_state.get(NUMBER, 0) + 1
