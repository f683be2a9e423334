"""Passwords: which are refused, how they are kept, how one is made up.

``common_passwords.txt.gz`` holds 19,626 common passwords (collected by Royce Williams, as Django
ships them, plain ASCII only).
"""

from __future__ import annotations

import gzip
import secrets
import threading
import unicodedata
from functools import cache, cached_property
from pathlib import Path

import argon2

from emocare.domain.errors import InputError

SHORTEST, LONGEST = 12, 256
LEAST_SIGNS = 5
"""So many different signs a password has at least."""
COMMON = Path(__file__).with_name("common_passwords.txt.gz")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Of passwords that are made up: no letter that looks like a digit."""


class Passwords:
    """Argon2id with the parameters of RFC 9106 for little memory: 3 passes over 64 MiB, 4 lanes.

    One at a time, so that a storm of attempts cannot fill the memory. Any thread.
    """

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        """Args:
        hasher: With other parameters; tests use it.
        """
        self._hasher = argon2.PasswordHasher() if hasher is None else hasher
        self._one = threading.Lock()

    def hash(self, password: str) -> str:
        """What is stored in place of the password."""
        with self._one:
            return self._hasher.hash(_prepared(password))

    @cached_property
    def _nobody(self) -> str:
        return self.hash(secrets.token_urlsafe())

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether this is the password; takes as long for nobody's (None) as for somebody's."""
        against = self._nobody if stored is None else stored
        with self._one:
            try:
                found = self._hasher.verify(against, _prepared(password))
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
        return found and stored is not None


def check(password: str, login: str) -> None:
    """Refuses a password that is easy to guess.

    Raises:
        InputError: Says what to do.
    """
    plain = _prepared(password)
    if len(plain) < SHORTEST:
        raise InputError(
            f"The password has {len(plain)} signs; it needs at least {SHORTEST}. Four words that "
            "do not belong together are easy to keep in mind."
        )
    if len(plain) > LONGEST:
        raise InputError(f"The password has {len(plain)} signs; {LONGEST} fit. Shorten it.")
    lower = plain.casefold()
    if len(set(lower)) < LEAST_SIGNS:
        raise InputError("The password repeats the same few signs. Choose one with more of them.")
    if len(login) > 2 and login in lower:
        raise InputError("The password holds your sign-in name. Choose one without it.")
    core = lower.strip("0123456789 !?.,;:-_*#+$%&/()='\"@<>")
    if lower in _common() or core in _common() or lower.isdigit():
        raise InputError(
            "The password is one of those that are tried first. Choose four words that do not "
            "belong together."
        )


def made_up() -> str:
    """A password for one sign-in: 16 signs, 80 bits, in four groups that can be read aloud."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(signs[i : i + 4] for i in range(0, 16, 4))


def _prepared(password: str) -> str:
    """The same text, however the keyboard composed its accents."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(COMMON.read_bytes()).decode("ascii").split())
