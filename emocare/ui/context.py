"""The application behind the pages, the role gate, and which person and session is on screen.

Person and session live in the browser session and in the address, so that a reload keeps the
place and two tabs can show two people.
"""

from __future__ import annotations

import streamlit as st

from emocare.app import App, build_app
from emocare.domain.errors import NotFound
from emocare.domain.records import Patient, PatientId, SessionId, SessionRecord
from emocare.settings import load_settings
from emocare.ui import text

CLINICIAN = "clinician"
ROLE = "role"
PATIENT = "patient"
SESSION = "session"

HOME = "pages/clinician/patients.py"
LIVE = "pages/clinician/live.py"
UPLOAD = "pages/clinician/upload.py"
REVIEW = "pages/clinician/review.py"
REPORT = "pages/clinician/report.py"
EVIDENCE = "pages/clinician/evidence.py"
QUESTIONNAIRE = "pages/clinician/questionnaire.py"
TIMELINE = "pages/clinician/timeline.py"
PLAN = "pages/patient/plan.py"
JOURNAL = "pages/patient/journal.py"


@st.cache_resource(show_spinner=False)
def _shared_app() -> App:
    made = build_app(load_settings())
    made.backups.start()
    return made


def app() -> App:
    """The one application of this server process, shared by every tab.

    Raises:
        EmoCareError: Settings, database or folder cannot be used; says what to do.
    """
    return _shared_app()


def enter(role: str) -> None:
    """Notes the role of this browser session. Called by the entry alone, before any page."""
    st.session_state[ROLE] = role


def require(role: str) -> None:
    """Lets the page run only for ``role``; the first line of every page.

    A page whose file is asked for without the entry (Streamlit can do that before the first
    navigation) has no role and stops here with nothing shown but the refusal.
    """
    if st.session_state.get(ROLE) != role:
        st.error(text.REFUSED, icon=":material/lock:")
        st.stop()


def choose(patient_id: PatientId | None, session_id: SessionId | None = None) -> None:
    """Makes a person, and one of their sessions, the current ones."""
    for name, value in ((PATIENT, patient_id), (SESSION, session_id)):
        if value is None:
            st.session_state.pop(name, None)
            st.query_params.pop(name, None)
        else:
            st.session_state[name] = value
            st.query_params[name] = value


def go(page: str, patient_id: PatientId | None = None, session_id: SessionId | None = None,
       **more: str) -> None:  # fmt: skip
    """Opens another page for a person and a session; does not return."""
    target: dict[str, str] = dict(more)
    for name, value in ((PATIENT, patient_id), (SESSION, session_id)):
        st.session_state.pop(name, None)
        if value is not None:
            st.session_state[name] = value
            target[name] = value
    st.switch_page(page, query_params=target)


def current_patient() -> Patient | None:
    """The person on screen; forgets an identifier that nobody has any more."""
    found = _from_address(PATIENT)
    if found is None:
        session = current_session()
        return None if session is None else app().people.get(session.patient_id)
    try:
        return app().people.get(PatientId(found))
    except NotFound:
        choose(None)
        return None


def current_session() -> SessionRecord | None:
    """The session on screen; forgets one that is gone or belongs to another person."""
    found = _from_address(SESSION)
    if found is None:
        return None
    try:
        record = app().recordings.session(SessionId(found))
    except NotFound:
        record = None
    wanted = _from_address(PATIENT)
    if record is None or (wanted is not None and record.patient_id != wanted):
        st.session_state.pop(SESSION, None)
        st.query_params.pop(SESSION, None)
        return None
    return record


def _from_address(name: str) -> str | None:
    """Reads the address first, then the session, and makes both say the same."""
    value = st.query_params.get(name) or st.session_state.get(name)
    if value:
        st.session_state[name] = value
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    return value or None
