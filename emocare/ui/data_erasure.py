"""Legal holds and erasure on the page Data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emocare.domain.data_life import LegalHold
from emocare.domain.records import Patient
from emocare.services.erasure_words import WORDS
from emocare.ui import confirm, context
from emocare.ui.account_parts import done
from emocare.ui.data_said import said, say
from emocare.ui.text import data as text
from emocare.ui.wording import day, plain

SOUGHT = "data_erase_who"
"""Number of the patient whose rows are on screen before they are erased."""
DONE = "data_erased"
"""Number and certificate of who was just erased, until it is put away."""


def show() -> None:
    """Draws the part."""
    said()
    holds = context.app().data_life.holds()
    left, right = st.columns(2, gap="medium")
    with left:
        _holds(holds)
    with right:
        _erasure(holds)


def _holds(holds: Sequence[LegalHold]) -> None:
    app = context.app()
    st.subheader(text.HOLDS, anchor=False)
    st.caption(text.HOLDS_SAID)
    if holds:
        codes = app.assignments.codes()
        rows = [(codes.get(one.patient_id, one.patient_id), day(one.set_at), one.set_by, one.reason)
                for one in holds]  # fmt: skip
        st.dataframe(pd.DataFrame(rows, columns=list(text.HOLD_COLUMNS)), hide_index=True,
                     width="stretch")  # fmt: skip
    else:
        st.markdown(text.NO_HOLDS)
    with st.form("hold", enter_to_submit=False):
        code = st.text_input(text.NUMBER, help=text.NUMBER_HELP, max_chars=60).strip()
        reason = st.text_input(text.REASON, max_chars=300)
        with st.container(horizontal=True):
            put = st.form_submit_button(text.SET, icon=":material/gavel:")
            lift = st.form_submit_button(text.LIFT)
    if put and done(lambda: app.data_life.hold(app.people.by_code(code).id, reason)):
        say(text.SET_DONE.format(code=plain(code)))
    if lift:
        lifted: list[int] = []
        if done(lambda: lifted.append(app.data_life.lift(app.people.by_code(code).id))):
            words = text.LIFTED if lifted[0] else text.NONE_LIFTED
            say(words.format(count=lifted[0], code=plain(code)))


def _erasure(holds: Sequence[LegalHold]) -> None:
    st.subheader(text.ERASURE, anchor=False)
    st.caption(text.ERASURE_SAID)
    if DONE in st.session_state:
        _certificate(*st.session_state[DONE])
        return
    with (
        st.form("erase_look", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        code = st.text_input(text.NUMBER, help=text.NUMBER_HELP, max_chars=60,
                             key="erase_code").strip()  # fmt: skip
        look = st.form_submit_button(text.ERASE_LOOK, icon=":material/search:")
    if look:
        st.session_state[SOUGHT] = code
    sought = st.session_state.get(SOUGHT)
    if not sought:
        return
    found: list[Patient] = []
    if done(lambda: found.append(context.app().people.by_code(sought))):
        _preview(found[0], [one for one in holds if one.patient_id == found[0].id])


def _preview(patient: Patient, holds: Sequence[LegalHold]) -> None:
    life = context.app().data_life
    st.markdown(text.ERASE_OF.format(name=plain(patient.name), code=plain(patient.code)))
    counts = life.counts(patient.id)
    rows = [(words, counts[name]) for name, words in WORDS.items() if counts.get(name)]
    st.dataframe(pd.DataFrame(rows, columns=list(text.ERASE_COLUMNS)), hide_index=True,
                 width="stretch")  # fmt: skip
    if holds:
        st.warning(text.ERASE_HELD.format(since=day(holds[0].set_at),
                                          reason=plain(holds[0].reason)),
                   icon=":material/gavel:")  # fmt: skip
        return
    with st.form("erase", enter_to_submit=False, clear_on_submit=True):
        typed = st.text_input(text.ERASE_TYPE, max_chars=60, autocomplete="off")
        password = confirm.field("erase_password")
        if not st.form_submit_button(text.ERASE_GO, icon=":material/delete_forever:"):
            return
    if typed.strip() != patient.code:
        st.error(text.ERASE_NOT_SAME, icon=":material/error:")
        return

    def erase() -> None:
        confirm.given(password, "data_life.erase")
        st.session_state[DONE] = (patient.code, life.erase(patient.id).certificate)

    if done(erase):
        st.session_state.pop(SOUGHT)
        st.rerun()


def _certificate(code: str, certificate: str) -> None:
    with st.container(border=True):
        st.success(text.ERASED.format(code=plain(code)), icon=":material/check_circle:")
        st.code(certificate, language=None)
        with st.container(horizontal=True):
            st.download_button(
                text.CERTIFICATE, certificate.encode(), text.CERTIFICATE_FILE.format(code=code),
                "text/plain", icon=":material/download:", on_click="ignore", type="primary",
                key="certificate",
            )  # fmt: skip
            if st.button(text.CERTIFICATE_TAKEN, key="certificate_taken"):
                st.session_state.pop(DONE)
                st.rerun()
