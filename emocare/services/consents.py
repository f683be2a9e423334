"""Consent of a person over time: what stands, what was taken back, and the copy to take home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emocare.clinical import ConsentText, consent_texts, current_text
from emocare.domain.accounts import Role
from emocare.domain.consent import (
    NEEDED,
    ConsentEvent,
    ConsentKind,
    Standing,
    Use,
    standing,
    uses_of,
)
from emocare.domain.errors import InputError
from emocare.domain.records import Consent, PatientId, SessionState
from emocare.report.consent_copy import ConsentCopy, CopyPoint, render_consent
from emocare.services import acting, consent_rules
from emocare.services.live import Live
from emocare.services.recordings import Recordings
from emocare.services.report_content import SAMPLE_CODE
from emocare.services.texts import within
from emocare.services.withdrawal import ENDED, throw_away
from emocare.services.workplace import Workplace, now
from emocare.store import Store

REASON_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal did.

    Attributes:
        event: The line that stays.
        ended: Whether a live session was ended by it.
        clips: How many kept videos were deleted by it.
    """

    event: ConsentEvent
    ended: bool
    clips: int


class Consents:
    """Use cases around consent. What is agreed to is noted where a recording begins."""

    def __init__(
        self, store: Store, workplace: Workplace, live: Live, recordings: Recordings
    ) -> None:
        self._store = store
        self._workplace = workplace
        self._live = live
        self._recordings = recordings

    def text(self, version: str = "") -> ConsentText | None:
        """A version of the text, the present one when none is named; None for an unknown one."""
        return consent_texts().get(version) if version else current_text()

    def check(self, patient_id: PatientId, consent: Consent | None) -> None:
        """Says no where this person may not be recorded; see ``consent_rules.require``.

        Raises:
            AccessDenied, NotFound: As there.
        """
        consent_rules.require(self._store, patient_id, consent)

    def adult_is_known(self, patient_id: PatientId) -> bool:
        """Whether nobody needs to confirm any more that the person is an adult."""
        patient = self._store.patient(patient_id)
        return consent_rules.adult_is_known(patient, self.standing(patient_id))

    def standing(self, patient_id: PatientId) -> Standing:
        """Where the consent of a person stands now."""
        return standing(consent_rules.history(self._store, patient_id))

    def history(self, patient_id: PatientId) -> list[ConsentEvent]:
        """What a person agreed to and took back, newest first."""
        return consent_rules.history(self._store, patient_id)[::-1]

    def can_withdraw(self, patient_id: PatientId) -> tuple[Use, ...]:
        """What a person can take back now, in the order of the text.

        Entries of a journal are also shown one by one, so that can always be ended as a whole.
        """
        stands = self.standing(patient_id)
        shows = any(self._store.journal(patient_id, shared_only=True))
        return tuple(use for use in Use if use in stands.in_force
                     or (use is Use.JOURNAL and shows and use not in stands.withdrawn))  # fmt: skip

    def withdraw(
        self, patient_id: PatientId, uses: Sequence[Use], reason: str = ""
    ) -> Withdrawal:
        """Takes consent back, from this moment on. What is running of the person ends first.

        Args:
            patient_id: Whose.
            uses: What is taken back.
            reason: Nobody has to give one.

        Raises:
            InputError: Nothing of it can be taken back, or the reason is too long.
            NotFound: No such patient.
            StoreError: A running session could not be ended; the consent counts as withdrawn.
        """
        within(reason, "reason", REASON_LIMIT)
        reached = frozenset(uses) & frozenset(self.can_withdraw(patient_id))
        if not reached:
            raise InputError("There is nothing to withdraw. Choose what the person takes back.")
        given = self.standing(patient_id).given
        event = self._event(
            patient_id, ConsentKind.WITHDRAWN, "" if given is None else given.version, reached,
            reason.strip(),
        )  # fmt: skip
        self._store.add_consent_event(event)
        try:
            ended = bool(reached & NEEDED) and self._end_live(patient_id, reached)
        finally:
            clips = self._recordings.withdraw(patient_id, reached)
        return Withdrawal(event, ended, clips)

    def share_journal(self, patient_id: PatientId) -> ConsentEvent:
        """Allows the clinician again to read the entries that the patient shows.

        Raises:
            InputError: That was not taken back.
        """
        if Use.JOURNAL not in self.standing(patient_id).withdrawn:
            raise InputError("Sharing your journal was not withdrawn. There is nothing to allow.")
        version = current_text().version
        event = self._event(patient_id, ConsentKind.GIVEN, version, frozenset({Use.JOURNAL}), "")
        self._store.add_consent_event(event)
        return event

    def printed(
        self, patient_id: PatientId, consent: Consent | None = None, *, live: bool = True
    ) -> bytes:
        """The text with its boxes as a PDF to sign and to take home.

        Args:
            patient_id: Whose.
            consent: The boxes as they stand on the screen; None for the newest consent given,
                with what was taken back since, or the empty form where there is none.
            live: The words for a camera, otherwise those for a video.

        Raises:
            NotFound: No such patient.
        """
        patient, stands = self._store.patient(patient_id), self.standing(patient_id)
        given = stands.given
        version = consent.version if consent else given.version if given else ""
        text = self.text(version) or current_text()
        live = live if text.statement(live=live) else False
        agreed = uses_of(consent) if consent else given.uses if given else frozenset()
        taken_back = {} if consent else {
            use: stands.last[use].at.astimezone() for use in stands.withdrawn
        }  # fmt: skip
        adult = consent.adult if consent else stands.adult
        at = consent.recorded_at if consent else given.at if given else None
        return render_consent(ConsentCopy(
            clinic=self._workplace.clinic, patient=patient, title=text.title,
            version=text.version, text_date=text.date, notice=text.notice,
            statement=text.statement(live=live), adults=text.adults, withdrawal=text.withdrawal,
            kept=text.kept,
            points=tuple(
                CopyPoint(p.words(live=live) or p.label, p.help, p.after, p.use in agreed,
                          taken_back.get(p.use))
                for p in text.points if p.words(live=live) or p.use in agreed
            ),
            given_at=None if at is None or not agreed else at.astimezone(),
            noted_by=given.by if given and not consent else self._workplace.signer,
            adult_confirmed=adult, generated_at=now().astimezone(),
            made_up=self._workplace.demo or patient.code.startswith(SAMPLE_CODE),
            demo=self._workplace.demo,
        ))  # fmt: skip

    def _event(
        self, patient_id: PatientId, kind: ConsentKind, version: str, uses: frozenset[Use],
        reason: str,
    ) -> ConsentEvent:  # fmt: skip
        actor = acting.current()
        by_patient = actor is not None and actor.has(Role.PATIENT)
        by = self._store.patient(patient_id).name if by_patient else self._workplace.signer
        return ConsentEvent(patient_id, kind, version, uses, now(), by,
                            "" if actor is None else actor.who, by_patient,
                            reason=reason)  # fmt: skip

    def _end_live(self, patient_id: PatientId, uses: frozenset[Use]) -> bool:
        """Ends a live session of this person: kept, or thrown away, as the text says."""
        run = self._live.current()
        if run is None or run.record.patient_id != patient_id:
            return False
        run.lost(ENDED)
        record = run.stop()
        if record.state is SessionState.CANCELLED:
            return True
        if Use.MEASUREMENTS in uses:
            throw_away(self._store, record)
        elif record.state is SessionState.INTERRUPTED:
            self._live.close_interrupted(record.id)
        return True
