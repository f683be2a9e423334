"""Who may open which patient: their physicians, and others in an emergency with a reason.

A patient for whom nobody is responsible may be opened by every physician: a safety alert must
never belong to nobody.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from emocare.domain.accounts import AccountId, Actor, EmergencyAccess, GrantId, Role
from emocare.domain.errors import InputError
from emocare.domain.records import Patient, PatientId
from emocare.services import acting
from emocare.services.workplace import new_id, now
from emocare.store import Store

EMERGENCY_FOR = timedelta(hours=8)
"""How long a patient stays open after an emergency access."""
CLOCK_SLACK = timedelta(minutes=2)
SHORTEST_REASON, LONGEST_REASON = 10, 1000


class Assignments:
    """Asked at every call of every service, so it answers from memory. Any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read()

    def may_open(self, actor: Actor, patient_id: PatientId) -> bool:
        """Whether this person may open this patient as a patient or a physician."""
        if Role.PATIENT in actor.roles:
            return actor.patient_id == patient_id
        if actor.everybody:
            return True
        if Role.PHYSICIAN not in actor.roles or actor.account_id is None:
            return False
        responsible = self._of.get(patient_id)
        if not responsible or actor.account_id in responsible:
            return True
        until = self._emergencies.get((actor.account_id, patient_id))
        # Set back by hours, the clock must not make it last longer.
        return until is not None and timedelta() < until - now() <= EMERGENCY_FOR + CLOCK_SLACK

    def of(self, patient_id: PatientId) -> frozenset[AccountId]:
        """The accounts that are responsible for a patient."""
        return frozenset(self._of.get(patient_id, ()))

    def counts(self) -> dict[AccountId, int]:
        """For how many patients each account is responsible."""
        counts: dict[AccountId, int] = {}
        for responsible in list(self._of.values()):
            for account_id in responsible:
                counts[account_id] = counts.get(account_id, 0) + 1
        return counts

    def assign(self, account_id: AccountId, patient_id: PatientId) -> None:
        """Makes a physician responsible for a patient.

        Raises:
            NotFound: No such account or patient.
            InputError: The account is not a physician's.
        """
        self._store.patient(patient_id)
        if Role.PHYSICIAN not in self._store.account(account_id).roles:
            raise InputError("Only a physician can be responsible for a patient.")
        self._store.assign(account_id, patient_id, now())
        self._read()

    def unassign(self, account_id: AccountId, patient_id: PatientId) -> None:
        """Takes ``assign`` back. A patient without anybody is open to every physician."""
        self._store.unassign(account_id, patient_id)
        self._read()

    def open_in_emergency(self, code: str, reason: str) -> Patient:
        """Opens somebody else's patient for eight hours; the administrator sees why.

        Args:
            code: The clinic's number of the patient.
            reason: At least ten signs.

        Raises:
            InputError: The reason is too short or too long.
            NotFound: No patient has this number.
        """
        account_id = acting.account_id()
        said = " ".join(reason.split())
        if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
            raise InputError(
                f"Say in {SHORTEST_REASON} to {LONGEST_REASON} signs why you need to open this "
                "person. An administrator reads it."
            )
        patient = self._store.patient_by_code(code)
        at = now()
        self._store.add_emergency_access(EmergencyAccess(
            GrantId(new_id()), account_id, patient.id, said, at, at + EMERGENCY_FOR
        ))  # fmt: skip
        self._read()
        return patient

    def hides_somebody(self) -> bool:
        """Whether there is a patient whom who acts may not open without an emergency."""
        actor = acting.current()
        return actor is not None and any(not self.may_open(actor, one) for one in list(self._of))

    def emergencies(self) -> list[EmergencyAccess]:
        """Every emergency access there was, newest first."""
        return self._store.emergency_accesses()

    def codes(self) -> dict[PatientId, str]:
        """The clinic's numbers of the patients; nothing else of them."""
        return {patient.id: patient.code for patient in self._store.patients()}

    def _read(self) -> None:
        with self._lock:
            self._of = self._store.assignments()
            self._emergencies = {
                (grant.account_id, grant.patient_id): grant.until
                for grant in reversed(self._store.emergency_accesses())
            }
