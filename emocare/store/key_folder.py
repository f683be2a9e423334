"""Where the keys of a database lie: a folder of their own, never beside the data.

``key.json`` holds the keys themselves (readable by their owner only), or the name of their entry
in the keyring of the operating system, or the keys sealed under a passphrase.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from emocare.domain.data_life import Holder
from emocare.domain.errors import StoreError, WrongKey
from emocare.store.conversion import keep, overwrite
from emocare.store.keys import DatabaseKey
from emocare.store.sealing import opened, sealed

FILE = "key.json"
RECOVERY = "recovery-key.txt"
SERVICE = "Emo-Care"
_NATIVE = ("keyring.backends.Windows", "keyring.backends.macOS", "keyring.backends.SecretService",
           "keyring.backends.libsecret", "keyring.backends.kwallet", "keyring.backends.chainer",
           "keyring.backends.macos")  # fmt: skip


class Ring(Protocol):
    """What is needed of the operating system's keyring."""

    def get_password(self, service: str, name: str) -> str | None:
        """The entry."""

    def set_password(self, service: str, name: str, text: str) -> None:
        """Writes the entry."""

    def delete_password(self, service: str, name: str) -> None:
        """Removes the entry."""


def system_ring() -> Ring | None:
    """The keyring of the operating system, None where there is none that works."""
    import keyring
    from keyring.errors import KeyringError

    if not type(keyring.get_keyring()).__module__.startswith(_NATIVE):
        return None
    trial = f"trial-{uuid4().hex}"
    try:
        keyring.set_password(SERVICE, trial, trial)
        works = keyring.get_password(SERVICE, trial) == trial
        keyring.delete_password(SERVICE, trial)
    except (KeyringError, OSError, RuntimeError):
        return None
    return keyring if works else None


class KeyFolder:
    """The keys of one installation, newest first; old ones stay for old back-ups.

    Every change is written whole or not at all.
    """

    def __init__(
        self, folder: Path, ask: Callable[[], str] | None = None,
        ring: Callable[[], Ring | None] = system_ring,
    ) -> None:  # fmt: skip
        """Args:
        folder: Private; made when keys are created.
        ask: Asks a person for the passphrase.
        ring: The operating system's keyring; asked for only when it is needed.
        """
        self._folder = folder
        self._ask = ask
        self._ring = ring
        self._known: str | None = None

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self._folder

    @property
    def recovery_file(self) -> Path:
        """Where the recovery key lies until it has been printed and removed."""
        return self._folder / RECOVERY

    @property
    def exists(self) -> bool:
        """Whether there are keys."""
        return (self._folder / FILE).is_file()

    @property
    def holder(self) -> Holder:
        """Who keeps the keys.

        Raises:
            WrongKey: The file is damaged.
        """
        return Holder(self._read()["holder"])

    def keys(self) -> list[DatabaseKey]:
        """Every key, newest first.

        Raises:
            WrongKey: They cannot be had; says how to get them.
        """
        entry = self._read()
        holder = Holder(entry["holder"])
        if holder is Holder.FILE:
            return _from_text(json.dumps(entry["keys"]), self._folder)
        if holder is Holder.KEYRING:
            text = self._from_ring(entry["entry"])
            if text is None:
                raise WrongKey(
                    "The keyring of the operating system does not give the key. Unlock it (sign "
                    "in as the user who set Emo-Care up), or enter the recovery key: python -m "
                    "emocare key recover"
                )
            return _from_text(text, self._folder)
        try:
            return _from_text(opened(entry["sealed"], self._passphrase()).decode(), self._folder)
        except WrongKey:
            self._known = None
            raise

    def choose(self) -> Holder:
        """The keyring where one works, otherwise a file."""
        return Holder.FILE if self._ring() is None else Holder.KEYRING

    def write(self, keys: Sequence[DatabaseKey], holder: Holder) -> None:
        """Stores the keys in place of those that are there.

        Raises:
            StoreError: The folder cannot be written, or the keyring is not there.
        """
        former = self._entry()
        texts = [key.text for key in keys]
        content: dict[str, Any] = {"format": 1, "holder": holder.value}
        if holder is Holder.FILE:
            content["keys"] = texts
        elif holder is Holder.KEYRING:
            content["entry"] = self._into_ring(json.dumps(texts))
        else:
            content["sealed"] = sealed(json.dumps(texts).encode(), self._passphrase())
        self._put(FILE, json.dumps(content))
        ring = self._ring() if former is not None else None
        if ring is not None:
            with suppress(RuntimeError):
                # A keyring that refuses keeps an entry that nothing names any more.
                ring.delete_password(SERVICE, former)

    def write_recovery(self, key: DatabaseKey, sentence: str) -> Path:
        """Writes the recovery key into a file that is to be printed and removed."""
        self._put(RECOVERY, f"{sentence}\n\n{key.recovery}\n")
        return self.recovery_file

    def remove_recovery(self) -> None:
        """Writes over the file of the recovery key and removes it.

        Raises:
            StoreError: It is not there, or cannot be removed.
        """
        try:
            overwrite(self.recovery_file)
            keep(self._folder)
        except OSError as error:
            raise StoreError(
                f"{self.recovery_file} cannot be removed: {error.strerror}. Delete it by hand."
            ) from error

    @property
    def written_at(self) -> datetime | None:
        """When the key was last made, changed or moved; None without one."""
        file = self._folder / FILE
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_file() else None

    def locked_with(self, ask: Callable[[], str]) -> KeyFolder:
        """The same folder, with another way to ask for a passphrase."""
        return KeyFolder(self._folder, ask, self._ring)

    def _entry(self) -> str | None:
        """The entry in the keyring that is named now; None also where the file is damaged."""
        try:
            return self._read().get("entry")
        except WrongKey:
            return None

    def _from_ring(self, entry: str) -> str | None:
        ring = self._ring()
        try:
            return None if ring is None else ring.get_password(SERVICE, entry)
        except RuntimeError:
            # What a keyring raises that is locked.
            return None

    def _into_ring(self, text: str) -> str:
        ring = self._ring()
        if ring is None:
            raise StoreError("No keyring of the operating system works here. Use --holder file.")
        entry = uuid4().hex
        ring.set_password(SERVICE, entry, text)
        return entry

    def _passphrase(self) -> str:
        if self._known is not None:
            return self._known
        if self._ask is None:
            raise WrongKey(
                "The database is locked with a passphrase. Start with python start.py, which asks "
                "for it, or set EMOCARE_PASSPHRASE."
            )
        self._known = self._ask()
        return self._known

    def _read(self) -> dict[str, Any]:
        file = self._folder / FILE
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise WrongKey(
                f"The key is missing: {file} is not there. Put the key folder back, or enter the "
                "recovery key: python -m emocare key recover"
            ) from error
        except OSError as error:
            raise WrongKey(
                f"The key cannot be read: {file}: {error.strerror}. Start Emo-Care as the user "
                "who set it up."
            ) from error
        except ValueError as error:
            raise WrongKey(_damaged(self._folder)) from error
        if not isinstance(found, dict) or found.get("holder") not in set(Holder):
            raise WrongKey(_damaged(self._folder))
        return found

    def _put(self, name: str, text: str) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            part = self._folder / f"{name}.part"
            part.unlink(missing_ok=True)
            number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            keep(part)
            part.replace(self._folder / name)
            keep(self._folder)
        except OSError as error:
            raise StoreError(
                f"The key folder {self._folder} cannot be written: {error.strerror}. Set key_dir "
                "to a folder that you may write, outside the data folder."
            ) from error


def _from_text(text: str, folder: Path) -> list[DatabaseKey]:
    try:
        keys = [DatabaseKey(base64.b64decode(one)) for one in json.loads(text)]
    except (ValueError, TypeError, KeyError) as error:
        raise WrongKey(_damaged(folder)) from error
    if not keys:
        raise WrongKey(_damaged(folder))
    return keys


def _damaged(folder: Path) -> str:
    return (
        f"{folder / FILE} is damaged. Put a copy of the key folder back, or enter the recovery "
        "key: python -m emocare key recover"
    )
