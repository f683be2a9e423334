"""Erasing a person from this installation, with a certificate; legal holds; retention times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from emocare.domain.data_life import DataClass, Erasure, Expired, LegalHold
from emocare.domain.errors import InputError
from emocare.domain.records import PatientId, SessionRecord, SessionState
from emocare.services.backups import Backups
from emocare.services.clips import Clips
from emocare.services.erasure_words import certificate
from emocare.services.restoring import ASIDE
from emocare.services.workplace import Workplace, now
from emocare.store import Store
from emocare.store.conversion import beside

_RUNNING = (SessionState.QUEUED, SessionState.ANALYSING)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done.

    Attributes:
        erasure: The mark that stays.
        certificate: Text for the files of the clinic or for the person; no health data.
        copies: Earlier back-ups and databases kept aside, which still hold the person.
    """

    erasure: Erasure
    certificate: str
    copies: tuple[Path, ...]


class DataLife:
    """How long data lives."""

    def __init__(
        self, store: Store, workplace: Workplace, backups: Backups,
        keep_days: Mapping[DataClass, int],
    ) -> None:  # fmt: skip
        """Args:
        backups: Told who was erased.
        keep_days: Class -> days after which it may be removed; 0 keeps it.

        Raises:
            InputError: A number of days is negative.
        """
        for kind, days in keep_days.items():
            if days < 0:
                raise InputError(f"Setting keep_{kind.value}_days: expected 0 or more, got {days}.")
        self._store = store
        self._workplace = workplace
        self._backups = backups
        self._days = dict(keep_days)
        self._clips = Clips(workplace.clips_dir, workplace.max_video_bytes)
        self._marker = beside(store.path, "rewrite")

    def hold(self, patient_id: PatientId, reason: str) -> LegalHold:
        """Keeps a person's data from being erased or removed.

        Raises:
            InputError: No reason is given.
            NotFound: There is no such person.
        """
        if not reason.strip():
            raise InputError("Say why: a legal hold needs a reason.")
        hold = LegalHold(patient_id, reason.strip(), self._workplace.signer, now())
        self._store.set_hold(hold)
        return hold

    def lift(self, patient_id: PatientId) -> int:
        """Lifts every hold of a person and says how many there were."""
        return self._store.lift_holds(patient_id, self._workplace.signer, now())

    def holds(self, patient_id: PatientId | None = None) -> list[LegalHold]:
        """Holds of a person, or of everybody."""
        return self._store.holds(patient_id)

    def erase(self, patient_id: PatientId) -> Erased:
        """Removes every row and file of a person and writes the database anew.

        Killed in the middle, the person is either still there or the next start finishes.

        Raises:
            NotFound: There is no such person.
            AccessDenied: A legal hold lies on them.
            InputError: A session of theirs is running.
        """
        patient = self._store.patient(patient_id)
        sessions = self._store.sessions(patient_id, summaries=False)
        if any(record.state in _RUNNING for record in sessions):
            raise InputError("A session of this person is running. End it first.")
        ours = self._clips_of(sessions)
        erasure = self._store.erase(patient_id, self._workplace.signer, now(), len(ours))
        for path in ours:
            self._clips.delete(path)
        self.finish()
        copies = self._copies()
        text = certificate(erasure, patient.code, self._workplace, copies)
        return Erased(erasure, text, copies)

    def counts(self, patient_id: PatientId) -> dict[str, int]:
        """What ``erase`` would remove: table or "clips" -> how many rows or files.

        Raises:
            NotFound: There is no such person.
        """
        clips = self._clips_of(self._store.sessions(patient_id, summaries=False))
        return self._store.rows_of(patient_id) | {"clips": len(clips)}

    def _clips_of(self, sessions: Iterable[SessionRecord]) -> list[Path]:
        """Those in the private folder; samples are nobody's."""
        clips = [Path(one.clip_path) for one in sessions if one.clip_path is not None]
        return [path for path in clips if self._clips.owns(path) and path.is_file()]

    def finish(self) -> int:
        """Ends what is noted as removed but may still be in blocks of the file.

        Returns:
            How many there were.
        """
        open_ones = self._store.erasures(unfinished=True)
        if open_ones or self._marker.exists():
            self._store.rewrite()
            self._store.finish_erasures()
            self._backups.note_erased()
            self._marker.unlink(missing_ok=True)
        return len(open_ones)

    def expired(self) -> list[Expired]:
        """What is past its time, for each class that has one."""
        at = now()
        return [
            self._store.expired(kind, at - timedelta(days=days))
            for kind, days in self._days.items() if days
        ]  # fmt: skip

    def remove_expired(self) -> list[Expired]:
        """Removes it and writes the database anew; killed before that, the next start does."""
        removed: list[Expired] = []
        due = [found for found in self.expired() if found.items]
        if not due:
            return removed
        self._marker.touch(mode=0o600)
        for found in due:
            clips = []
            if found.kind is DataClass.SESSIONS:
                clips = self._store.clips_of_expired(found.before)
            removed.append(self._store.remove_expired(found.kind, found.before))
            for path in clips:
                self._clips.delete(Path(path))
        self.finish()
        return removed

    def _copies(self) -> tuple[Path, ...]:
        aside = self._store.path.parent.glob(f"{self._store.path.stem}-{ASIDE}-*.duckdb")
        return (*(backup.file for backup in self._backups.all()), *sorted(aside))
