"""Live sessions: one camera per workstation, and what became of sessions that broke off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from emocare.analysis import AnalysisConfig, Analyzer, typical_ranges
from emocare.domain.accounts import AccountId
from emocare.domain.errors import InputError
from emocare.domain.live import (
    FREE_RECORDING,
    PROTOCOL,
    LivePhase,
    Marker,
    MarkerId,
    MarkerKind,
)
from emocare.domain.readings import Readings
from emocare.domain.records import (
    Consent,
    PatientId,
    ReportState,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.services import acting
from emocare.services.clips import clean_name
from emocare.services.consent_rules import note_given, require, require_standing
from emocare.services.engine import FaceEngine, LoadedFace
from emocare.services.journal import Journal
from emocare.services.live_opening import CLOSED, NOT_BEGUN, SIGNED_OUT, Opening
from emocare.services.live_run import LiveRun
from emocare.services.markers import Markers
from emocare.services.recording import Recording
from emocare.services.reference_files import analysis_config
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

CAMERA = "camera"
"""Name of the source where it is no clip."""
CONTINUED_WITHIN = timedelta(hours=12)
"""A session is one visit: later it can only be closed."""
PARTS = {"guided": PROTOCOL, "free": FREE_RECORDING}


class Live:
    """Use cases around live sessions. One object per process; every method from any thread."""

    def __init__(
        self, store: Store, engine: FaceEngine, workplace: Workplace, summaries: Summaries,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Starts nothing.

        Args:
            clock: Seconds that never run backwards.
        """
        self._store = store
        self._clock = clock
        self._engine = engine
        self._workplace = workplace
        self._journal = Journal(workplace.clips_dir)
        self._summaries = summaries
        self._desk = Markers(store, workplace, summaries)
        self._lock = threading.Lock()
        self._run: LiveRun | None = None
        self._account: AccountId | None = None

    def start(
        self, patient_id: PatientId, consent: Consent | None, *, guided: bool,
        source: str = CAMERA,
    ) -> LiveRun:  # fmt: skip
        """Opens a session that checks the sitting position; ``LiveRun.begin`` records it.

        Args:
            patient_id: Whose.
            consent: What the patient agreed to.
            guided: With the protocol, or as a free recording.
            source: "camera", or the name of the clip that is played.

        Raises:
            AccessDenied: The patient has not agreed or may not be recorded (see
                ``consent_rules.require``), or faces are not analysed here.
            NotFound: No such patient.
            ModelError: The face network cannot be used.
            InputError: A session is being recorded already.
        """
        require(self._store, patient_id, consent)
        self._workplace.require_faces()
        protocol = "guided" if guided else "free"
        record = SessionRecord(
            id=SessionId(new_id()), patient_id=patient_id, started_at=now(), protocol=protocol,
            source_name=clean_name(source), state=SessionState.QUEUED, consent=consent,
            region=None, clip_path=None, clip_deleted_at=None, summary=None, error=None, live=True,
        )  # fmt: skip
        run = self._open(record, self._config(protocol), None)
        if consent is not None:
            note_given(self._store, self._workplace, patient_id, consent)
        return run

    def run(self, session_id: SessionId) -> LiveRun | None:
        """The run of this session, also when it has just ended; None when it is not of now."""
        run = self._run
        return run if run is not None and run.session_id == session_id else None

    def current(self) -> LiveRun | None:
        """The run that has not ended; None without one."""
        run = self._run
        return None if run is None or run.ended else run

    def under_way(self) -> bool:
        """Whether pictures of a camera are read now: others give way then."""
        run = self.current()
        return run is not None and run.phase in (LivePhase.CHECK, LivePhase.RECORDING)

    def recorded_by(self) -> AccountId | None:
        """The account for which a session is being recorded now, None without one."""
        run = self.current()
        return None if run is None or run.phase is not LivePhase.RECORDING else self._account

    def leave(self, account_id: AccountId) -> None:
        """Ends the session of somebody who is signed out everywhere; it can be continued.
        Returns at once."""
        run = self.current()
        if run is not None and self._account == account_id:
            run.lost(SIGNED_OUT)

    def interrupted(self) -> list[SessionRecord]:
        """Live sessions that broke off and wait to be continued or closed, newest first.

        Their ``summary`` is left out.
        """
        return [
            record for record in self._store.sessions(summaries=False)
            if record.live and record.state is SessionState.INTERRUPTED
        ]  # fmt: skip

    def resume(self, session_id: SessionId) -> LiveRun:
        """Opens a session that broke off; its recording goes on after what was measured.

        Raises:
            NotFound: No such session.
            AccessDenied: The patient has withdrawn the consent.
            InputError: It cannot be continued, or another one is being recorded.
            ModelError: The face network cannot be used.
        """
        record = self._store.session(session_id)
        if not record.live or record.state is not SessionState.INTERRUPTED:
            raise InputError("This session is not interrupted. Start a new one.")
        require_standing(self._store, record)
        if now() - record.started_at > CONTINUED_WITHIN:
            raise InputError("This session is of an earlier visit. Close it and start a new one.")
        if any(report.state is not ReportState.DRAFT for report in self._store.reports(session_id)):
            raise InputError("The report of this session is signed. Close it and start a new one.")
        config = self._config(record.protocol)
        if record.summary is not None:
            config = AnalysisConfig.from_dict(record.summary.config)
            if record.summary.face_models != self._engine.get().models:
                raise InputError(
                    "Emo-Care was updated since this session began, and its numbers would not be "
                    "comparable. Close it and start a new one."
                )
        return self._open(record, config, self._store.readings(session_id))

    def close_interrupted(self, session_id: SessionId) -> SessionRecord:
        """Closes a session that broke off with what was measured.

        Raises:
            NotFound: No such session.
            InputError: It is not interrupted.
        """
        record = self._store.session(session_id)
        if not record.live or record.state is not SessionState.INTERRUPTED:
            raise InputError("This session is not interrupted.")
        if record.summary is None:
            record = replace(record, state=SessionState.CANCELLED, error=NOT_BEGUN)
        else:
            record = replace(record, state=SessionState.READY, error=None)
        self._store.update_session(record)
        return record

    def close(self) -> None:
        """Ends the running session, keeping what was measured; it can be continued."""
        run = self.current()
        if run is not None:
            run.lost(CLOSED)
            run.stop()

    def typical(self) -> Mapping[str, tuple[float, float] | None]:
        """The typical range of each dimension, None where there is no reference for it."""
        run = self._run
        protocol = "free" if run is None else run.protocol
        return typical_ranges(self._config(protocol))

    def _config(self, protocol: str) -> AnalysisConfig:
        return analysis_config(self._workplace, protocol, self._engine.get().models)

    # Markers

    def markers(self, session_id: SessionId) -> list[Marker]:
        """The markers of a session in time order."""
        return self._desk.of(session_id)

    def add_marker(
        self, session_id: SessionId, kind: MarkerKind, t_s: float, until_s: float | None = None,
        text: str = "",
    ) -> Marker:  # fmt: skip
        """Adds a marker afterwards; one that leaves out seconds renews the summary.

        Raises:
            NotFound: No such session.
            InputError: A time or the text cannot be.
        """
        return self._save(self._desk.made(session_id, kind, t_s, until_s, text))

    def edit_marker(
        self, session_id: SessionId, marker_id: MarkerId, *, t_s: float | None = None,
        until_s: float | None = None, text: str | None = None,
    ) -> Marker:  # fmt: skip
        """Changes a marker; what is not given stays as it is.

        Raises:
            NotFound: No such marker.
            InputError: A time or the text cannot be.
        """
        return self._save(self._desk.changed(session_id, marker_id, t_s, until_s, text))

    def remove_marker(self, session_id: SessionId, marker_id: MarkerId) -> None:
        """Removes a marker; seconds that it left out count again.

        Raises:
            NotFound: No such marker.
        """
        run = self._recording(session_id)
        if run is not None:
            run.remove_marker(marker_id)
        else:
            self._desk.remove(session_id, marker_id)

    def _save(self, marker: Marker) -> Marker:
        run = self._recording(marker.session_id)
        if run is not None:
            run.put_marker(marker)
        else:
            self._desk.save(marker)
        return marker

    def _recording(self, session_id: SessionId) -> LiveRun | None:
        run = self.run(session_id)
        return run if run is not None and run.recording is not None else None

    def _open(
        self, record: SessionRecord, config: AnalysisConfig, before: Readings | None
    ) -> LiveRun:
        """A run in place of one that was not recorded or has ended."""
        loaded = self._engine.get()
        stream, stream_fault = self._summaries.streams()

        def begin(record: SessionRecord) -> Recording:
            analyzer = Analyzer(loaded.reader, config, before=before)
            return self._begin(record, analyzer, loaded, before)

        with self._lock:
            old = self.current()
            if old is not None and old.phase is not LivePhase.CHECK:
                raise InputError(
                    "A live session is being recorded on this workstation. Stop it first."
                )
            if old is not None:
                old.stop()
            actor = acting.current()
            self._account = None if actor is None else actor.account_id
            self._run = LiveRun(Opening(
                record=record, parts=PARTS[record.protocol], reader=loaded.reader, config=config,
                begin=begin, clinician=self._workplace.signer,
                reading_hz=self._workplace.reading_hz, before=before,
                source=None if record.summary is None else record.summary.source,
                markers=() if before is None else tuple(self._store.markers(record.id)),
                stream=stream, stream_fault=stream_fault,
            ), self._clock)  # fmt: skip
            return self._run

    def _begin(
        self, record: SessionRecord, analyzer: Analyzer, loaded: LoadedFace,
        before: Readings | None,
    ) -> Recording:  # fmt: skip
        require_standing(self._store, record)
        record = replace(record, summary=None, error=None)
        if before is None:
            record = replace(record, started_at=now())
            self._store.add_session(record)
        return Recording(
            self._store, record, analyzer, loaded.models, self._journal, self._summaries,
            before=before, clock=self._clock,
        )  # fmt: skip
