"""Before the device is handed over: whose form, which form, who fills it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from emocare.domain.records import Patient, Response, SessionId
from emocare.ui import alert_strip, context, form_run, frame, text, upload_form
from emocare.ui.text import questionnaire as more
from emocare.ui.wording import BAND_WORDS, plain, when

OWN_SESSION = timedelta(days=14)
"""An older recording is not offered as the one the answers belong to."""


def show() -> None:
    """Draws the choices and the button that hands the device over."""
    patient = context.current_patient()
    st.title(text.Q_TITLE, anchor=False)
    alert_strip.show(patient)
    _staff_notes()
    with st.container(border=True, width=720):
        patient = upload_form.choose_patient(patient)
        due = _due(patient)
        form, language = _form(due)
        mode = st.segmented_control(
            text.Q_MODE, list(text.Q_MODES), default="self", required=True, key="q_mode",
            format_func=text.Q_MODES.__getitem__,
        )  # fmt: skip
        st.caption(text.Q_CAPTION)
        if patient is None:
            st.button(text.Q_START, type=frame.primary(), disabled=True, key="q_start")
            return
        _start(patient, form, language, mode)
    _earlier(patient)


def _staff_notes() -> None:
    """What the staff should know before handing over; nothing of it hides the crisis card."""
    app = context.app()
    for note in app.questionnaires.staff_notes(datetime.now().date()):
        st.warning(plain(note), icon=":material/build:")
    if not app.settings.same_day_review:
        st.caption(more.NO_REVIEW_STAFF)


def _due(patient: Patient | None) -> list[str]:
    """Full forms that today's short form asks for."""
    if patient is None:
        return []
    due = context.app().questionnaires.follow_ups(patient.id)
    if due:
        st.info(more.NEXT_DUE.format(forms=" and ".join(due)), icon=":material/arrow_forward:")
    return due


def _form(due: Sequence[str]) -> tuple[str, str]:
    """The form and, where there are several, its language."""
    service = context.app().questionnaires
    names = service.names()
    form = st.segmented_control(text.Q_FORM, names, required=True, key="q_form",
                                default=due[0] if due else names[0])  # fmt: skip
    languages = service.offered.languages(form)
    language = languages[0]
    if len(languages) > 1:
        language = st.segmented_control(
            more.LANGUAGE, languages, default=language, required=True, key=f"q_language_{form}",
            format_func=lambda code: more.LANGUAGES.get(code, code),
        )  # fmt: skip
    words = service.form(form, language)
    st.caption(more.FORM_LINE.format(title=plain(words.title), count=len(words.items),
                                     recall=plain(words.recall)), help=plain(words.notice))
    return form, language


def _start(patient: Patient, form: str, language: str, mode: str) -> None:
    """The button; it says where a form goes on that was begun, here or in a short form."""
    service = context.app().questionnaires
    session_id = _session(patient)
    draft = service.draft(patient.id, session_id, form, language)
    label, number = text.Q_START, min(draft.position + 1, len(draft.answers))
    if draft.resumed and draft.position > 0:
        label = text.Q_RESUME.format(number=number)
    elif draft.carried:
        label = more.CARRIED_START.format(number=number)
        st.caption(more.CARRIED_STAFF.format(count=draft.carried))
    if st.button(label, type=frame.primary(), icon=":material/assignment:", key="q_start"):
        if session_id is None and not context.app().settings.facial_module_enabled:
            session_id = service.open_visit(patient.id).id
        form_run.begin(patient.id, session_id, form, mode, language=language)
        st.rerun()


def _session(patient: Patient) -> SessionId | None:
    """The session that the answers count for: the one on screen, if it is of this person and
    recent; without a camera today's visit."""
    app, record = context.app(), context.current_session()
    if record is not None and record.patient_id == patient.id and (
        datetime.now(record.started_at.tzinfo) - record.started_at <= OWN_SESSION
    ):
        if record.recorded:
            st.caption(text.Q_COUNTS.format(when=when(record.started_at)))
        else:
            st.caption(more.VISIT_COUNTS)
        return record.id
    if app.settings.facial_module_enabled:
        return None
    st.caption(more.VISIT_COUNTS)
    visit = app.questionnaires.todays_visit(patient.id)
    return None if visit is None else visit.id


def _earlier(patient: Patient) -> None:
    responses = context.app().questionnaires.responses(patient.id)
    if not responses:
        return
    st.subheader(text.Q_EARLIER, anchor=False)
    for response in responses[:8]:
        result = response.result
        if result.scales:
            st.markdown(_scales(response))
            continue
        total = text.NOT_SCORABLE_CELL if result.total is None else str(result.total)
        native = (result.native_band or "").lower()
        band = BAND_WORDS[result.band].lower() if result.band else native
        own = f" ({native})" if result.band and native != band else ""
        line = text.Q_EARLIER_LINE.format(when=when(response.answered_at), total=total,
                                          band=f"{band}{own}")  # fmt: skip
        st.markdown(f"{plain(response.instrument)}, {line}")


def _scales(response: Response) -> str:
    """A form with several scales in one line."""
    parts = [
        f"{scale.name} **{text.NOT_SCORABLE_CELL if scale.total is None else scale.total}**"
        f"{f' ({scale.native_band})' if scale.native_band else ''}"
        for scale in response.result.scales
    ]  # fmt: skip
    return f"{plain(response.instrument)}, {when(response.answered_at)}: {', '.join(parts)}"
