"""What is said of back-ups: one of them, how far one is, where the daily ones stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from emocare.services.backup_file import About


@dataclass(frozen=True, slots=True)
class Backup:
    """One back-up, which has been restored on trial.

    Attributes:
        file: Where it lies.
        bytes: Its size.
        about: What it holds.
    """

    file: Path
    bytes: int
    about: About


class Step(StrEnum):
    """How far a back-up is, in this order."""

    WAITING = "waiting"
    COPYING = "copying"
    PACKING = "packing"
    TRYING = "trying"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A back-up that somebody asked for.

    Attributes:
        step: How far it is.
        began_at: When.
        made: The back-up once it is done.
        fault: Why there is none, in one sentence; None otherwise.
    """

    step: Step
    began_at: datetime
    made: Backup | None = None
    fault: str | None = None

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.step not in (Step.DONE, Step.FAILED)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where the daily back-ups stand.

    Attributes:
        on: Whether any are made.
        newest_at: When the newest was made; None without any.
        due_at: When the next one is; None where none is, or there is nobody to lose.
        fault: Why the last one was not made; None when it was.
        same_disk: Whether the folder lies on the disk of the database.
    """

    on: bool
    newest_at: datetime | None
    due_at: datetime | None
    fault: str | None
    same_disk: bool
