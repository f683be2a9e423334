"""The application behind the pages, who is signed in, and which person and session is on screen.

Person and session live in the browser session and in the address, so that a reload keeps the
place and two tabs can show two people.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from emocare.app import App, build_app
from emocare.domain.accounts import Actor, Role
from emocare.domain.errors import AccessDenied, NotFound
from emocare.domain.records import Patient, PatientId, SessionId, SessionRecord
from emocare.services.sign_ins import Known
from emocare.services.turns import short_turns
from emocare.settings import load_settings
from emocare.ui import kiosk_state, text
from emocare.ui.text import sign_in

CLINICIAN, IN_CARE, ADMINISTRATOR = Role.PHYSICIAN, Role.PATIENT, Role.ADMINISTRATOR
ROLE = "role"
ACCOUNT = "account"
COOKIE = "emocare_sign_in"
"""Holds the token of the browser; no script can read it."""
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
CONSENT = "pages/patient/consent.py"
ACCOUNTS = "pages/administration/accounts.py"
LOG = "pages/administration/log.py"
DATA = "pages/administration/data.py"
MY_ACCOUNT = "pages/account/my_account.py"
LEAVE = "pages/account/leave.py"


@st.cache_resource(show_spinner=False)
def _shared_app() -> App:
    short_turns()
    made = build_app(load_settings())
    made.backups.start()
    return made


def house() -> App:
    """The one application of this server process, shared by every tab; for the gate alone.

    Raises:
        EmoCareError: Settings, database or folder cannot be used; says what to do.
    """
    return _shared_app()


def app() -> App:
    """The application as who is signed in may use it; while the device is in the hands of a
    patient, as the patient may.

    Raises:
        EmoCareError: As ``house``.
        AccessDenied: Nobody is signed in any more.
    """
    return _shared_app().for_actor(_handed_over(known().actor))


def handed_to() -> PatientId | None:
    """The patient in whose hands this device is, None while nobody's."""
    return _shared_app().sign_ins.handed_to(token())


def hand_over(patient_id: PatientId) -> None:
    """Puts this device into the hands of a patient, until it is taken back with the password.

    Raises:
        AccessDenied: This patient may not be opened, or it is in somebody else's hands.
    """
    if known().actor.has(Role.PATIENT):
        return
    app().people.get(patient_id)
    house().entrance.hand_over(token(), patient_id)
    kiosk_state.start()


def take_back(typed: str) -> None:
    """Takes this device back.

    Args:
        typed: The password of who is signed in, or the code of their authenticator.

    Raises:
        AccessDenied: It is wrong, or was tried too often.
    """
    house().entrance.take_back(token(), typed)
    kiosk_state.leave()


def token() -> str | None:
    """The token of this browser, None without one."""
    return st.context.cookies.get(COOKIE)


def known() -> Known:
    """Who is signed in with this browser; asked anew at every call, so that it ends at once.

    Raises:
        AccessDenied: Nobody.
    """
    found = _shared_app().sign_ins.known(token())
    if found is None:
        raise AccessDenied(sign_in.SIGNED_OUT)
    return found


def _handed_over(actor: Actor) -> Actor:
    """The patient in whose hands the device is, otherwise who is signed in."""
    patient_id = handed_to()
    if patient_id is None:
        return actor
    return replace(actor, who=f"{actor.who}, handed to the patient",
                   roles=frozenset({Role.PATIENT}), patient_id=patient_id)  # fmt: skip


def enter() -> Actor:
    """Notes who is signed in with this browser session. Called by the entry alone, before any
    page. What another account left in the session is forgotten.

    Raises:
        EmoCareError: As ``app``; no page may run then.
    """
    st.session_state.pop(ROLE, None)
    found = known()
    if st.session_state.get(ACCOUNT, found.account.id) != found.account.id:
        st.session_state.clear()
    st.session_state[ACCOUNT] = found.account.id
    st.session_state[ROLE] = found.actor.roles
    return found.actor


def require(*roles: Role) -> None:
    """Lets the page run only for who has one of ``roles``; the first line of every page.

    A page whose file is asked for without the entry (Streamlit can do that before the first
    navigation) has no role and stops here with nothing shown but the refusal.
    """
    if not st.session_state.get(ROLE, frozenset()) & frozenset(roles):
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
    """The person on screen; forgets an identifier that nobody has any more. For a patient who is
    signed in always they themselves."""
    own = known().actor.patient_id
    if own is not None:
        return app().people.get(own)
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
