"""Bringing a back-up into use: tried out first, brought up to date, the present one kept aside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from emocare.domain.audit import AuditRow
from emocare.domain.data_life import Erasure
from emocare.domain.errors import SchemaTooNew, StoreBusy, StoreError, WrongKey
from emocare.services.audit_restores import note_restore, write_head
from emocare.services.backup_file import About, damaged, read_about, unpack
from emocare.services.backups import erased_beside
from emocare.services.vault import Vault
from emocare.services.workplace import now
from emocare.store import Store
from emocare.store.conversion import beside, contents_of, keep, remove, settle
from emocare.store.keys import DatabaseKey
from emocare.store.migrate import migrations

ASIDE = "before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    Attributes:
        made_at: When the back-up was made.
        patients: How many people it holds now.
        erased_again: How many of it had been erased since, and were erased again.
        aside: Where the database of before lies; None when there was none.
    """

    made_at: datetime
    patients: int
    erased_again: int
    aside: Path | None


def restore(
    file: Path, database: Path, vault: Vault, words: Callable[[str], str], also: Path,
    who: str = "command line",
) -> Restored:  # fmt: skip
    """Puts a back-up into the place of the database.

    Killed at any moment, the former database or the restored one is there, whole.

    Args:
        file: The back-up.
        database: The file of this installation; need not be there.
        vault: Its keys.
        words: Asks for the recovery key; gets the name of the key that is needed.
        also: Folder of the daily back-ups, which may say who was erased.
        who: Restores it; stands in the log of the restored database.

    Raises:
        StoreBusy: The app is running.
        WrongKey: The recovery key is mistyped or of another back-up.
        SchemaTooNew: A newer version made it.
        StoreError: It is damaged, or there is no room. Nothing is changed.
    """
    about = _known_schema(file)
    settle(database)
    key = _key(about, vault, words)
    held = _Held(database, vault)
    work = beside(database, "restoring")
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove(work)
        unpack(file, about, work)
        if not about.same(contents_of(work, [key])):
            raise damaged(file)
        erased = [*held.erasures, *erased_beside(file.parent), *erased_beside(also)]
        noted = partial(note_restore, folder=database.parent, made_at=about.made_at, who=who)
        ready = _brought_up_to_date(work, key, vault, erased, noted)
        aside = _exchange(work, database, held)
        write_head(database.parent, ready.noted)
    except OSError as error:
        raise StoreError(
            f"The back-up cannot be restored into {database.parent}: {error.strerror}."
        ) from error
    finally:
        held.close()
        remove(work)
    return Restored(about.made_at, ready.patients, ready.erased_again, aside)


def _known_schema(file: Path) -> About:
    about = read_about(file)
    schema, known = about.contents.schema, len(migrations())
    if schema > known:
        raise SchemaTooNew(
            f"{file.name} was made by a newer version of Emo-Care (schema {schema}, this one knows "
            f"{known}). Update Emo-Care first."
        )
    return about


@dataclass(frozen=True, slots=True)
class _Ready:
    patients: int
    erased_again: int
    noted: AuditRow


class _Held:
    """The present database, held so that nobody else uses it; may be damaged or missing."""

    def __init__(self, database: Path, vault: Vault) -> None:
        self._store: Store | None = None
        self.erasures: list[Erasure] = []
        if not database.exists():
            return
        try:
            self._store = Store.open(database, keys=vault.keys())
            self.erasures = self._store.erasures()
        except StoreBusy:
            raise
        except StoreError:
            # Damaged, or of another key: that may be why a back-up is wanted. It is kept aside.
            self.close()

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _key(about: About, vault: Vault, words: Callable[[str], str]) -> DatabaseKey:
    for key in _known(vault):
        if key.id == about.key_id:
            return key
    key = DatabaseKey.from_recovery(words(about.key_id))
    if key.id != about.key_id:
        raise WrongKey(
            f"The back-up was made with the key {about.key_id}, this is the recovery key of "
            f"{key.id}. Look for the sheet that was printed when the back-up was made."
        )
    return key


def _known(vault: Vault) -> list[DatabaseKey]:
    """The keys of this installation; none when they are missing or cannot be had."""
    try:
        return vault.keys() if vault.exists else []
    except WrongKey:
        return []


def _brought_up_to_date(
    work: Path, key: DatabaseKey, vault: Vault, erased: list[Erasure],
    note: Callable[[Store], AuditRow],
) -> _Ready:  # fmt: skip
    """Migrates, erases again who was erased, encrypts with the key of this installation, and
    notes the restore in the log."""
    known = _known(vault)
    if not known:
        vault.adopt(key)
    elif key not in known:
        vault.remember(key)
    newest = vault.keys()[0]
    with closing(Store.open(work, keys=[key])) as store:
        again = store.erase_again(erased)
        if again or newest != key:
            store.rewrite(newest)
        store.finish_erasures()
        return _Ready(len(store.patients()), again, note(store))


def _exchange(work: Path, database: Path, held: _Held) -> Path | None:
    """The restored file is complete before the former one leaves its place."""
    ready = beside(database, "ready")
    held.close()
    work.replace(ready)
    keep(database.parent)
    aside = None
    if database.exists():
        aside = database.with_name(f"{database.stem}-{ASIDE}-{now():%Y%m%dT%H%M%S}.duckdb")
        wal = database.with_name(f"{database.name}.wal")
        if wal.exists():
            wal.replace(aside.with_name(f"{aside.name}.wal"))
        database.replace(aside)
    settle(database)
    return aside
