"""The key of the database: made at the first start, changed, recovered, moved."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from emocare.domain.data_life import Holder
from emocare.domain.errors import InputError, StoreError, WrongKey
from emocare.services.console import say
from emocare.store import Store
from emocare.store.encryption import encrypted
from emocare.store.key_folder import KeyFolder
from emocare.store.keys import DatabaseKey

_log = logging.getLogger(__name__)

PASSPHRASE = "EMOCARE_PASSPHRASE"
AUTO = "auto"
ENDING = 6
"""Letters at the end of the recovery key by which somebody shows that they have it on paper."""

RECOVERY_SENTENCE = (
    "Recovery key of Emo-Care. Print this page, keep it in a safe place away from this computer, "
    "then delete this file. Without the key folder and without this recovery key nobody can open "
    "the database or a back-up again."
)


@dataclass(frozen=True, slots=True)
class KeyState:
    """How the key lies.

    Attributes:
        id: Its name, which says nothing of the key.
        holder: Who keeps it.
        former: How many earlier keys are kept for earlier back-ups.
        recovery_file: The recovery key, while it still lies on this machine.
        folder: Where the key lies.
        written_at: When it was last made, changed or moved.
    """

    id: str
    holder: Holder
    former: int
    recovery_file: Path | None
    folder: Path
    written_at: datetime | None


class Vault:
    """The key folder of one installation and the database that it opens."""

    def __init__(
        self, folder: KeyFolder, database: Path, holder: str = AUTO, *, throw_away: bool = False
    ) -> None:
        """Args:
        folder: Of the keys.
        database: What they open; need not be there.
        holder: Who keeps a key that is made, or "auto".
        throw_away: Nobody will want the database back, so no recovery key is written.

        Raises:
            InputError: There is no such holder.
        """
        if holder not in {AUTO, *Holder}:
            raise InputError(
                f"Setting key_holder: expected auto, file, keyring or passphrase, got {holder!r}."
            )
        self._folder = folder
        self._database = database
        self._holder = holder
        self._throw_away = throw_away

    @property
    def exists(self) -> bool:
        """Whether there is a key."""
        return self._folder.exists

    @property
    def holder(self) -> Holder:
        """Who keeps the key.

        Raises:
            WrongKey: There is none.
        """
        return self._folder.holder

    @property
    def recovery_file(self) -> Path:
        """Where the recovery key lies until it has been printed and removed."""
        return self._folder.recovery_file

    def keys(self) -> list[DatabaseKey]:
        """Every key, newest first; made where there is neither a key nor anything encrypted.

        Raises:
            WrongKey: There is an encrypted database, and its key cannot be had.
            StoreError: The key cannot be written.
        """
        if not self._folder.exists and not encrypted(self._database):
            self.make()
        return self._folder.keys()

    def make(self) -> DatabaseKey:
        """Makes the key of a new installation and says the recovery key, once.

        Raises:
            InputError: There is a key already.
            WrongKey: There is a database that is encrypted with a key of before.
        """
        if self._folder.exists:
            raise InputError("There is a key already. To change it: python -m emocare key rotate")
        if encrypted(self._database):
            raise WrongKey(
                f"{self._database.name} is encrypted already, and a new key would not open it. "
                "Put the key folder back, or enter the recovery key: python -m emocare key recover"
            )
        key = DatabaseKey.new()
        holder = self._folder.choose() if self._holder == AUTO else Holder(self._holder)
        self._folder.write([key], holder)
        self._announce(key)
        return key

    def state(self) -> KeyState:
        """How the key lies.

        Raises:
            WrongKey: It cannot be had.
        """
        keys = self._folder.keys()
        file = self._folder.recovery_file
        return KeyState(keys[0].id, self._folder.holder, len(keys) - 1,
                        file if file.is_file() else None, self._folder.folder,
                        self._folder.written_at)  # fmt: skip

    def printed(self, ending: str) -> None:
        """Removes the file of the recovery key, once somebody has it on paper.

        Args:
            ending: The last letters as they stand on the paper; who cannot say them has no sheet,
                and the file stays.

        Raises:
            InputError: They are not those of the key, or there is no file.
            WrongKey: The key cannot be had.
        """
        file = self._folder.recovery_file
        if not file.is_file():
            raise InputError("The file of the recovery key is not there any more.")
        if plainly(ending) != plainly(self._folder.keys()[0].recovery)[-ENDING:]:
            raise InputError(
                f"These are not the last {ENDING} letters of the recovery key. Look at the sheet "
                "that you printed; the file stays until they are right."
            )
        self._folder.remove_recovery()

    def rotate(self) -> DatabaseKey:
        """Encrypts the database with a new key; earlier ones stay for earlier back-ups.

        Killed at any moment, the key folder opens the database.

        Raises:
            StoreBusy: The app is running.
            StoreError: The disk is full; the former key holds.
        """
        former = self._folder.keys()
        with Store.open(self._database, keys=former) as store:
            # A key that an interrupted change left behind opens nothing.
            used = former if store.key is None else former[former.index(store.key) :]
            key = DatabaseKey.new()
            self._folder.write([key, *used], self._folder.holder)
            store.rewrite(key)
        self._announce(key)
        return key

    def recover(self, words: str) -> DatabaseKey:
        """Makes the key folder anew from the recovery key.

        Raises:
            WrongKey: It is mistyped, or of another database.
        """
        key = DatabaseKey.from_recovery(words)
        if not self._database.exists():
            raise StoreError(
                f"There is no database {self._database}. To bring a back-up to this computer: "
                "python -m emocare restore FILE"
            )
        try:
            Store.open(self._database, keys=[key]).close()
        except WrongKey as error:
            raise WrongKey(
                f"This is the recovery key of another database, or an earlier one ({key.id})."
            ) from error
        self.adopt(key)
        return key

    def adopt(self, key: DatabaseKey) -> None:
        """Makes a key the newest of this installation."""
        try:
            known = self._folder.keys()
            others = [other for other in known if other != key]
            holder = self._folder.holder
        except WrongKey:
            others = []
            holder = self._folder.choose() if self._holder == AUTO else Holder(self._holder)
        self._folder.write([key, *others], holder)

    def remember(self, key: DatabaseKey) -> None:
        """Keeps a key of an earlier back-up behind those that are there."""
        self._folder.write([*self._folder.keys(), key], self._folder.holder)

    def move(self, holder: Holder, ask: Callable[[], str]) -> None:
        """Has the same keys kept by somebody else, or under another passphrase.

        Args:
            ask: Asks for the new passphrase.
        """
        keys = self._folder.keys()
        self._folder = self._folder.locked_with(ask)
        self._folder.write(keys, holder)

    def _announce(self, key: DatabaseKey) -> None:
        """The recovery key goes to a file, and to a console that somebody sits at: never to one
        that is written into a log."""
        if self._throw_away:
            return
        file = self._folder.write_recovery(key, RECOVERY_SENTENCE)
        if sys.stderr.isatty():
            say(f"\n{RECOVERY_SENTENCE}\n\n    {key.recovery}\n\nThe file: {file}\n")
        else:
            _log.info("the recovery key is in %s: print it and delete the file", file)


def plainly(letters: str) -> str:
    """Letters of a recovery key without dashes and blanks, in capitals."""
    return "".join(letters.upper().split()).replace("-", "")


def ask_passphrase() -> str:
    """From the environment, otherwise from the console.

    Raises:
        WrongKey: There is neither.
    """
    found = os.environ.get(PASSPHRASE)
    if found:
        return found
    if not sys.stdin.isatty():
        raise WrongKey(
            "The database is locked with a passphrase. Start with python start.py, which asks for "
            f"it, or set {PASSPHRASE}."
        )
    return getpass.getpass("Passphrase of the Emo-Care database: ")


def vault_of(
    folder: Path, database: Path, holder: str, ask: Callable[[], str] = ask_passphrase, *,
    throw_away: bool = False,
) -> Vault:  # fmt: skip
    """The vault with its key folder."""
    return Vault(KeyFolder(folder, ask), database, holder, throw_away=throw_away)
