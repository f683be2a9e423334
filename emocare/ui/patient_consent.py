"""Consent as the patient sees it: what was agreed to, a copy, and taking it back."""

from __future__ import annotations

import streamlit as st

from emocare.domain.consent import Use
from emocare.domain.records import Patient
from emocare.ui import consent_parts, context, crisis, patient_page
from emocare.ui.text import consent as text
from emocare.ui.text import timeline
from emocare.ui.wording import plain

ASKING = "patient_consent_asking"
"""Set while the person chooses what to take back."""


def hand_over(patient: Patient) -> None:
    """Shows the consent of this person and nothing else until staff take the device back."""
    patient_page.hand_over(_page(), context.CONSENT, patient)


def show(patient: Patient) -> None:
    """Draws what the person sees now."""
    patient_page.show(_page(), patient)


def _page() -> patient_page.PatientPage:
    return patient_page.PatientPage(
        name="consent", first=patient_page.SHOWN, draw=_consent,
        help=lambda: crisis.card(asked=True), cover=_cover, go_on=timeline.PATIENT_GO_ON,
        forget=_forget,
    )  # fmt: skip


def _consent(patient: Patient) -> None:
    consents = context.app().consents
    with st.container(key="question"):
        st.title(text.MY_TITLE, anchor=False)
    consent_parts.say()
    found, stands = consents.text(), consents.standing(patient.id)
    can = consents.can_withdraw(patient.id)
    st.markdown(text.MY_LEAD if can else f"{text.MY_NOTHING} {text.MY_NEVER}")
    if found is not None:
        st.info(plain(found.notice), icon=":material/face:")
    if stands.last:
        with st.container(border=True, gap="small"):
            consent_parts.points(stands)
            consent_parts.given(stands)
    with st.container(horizontal=True):
        if can and st.button(text.MY_WITHDRAW, icon=":material/gpp_bad:", key="my_withdraw"):
            st.session_state[ASKING] = patient.id
        if Use.JOURNAL in stands.withdrawn and st.button(
            text.SHARE_AGAIN, icon=":material/visibility:", key="my_share"
        ):
            consents.share_journal(patient.id)
            st.session_state[consent_parts.SAID] = text.SHARE_DONE
            st.rerun()
        st.download_button(
            text.MY_DOWNLOAD, lambda: consents.printed(patient.id),
            text.PRINT_FILE.format(code=patient.code), "application/pdf", on_click="ignore",
            icon=":material/print:", key="my_copy",
        )  # fmt: skip
    if can and st.session_state.get(ASKING) == patient.id:
        _take_back(patient)


def _take_back(patient: Patient) -> None:
    with st.container(border=True):
        chosen, reason = consent_parts.ask_what(patient.id, text.MY_READ, text.MY_REASON)
        st.caption(f"{text.WITHDRAW_SURE} {text.MY_ERASE}")
        with st.container(horizontal=True):
            go = st.button(text.MY_GO, type="primary", disabled=not chosen, key="my_go")
            keep = st.button(text.WITHDRAW_NOT, key="my_not")
    if go:
        result = context.app().consents.withdraw(patient.id, chosen, reason)
        st.session_state[consent_parts.SAID] = consent_parts.done(result)
    if go or keep:
        _forget(patient, keep_said=True)
        st.rerun()


def _cover(_: Patient) -> None:
    st.title(timeline.PATIENT_COVERED, anchor=False)
    st.markdown(timeline.PATIENT_COVERED_BODY)


def _forget(_: Patient, *, keep_said: bool = False) -> None:
    """Nothing of what was chosen stays in the browser session."""
    names = [ASKING, "withdraw_all", "withdraw_reason"]
    for name in names if keep_said else [*names, consent_parts.SAID]:
        st.session_state.pop(name, None)
