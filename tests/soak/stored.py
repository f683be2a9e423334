"""What a session left in the database, read once its server has ended."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from emocare.app import vault_for
from emocare.domain.readings import Readings
from emocare.domain.records import SessionId, SessionRecord
from emocare.settings import Settings
from emocare.store import Store

DATABASE = "emocare.duckdb"
CHUNK_S = 1.5
"""What one write holds."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One session and its rows."""

    record: SessionRecord
    readings: Readings

    @property
    def end_s(self) -> float:
        """Media time of the last row; 0 without rows."""
        return float(self.readings["t_s"][-1]) if len(self.readings) else 0.0

    @property
    def interval_s(self) -> float:
        """Median time between two rows; 0 with fewer than two."""
        return float(np.median(np.diff(self.readings["t_s"]))) if len(self.readings) > 1 else 0.0

    def behind_s(self, moment: datetime) -> float:
        """By how much the last row lies before ``moment`` of the wall clock, if the recording's
        media clock began when its session was stored."""
        return (moment - self.record.started_at).total_seconds() - self.end_s


@contextlib.contextmanager
def _copy(data_dir: Path) -> Iterator[Store]:
    """The database as it lies there, opened as a copy, so that nothing of it changes."""
    with tempfile.TemporaryDirectory(prefix="emocare-soak-") as name:
        copied = Path(name) / "data"
        shutil.copytree(data_dir, copied)
        keys = vault_for(Settings(data_dir=data_dir)).keys()
        store = Store.open(copied / DATABASE, keys=keys)
        try:
            yield store
        finally:
            store.close()


def stored(data_dir: Path) -> list[Stored]:
    """Every session, oldest first."""
    with _copy(data_dir) as store:
        return [Stored(record, store.readings(record.id)) for record in reversed(store.sessions())]


def of_moment(found: list[Stored], moment: datetime) -> Stored:
    """The session that had started last at ``moment``.

    Raises:
        AssertionError: There is none.
    """
    before = [one for one in found if one.record.started_at <= moment]
    assert before, "nothing was stored of this session"
    return before[-1]


def write_s(data_dir: Path, session: Stored) -> float:
    """Seconds that it takes to store the last ``CHUNK_S`` of rows once more."""
    rows = session.readings.rows(session.readings["t_s"] > session.end_s - CHUNK_S)
    with _copy(data_dir) as store:
        again = replace(session.record, id=SessionId("0" * 32))
        store.add_session(again)
        started = time.perf_counter()
        store.append_readings(again.id, rows)
        return time.perf_counter() - started
