"""Consent on the record of a person: its state, its history, the copy, and taking it back."""

from __future__ import annotations

from datetime import date

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.records import Patient
from emocare.services.people import SEXES
from emocare.ui import consent_parts, context, patient_consent
from emocare.ui import text as common
from emocare.ui.text import consent as text
from emocare.ui.wording import plain


def show(patient: Patient) -> None:
    """The section of the page Timeline."""
    consents = context.app().consents
    stands = consents.standing(patient.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.SECTION, anchor=False, width="content")
        st.space("stretch")
        _actions(patient, given=stands.given is not None)
    with st.container(border=True, gap="small"):
        consent_parts.say()
        if stands.given is None:
            st.caption(text.NEVER)
        else:
            consent_parts.given(stands)
        if stands.last:
            consent_parts.points(stands)
            with st.expander(text.HISTORY):
                consent_parts.history(patient)


def _actions(patient: Patient, *, given: bool) -> None:
    consents = context.app().consents
    if st.button(text.EDIT, icon=":material/edit:", key="edit_person"):
        _edit_dialog(patient)
    st.download_button(
        text.DOWNLOAD if given else text.DOWNLOAD_EMPTY, lambda: consents.printed(patient.id),
        text.PRINT_FILE.format(code=patient.code), "application/pdf", on_click="ignore",
        icon=":material/print:", key="consent_pdf",
    )  # fmt: skip
    if consents.can_withdraw(patient.id) and st.button(
        text.WITHDRAW, icon=":material/gpp_bad:", key="consent_withdraw"
    ):
        _withdraw_dialog(patient)
    if st.button(text.OPEN, icon=":material/visibility:", key="consent_open",
                 help=common.Q_CAPTION):  # fmt: skip
        patient_consent.hand_over(patient)


@st.dialog(text.WITHDRAW, width="medium")
def _withdraw_dialog(patient: Patient) -> None:
    withdraw_form(patient)


def withdraw_form(patient: Patient) -> None:
    """What is taken back, what follows from it, and the button that does it."""
    chosen, reason = consent_parts.ask_what(
        patient.id, text.WITHDRAW_READ, text.WITHDRAW_REASON
    )
    st.caption(f"{text.WITHDRAW_SURE} {text.ERASE}")
    with st.container(horizontal=True):
        go = st.button(text.WITHDRAW_GO, type="primary", disabled=not chosen, key="withdraw_go")
        keep = st.button(text.WITHDRAW_NOT, key="withdraw_not")
    if go:
        try:
            result = context.app().consents.withdraw(patient.id, chosen, reason)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        st.session_state[consent_parts.SAID] = consent_parts.done(result)
    if go or keep:
        st.rerun()


@st.dialog(text.EDIT)
def _edit_dialog(patient: Patient) -> None:
    edit_form(patient)


def edit_form(patient: Patient) -> None:
    """Corrects what is known of a person."""
    code = st.text_input(common.ADD_CODE, value=patient.code, max_chars=40)
    name = st.text_input(common.ADD_NAME, value=patient.name, max_chars=200)
    today = date.today()
    birth = st.date_input(common.ADD_BIRTH, value=patient.birth_date, format="DD/MM/YYYY",
                          max_value=today, min_value=date(today.year - 130, 1, 1))  # fmt: skip
    sex = st.segmented_control(common.ADD_SEX, SEXES, default=patient.sex,
                               format_func=str.capitalize)  # fmt: skip
    if st.button(text.EDIT_GO, type="primary", key="edit_person_go"):
        try:
            context.app().people.update(patient.id, code, name, birth, sex)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()
