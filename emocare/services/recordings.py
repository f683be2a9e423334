"""Recordings: staging uploads, the queue, and everything that is known of a session."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from emocare.analysis import AnalysisConfig, Analyzer, timeline
from emocare.clinical.consent_texts import CURRENT
from emocare.domain.consent import NEEDED, Use
from emocare.domain.errors import InputError, NotFound, VideoUnreadable
from emocare.domain.frames import Box, Frame
from emocare.domain.readings import Readings
from emocare.domain.records import (
    Consent,
    PatientId,
    ReportState,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import Summary
from emocare.domain.timeline import Timeline
from emocare.media.digest import sha256_of
from emocare.media.guarded import frame_at
from emocare.services import exports, withdrawal
from emocare.services.analysing import feed
from emocare.services.clips import Clips, clean_name
from emocare.services.consent_rules import note_given, require, require_standing, withdrawn
from emocare.services.engine import FaceEngine
from emocare.services.jobs import Job, JobQueue, Task
from emocare.services.journal import Journal
from emocare.services.memory import give_back
from emocare.services.person_marks import is_wrong_person
from emocare.services.recording import Recording
from emocare.services.recovery import recover
from emocare.services.reference_files import analysis_config
from emocare.services.samples import Sample, list_samples
from emocare.services.summaries import Summaries
from emocare.services.turns import GivingWay
from emocare.services.withdrawal import RUNNING
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

_log = logging.getLogger(__name__)

CONSENT_VERSION = CURRENT
"""Version of the consent text that the screens show."""


class Recordings:
    """Use cases around recordings. One object per process; every method from any thread."""

    def __init__(
        self, store: Store, engine: FaceEngine, workplace: Workplace, summaries: Summaries,
        live: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """Starts nothing but the recovery of what a killed process left behind.

        Args:
            live: Whether somebody records with a camera now; the queue then gives way.
        """
        self._live = live
        self._store = store
        self._engine = engine
        self._workplace = workplace
        self._summaries = summaries
        self._clips = Clips(workplace.clips_dir, workplace.max_video_bytes)
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
        return _picture(path, t_s)

    def still(self, session_id: SessionId, t_s: float) -> Frame:
        """One picture of the clip of a session, upright.

        Raises:
            NotFound: No such session.
            VideoUnreadable: The clip is gone, or there is no picture to show.
        """
        path = self.clip(session_id)
        if path is None:
            raise VideoUnreadable("The video is not kept any more.")
        return _picture(path, t_s)

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

    # Afterwards

    def session(self, session_id: SessionId) -> SessionRecord:
        """The session row.

        Raises:
            NotFound: No such session.
        """
        return self._store.session(session_id)

    def sessions(self, patient_id: PatientId | None = None) -> list[SessionRecord]:
        """Sessions, newest first; of everybody when no one is named."""
        return list(self._store.sessions(patient_id))

    def recent(self, limit: int = 200) -> list[SessionRecord]:
        """The newest sessions of everybody, without their summaries."""
        return self._store.sessions(summaries=False, limit=limit)

    def readings(self, session_id: SessionId) -> Readings:
        """Every stored row of a session."""
        return self._store.readings(session_id)

    def timeline(self, session_id: SessionId) -> Timeline:
        """The session over time with its markers, under the configuration of its summary."""
        shown = timeline(self._store.readings(session_id), self._config(self.session(session_id)))
        give_back()
        return replace(shown, markers=tuple(self._store.markers(session_id)))

    def sequence(self, session_id: SessionId) -> SequenceReading | None:
        """What the sequence networks say second by second, from the stored readings.

        Returns:
            None where the summary holds nothing of them (``Summary.model_reason`` says why), or
            where they are gone or were replaced since: analyse the session again then.

        Raises:
            NotFound: No such session.
        """
        record = self.session(session_id)
        if record.summary is None or record.summary.severity_model is None:
            return None
        found = self._summaries.sequence(
            self.readings(session_id), self._config(record), record.summary
        )
        give_back()
        return found

    def clip(self, session_id: SessionId) -> Path | None:
        """Where the clip still lies, None once it is gone."""
        stored = self.session(session_id).clip_path
        path = None if stored is None else Path(stored)
        return path if path is not None and path.is_file() else None

    def delete_clip(self, session_id: SessionId) -> SessionRecord:
        """Deletes a kept clip now; the measurements stay. Samples are never deleted.

        Raises:
            InputError: The session shows a sample, or is being analysed.
        """
        record = self.session(session_id)
        if record.clip_path is None:
            return record
        if record.state in RUNNING:
            raise InputError("This video is still being analysed. Cancel it or wait.")
        if not self._clips.delete(Path(record.clip_path)):
            raise InputError("This is a sample clip of Emo-Care. It is not deleted.")
        record = replace(record, clip_path=None, clip_deleted_at=now())
        self._store.update_session(record)
        return record

    def recompute(self, session_id: SessionId) -> Summary:
        """Analyses the stored readings again with the present method and stores the summary.

        A recording that is marked as of another person stays so. See ``Reanalyses`` for a summary
        that is kept beside the session's own.

        Raises:
            NotFound: No such session.
            InputError: It has no summary to renew, or a signed report rests on it.
            AccessDenied: The patient has withdrawn the consent.
        """
        record = self.session(session_id)
        require_standing(self._store, record)
        if record.summary is None:
            raise InputError("This session has no summary. Record or upload the visit again.")
        if any(r.state is not ReportState.DRAFT for r in self._store.reports(session_id)):
            raise InputError(
                "A signed report rests on this summary, so it is not replaced. Re-analyse it on "
                "the page Timeline: the new one is kept beside it."
            )
        wrong = is_wrong_person(self._store, session_id)
        models = record.summary.face_models
        config = analysis_config(self._workplace, record.protocol, models, wrong_person=wrong)
        summary = self._summaries.make(
            self.readings(session_id), config, record.summary.source, models
        )
        self._store.update_session(replace(record, summary=summary))
        give_back()
        return summary

    def export(self, session_id: SessionId, folder: Path) -> list[Path]:
        """Writes ``readings.parquet`` and ``summary.json`` of a stored session.

        Raises:
            InputError: The session has no summary, or the folder cannot be written.
        """
        record = self.session(session_id)
        if record.summary is None:
            raise InputError("This session has no summary to export.")
        return exports.write(folder, self.readings(session_id), record.summary)

    def _config(self, record: SessionRecord) -> AnalysisConfig:
        if record.summary is None:
            return AnalysisConfig(protocol=record.protocol)
        return AnalysisConfig.from_dict(record.summary.config)

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


def _picture(path: Path, t_s: float) -> Frame:
    try:
        return frame_at(path, t_s)
    except VideoUnreadable as error:
        raise VideoUnreadable(str(error).replace(path.name, "This video")) from error
