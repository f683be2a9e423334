"""One recording while it is made: the one path from frames to a stored session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from emocare.analysis import Analyzer
from emocare.domain.frames import Frame
from emocare.domain.live import Marker
from emocare.domain.readings import FrameReading, FrameStatus, Readings, Segment
from emocare.domain.records import SessionRecord, SessionState
from emocare.domain.summary import ModelRef, SourceInfo
from emocare.services.journal import Journal, Provenance
from emocare.services.memory import give_back
from emocare.services.summaries import Summaries
from emocare.store import Store

CHUNK_S = 1.5
"""Wall time between two writes. With the write itself and a picture on top, what a crash can
lose stays under two seconds."""

LONGEST_STEP_S = 0.5
"""A gap longer than this does not count as measured time."""


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What can be said while it runs.

    Attributes:
        t_s: Media time of the newest frame.
        status: Status of the newest frame, None before the first.
        frames_read: Frames so far.
        face_s: Media time with a followed face.
        valid_s: Media time measured.
    """

    t_s: float = 0.0
    status: FrameStatus | None = None
    frames_read: int = 0
    face_s: float = 0.0
    valid_s: float = 0.0


class Recording:
    """Analyzer, session row, store and lock together; upload, command line and camera use it.

    Frames may be pushed from one thread while another asks for ``latest`` and ``facts`` or
    closes it. Every ``CHUNK_S`` of wall time the rows since the last write go to the store.
    """

    def __init__(
        self, store: Store, record: SessionRecord, analyzer: Analyzer,
        models: Sequence[ModelRef], journal: Journal, summaries: Summaries, *,
        sha256: str | None = None,
        chunk_s: float = CHUNK_S, clock: Callable[[], float] = time.monotonic,
        before: Readings | None = None,
    ) -> None:  # fmt: skip
        """Marks the session, whose row is in the store already, as being analysed.

        Args:
            journal: Keeps what a summary needs should the process be killed.
            summaries: Makes the summary at the end.
            sha256: Of the file; None for a camera.
            chunk_s: Seconds of ``clock`` between two writes.
            before: Stored rows of the same session that ``analyzer`` goes on from.
        """
        self._store = store
        self._analyzer = analyzer
        self._models = tuple(models)
        self._journal = journal
        self._summaries = summaries
        self._chunk_s = chunk_s
        self._clock = clock
        self._lock = threading.RLock()
        self._closed = False
        self._unwritten: Readings | None = None
        self._latest: FrameReading | None = None
        self._facts = LiveFacts() if before is None else facts_of(before)
        self._size = (0, 0)
        self._record = replace(record, state=SessionState.ANALYSING)
        journal.write(
            record.id,
            Provenance(record.source_name, sha256, self._models, analyzer.config.to_dict()),
        )
        store.update_session(self._record)
        self._written_at = clock()

    @property
    def record(self) -> SessionRecord:
        """The session row as it stands."""
        with self._lock:
            return self._record

    def push(self, frame: Frame, segment: Segment = Segment.FREE) -> FrameReading | None:
        """Reads one frame and keeps the row.

        Args:
            frame: Later than every frame before it.
            segment: The task during which it was taken.

        Returns:
            The reading; None once the recording is closed.
        """
        with self._lock:
            if self._closed:
                return None
            reading = self._analyzer.push(frame, segment)
            self._note(frame, reading)
            if self._clock() - self._written_at >= self._chunk_s:
                self._write()
            return reading

    def latest(self) -> FrameReading | None:
        """The newest reading, None before the first."""
        return self._latest

    def facts(self) -> LiveFacts:
        """What can be said so far."""
        return self._facts

    def flush(self) -> None:
        """Writes the rows that wait, so that nothing is lost however long a pause is.

        Raises:
            StoreError: They could not be written; they are kept and written later.
        """
        with self._lock:
            if not self._closed:
                self._write()

    def same_person(self) -> None:
        """The operator goes on with the same person after a pause."""
        with self._lock:
            self._analyzer.same_person()

    def mark(self, make: Callable[[float], Marker]) -> Marker:
        """Stores a marker at once; rows that it leaves out are left out from now on.

        Args:
            make: Gives the marker for the media time of the newest row.

        Raises:
            StoreError: It could not be stored.
        """
        with self._lock:
            marker = make(self._facts.t_s)
            if marker.leaves_out:
                self._write()
            self._store.save_marker(marker)
            if marker.leaves_out:
                self._leave_out()
            return marker

    def unmark(self, marker: Marker) -> None:
        """Takes a marker back at once; rows that it left out count again.

        Raises:
            NotFound: There is no such marker.
        """
        with self._lock:
            self._write()
            self._store.remove_marker(marker)
            self._leave_out()

    def _leave_out(self) -> None:
        self._analyzer.exclude(left_out(self._store.markers(self._record.id)))
        kept = facts_of(self._analyzer.readings().kept())
        self._facts = replace(self._facts, face_s=kept.face_s, valid_s=kept.valid_s)

    def readings(self) -> Readings:
        """Every row so far, with landmarks if they are kept."""
        with self._lock:
            return self._analyzer.readings()

    def close(self, source: SourceInfo | None = None) -> SessionRecord:
        """Writes the last rows, summarises and marks the session READY; later calls do nothing.

        Args:
            source: Where the frames came from; None describes a camera by its own frames.
        """
        return self._end(SessionState.READY, None, source)

    def stop(
        self, state: SessionState, error: str, source: SourceInfo | None = None
    ) -> SessionRecord:
        """Ends it as FAILED, CANCELLED or INTERRUPTED with a sentence; what was measured stays.

        An INTERRUPTED session is summarised from what was measured. Later calls do nothing.
        """
        return self._end(state, error, source)

    def _end(
        self, state: SessionState, error: str | None, source: SourceInfo | None
    ) -> SessionRecord:
        with self._lock:
            if self._closed:
                return self._record
            summary = None
            try:
                self._write()
                measured = state is SessionState.INTERRUPTED and self._facts.frames_read > 0
                if state is SessionState.READY or measured:
                    summary = self._summaries.make(
                        self._analyzer.readings(), self._analyzer.config,
                        source or self.camera(), self._models,
                    )  # fmt: skip
            finally:
                # A full disk must not keep the row from saying that the recording has failed;
                # only a READY session needs all its rows stored, and stays open without them.
                if state is not SessionState.READY or summary is not None:
                    self._mark(replace(self._record, state=state, error=error, summary=summary))
            return self._record

    def _mark(self, record: SessionRecord) -> None:
        self._closed = True
        self._store.update_session(record)
        self._record = record
        self._journal.remove(record.id)
        give_back()

    def _write(self) -> None:
        rows = self._analyzer.take_chunk()
        if self._unwritten is not None:
            rows = Readings.concatenate([self._unwritten, rows])
        if len(rows):
            self._unwritten = rows
            self._store.append_readings(self._record.id, rows)
        self._unwritten = None
        give_back()
        self._written_at = self._clock()

    def _note(self, frame: Frame, reading: FrameReading) -> None:
        old = self._facts
        step = frame.t_s - old.t_s if old.frames_read else 0.0
        step = step if step <= LONGEST_STEP_S else 0.0
        self._latest = reading
        self._size = (frame.rgb.shape[1], frame.rgb.shape[0])
        self._facts = LiveFacts(
            t_s=frame.t_s, status=reading.status, frames_read=old.frames_read + 1,
            face_s=old.face_s + (step if reading.face is not None else 0.0),
            valid_s=old.valid_s + (step if reading.status is FrameStatus.OK else 0.0),
        )  # fmt: skip

    def camera(self) -> SourceInfo:
        """The source as its own rows describe it; nothing is known of frames that were lost."""
        return source_from(self._analyzer.readings(), self._record.source_name, None, self._size)


def facts_of(readings: Readings) -> LiveFacts:
    """What can be said of rows that were read before."""
    t_s = readings["t_s"]
    if len(t_s) == 0:
        return LiveFacts()
    steps = np.diff(t_s)
    steps = np.append(np.where(steps <= LONGEST_STEP_S, steps, 0.0), 0.0)
    return LiveFacts(
        t_s=float(t_s[-1]), frames_read=len(t_s), face_s=float(steps[readings.tracked].sum()),
        valid_s=float(steps[readings.ok].sum()),
    )  # fmt: skip


def left_out(markers: Sequence[Marker]) -> list[tuple[float, float]]:
    """The intervals that markers leave out, ends included."""
    return [
        (m.t_s, m.until_s) for m in markers if m.leaves_out and m.until_s is not None
    ]


def source_from(
    readings: Readings, path: str, sha256: str | None, size: tuple[int, int] = (0, 0),
    note: str | None = None,
) -> SourceInfo:  # fmt: skip
    """Describes a source by its own rows, for a camera or a recording that broke off.

    Args:
        size: Width and height of the picture, 0 when not known.
        note: What was odd, None if nothing.
    """
    t = readings["t_s"]
    steps = np.diff(t)
    usual = float(np.median(steps)) if len(steps) else 0.0
    uneven = bool(len(steps)) and float(np.max(np.abs(steps - usual))) > 0.25 * usual
    duration = float(t[-1] - t[0]) + usual if len(t) else 0.0
    return SourceInfo(
        path=path, sha256=sha256, duration_s=duration, frames_decoded=len(t),
        frames_read=len(t), frames_dropped=0, variable_frame_rate=uneven,
        width_px=size[0], height_px=size[1], note=note,
    )  # fmt: skip
