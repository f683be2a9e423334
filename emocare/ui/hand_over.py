"""Before the device is handed over: whose form, which form, who fills it in."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from emocare.domain.records import Patient, SessionId
from emocare.ui import alert_strip, context, form_run, frame, text, upload_form
from emocare.ui.wording import BAND_WORDS, plain, when

OWN_SESSION = timedelta(days=14)
"""An older recording is not offered as the one the answers belong to."""


def show() -> None:
    """Draws the choices and the button that hands the device over."""
    patient = context.current_patient()
    st.title(text.Q_TITLE, anchor=False)
    alert_strip.show(patient)
    with st.container(border=True, width=720):
        patient = upload_form.choose_patient(patient)
        service = context.app().questionnaires
        form = st.segmented_control(text.Q_FORM, service.names(), required=True, key="q_form",
                                    default=service.names()[0])  # fmt: skip
        mode = st.segmented_control(
            text.Q_MODE, list(text.Q_MODES), default="self", required=True, key="q_mode",
            format_func=text.Q_MODES.__getitem__,
        )  # fmt: skip
        st.caption(text.Q_CAPTION)
        if patient is None:
            st.button(text.Q_START, type=frame.primary(), disabled=True, key="q_start")
            return
        session_id = _session(patient)
        draft = service.draft(patient.id, session_id, form)
        label = text.Q_START
        if draft.resumed and draft.position > 0:
            label = text.Q_RESUME.format(number=min(draft.position + 1, len(draft.answers)))
        if st.button(label, type=frame.primary(), icon=":material/assignment:", key="q_start"):
            form_run.begin(patient.id, session_id, form, mode)
            st.rerun()
    _earlier(patient)


def _session(patient: Patient) -> SessionId | None:
    """The recording on screen, if it is of this person and recent: the answers count for it."""
    record = context.current_session()
    if record is None or record.patient_id != patient.id:
        return None
    if datetime.now(record.started_at.tzinfo) - record.started_at > OWN_SESSION:
        return None
    st.caption(text.Q_COUNTS.format(when=when(record.started_at)))
    return record.id


def _earlier(patient: Patient) -> None:
    responses = context.app().questionnaires.responses(patient.id)
    if not responses:
        return
    st.subheader(text.Q_EARLIER, anchor=False)
    for response in responses[:8]:
        result = response.result
        total = text.NOT_SCORABLE_CELL if result.total is None else str(result.total)
        native = (result.native_band or "").lower()
        band = BAND_WORDS[result.band].lower() if result.band else native
        own = f" ({native})" if result.band and native != band else ""
        line = text.Q_EARLIER_LINE.format(when=when(response.answered_at), total=total,
                                          band=f"{band}{own}")  # fmt: skip
        st.markdown(f"{plain(response.instrument)}, {line}")
