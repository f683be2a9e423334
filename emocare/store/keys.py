"""The key of a database: 32 random bytes, its name, and the words a person can keep on paper."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field

from emocare.domain.errors import WrongKey

KEY_BYTES = 32
_CHECK_BYTES = 3
_GROUP = 5
"""35 bytes are 56 letters of base 32: eleven groups of five and one letter."""


@dataclass(frozen=True, slots=True)
class DatabaseKey:
    """A key for AES-256 in Galois/Counter mode.

    Attributes:
        secret: 32 random bytes; never shown in messages or logs.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise WrongKey(f"A key has {KEY_BYTES} bytes, this one {len(self.secret)}.")

    @classmethod
    def new(cls) -> DatabaseKey:
        """From the random numbers of the operating system."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def from_recovery(cls, words: str) -> DatabaseKey:
        """What ``recovery`` wrote, in capitals or not, with any dashes and spaces.

        Raises:
            WrongKey: It is not a recovery key, or was mistyped.
        """
        letters = "".join(words.upper().split()).replace("-", "")
        letters = letters.replace("0", "O").replace("1", "I").replace("8", "B")
        try:
            content = base64.b32decode(letters)
        except ValueError as error:
            raise WrongKey(_MISTYPED) from error
        secret, check = content[:KEY_BYTES], content[KEY_BYTES:]
        if len(secret) != KEY_BYTES or check != _check(secret):
            raise WrongKey(_MISTYPED)
        return cls(secret)

    @property
    def id(self) -> str:
        """Eight letters that tell keys apart and say nothing of the key."""
        return hashlib.sha256(b"Emo-Care key name" + self.secret).hexdigest()[:8]

    @property
    def recovery(self) -> str:
        """The key in letters, with a check against typing errors: to be kept on paper."""
        letters = base64.b32encode(self.secret + _check(self.secret)).decode("ascii")
        return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))

    @property
    def text(self) -> str:
        """The key as the engine takes it."""
        return base64.b64encode(self.secret).decode("ascii")


_MISTYPED = (
    "This is not a recovery key: it has 56 letters and digits, in groups of five. Check what was "
    "typed."
)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"Emo-Care recovery key" + secret).digest()[:_CHECK_BYTES]
