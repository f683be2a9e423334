"""Who signs in, who acts, and what is written down about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from emocare.domain.errors import InputError
from emocare.domain.records import PatientId

AccountId = NewType("AccountId", str)
GrantId = NewType("GrantId", str)


class Role(StrEnum):
    """What an account is for. One account may be physician and administrator."""

    PHYSICIAN = "physician"
    PATIENT = "patient"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        login: The name typed at the sign-in, lower case.
        full_name: Stands in reports and behind reviews.
        roles: At least one; a patient has no other.
        patient_id: Whose rows a patient's account may open, None for staff.
        password: Hash of the password with salt and parameters, never the password.
        must_change: The password was set by somebody else and holds for one sign-in.
        locked: May not sign in until an administrator takes that back.
        code_secret: Of the authenticator, None where none is in use.
        code_step: The newest time step of the authenticator that was used; a code holds once.
    """

    id: AccountId
    login: str
    full_name: str
    roles: frozenset[Role]
    patient_id: PatientId | None
    password: str
    must_change: bool
    locked: bool
    created_at: datetime
    code_secret: str | None = None
    code_step: int = 0

    def __post_init__(self) -> None:
        if not self.roles:
            raise InputError("An account needs at least one role.")
        if (Role.PATIENT in self.roles) is not (self.patient_id is not None):
            raise InputError("The account of a patient names the patient, and no other does.")
        if Role.PATIENT in self.roles and len(self.roles) > 1:
            raise InputError("The account of a patient has no other role.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something now.

    Attributes:
        who: How the log names them: an account, or the command line and its user.
        full_name: Stands in reports and behind reviews.
        roles: What they may do.
        account_id: None on the command line.
        patient_id: Whose rows a patient may open.
        everybody: May open every patient without being assigned: whoever runs commands on the
            database file has it in their hands anyway.
        sign_in: SHA-256 of the token of their browser; "" on the command line.
    """

    who: str
    full_name: str
    roles: frozenset[Role]
    account_id: AccountId | None = None
    patient_id: PatientId | None = None
    everybody: bool = False
    sign_in: str = ""

    def has(self, role: Role) -> bool:
        """Whether they hold this role."""
        return role in self.roles


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser that is signed in. The token itself is nowhere but in its cookie.

    Attributes:
        handed_to: The patient in whose hands the device is; until it is taken back with the
            password nothing but their own rows is open.
    """

    token_hash: str
    account_id: AccountId
    began_at: datetime
    seen_at: datetime
    handed_to: PatientId | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider of sign-ins says somebody is; the account it belongs to names it.

    Attributes:
        issuer: Address of the provider, as its tokens name it.
        subject: The provider's own name of the person, "" where only the address is known.
        email: Lower case; "" when there is none or the provider has not checked it.
    """

    issuer: str
    subject: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a name was tried in vain; nothing is tried before ``until``."""

    name_hash: str
    failures: int
    last_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """A physician opened a patient who is not theirs, and said why."""

    id: GrantId
    account_id: AccountId
    patient_id: PatientId
    reason: str
    opened_at: datetime
    until: datetime
