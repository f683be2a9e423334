"""Recordings: staging uploads, beginning sessions, and the queue of videos."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from emocare.analysis import Analyzer
from emocare.clinical.consent_texts import CURRENT
from emocare.domain.consent import NEEDED, Use
from emocare.domain.errors import NotFound, VideoUnreadable
from emocare.domain.frames import Box, Frame
from emocare.domain.records import (
    Consent,
    PatientId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.media.digest import sha256_of
from emocare.services import withdrawal
from emocare.services.analysing import feed
from emocare.services.clips import Clips, clean_name
from emocare.services.consent_rules import note_given, require, require_standing, withdrawn
from emocare.services.engine import FaceEngine
from emocare.services.jobs import Job, JobQueue, Task
from emocare.services.journal import Journal
from emocare.services.recording import Recording
from emocare.services.recovery import recover
from emocare.services.reference_files import analysis_config
from emocare.services.samples import Sample, list_samples
from emocare.services.stored_recordings import StoredRecordings, picture
from emocare.services.summaries import Summaries
from emocare.services.turns import GivingWay
from emocare.services.withdrawal import RUNNING
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

_log = logging.getLogger(__name__)

CONSENT_VERSION = CURRENT
"""Version of the consent text that the screens show."""


class Recordings(StoredRecordings):
    """Use cases around recordings. One object per process; every method from any thread."""

    def __init__(
        self, store: Store, engine: FaceEngine, workplace: Workplace, summaries: Summaries,
        live: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """Starts nothing but the recovery of what a killed process left behind.

        Args:
            live: Whether somebody records with a camera now; the queue then gives way.
        """
        super().__init__(
            store, workplace, summaries, Clips(workplace.clips_dir, workplace.max_video_bytes)
        )
        self._live = live
        self._engine = engine
        self._journal = Journal(workplace.clips_dir)
        self._running: dict[SessionId, Recording] = {}
        self._queue = JobQueue(self._analyse, self._end)
        for found in recover(store, self._clips, self._journal, summaries):
            record = withdrawal.after_a_kill(store, found)
            if not record.live:
                self._queue.show(record, Path(record.clip_path or record.source_name))
        withdrawal.finish(store, self._clips)

    def close(self) -> None:
        """Ends the running analysis, keeping what was measured."""
        self._queue.close()

    # Before a session

    def samples(self) -> list[Sample]:
        """The sample clips of this installation."""
        return list_samples(self._workplace.samples_dir)

    def preview(self, path: Path, t_s: float = 0.0) -> Frame:
        """One picture, upright, of a sample or of what who is signed in has staged.

        Raises:
            AccessDenied: Somebody else staged it.
            VideoUnreadable: There is no picture to show.
        """
        self._clips.require_staged(path, self._workplace.samples_dir)
        return picture(path, t_s)

    def stage_upload(
        self, name: str, stream: BinaryIO, patient_id: PatientId, consent: Consent | None
    ) -> Path:
        """Copies an upload into the private folder; see ``Clips.stage``.

        Raises:
            AccessDenied: As in ``submit``: nothing of a person is copied before they agreed.
        """
        require(self._store, patient_id, consent)
        return self._clips.stage(name, stream)

    def discard_upload(self, path: Path) -> None:
        """Deletes a staged upload that is not submitted; other files are left alone.

        Raises:
            AccessDenied: Somebody else staged it.
        """
        if self._clips.is_staged(path):
            self._clips.require_staged(path, self._workplace.samples_dir)
            self._clips.delete(path)

    # The queue

    def submit(
        self, patient_id: PatientId, path: Path, name: str, consent: Consent | None,
        region: Box | None = None, *, delete_after: bool,
    ) -> SessionId:  # fmt: skip
        """Queues a clip for analysis.

        Args:
            path: A staged upload or a sample.
            name: File name as given, for showing.
            consent: What the patient agreed to.
            region: The patient's part of the picture, None = whole picture.
            delete_after: Delete the clip after analysis even with consent to keep it.

        Raises:
            AccessDenied: The patient has not agreed to the analysis and to keeping its
                measurements, or may not be recorded (see ``consent_rules.require``), or somebody
                else staged the file.
            NotFound: No such patient.
            VideoUnreadable: The file is not there.
        """
        self._clips.require_staged(path, self._workplace.samples_dir)
        record = self._new_record(patient_id, name, consent, region, path)
        if not path.is_file():
            raise VideoUnreadable(f"{record.source_name} is not there any more. Add it again.")
        self._add(record)
        self._clips.used(path)
        delete = delete_after or not (consent and consent.keep_video)
        self._queue.add(Task(record, path, delete_after=delete))
        return record.id

    def begin(
        self, patient_id: PatientId, name: str, consent: Consent | None,
        region: Box | None = None, *, protocol: str = "free", sha256: str | None = None,
        keep_landmarks: bool = False,
    ) -> Recording:  # fmt: skip
        """Starts a recording whose frames the caller pushes: command line or camera.

        Raises:
            AccessDenied, NotFound: As in ``submit``.
            ModelError: The face network cannot be used.
        """
        record = replace(
            self._new_record(patient_id, name, consent, region, None), protocol=protocol
        )
        loaded = self._engine.get()
        analyzer = Analyzer(
            loaded.reader, analysis_config(self._workplace, protocol, loaded.models),
            region=region,
            keep_landmarks=keep_landmarks,
        )
        self._add(record)
        return Recording(
            self._store, record, analyzer, loaded.models, self._journal, self._summaries,
            sha256=sha256,
        )  # fmt: skip

    def jobs(self) -> list[Job]:
        """The queue of this process, in the order in which the videos were added."""
        return self._queue.jobs()

    def cancel(self, session_id: SessionId) -> None:
        """Ends an analysis before it is finished; see ``JobQueue.cancel``."""
        self._queue.cancel(session_id)

    def dismiss(self, session_id: SessionId) -> None:
        """Takes an ended job off the list; the session stays."""
        self._queue.dismiss(session_id)

    def withdraw(self, patient_id: PatientId, uses: frozenset[Use]) -> int:
        """Ends and deletes what a withdrawal reaches; it is noted already.

        Returns:
            How many kept clips were deleted.
        """
        if uses & NEEDED:
            for job in self.jobs():
                if job.patient_id == patient_id and job.state in RUNNING:
                    # It may end, and be taken off the list, at this very moment.
                    with suppress(NotFound):
                        self.cancel(job.session_id)
        if Use.VIDEO not in uses:
            return 0
        return withdrawal.delete_clips(self._store, self._clips, patient_id)

    def _add(self, record: SessionRecord) -> None:
        """Stores a new session and the consent that it was begun under."""
        if record.consent is not None:
            note_given(self._store, self._workplace, record.patient_id, record.consent)
        self._store.add_session(record)

    def _new_record(
        self, patient_id: PatientId, name: str, consent: Consent | None, region: Box | None,
        path: Path | None,
    ) -> SessionRecord:  # fmt: skip
        require(self._store, patient_id, consent)
        self._workplace.require_faces()
        return SessionRecord(
            id=SessionId(new_id()), patient_id=patient_id, started_at=now(), protocol="free",
            source_name=clean_name(name), state=SessionState.QUEUED, consent=consent,
            region=region, clip_path=None if path is None else str(path), clip_deleted_at=None,
            summary=None, error=None,
        )  # fmt: skip

    def _analyse(self, task: Task) -> SessionRecord:
        record = task.record
        require_standing(self._store, record)
        loaded = self._engine.get()
        sha256 = sha256_of(task.path)
        config = analysis_config(self._workplace, record.protocol, loaded.models)
        analyzer = Analyzer(loaded.reader, config, region=record.region)
        recording = Recording(
            self._store, record, analyzer, loaded.models, self._journal, self._summaries,
            sha256=sha256,
        )  # fmt: skip
        self._running[record.id] = recording

        giving_way = GivingWay(self._live)

        def progress(position_s: float, duration_s: float | None) -> None:
            self._queue.progress(task, position_s, duration_s, recording.facts())
            giving_way.after_picture()

        source = feed(task.path, sha256, self._workplace, recording.push, progress)
        record = recording.close(replace(source, path=record.source_name))
        del self._running[record.id]
        return self._clip_done(task, record)

    def _end(self, task: Task, state: SessionState, sentence: str) -> SessionRecord:
        sentence = sentence.replace(task.path.name, task.record.source_name)
        recording = self._running.pop(task.record.id, None)
        if recording is not None:
            record = recording.stop(state, sentence)
        else:
            record = replace(task.record, state=state, error=sentence)
            self._store.update_session(record)
        return self._clip_done(task, record)

    def _clip_done(self, task: Task, record: SessionRecord) -> SessionRecord:
        gone = withdrawn(self._store, record)
        if Use.MEASUREMENTS in gone:
            record = withdrawal.throw_away(self._store, record)
        delete = task.delete_after or Use.VIDEO in gone
        if delete and self._clips.delete(task.path):
            record = replace(record, clip_path=None, clip_deleted_at=now())
            self._store.update_session(record)
        return record
