"""A clinic's own sessions with PHQ-9, as ``python -m emocare export`` writes them.

Nobody published a split of these, so a fingerprint of the pseudonym decides: the same person is
always in the same part, also when sessions are added later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from emocare.domain.errors import InputError
from emocare.learning.licensed import files
from emocare.learning.licensed.recordings import Entry, LicensedSet, Split
from emocare.learning.licensed.scales import PHQ9
from emocare.learning.licensed.tables import read_readings

NAME, TITLE = "own-clinic", "the clinic's own sessions"
ACCESS = "The clinic's own records, under the consent given for them."
INSTRUMENT = "PHQ-9"
SESSION, TOTALS, READINGS = "session.csv", "totals.csv", "readings.parquet"
SESSION_COLUMNS = ("session_id", "patient")
TOTAL_COLUMNS = ("instrument", "answered_at", "total")
TRAIN_SHARE, DEV_SHARE = 0.70, 0.15
SHARES = ((TRAIN_SHARE, Split.TRAIN), (TRAIN_SHARE + DEV_SHARE, Split.DEV), (1.0, Split.TEST))
REMEDY = "Export the session again."


def load(path: Path, splits: Sequence[Split]) -> LicensedSet:
    """Every exported session below a folder that has a PHQ-9 total and readings.

    Args:
        path: Folder that was exported to.
        splits: Parts to be read.

    Raises:
        InputError: There is no exported session, or a file or a column is missing or wrong.
    """
    folder = files.folder_of(path, TITLE)
    found = sorted(file.parent for file in folder.rglob(SESSION))
    if not found:
        raise InputError(
            f"{folder} holds no exported session ({SESSION}). Export sessions there first: "
            "python -m emocare export --patient CODE --out FOLDER."
        )
    entries, left_out = [], {}
    for session in found:
        files.require_columns(session / SESSION, SESSION_COLUMNS)
        table = files.read_table(session / SESSION, SESSION_COLUMNS)
        id, person = table["session_id"].iloc[0], table["patient"].iloc[0].lstrip("'")
        split = split_of(person)
        label = _total(session)
        readings = files.existing(session, (READINGS,), REMEDY)
        if label is None:
            left_out[id] = "no PHQ-9 total belongs to the session"
        elif split in splits:
            entries.append(Entry(id=id, person=person, split=split, label=label,
                                 read=partial(read_readings, readings)))  # fmt: skip
    return LicensedSet(NAME, TITLE, PHQ9, tuple(entries), left_out, ACCESS)


def split_of(person: str) -> Split:
    """The part of a person: 70 % train, 15 % dev, 15 % test of all possible pseudonyms."""
    number = int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big") / 2**64
    return next(split for upper, split in SHARES if number < upper)


def _total(session: Path) -> float | None:
    """The last PHQ-9 total of a session, None without one or with too few answers."""
    path = files.existing(session, (TOTALS,), REMEDY)
    table = files.read_table(path, TOTAL_COLUMNS)
    rows = table[(table["instrument"] == INSTRUMENT) & (table["total"] != "")]
    if rows.empty:
        return None
    last = rows.sort_values("answered_at").iloc[-1]
    return files.number(path, session.name, "the PHQ-9 total", last["total"])
