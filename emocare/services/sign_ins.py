"""Who is signed in with which browser, until when.

The browser has a random token in a cookie; here only its SHA-256 is known, in memory for every
question and in the database so that a restart signs nobody out.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emocare.domain.accounts import Account, AccountId, Actor, SignIn
from emocare.domain.records import PatientId
from emocare.store import Store

IDLE = timedelta(minutes=10)
"""After so long without a touch nobody is signed in any more (45 CFR 164.312(a)(2)(iii))."""
LONGEST = timedelta(hours=12)
"""After so long everybody signs in anew."""
CLOCK_SLACK = timedelta(minutes=1)
"""A clock may be put right by so much; set back further, everybody signs in anew."""
NOTED_EVERY = timedelta(minutes=1)
"""How often the last touch is written to the disk."""
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Known:
    """A valid sign-in and whose it is."""

    account: Account
    actor: Actor


class SignIns:
    """The valid tokens. Asking takes microseconds; any thread."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """Reads who was signed in when the process before ended.

        ``when_gone`` is called with an account that is signed in nowhere any more; it may be set.
        """
        self._store = store
        self._now = now
        self._lock = threading.Lock()
        self.when_gone: Callable[[AccountId], object] = lambda account_id: None
        accounts = {account.id: account for account in store.accounts()}
        self._open = {one.token_hash: one for one in store.sign_ins()}
        self._noted = {one.token_hash: one.seen_at for one in self._open.values()}
        self._known = {
            key: _known(accounts[one.account_id], key)
            for key, one in self._open.items() if one.account_id in accounts
        }  # fmt: skip

    def begin(self, account: Account) -> str:
        """Signs in and returns the new token: 256 random bits."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        at = self._now()
        sign_in = SignIn(_hash(token), account.id, at, at)
        self._store.add_sign_in(sign_in)
        with self._lock:
            self._open[sign_in.token_hash] = sign_in
            self._noted[sign_in.token_hash] = at
            self._known[sign_in.token_hash] = _known(account, sign_in.token_hash)
        return token

    def known(self, token: str | None) -> Known | None:
        """Whose token this is; None for none, a wrong one, and one that is over."""
        if not token:
            return None
        key = _hash(token)
        with self._lock:
            sign_in = self._open.get(key)
            found = self._known.get(key)
        if sign_in is None or found is None:
            return None
        at = self._now()
        if not _holds(sign_in, at):
            self._end([key])
            return None
        return found

    def touch(self, token: str | None) -> None:
        """Notes that somebody did something in this browser."""
        if token is None or self.known(token) is None:
            return
        key, at = _hash(token), self._now()
        with self._lock:
            if key not in self._open:
                return
            self._open[key] = replace(self._open[key], seen_at=at)
            late = at - self._noted[key] > NOTED_EVERY
            if late:
                self._noted[key] = at
        if late:
            self._store.note_seen(key, at)

    def handed_to(self, token: str | None) -> PatientId | None:
        """The patient in whose hands this browser is, None while nobody's."""
        with self._lock:
            found = self._open.get(_hash(token)) if token else None
        return None if found is None else found.handed_to

    def hand(self, token: str | None, patient_id: PatientId | None) -> None:
        """Notes in whose hands this browser is; a restart does not forget it."""
        if token is None or self.known(token) is None:
            return
        key = _hash(token)
        with self._lock:
            if key not in self._open or self._open[key].handed_to == patient_id:
                return
            self._open[key] = replace(self._open[key], handed_to=patient_id)
        self._store.note_handed(key, patient_id)

    def end(self, token: str | None) -> None:
        """Signs this browser out; its token is worth nothing any more."""
        if token:
            self._end([_hash(token)])

    def end_all(self, account_id: AccountId) -> int:
        """Signs an account out everywhere; how many browsers that were."""
        with self._lock:
            keys = [key for key, one in self._open.items() if one.account_id == account_id]
        self._end(keys)
        return len(keys)

    def counts(self) -> dict[AccountId, int]:
        """How many browsers each account is signed in with."""
        at = self._now()
        with self._lock:
            every = list(self._open.values())
        counts: dict[AccountId, int] = {}
        for one in every:
            if _holds(one, at):
                counts[one.account_id] = counts.get(one.account_id, 0) + 1
        return counts

    def _end(self, keys: list[str]) -> None:
        with self._lock:
            ended = [self._open.pop(key, None) for key in keys]
            for key in keys:
                self._noted.pop(key, None)
                self._known.pop(key, None)
            left = {one.account_id for one in self._open.values()}
        self._store.end_sign_ins(keys)
        for account_id in {one.account_id for one in ended if one is not None} - left:
            self.when_gone(account_id)


def _known(account: Account, token_hash: str) -> Known:
    return Known(account, replace(actor_of(account), sign_in=token_hash))


def actor_of(account: Account) -> Actor:
    """The account as the services see it."""
    return Actor(
        who=f"account {account.id}", full_name=account.full_name, roles=account.roles,
        account_id=account.id, patient_id=account.patient_id,
    )  # fmt: skip


def _holds(sign_in: SignIn, at: datetime) -> bool:
    """Whether it is still valid. A clock that was set back must not make it last longer."""
    idle, lasted = at - sign_in.seen_at, at - sign_in.began_at
    return -CLOCK_SLACK <= idle <= IDLE and -CLOCK_SLACK <= lasted <= LONGEST


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
