"""The safety alerts that are open, on every clinician's page until a person has closed them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.records import Alert, AlertState, Patient, PatientId
from emocare.ui import context, text
from emocare.ui.text import journal
from emocare.ui.wording import plain, when

POSITIVE, HIGH = "SI_ITEM9_POSITIVE", "high"
SHOWN = 2
"""Rows of the strip; the rest is counted and reached from the list of patients."""


def pending(first: PatientId | None = None) -> list[Alert]:
    """Open alerts: the person on screen first, then those nobody has acknowledged, then by time."""
    context.app().questionnaires.finish_left_alone()
    alerts = context.app().alerts.open()
    return sorted(
        alerts,
        key=lambda a: (a.patient_id != first, a.state is not AlertState.RAISED,
                       -_urgency(a), -a.raised_at.timestamp()),
    )  # fmt: skip


def is_open() -> bool:
    """Whether any alert is open, so that it has the primary button of the page."""
    return bool(context.app().alerts.open())


def show(patient: Patient | None = None) -> None:
    """Draws the strip; nothing at all when no alert is open, and for who treats nobody."""
    if context.CLINICIAN not in st.session_state.get(context.ROLE, frozenset()):
        return
    alerts = pending(None if patient is None else patient.id)
    if not alerts:
        return
    with st.container(border=True, key="alert", gap="xsmall"):
        for i, alert in enumerate(alerts[:SHOWN]):
            _row(alert, patient, leads=i == 0)
        _at_once(alerts)
        if len(alerts) > SHOWN:
            st.caption(text.ALERTS_MORE.format(count=len(alerts) - SHOWN))


def sentence(alert: Alert) -> str:
    """The alert in as few words as say it: form, item and the answer's own words.

    Of the journal never a word.
    """
    if alert.response_id is None:
        title = context.app().alerts.title(alert)
        said = context.app().journal.said_not_about_me(alert)
        return journal.NOT_ABOUT_PATIENT.format(alert=title) if said else title
    service = context.app().questionnaires
    found = [r for r in service.responses(alert.patient_id) if r.id == alert.response_id]
    if alert.code == POSITIVE and found:
        form = service.offered.printed(found[0])
        if form.safety is not None:
            number = form.safety.item
            words = form.answer_text(found[0].answers[number - 1], number) or ""
            return text.ALERT_ITEM.format(form=form.name, item=number,
                                          words=words.lower())  # fmt: skip
    return alert.detail.rstrip(".")


def _urgency(alert: Alert) -> int:
    if alert.level == HIGH:
        return 3
    return 2 if alert.code.startswith("SI_") else 1


def _row(alert: Alert, here: Patient | None, *, leads: bool) -> None:
    person = context.app().people.get(alert.patient_id)
    raised = alert.state is AlertState.RAISED
    word, icon, colour = text.ALERT_STATES[alert.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word, icon=icon, color=colour)
        st.markdown(
            f"**{plain(person.name)}**, {plain(person.code)} · {plain(sentence(alert))}, "
            f"{when(alert.raised_at)}",
            width="stretch",
        )
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            away = here is None or here.id != person.id
            main = "primary" if leads else "secondary"
            if raised:
                if st.button(text.ACKNOWLEDGE, key=f"ack_{alert.id}",
                             type="secondary" if away else main):  # fmt: skip
                    _acknowledge(alert)
            elif st.button(text.RESOLVE, key=f"resolve_{alert.id}",
                           type="secondary" if away else main):  # fmt: skip
                resolve_dialog(alert, person)
            if away and st.button(
                text.OPEN_REVIEW, key=f"alert_review_{alert.id}", type=main,
                icon=":material/arrow_forward:", icon_position="right",
            ):  # fmt: skip
                open_person(person)


def _at_once(alerts: Sequence[Alert]) -> None:
    """What the clinic asks of its staff until the alerts of the highest level are acknowledged."""
    said = context.app().settings.high_alert_text
    if said and any(a.state is AlertState.RAISED and a.level == HIGH for a in alerts):
        st.markdown(f"**{plain(said)}**")


def open_person(person: Patient) -> None:
    """Opens the review of a person's newest session, or of the person when there is none."""
    sessions = context.app().recordings.sessions(person.id)
    context.go(context.REVIEW, person.id, sessions[0].id if sessions else None)


def _acknowledge(alert: Alert) -> None:
    try:
        context.app().alerts.acknowledge(alert.id)
    except EmoCareError as error:
        st.toast(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


@st.dialog(text.RESOLVE_TITLE, width="medium")
def resolve_dialog(alert: Alert, person: Patient) -> None:
    """Asks what was done; an alert is never closed without that."""
    alerts = context.app().alerts
    st.markdown(f"**{plain(person.name)}**, {plain(person.code)} · {plain(alert.detail)}")
    action = st.radio(text.RESOLVE_ACTION, list(alerts.ACTIONS), index=None,
                      format_func=alerts.ACTIONS.__getitem__)  # fmt: skip
    note = st.text_area(text.RESOLVE_NOTE, max_chars=2000, height=100)
    st.caption(text.RESOLVE_CAPTION)
    if st.button(text.RESOLVE, type="primary", disabled=action is None, key="resolve_go"):
        try:
            alerts.resolve(alert.id, action or "", note)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()
