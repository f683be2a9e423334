"""The dialog that adds a person."""

from __future__ import annotations

from datetime import date

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.services.people import SEXES
from emocare.ui import context, text
from emocare.ui.wording import plain

OPEN = "add_patient_open"


def add_button(icon: str = ":material/person_add:") -> None:
    """Opens the dialog. Every run of the page closes it, so every run notes whether it is open."""
    st.session_state[OPEN] = st.button(text.ADD_PATIENT, icon=icon)
    if st.session_state[OPEN]:
        _add_dialog()


def is_open() -> bool:
    """Whether somebody is typing into the dialog; what runs by itself must not close it."""
    return bool(st.session_state.get(OPEN))


@st.dialog(text.ADD_PATIENT, on_dismiss="rerun")
def _add_dialog() -> None:
    """Asks for number and name; date of birth and recorded sex may stay empty."""
    code = st.text_input(text.ADD_CODE, max_chars=40)
    name = st.text_input(text.ADD_NAME, max_chars=200)
    today = date.today()
    birth = st.date_input(text.ADD_BIRTH, value=None, format="DD/MM/YYYY", max_value=today,
                          min_value=date(today.year - 130, 1, 1))  # fmt: skip
    sex = st.segmented_control(text.ADD_SEX, SEXES, format_func=str.capitalize)
    if st.button(text.ADD_GO, type="primary", key="add_patient_go"):
        try:
            patient = context.app().people.add(code, name, birth, sex)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            context.choose(patient.id)
            st.rerun()
