"""Signing in: the first account, name and password, the authenticator, a new password."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emocare.domain.accounts import Account, AccountId, Identity, Role
from emocare.domain.audit import AuditKind
from emocare.domain.errors import AccessDenied, InputError
from emocare.domain.records import PatientId
from emocare.services import authenticator, passwords
from emocare.services.accounts import login_name, new_account
from emocare.services.audit import Audit
from emocare.services.confirmations import Confirmations
from emocare.services.lockout import Lockout
from emocare.services.passwords import Passwords
from emocare.services.sign_ins import SignIns
from emocare.store import Store

WRONG = "The name or the password is not right. Try again, or ask an administrator for a new one."
WRONG_CODE = "The code is not right any more. Type the one that the authenticator shows now."
TOO_LATE = "That took too long. Sign in again."
LOCKED = "This account is locked. Ask an administrator."
NO_ACCOUNT = (
    "Nobody here is known to the provider under this identity. Ask an administrator to link it to "
    "your account: {identity}"
)
IN_OTHER_HANDS = "This device is in the hands of somebody else. Take it back first."
CODE, PASSWORD = "code", "password"
TICKET_FOR = timedelta(minutes=5)
MOST_TICKETS = 200
NOBODY = "nobody"
"""Who stands in the log before anybody is known."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody stands who signs in.

    Attributes:
        token: Of the finished sign-in, None before.
        needs: ``CODE`` or ``PASSWORD`` (a new one), "" when nothing is needed any more.
        ticket: Proves the step before; holds for five minutes and for one use.
    """

    token: str | None = None
    needs: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class _Ticket:
    account_id: AccountId
    needs: str
    until: datetime


class Entrance:
    """Everything before somebody is signed in. Any thread."""

    def __init__(
        self, store: Store, hasher: Passwords, sign_ins: SignIns, lockout: Lockout, audit: Audit,
        now: Callable[[], datetime], confirmations: Confirmations,
    ) -> None:  # fmt: skip
        self._store = store
        self._passwords = hasher
        self._sign_ins = sign_ins
        self._lockout = lockout
        self._audit = audit
        self._now = now
        self._confirmations = confirmations
        self._lock = threading.Lock()
        # Attempts that come at the same moment are counted one after the other.
        self._trying = threading.Lock()
        self._tickets: dict[str, _Ticket] = {}

    def nobody_yet(self) -> bool:
        """Whether there is no account, so that the first one can be made."""
        return not self._store.accounts()

    def make_first(self, login: str, full_name: str, password: str, *, treats: bool) -> Step:
        """Makes the administrator and signs them in.

        Args:
            treats: Whether they also treat patients here.

        Raises:
            InputError: A name or the password cannot be used, or there is an account already.
        """
        name = login_name(login)
        passwords.check(password, name)
        roles = {Role.ADMINISTRATOR, Role.PHYSICIAN} if treats else {Role.ADMINISTRATOR}
        account = new_account(name, full_name, roles, None, self._passwords.hash(password),
                              must_change=False)  # fmt: skip
        self._store.add_account(account, first=True)
        self._note(account, AuditKind.CONFIGURATION, "first account")
        return self._finished(account)

    def sign_in(self, login: str, password: str) -> Step:
        """Checks name and password. Takes as long for a name that nobody has.

        Raises:
            AccessDenied: They are wrong, the name rests, or the account is locked.
        """
        name = login_name(login)
        with self._trying:
            self._lockout.require_free(name)
            account = self._store.account_by_login(name)
            stored = None if account is None else account.password
            if not self._passwords.fits(password, stored) or account is None:
                self._failed(name, account, "password")
                raise AccessDenied(WRONG)
        if account.locked:
            self._note(account, AuditKind.REFUSED, "sign-in: locked")
            raise AccessDenied(LOCKED)
        if account.code_secret is not None:
            return self._ticket(account, CODE)
        return self._passed(account)

    def give_code(self, ticket: str, code: str) -> Step:
        """The second step, with the authenticator.

        Raises:
            AccessDenied: The code is wrong, it took too long, or the name rests. After a wrong
                code the ticket still holds.
        """
        with self._trying:
            account = self._account(ticket, CODE)
            self._lockout.require_free(account.login)
            step = None
            if account.code_secret is not None:
                step = authenticator.step_of(account.code_secret, code, account.code_step,
                                             self._now().timestamp())  # fmt: skip
            if step is None:
                self._failed(account.login, account, "code")
                raise AccessDenied(WRONG_CODE)
            self._take(ticket)
            account = replace(account, code_step=step)
            self._store.update_account(account)
        return self._passed(account)

    def choose_password(self, ticket: str, password: str) -> Step:
        """The last step of who came with a password that somebody else has set.

        Raises:
            InputError: The password cannot be used; the ticket still holds.
            AccessDenied: It took too long.
        """
        account = self._account(ticket, PASSWORD)
        passwords.check(password, account.login)
        if self._passwords.fits(password, account.password):
            raise InputError("That is the password you were given. Choose one that only you know.")
        self._take(ticket)
        account = replace(account, password=self._passwords.hash(password), must_change=False)
        self._store.update_account(account)
        self._note(account, AuditKind.CONFIGURATION, "password chosen")
        return self._finished(account)

    def sign_in_with(self, identity: Identity) -> Step:
        """Signs in whom a provider has recognised, if an administrator has linked them.

        The provider's own name of a person decides. An address that the provider has checked
        decides only until that name is known: it may be given to somebody else later.

        Raises:
            AccessDenied: It is linked to no account, or the account is locked.
        """
        account = self._linked(identity)
        if account is None:
            self._audit.note(NOBODY, AuditKind.REFUSED, "sign-in: identity of nobody")
            raise AccessDenied(NO_ACCOUNT.format(identity=identity.subject))
        if account.locked:
            self._note(account, AuditKind.REFUSED, "sign-in: locked")
            raise AccessDenied(LOCKED)
        self._store.link_identity(account.id, identity, self._now())
        if account.code_secret is not None:
            return self._ticket(account, CODE)
        return self._passed(account)

    def hand_over(self, token: str | None, patient_id: PatientId) -> None:
        """Puts this browser into the hands of a patient: nothing but their rows is open in it.

        Raises:
            AccessDenied: Nobody is signed in, or it is in somebody else's hands.
        """
        found, now_with = self._sign_ins.known(token), self._sign_ins.handed_to(token)
        if found is None or now_with not in (None, patient_id):
            raise AccessDenied(IN_OTHER_HANDS)
        if now_with is None:
            self._sign_ins.hand(token, patient_id)
            self._note(found.account, AuditKind.SIGN_IN, "handed to the patient",
                       f" patient:{patient_id}")  # fmt: skip

    def take_back(self, token: str | None, typed: str) -> None:
        """Takes this browser back from a patient.

        Args:
            typed: The password of who is signed in, or the code of their authenticator.

        Raises:
            AccessDenied: It is wrong or was tried too often, or nobody is signed in.
        """
        found = self._sign_ins.known(token)
        if found is None:
            raise AccessDenied(TOO_LATE)
        if self._confirmations.must_confirm:
            account = self._store.account(found.account.id)
            try:
                self._confirmations.check(account, typed)
            except AccessDenied:
                self._note(account, AuditKind.REFUSED, "taken back from the patient")
                raise
        self._sign_ins.hand(token, None)
        self._note(found.account, AuditKind.SIGN_IN, "taken back from the patient")

    def sign_out(self, token: str | None) -> None:
        """Ends the sign-in of this browser."""
        found = self._sign_ins.known(token)
        self._sign_ins.end(token)
        if found is not None:
            self._note(found.account, AuditKind.SIGN_IN, "signed out")

    def _linked(self, identity: Identity) -> Account | None:
        known = [(account_id, one) for account_id, one in self._store.identities().items()
                 if one.issuer == identity.issuer]  # fmt: skip
        found = [account_id for account_id, one in known
                 if one.subject and one.subject == identity.subject]  # fmt: skip
        if not found and identity.email:
            found = [account_id for account_id, one in known
                     if not one.subject and one.email == identity.email]  # fmt: skip
        return self._store.account(found[0]) if len(found) == 1 else None

    def _passed(self, account: Account) -> Step:
        self._lockout.forget(account.login)
        if account.must_change:
            return self._ticket(account, PASSWORD)
        return self._finished(account)

    def _finished(self, account: Account) -> Step:
        token = self._sign_ins.begin(account)
        self._note(account, AuditKind.SIGN_IN, "signed in")
        return Step(token=token)

    def _failed(self, name: str, account: Account | None, what: str) -> None:
        rests = self._lockout.failed(name)
        self._audit.note(NOBODY, AuditKind.REFUSED,
                         f"sign-in: wrong {what}{', name rests' if rests else ''}",
                         "" if account is None else f"account:{account.id}")  # fmt: skip

    def _ticket(self, account: Account, needs: str) -> Step:
        ticket = secrets.token_urlsafe(32)
        at = self._now()
        with self._lock:
            self._tickets = {key: one for key, one in self._tickets.items() if one.until > at}
            while len(self._tickets) >= MOST_TICKETS:
                self._tickets.pop(next(iter(self._tickets)))
            self._tickets[ticket] = _Ticket(account.id, needs, at + TICKET_FOR)
        return Step(needs=needs, ticket=ticket)

    def _account(self, ticket: str, needs: str) -> Account:
        with self._lock:
            found = self._tickets.get(ticket)
        if found is None or found.needs != needs or found.until <= self._now():
            raise AccessDenied(TOO_LATE)
        account = self._store.account(found.account_id)
        if account.locked:
            raise AccessDenied(LOCKED)
        return account

    def _take(self, ticket: str) -> None:
        """Uses a ticket up; of two at the same time one is refused."""
        with self._lock:
            if self._tickets.pop(ticket, None) is None:
                raise AccessDenied(TOO_LATE)

    def _note(self, account: Account, kind: AuditKind, what: str, more: str = "") -> None:
        self._audit.note(f"account {account.id}", kind, what, f"account:{account.id}{more}")
