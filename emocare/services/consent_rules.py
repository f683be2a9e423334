"""Consent before a camera or a video is touched, and what a withdrawal takes back."""

from __future__ import annotations

from emocare.clinical.consent_texts import CURRENT, OPERATOR
from emocare.domain.consent import (
    NEEDED,
    ConsentEvent,
    ConsentKind,
    Standing,
    Use,
    standing,
    uses_of,
    withdrawn_since,
)
from emocare.domain.errors import AccessDenied
from emocare.domain.records import Consent, Patient, PatientId, SessionRecord
from emocare.services import acting
from emocare.services.adults import require_not_minor
from emocare.services.report_content import SAMPLE_CODE
from emocare.services.workplace import Workplace
from emocare.store import Store

WITHDRAWN = "The patient has withdrawn the consent{when}. {do}"
ASK_AGAIN = "Read the consent to them and tick anew what they agree to, or use the questionnaire."


def require(store: Store, patient_id: PatientId, consent: Consent | None) -> None:
    """Says no where the patient has not said yes.

    Raises:
        AccessDenied: To the analysis, or to keeping its measurements; the consent is older than
            its withdrawal or than the text; the person is a minor, or nobody says they are not.
        NotFound: No such patient.
    """
    agreed = _needed(consent)
    patient = store.patient(patient_id)
    require_not_minor(patient)
    if agreed.version not in (CURRENT, OPERATOR):
        raise AccessDenied(
            f"This consent was given to an earlier text (version {agreed.version}). Read the "
            f"present text (version {CURRENT}) to the patient and ask again."
        )
    events = history(store, patient_id)
    stands = standing(events)
    on_word = agreed.version == OPERATOR and stands.refuses
    if on_word or withdrawn_since(events, agreed.recorded_at) & NEEDED:
        raise _refusal(stands)
    if not (agreed.adult or adult_is_known(patient, stands)):
        raise AccessDenied(
            "No date of birth is known, so a clinician has to confirm that this person is 18 or "
            "older. Tick that box (on the command line: --adult), or enter the date of birth."
        )


def _needed(consent: Consent | None) -> Consent:
    if consent is None or not consent.analyse:
        raise AccessDenied(
            "The patient has not agreed to the analysis of facial movement. Ask for consent, or "
            "use the questionnaire instead."
        )
    if not consent.keep_measurements:
        raise AccessDenied(
            "The patient has not agreed to keep the measurements, so no session can be stored. "
            "Ask for consent, or use the questionnaire instead."
        )
    return consent


def adult_is_known(patient: Patient, stands: Standing) -> bool:
    """Whether nobody needs to confirm that a person is an adult: the date of birth says it, a
    clinician has before, or the person is made up."""
    made_up = patient.code.startswith(SAMPLE_CODE)
    return patient.birth_date is not None or stands.adult or made_up


def require_standing(store: Store, record: SessionRecord) -> None:
    """Says no to going on with a session whose consent was taken back.

    Raises:
        AccessDenied: It was.
    """
    if withdrawn(store, record) & NEEDED:
        raise _refusal(standing(history(store, record.patient_id)))


def _refusal(stands: Standing) -> AccessDenied:
    at = stands.withdrawn_at
    when = "" if at is None else f" on {at.astimezone():%d %b %Y}"
    return AccessDenied(WITHDRAWN.format(when=when, do=ASK_AGAIN))


def note_given(
    store: Store, workplace: Workplace, patient_id: PatientId, consent: Consent
) -> None:
    """Adds the consent to the person's list; one for several videos is one line."""
    if any(event.at == consent.recorded_at for event in store.consent_events(patient_id)):
        return
    actor = acting.current()
    store.add_consent_event(ConsentEvent(
        patient_id, ConsentKind.GIVEN, consent.version, uses_of(consent), consent.recorded_at,
        by=workplace.signer, who="" if actor is None else actor.who, by_patient=False,
        adult=consent.adult,
    ))  # fmt: skip


def history(store: Store, patient_id: PatientId) -> list[ConsentEvent]:
    """Everything a person agreed to or took back, oldest first.

    Sessions of before the list was kept count with the consent that they hold.
    """
    events = store.consent_events(patient_id)
    listed = {event.at for event in events}
    for record in store.sessions(patient_id, summaries=False):
        if record.consent is None or record.consent.recorded_at in listed:
            continue
        listed.add(record.consent.recorded_at)
        events.append(ConsentEvent(
            patient_id, ConsentKind.GIVEN, record.consent.version, uses_of(record.consent),
            record.consent.recorded_at, by="", who="", by_patient=False,
            adult=record.consent.adult,
        ))  # fmt: skip
    return sorted(events, key=lambda event: event.at)


def withdrawn(store: Store, record: SessionRecord) -> frozenset[Use]:
    """What was taken back since the consent of a session."""
    if record.consent is None:
        return frozenset()
    return withdrawn_since(store.consent_events(record.patient_id), record.consent.recorded_at)


def journal_is_closed(store: Store, patient_id: PatientId) -> bool:
    """Whether the patient has taken back that the clinician reads shown entries."""
    return Use.JOURNAL in standing(history(store, patient_id)).withdrawn
