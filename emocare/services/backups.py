"""Back-ups of the whole database: made while people work, tried out, thinned, once a day."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from emocare.domain.data_life import Erasure
from emocare.domain.errors import EmoCareError, InputError, StoreError
from emocare.domain.records import PatientId
from emocare.services.backup_file import SUFFIX, About, pack, read_about, sha256_of, unpack
from emocare.services.backup_keep import Keep
from emocare.services.backup_states import Backup, Job, Schedule, Step
from emocare.services.workplace import Workplace, now
from emocare.store import Store
from emocare.store.conversion import beside, contents_of, keep, remove
from emocare.store.encryption import ENGINE
from emocare.store.keys import DatabaseKey

_log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
FIRST_LOOK_S, LOOK_EVERY_S = 60.0, 600.0
"""Seconds from the start of the app, and between two looks whether a back-up is due."""

ROOM = 3
"""Free disk that is needed, in sizes of the database: the copy, its file, the trial restore."""

FAULT = (
    "The back-up stopped at a fault of the program; none was kept. Try again; the log names the "
    "fault."
)

ERASED = "erased.json"
"""Who was erased, beside the back-ups: identifiers that say nothing of a person."""


class Backups:
    """Makes and lists them. Any thread; one is made at a time."""

    def __init__(self, store: Store, workplace: Workplace, folder: Path, keep: Keep) -> None:
        """Args:
        folder: Of the daily ones.
        keep: How many stay.
        """
        self._store = store
        self._workplace = workplace
        self._folder = folder
        self._keep = keep
        self._one = threading.Lock()
        self._beginning = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._fault: str | None = None
        self._job: Job | None = None
        self._at_work: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        """Where the daily ones lie."""
        return self._folder

    @property
    def fault(self) -> str | None:
        """Why the last daily one was not made; None when it was."""
        return self._fault

    @property
    def job(self) -> Job | None:
        """The last back-up that was begun by hand since the start; None before any."""
        return self._job

    def begin(self) -> Job:
        """Makes one beside everything else and comes back at once; ``job`` says how it goes.

        One at a time: while one is being made, that one is told.
        """
        with self._beginning:
            if self._job is not None and self._job.running:
                return self._job
            self._job = Job(Step.WAITING, now())
            self._at_work = threading.Thread(target=self._by_hand, name="back-up", daemon=True)
            self._at_work.start()
            return self._job

    def _by_hand(self) -> None:
        step, made = Step.FAILED, None
        fault: str | None = FAULT
        try:
            made = self.make(tell=self._tell)
            self.thin()
            step, fault, self._fault = Step.DONE, None, None
        except (EmoCareError, OSError) as error:
            fault = str(error)
            _log.warning("no back-up was made: %s", error)
        finally:
            # Also at a fault of the program, which then ends this thread with its traceback.
            self._tell(step, made, fault)

    def _tell(self, step: Step, made: Backup | None = None, fault: str | None = None) -> None:
        if self._job is not None:
            self._job = replace(self._job, step=step, made=made, fault=fault)

    def make(
        self, to: Path | None = None, tell: Callable[[Step], object] = lambda step: None
    ) -> Backup:
        """Copies the database, tries the copy out, and only then gives it its name.

        Recordings may go on; what they add afterwards is not in it.

        Args:
            to: Another folder than that of the daily ones.
            tell: Is told of every step.

        Raises:
            InputError: Everybody is made up; a file of the demo is not left behind.
            StoreError: No room, no permission, or the trial restore did not give the same.
        """
        if self._workplace.demo:
            raise InputError("The demo clinic is thrown away: no back-up is made of it.")
        folder = self._folder if to is None else to
        key = self._store.key
        if key is None:
            raise StoreError("A back-up is made only of an encrypted database.")
        with self._one:
            _prepare(folder, self._store.path)
            at = now()
            file = folder / f"emocare-{at:%Y%m%dT%H%M%S}{SUFFIX}"
            try:
                about = self._written(file, at, key, tell)
                self.note_erased(folder)
            except OSError as error:
                raise StoreError(
                    f"The back-up cannot be written in {folder}: {error.strerror}. Set backup_dir "
                    "to another folder."
                ) from error
        return Backup(file, file.stat().st_size, about)

    def _written(
        self, file: Path, at: datetime, key: DatabaseKey, tell: Callable[[Step], object]
    ) -> About:
        """The copy, packed, taken out again and compared, and then named."""
        copy, trial = beside(self._store.path, "backup"), beside(self._store.path, "trial")
        part = file.with_suffix(".part")
        try:
            tell(Step.COPYING)
            held = self._store.copy_to(copy)
            tell(Step.PACKING)
            version, sha256 = self._workplace.app_version, sha256_of(copy)
            about = About(at, version, ENGINE, key.id, sha256, held)
            pack(copy, about, part)
            remove(copy)
            tell(Step.TRYING)
            unpack(part, read_about(part), trial)
            if not about.same(contents_of(trial, [key])):
                raise StoreError(
                    "The back-up was not kept: tried out, it does not hold what the database "
                    "holds. Try again; if it happens again, the disk may be failing."
                )
            part.replace(file)
            keep(file.parent)
        finally:
            for path in (copy, trial):
                remove(path)
            part.unlink(missing_ok=True)
        return about

    def all(self, folder: Path | None = None) -> list[Backup]:
        """Back-ups of a folder, newest first; files that are none are left out."""
        found = []
        for path in (self._folder if folder is None else folder).glob(f"*{SUFFIX}"):
            try:
                found.append(Backup(path, path.stat().st_size, read_about(path)))
            except (StoreError, FileNotFoundError):
                _log.warning("%s is no back-up", path.name)
        return sorted(found, key=lambda backup: backup.about.made_at, reverse=True)

    def thin(self) -> list[Path]:
        """Deletes the daily ones that need not stay, and says which."""
        found = self.all()
        stay = self._keep.chosen([backup.about.made_at for backup in found])
        gone = [backup.file for backup in found if backup.about.made_at not in stay]
        for path in gone:
            path.unlink(missing_ok=True)
        return gone

    def due(self) -> bool:
        """Whether the newest is a day old, and there is anybody to lose."""
        if self._keep == Keep(0, 0, 0) or not self._store.patients():
            return False
        at = now()
        # One from later than now was made before the clock was set back: it does not count.
        made = [backup.about.made_at for backup in self.all() if backup.about.made_at <= at]
        return not made or at - max(made) >= EVERY

    def schedule(self) -> Schedule:
        """Where the daily ones stand."""
        newest = next((one.about.made_at for one in self.all()), None)
        on = self._keep != Keep(0, 0, 0)
        due = None
        if on and self._store.patients():
            due = now() if newest is None else newest + EVERY
        return Schedule(on, newest, due, self._fault,
                        on_same_disk(self._folder, self._store.path))  # fmt: skip

    def note_erased(self, folder: Path | None = None) -> None:
        """Writes who was erased beside the back-ups, for a computer that knows only those."""
        folder = self._folder if folder is None else folder
        known = {one.patient_id: one for one in (*erased_beside(folder), *self._store.erasures())}
        if not known or not folder.is_dir():
            return
        part = folder / f"{ERASED}.part"
        part.write_text(json.dumps([
            {"patient_id": one.patient_id, "erased_by": one.erased_by,
             "erased_at": one.erased_at.isoformat(), "counts": dict(one.counts)}
            for one in known.values()
        ]), encoding="utf-8")  # fmt: skip
        part.replace(folder / ERASED)

    def start(self, first_s: float = FIRST_LOOK_S, every_s: float = LOOK_EVERY_S) -> None:
        """Makes one a day from now on, in a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._daily, args=(first_s, every_s), name="back-ups", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread; one that is being made is finished first."""
        self._stop.set()
        for thread in (self._thread, self._at_work):
            if thread is not None:
                thread.join()

    def _daily(self, first_s: float, every_s: float) -> None:
        wait_s = first_s
        while not self._stop.wait(wait_s):
            wait_s = every_s
            try:
                if self.due():
                    _log.info("back-up %s", self.make().file.name)
                    self.thin()
                self._fault = None
            except (StoreError, OSError) as error:
                # Kept to be shown; tried again at the next look.
                self._fault = str(error)
                _log.warning("no back-up was made: %s", error)


def erased_beside(folder: Path) -> list[Erasure]:
    """Who was erased, as noted beside back-ups.

    Raises:
        StoreError: The note is damaged: without it somebody might come back.
    """
    file = folder / ERASED
    if not file.is_file():
        return []
    try:
        return [
            Erasure(PatientId(one["patient_id"]), one["erased_by"],
                    datetime.fromisoformat(one["erased_at"]), one["counts"])
            for one in json.loads(file.read_text(encoding="utf-8"))
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{file} is damaged: it says who was erased and must not come back. Put a copy of it "
            "back, or delete it if nobody was erased."
        ) from error


def on_same_disk(folder: Path, database: Path) -> bool:
    """Whether a folder, which need not be there yet, lies on the disk of the database."""
    there = next(place for place in (folder.resolve(), *folder.resolve().parents)
                 if place.exists())  # fmt: skip
    return there.stat().st_dev == database.parent.stat().st_dev


def _prepare(folder: Path, database: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob("emocare-*.part"):
            left.unlink()
        needed = ROOM * database.stat().st_size
        for place in (folder, database.parent):
            if (free := shutil.disk_usage(place).free) < needed:
                raise StoreError(
                    f"The disk of {place} is too full for a back-up: {needed / 1e6:.0f} MB are "
                    f"needed, {free / 1e6:.0f} MB free. Free some space, or set backup_dir to "
                    "another folder."
                )
    except OSError as error:
        raise StoreError(
            f"The back-up cannot be written in {folder}: {error.strerror}. Set backup_dir to a "
            "folder that you may write."
        ) from error


