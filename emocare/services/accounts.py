"""Accounts: making, changing, locking and resetting them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace

from emocare.domain.accounts import Account, AccountId, Identity, Role
from emocare.domain.errors import InputError
from emocare.domain.records import PatientId
from emocare.services import passwords
from emocare.services.lockout import Lockout
from emocare.services.passwords import Passwords
from emocare.services.sign_ins import SignIns
from emocare.services.workplace import new_id, now
from emocare.store import Store

LONGEST_NAME = 120
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Handed:
    """An account with a password that was made up for it, to be told once.

    Attributes:
        password: Holds for one sign-in, at which another one is chosen.
    """

    account: Account
    password: str


class Accounts:
    """What an administrator does with accounts. Any thread."""

    def __init__(
        self, store: Store, hasher: Passwords, sign_ins: SignIns, lockout: Lockout
    ) -> None:
        self._store = store
        self._passwords = hasher
        self._sign_ins = sign_ins
        self._lockout = lockout

    def everybody(self) -> list[Account]:
        """Every account, by name."""
        return self._store.accounts()

    def by_login(self, login: str) -> Account:
        """The account with this name.

        Raises:
            InputError: There is none.
        """
        found = self._store.account_by_login(login_name(login))
        if found is None:
            raise InputError(f"No account has the name {login!r}. 'user list' shows them all.")
        return found

    def add(
        self, login: str, full_name: str, roles: Collection[Role],
        patient_id: PatientId | None = None,
    ) -> Handed:  # fmt: skip
        """Makes an account with a password for one sign-in.

        Raises:
            InputError: A name cannot be used or is taken, or the roles do not go together.
            NotFound: No such patient.
        """
        password = passwords.made_up()
        account = new_account(login, full_name, roles, patient_id, self._passwords.hash(password),
                              must_change=True)  # fmt: skip
        self._store.add_account(account)
        return Handed(account, password)

    def set_roles(self, account_id: AccountId, roles: Collection[Role]) -> Account:
        """Changes what a member of the staff may do; they sign in anew.

        Raises:
            InputError: Nobody could administer any more, or the roles do not go together.
        """
        account = self._store.account(account_id)
        changed = replace(account, roles=frozenset(roles))
        self._store.update_account(changed)
        self._sign_ins.end_all(account_id)
        return changed

    def lock(self, account_id: AccountId) -> Account:
        """Nobody signs in with this account until ``unlock``; who is signed in is signed out.

        Raises:
            InputError: Nobody could administer any more.
        """
        return self._set_locked(account_id, locked=True)

    def unlock(self, account_id: AccountId) -> Account:
        """Takes ``lock`` back, and the rest after too many attempts too."""
        return self._set_locked(account_id, locked=False)

    def reset(self, account_id: AccountId) -> Handed:
        """A new password for one sign-in; takes the authenticator away, signs out everywhere."""
        password = passwords.made_up()
        changed = replace(
            self._store.account(account_id), password=self._passwords.hash(password),
            must_change=True, code_secret=None, code_step=0,
        )  # fmt: skip
        self._store.update_account(changed)
        self._lockout.forget(changed.login)
        self._sign_ins.end_all(account_id)
        return Handed(changed, password)

    def sign_out_everywhere(self, account_id: AccountId) -> int:
        """Ends every sign-in of an account; how many there were."""
        return self._sign_ins.end_all(account_id)

    def link(self, account_id: AccountId, identity: Identity) -> None:
        """Lets an account sign in through a provider, beside its password.

        Args:
            identity: With the provider's own name of the person, or the address the provider
                knows them by.

        Raises:
            InputError: It cannot be used, or belongs to another account.
            NotFound: No such account.
        """
        issuer, subject = identity.issuer.strip(), identity.subject.strip()
        email = identity.email.strip().casefold()
        if not issuer or not (subject or email) or max(map(len, (issuer, subject, email))) > 255:
            raise InputError("Enter the address or the identifier by which the provider knows "
                             "this person.")  # fmt: skip
        if email and not _EMAIL.fullmatch(email):
            raise InputError(f"{email!r} is no e-mail address. Correct it.")
        self._store.link_identity(self._store.account(account_id).id,
                                  Identity(issuer, subject, email), now())  # fmt: skip

    def unlink(self, account_id: AccountId) -> None:
        """The account signs in with its password alone again; who is signed in is signed out."""
        self._store.unlink_identity(account_id)
        self._sign_ins.end_all(account_id)

    def identities(self) -> dict[AccountId, Identity]:
        """Of every account that may sign in through a provider."""
        return self._store.identities()

    def signed_in(self) -> dict[AccountId, int]:
        """How many browsers each account is signed in with now."""
        return self._sign_ins.counts()

    def _set_locked(self, account_id: AccountId, *, locked: bool) -> Account:
        changed = replace(self._store.account(account_id), locked=locked)
        self._store.update_account(changed)
        self._lockout.forget(changed.login)
        self._sign_ins.end_all(account_id)
        return changed


def login_name(typed: str) -> str:
    """The name as it is stored: no blanks around it, lower case, accents composed."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def new_account(
    login: str, full_name: str, roles: Collection[Role], patient_id: PatientId | None,
    password: str, *, must_change: bool,
) -> Account:  # fmt: skip
    """A checked account that is not stored yet.

    Args:
        password: Its hash.

    Raises:
        InputError: A name cannot be used, or the roles do not go together.
    """
    name, shown = login_name(login), " ".join(full_name.split())
    if not 2 <= len(name) <= 40 or any(not (ch.isalnum() or ch in ".-_@") for ch in name):
        raise InputError(
            "The sign-in name needs 2 to 40 letters, digits, or one of . - _ @, without blanks."
        )
    if not shown or len(shown) > LONGEST_NAME or not shown.isprintable():
        raise InputError("The full name is empty, too long or cannot be printed. Enter it anew.")
    return Account(
        id=AccountId(new_id()), login=name, full_name=shown, roles=frozenset(roles),
        patient_id=patient_id, password=password, must_change=must_change, locked=False,
        created_at=now(),
    )  # fmt: skip
