"""What a start finds: what a process that ended early left, what was put right, what is wrong.

Looked at in three steps: the folders before the database is opened, because opening it removes
what is not finished; the database before anything is repaired; and, when somebody asks, what only
can be said: the clock, the log, the key and the files that everything needs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emocare.domain.errors import EmoCareError, ModelError
from emocare.domain.manifest import load_spec, model_ids
from emocare.report import fonts
from emocare.services.audit import Audit
from emocare.services.clips import Clips
from emocare.services.journal import SUFFIX as RUNNING
from emocare.services.system import Check
from emocare.services.workplace import now
from emocare.store import Store
from emocare.store.conversion import beside
from emocare.store.keys import DatabaseKey

CLOCK_SLACK = timedelta(minutes=2)
"""A clock may be set back by so much without a word."""
LOG_ROWS = 2000
"""Newest rows of the log that are checked at a start; ``verify-audit`` checks all."""

COPIES = {
    "new": "a copy under way to take the database’s place", "backup": "a back-up being made",
    "trial": "a back-up being tried out", "restoring": "a back-up being restored",
    "restoring.new": "a back-up being restored",
    "ready": "a restored database that had not taken its place",
}  # fmt: skip
"""Word of a file beside the database -> what it was."""
PARTS = "emocare-*.part"
"""Back-ups that are not finished."""


@dataclass(frozen=True, slots=True)
class StartFinding:
    """One thing that a start found. It names nobody.

    Attributes:
        what: One sentence.
        repaired: Whether the start put it right.
        remedy: What is left to do; "" when nothing is.
    """

    what: str
    repaired: bool
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What lay there before anything was repaired.

    Attributes:
        copies: Words of unfinished copies beside the database.
        restored: A restored database waited to take the empty place.
        readable: The readable file of an earlier version had not been overwritten.
        rewrite: Data past their time were removed, and the file had not been written anew.
        parts: Unfinished files among the back-ups.
        live: Live sessions that were under way.
        videos: Videos that waited or were being analysed.
        strangers: Clips that no session names.
        erasures: People whose erasure had not been finished.
    """

    copies: frozenset[str] = frozenset()
    restored: bool = False
    readable: bool = False
    rewrite: bool = False
    parts: int = 0
    live: int = 0
    videos: int = 0
    strangers: tuple[Path, ...] = ()
    erasures: int = 0

    @classmethod
    def of_folders(cls, database: Path, backups: Path) -> Left:
        """Before the database is opened."""
        there = {word for word in COPIES if beside(database, word).exists()}
        restored = "ready" in there and not database.exists()
        return cls(
            copies=frozenset(there - {"ready"} if restored else there), restored=restored,
            readable=beside(database, "old").exists(),
            rewrite=beside(database, "rewrite").exists(), parts=sum(1 for _ in backups.glob(PARTS)),
        )  # fmt: skip

    def with_store(self, store: Store, clips: Clips) -> Left:
        """After the database is opened, before sessions and clips are put right."""
        running = store.unfinished()
        live = sum(record.live for record in running)
        named = {Path(path) for path in store.clip_paths().values()}
        strangers = [path for path in clips.strangers(named) if not _note(path)]
        return replace(
            self, live=live, videos=len(running) - live, strangers=tuple(strangers),
            erasures=len(store.erasures(unfinished=True)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store, and what lay there before."""

    store: Store
    left: Left


def opened(open_it: Callable[[], Store], database: Path, backups: Path, clips: Path) -> Opened:
    """Looks, opens the database, and looks again.

    Args:
        open_it: Opens the database.
        database: Its file.
        backups: Folder of the daily ones.
        clips: Private folder of the clips.

    Raises:
        StoreError: As ``open_it``.
    """
    left = Left.of_folders(database, backups)
    store = open_it()
    return Opened(store, left.with_store(store, Clips(clips, 0)))


class Startup:
    """Says what this start found. Any thread."""

    def __init__(
        self, start: Opened, audit: Audit, keys: Sequence[DatabaseKey], models_dir: Path, *,
        repaired: bool = True, unfinished: str = "",
    ) -> None:  # fmt: skip
        """Args:
        start: The open store, and what lay there.
        keys: Of this installation, newest first.
        repaired: Whether sessions, clips and erasures have been put right; the doctor does not.
        unfinished: Why an erasure could not be finished, "" where it could.
        """
        self._left = start.left
        self._store = start.store
        self._audit = audit
        self._keys = list(keys)
        self._models_dir = models_dir
        self._repaired = repaired
        self._unfinished = unfinished
        self._lock = threading.Lock()
        self._found: tuple[StartFinding, ...] | None = None
        self._seen = False

    def findings(self) -> tuple[StartFinding, ...]:
        """Everything, what needs somebody first; the same until the next start."""
        with self._lock:
            if self._found is None:
                every = (*self._sessions(), *self._files(), *self._clock(), *self._log(),
                         *self._key(), *_required(self._models_dir))  # fmt: skip
                self._found = tuple(sorted(every, key=lambda one: one.repaired))
            return self._found

    def notice(self) -> tuple[StartFinding, ...]:
        """What has not been seen yet."""
        return () if self._seen else self.findings()

    def seen(self) -> None:
        """Somebody has read it; nobody is told again before the next start."""
        self._seen = True

    def check(self) -> Check:
        """The doctor's line."""
        found = self.findings()
        open_ones = [one for one in found if not one.repaired]
        if open_ones:
            return Check("start", False, " ".join(one.what for one in open_ones),
                         " ".join(dict.fromkeys(one.remedy for one in open_ones if one.remedy)))
        if found:
            return Check("start", True, " ".join(f"{one.what} Put right." for one in found))
        return Check("start", True, "nothing was left behind; clock, log and key are in order")

    def _sessions(self) -> Iterator[StartFinding]:
        left, done = self._left, self._repaired
        later = "" if done else "Start Emo-Care: it puts this right."
        if left.live:
            yield StartFinding(
                f"{_count(left.live, 'live session was', 'live sessions were')} broken off. What "
                "was measured is kept.", done,
                later or "Continue or close it on the page Live.",
            )
        if left.videos:
            yield StartFinding(
                f"{_count(left.videos, 'video was', 'videos were')} waiting or being analysed. "
                "What was measured is kept.", done, later or "Add the video again on Upload.",
            )
        if left.strangers:
            videos = _count(len(left.strangers), "uploaded video", "uploaded videos")
            gone = not any(path.exists() for path in left.strangers)
            end = "deleted" if gone else "left behind"
            by_hand = f"Look into {left.strangers[0].parent} and delete what lies there."
            yield StartFinding(
                f"{videos} of no session: {end}.", gone,
                "" if gone else later or by_hand,
            )
        if left.erasures or left.rewrite:
            yield StartFinding(
                "Removing data had been interrupted after the rows were gone and before the file "
                "was written anew.", done and not self._unfinished,
                f"It could not be finished now: {self._unfinished}" if self._unfinished
                else later or "It was finished now: nothing of it is left in the file.",
            )

    def _files(self) -> Iterator[StartFinding]:
        left = self._left
        for what in sorted({COPIES[word] for word in left.copies}):
            yield StartFinding(
                f"An unfinished file was left beside the database ({what}). It has been removed; "
                "the database was not touched by it.", True,
                "Begin again what was interrupted.",
            )
        if left.restored:
            yield StartFinding("A restore had been interrupted at its last step. It was finished.",
                               True, "Check that the newest visits are those of the back-up.")
        if left.readable:
            yield StartFinding("The readable file of an earlier version had not been overwritten "
                               "yet. It was overwritten and deleted.", True)  # fmt: skip
        if left.parts:
            yield StartFinding("A back-up was interrupted while it was written. Its unfinished "
                               "file goes when the next one is made.", True)  # fmt: skip

    def _clock(self) -> Iterator[StartFinding]:
        last = self._store.audit_rows(1)
        if not last:
            return
        at = datetime.fromtimestamp(last[-1].entry.at_us / 1e6, UTC)
        behind = at - now()
        if behind > CLOCK_SLACK:
            yield StartFinding(
                f"The clock of this computer is {_span(behind)} behind the last entry of the log "
                f"({at:%Y-%m-%d %H:%M} UTC). It was set back, or it was ahead when that was "
                "written.", False,
                "Set the clock: dates of visits, sign-ins and back-ups rest on it.",
            )

    def _log(self) -> Iterator[StartFinding]:
        found = self._audit.verify(LOG_ROWS).findings
        if found:
            yield StartFinding(
                f"The log is not what was written: {found[0].fault}", False,
                "Tell whoever answers for the data, and run: python -m emocare verify-audit",
            )

    def _key(self) -> Iterator[StartFinding]:
        if self._keys and self._store.key is not None and self._keys[0] != self._store.key:
            yield StartFinding(
                "A change of the database’s key had been interrupted. The former key holds, and "
                "nothing is lost.", False, "Begin it again: python -m emocare key rotate",
            )


def _required(models_dir: Path) -> Iterator[StartFinding]:
    """Whether the files are there, and the ones of the release."""
    again = "Install Emo-Care again. Questionnaires work without the networks."
    try:
        for name in model_ids(models_dir):
            load_spec(models_dir, name)
    except ModelError as error:
        yield StartFinding(str(error), False, again)
    if missing := fonts.missing():
        yield StartFinding(f"Fonts of the report are missing: {', '.join(missing)}.", False,
                           "Install Emo-Care again.")  # fmt: skip


def finished(finish: Callable[[], object]) -> str:
    """Ends an erasure that was interrupted; why it could not be ended, "" when it was.

    A full disk must not keep the application from starting: the next start tries again.
    """
    try:
        finish()
    except EmoCareError as error:
        return str(error)
    return ""


def _note(path: Path) -> bool:
    """Whether a file of the clips folder is the note of a running recording."""
    return path.name.endswith((RUNNING, ".part"))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    if hours < 1:
        return _count(max(1, round(hours * 60)), "minute", "minutes")
    return _count(round(hours), "hour", "hours") if hours < 48 else f"{hours / 24:.0f} days"
