"""What is stored of a recording: its row, readings, clip, and what can be computed from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emocare.analysis import AnalysisConfig, timeline
from emocare.domain.errors import InputError, VideoUnreadable
from emocare.domain.frames import Frame
from emocare.domain.readings import Readings
from emocare.domain.records import PatientId, ReportState, SessionId, SessionRecord
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import Summary
from emocare.domain.timeline import Timeline
from emocare.media.guarded import frame_at
from emocare.services import exports
from emocare.services.clips import Clips
from emocare.services.consent_rules import require_standing
from emocare.services.memory import give_back
from emocare.services.person_marks import is_wrong_person
from emocare.services.reference_files import analysis_config
from emocare.services.summaries import Summaries
from emocare.services.withdrawal import RUNNING
from emocare.services.workplace import Workplace, now
from emocare.store import Store


class StoredRecordings:
    """The part of ``Recordings`` that runs nothing. Every method from any thread."""

    def __init__(
        self, store: Store, workplace: Workplace, summaries: Summaries, clips: Clips
    ) -> None:
        """Reads and writes nothing yet."""
        self._store = store
        self._workplace = workplace
        self._summaries = summaries
        self._clips = clips

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

    def still(self, session_id: SessionId, t_s: float) -> Frame:
        """One picture of the clip of a session, upright.

        Raises:
            NotFound: No such session.
            VideoUnreadable: The clip is gone, or there is no picture to show.
        """
        path = self.clip(session_id)
        if path is None:
            raise VideoUnreadable("The video is not kept any more.")
        return picture(path, t_s)

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


def picture(path: Path, t_s: float) -> Frame:
    """One picture of a video, upright; the file is not named in what is said of it.

    Raises:
        VideoUnreadable: There is no picture to show.
    """
    try:
        return frame_at(path, t_s)
    except VideoUnreadable as error:
        raise VideoUnreadable(str(error).replace(path.name, "This video")) from error
