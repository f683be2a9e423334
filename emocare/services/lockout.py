"""After five failures a name rests, longer each time; told the same of names nobody has."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from emocare.domain.accounts import Failures
from emocare.domain.errors import AccessDenied
from emocare.store import Store

FREE = 5
"""Failures before the first rest."""
RESTS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""How long a name rests after the fifth failure, the sixth, and so on; the last for all later."""
CLOCK_SLACK = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(hours=24)


class Lockout:
    """Counts failures by name. Any thread."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._lock = threading.Lock()

    def require_free(self, login: str) -> None:
        """Refuses to try a name that rests.

        Raises:
            AccessDenied: Says for how long.
        """
        at, found = self._now(), self._store.failures(_key(login))
        if found is not None and found.last_at - at > CLOCK_SLACK:
            # The clock was set back since: the rest is what it was, and begins now.
            found = replace(found, last_at=at, until=at + (found.until - found.last_at))
            self._store.keep_failures(found, at - FORGOTTEN_AFTER)
        left = timedelta() if found is None else found.until - at
        if left > timedelta():
            raise AccessDenied(
                f"Too many attempts with this name. Try again in {_words(left)}, or ask an "
                "administrator for a new password."
            )

    def failed(self, login: str) -> bool:
        """Notes a failure; True when the name rests now."""
        with self._lock:
            at, key = self._now(), _key(login)
            found = self._store.failures(key)
            old = 0 if found is None or at - found.last_at > FORGOTTEN_AFTER else found.failures
            count = old + 1
            rest = RESTS[min(count - FREE, len(RESTS) - 1)] if count >= FREE else timedelta()
            self._store.keep_failures(Failures(key, count, at, at + rest), at - FORGOTTEN_AFTER)
            return count >= FREE

    def forget(self, login: str) -> None:
        """A name begins anew: after the right password, or an administrator's reset."""
        self._store.forget_failures(_key(login))


def _key(login: str) -> str:
    """What is stored of a name that was typed: it may be a password in the wrong field."""
    return hashlib.sha256(f"emocare name {login}".encode()).hexdigest()


def _words(left: timedelta) -> str:
    seconds = left.total_seconds()
    if seconds < 55:
        return "less than a minute"
    minutes = round(seconds / 60)
    return "one minute" if minutes <= 1 else f"{minutes} minutes"
