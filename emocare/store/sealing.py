"""A few bytes locked with a passphrase: Argon2id makes the key, AES-256-GCM locks."""

from __future__ import annotations

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from emocare.domain.errors import InputError, WrongKey

SHORTEST = 12
"""Fewest characters of a passphrase."""

PASSES, LANES, MEMORY_KIB = 3, 4, 64 * 1024
"""RFC 9106, section 4, the second recommended choice: 64 MiB, three passes, four lanes."""


def sealed(content: bytes, passphrase: str) -> dict[str, Any]:
    """The content, locked, with what is needed to open it again besides the passphrase.

    Raises:
        InputError: The passphrase is too short.
    """
    if len(passphrase) < SHORTEST:
        raise InputError(f"A passphrase has at least {SHORTEST} characters, such as four words.")
    salt, nonce = os.urandom(16), os.urandom(12)
    how = {"passes": PASSES, "lanes": LANES, "memory_kib": MEMORY_KIB}
    locked = AESGCM(_key(passphrase, salt, how)).encrypt(nonce, content, None)
    return {**how, "salt": _text(salt), "nonce": _text(nonce), "content": _text(locked)}


def opened(entry: dict[str, Any], passphrase: str) -> bytes:
    """What ``sealed`` locked.

    Raises:
        WrongKey: Another passphrase, or the entry was changed.
    """
    try:
        key = _key(passphrase, _bytes(entry["salt"]), entry)
        return AESGCM(key).decrypt(_bytes(entry["nonce"]), _bytes(entry["content"]), None)
    except (InvalidTag, KeyError, ValueError, TypeError) as error:
        raise WrongKey(
            "The passphrase is wrong. Try again, or enter the recovery key: python -m emocare key "
            "recover"
        ) from error


def _key(passphrase: str, salt: bytes, how: dict[str, Any]) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=how["passes"], lanes=how["lanes"],
                   memory_cost=how["memory_kib"])  # fmt: skip
    return kdf.derive(passphrase.encode("utf-8"))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
