"""Asking again who is there: what may not be done from a workstation that somebody has left open.

A confirmation belongs to one sign-in and one function. Most are used up by the call they were
given for; one for signing holds for five minutes, because reports are signed one after another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from emocare.domain.accounts import Account, Actor
from emocare.domain.errors import AccessDenied
from emocare.services import authenticator
from emocare.services.access import Proof
from emocare.services.lockout import Lockout
from emocare.services.passwords import Passwords
from emocare.store import Store

WRONG = "That is not your password. Try again."
WRONG_OR_CODE = "That is neither your password nor the code of your authenticator. Try again."
HOLDS_FOR = {Proof.ONCE: timedelta(minutes=1), Proof.FIVE_MINUTES: timedelta(minutes=5)}
MOST = 1000


class Confirmations:
    """Who has proved again, for what, until when. In memory alone; any thread.

    Attributes:
        must_confirm: Off only where the accounts are made up and nobody has typed a password for
            them; the wiring decides.
    """

    def __init__(
        self, store: Store, hasher: Passwords, lockout: Lockout, now: Callable[[], datetime], *,
        must_confirm: bool = True,
    ) -> None:  # fmt: skip
        self.must_confirm = must_confirm
        self._store = store
        self._passwords = hasher
        self._lockout = lockout
        self._now = now
        self._lock = threading.Lock()
        # Attempts that come at the same moment are counted one after the other.
        self._trying = threading.Lock()
        self._until: dict[tuple[str, str, str], datetime] = {}

    def check(self, account: Account, typed: str) -> None:
        """Asks for the password, or the code of the authenticator where one is in use.

        Raises:
            AccessDenied: It is wrong, or was tried too often; wrong ones count as at the sign-in.
        """
        with self._trying:
            self._lockout.require_free(account.login)
            if not self._fits(account, typed):
                self._lockout.failed(account.login)
                raise AccessDenied(WRONG if account.code_secret is None else WRONG_OR_CODE)
            self._lockout.forget(account.login)

    def give(self, actor: Actor, name: str, proof: Proof) -> None:
        """Notes that this person has just proved who they are, for one function."""
        at = self._now()
        with self._lock:
            self._until = {key: until for key, until in self._until.items() if until > at}
            while len(self._until) >= MOST:
                self._until.pop(next(iter(self._until)))
            self._until[_key(actor, name)] = at + HOLDS_FOR[proof]

    def take(self, actor: Actor, name: str, proof: Proof) -> bool:
        """Whether the function may be called now; uses up what holds for one call."""
        if not self.must_confirm or actor.account_id is None:
            return True
        key = _key(actor, name)
        with self._lock:
            until = self._until.get(key)
            if until is not None and (proof is Proof.ONCE or until <= self._now()):
                del self._until[key]
        return until is not None and until > self._now()

    def _fits(self, account: Account, typed: str) -> bool:
        if self._passwords.fits(typed, account.password):
            return True
        if account.code_secret is None:
            return False
        step = authenticator.step_of(account.code_secret, typed, account.code_step,
                                     self._now().timestamp())  # fmt: skip
        if step is not None:
            self._store.update_account(replace(account, code_step=step))
        return step is not None


def _key(actor: Actor, name: str) -> tuple[str, str, str]:
    return (str(actor.account_id), actor.sign_in, name)
