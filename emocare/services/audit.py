"""The log of what was done: who, what, which record, when; never what was in it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emocare.domain.audit import (
    FIRST,
    AuditFilter,
    AuditKind,
    AuditPage,
    AuditRow,
    Entry,
    row_hash,
)
from emocare.domain.errors import StoreError
from emocare.services.audit_restores import (
    HEAD_FILE,
    Restore,
    begins_here,
    explains,
    read_head,
    restores,
    write_head,
)
from emocare.store import Store

_log = logging.getLogger(__name__)

SAME_VIEW_S = 600.0
"""Looking at the same record again within this time is not noted again."""
EVERY = 2**62
SOON_S = 1.0
"""A view waits at most so long to be written, so that a page is not held up by the disk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the log is not what was written.

    Attributes:
        number: Row at which it was noticed.
        fault: One sentence.
    """

    number: int
    fault: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the whole log found.

    Attributes:
        rows: How many there are.
        head: Hash of the last row; written down elsewhere it proves the log up to there.
        restores: Back-ups that were brought into use; rows that went with them are no finding.
    """

    rows: int
    head: str
    findings: tuple[Finding, ...]
    restores: tuple[Restore, ...] = ()


class Audit:
    """Writes the log and checks it. Any thread.

    Everything is on the disk when ``note`` returns. Views are collected for up to a second and
    written with the next row; a killed process loses at most those.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        """Args:
        folder: Where ``audit.head`` lies.
        """
        self._store = store
        self._folder = folder
        self._lock = threading.RLock()
        self._waiting: list[Entry] = []
        self._viewed: dict[tuple[str, str, str], float] = {}
        self._timer: threading.Timer | None = None

    def note(self, who: str, kind: AuditKind, what: str, record: str = "") -> None:
        """Writes one row, and the views that wait before it.

        Raises:
            StoreError: It cannot be written.
        """
        with self._lock:
            self._waiting.append(_entry(who, kind, what, record))
            self._write()

    def viewed(self, who: str, what: str, record: str) -> None:
        """Notes that somebody looked at a record; once in ten minutes is enough."""
        key, at = (who, what, record), time.monotonic()
        with self._lock:
            if at - self._viewed.get(key, -SAME_VIEW_S) < SAME_VIEW_S:
                return
            self._viewed[key] = at
            self._waiting.append(_entry(who, AuditKind.VIEW, what, record))
            if self._timer is None:
                self._timer = threading.Timer(SOON_S, self._write_late)
                self._timer.daemon = True
                self._timer.start()

    def rows(self) -> list[AuditRow]:
        """The whole log, oldest first."""
        self.flush()
        return self._store.audit_rows()

    def page(self, wanted: AuditFilter, number: int, size: int) -> AuditPage:
        """One page of the rows that fit, newest first.

        Args:
            number: Of the page, from 1.
            size: Rows on a page.
        """
        self.flush()
        return self._store.audit_page(wanted, (number - 1) * size, size)

    def chosen(self, wanted: AuditFilter) -> list[AuditRow]:
        """Every row that fits, oldest first; to take away."""
        self.flush()
        return list(self._store.audit_page(wanted, 0, EVERY).rows)[::-1]

    def everybody(self) -> list[str]:
        """Everybody who stands in the log."""
        self.flush()
        return self._store.audit_everybody()

    def verify(self, last: int | None = None) -> Verified:
        """Recomputes hashes and finds each row that was edited, removed or moved.

        Args:
            last: Only so many rows at the end; all when None.
        """
        self.flush()
        every = self._store.audit_rows(last)
        return Verified(len(every), every[-1].hash if every else FIRST,
                        (*_chain_faults(every, last), *self._end_faults(every)),
                        tuple(restores(every)))  # fmt: skip

    def flush(self) -> None:
        """Writes the views that wait."""
        with self._lock:
            self._write()

    def _write_late(self) -> None:
        try:
            self.flush()
        except StoreError as error:
            _log.error("views wait to be written to the log: %s", type(error).__name__)

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting:
            return
        last = self._store.append_audit(self._waiting)
        self._waiting = []
        self._forget_old()
        write_head(self._folder, last)

    def _forget_old(self) -> None:
        if len(self._viewed) > 20_000:
            before = time.monotonic() - SAME_VIEW_S
            self._viewed = {key: at for key, at in self._viewed.items() if at > before}

    def _end_faults(self, every: list[AuditRow]) -> Iterator[Finding]:
        try:
            head = read_head(self._folder)
        except (ValueError, KeyError, TypeError):
            yield Finding(len(every), f"{HEAD_FILE} cannot be read.")
            return
        if head is None:
            if every and not begins_here(every):
                yield Finding(every[-1].number, f"{HEAD_FILE} is missing, so that rows cut off the "
                              "end could not be noticed.")  # fmt: skip
            return
        if explains(restores(every), head):
            # A restore that was cut off before it wrote the file anew.
            return
        newest = every[-1].number if every else 0
        named = next((row for row in every if row.number == head.number), None)
        if head.number > newest:
            yield Finding(head.number, f"Rows {newest + 1} to {head.number} are missing at the "
                          "end.")  # fmt: skip
        elif named is not None and named.hash != head.hash:
            yield Finding(head.number,
                          f"Row {head.number} is not the one that {HEAD_FILE} names.")  # fmt: skip


def _chain_faults(every: list[AuditRow], last: int | None = None) -> Iterator[Finding]:
    previous, expected = FIRST, 1
    if every and len(every) == last:
        # An end of the chain: its first row stands for what came before.
        previous, expected = every[0].previous, every[0].number
    for row in every:
        if row.number != expected:
            yield Finding(row.number, f"Row {expected} is missing or was moved; row {row.number} "
                          "stands in its place.")  # fmt: skip
        elif row.previous != previous:
            yield Finding(row.number, f"Row {row.number} does not follow the row before it: one "
                          "of the two was changed.")  # fmt: skip
        if row_hash(row.entry, row.number, row.previous) != row.hash:
            yield Finding(row.number, f"Row {row.number} was changed.")
        previous, expected = row.hash, row.number + 1


def _entry(who: str, kind: AuditKind, what: str, record: str) -> Entry:
    return Entry(int(datetime.now(UTC).timestamp() * 1e6), who, kind, what, record)
