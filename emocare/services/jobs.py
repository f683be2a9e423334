"""The queue of videos to analyse: one worker thread, one video after the other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from emocare.domain.errors import Cancelled, EmoCareError, NotFound
from emocare.domain.records import PatientId, SessionId, SessionRecord, SessionState
from emocare.services.recording import LiveFacts

_log = logging.getLogger(__name__)

ESTIMATE_AFTER_S = 1.0
"""Wall time of work before the time left is estimated."""

FAULT = (
    "The analysis stopped at a fault of the program. What was measured before it is kept. "
    "Try the video again; the log names the fault."
)
CLOSED = "Emo-Care was closed while this video was analysed. What was measured is kept."


@dataclass(frozen=True, slots=True)
class Job:
    """One video in the queue, as the pages show it.

    Attributes:
        name: File name for showing.
        state: State of the session.
        progress: 0..1 by media position.
        seconds_left: Wall time until it is done; None when it cannot be said yet.
        message: One sentence on where it stands.
        reading: What was found so far, None before it started.
        error: Why it failed, None otherwise.
    """

    session_id: SessionId
    patient_id: PatientId
    name: str
    state: SessionState
    progress: float
    seconds_left: float | None
    message: str
    reading: LiveFacts | None
    error: str | None


@dataclass(slots=True)
class Task:
    """One video with what its worker notes; guarded by the queue's lock."""

    record: SessionRecord
    path: Path
    delete_after: bool
    cancelled: threading.Event = field(default_factory=threading.Event)
    started_at: float | None = None
    position_s: float = 0.0
    duration_s: float | None = None
    facts: LiveFacts | None = None


Work = Callable[[Task], SessionRecord]
"""Analyses one task; raises EmoCareError or Cancelled."""
End = Callable[[Task, SessionState, str], SessionRecord]
"""Stores how a task ended that did not finish."""


class JobQueue:
    """Keeps the tasks of this process. Every method may be called from any thread."""

    def __init__(
        self, work: Work, end: End, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Args:
        work: Analyses one task in the worker thread and returns its final row.
        end: Stores a task that failed, was cancelled or cut off by ``close``.
        clock: Seconds that never run backwards.
        """
        self._work = work
        self._end = end
        self._clock = clock
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._tasks: dict[SessionId, Task] = {}
        self._worker: threading.Thread | None = None
        self._closing = False

    def add(self, task: Task) -> None:
        """Appends a task and sees to it that a worker runs."""
        with self._lock:
            self._tasks[task.record.id] = task
            self._ensure_worker()
            self._wake.notify_all()

    def show(self, record: SessionRecord, path: Path) -> None:
        """Lists a session that has ended before, so that its sentence is seen."""
        with self._lock:
            self._tasks[record.id] = Task(record, path, delete_after=False)

    def jobs(self) -> list[Job]:
        """Every task in the order in which it was added."""
        with self._lock:
            waiting = 0
            jobs = []
            for task in self._tasks.values():
                jobs.append(_job(task, waiting, self._clock()))
                if task.record.state in (SessionState.QUEUED, SessionState.ANALYSING):
                    waiting += 1
            return jobs

    def cancel(self, session_id: SessionId) -> None:
        """Ends a task before it is finished; a finished one is left as it is.

        Raises:
            NotFound: This process has no such task.
        """
        with self._lock:
            task = self._task(session_id)
            task.cancelled.set()
            if task.record.state is SessionState.QUEUED:
                task.record = self._end(task, SessionState.CANCELLED, "Cancelled before it began.")

    def dismiss(self, session_id: SessionId) -> None:
        """Takes an ended task off the list; the session itself stays.

        Raises:
            NotFound: This process has no such task, or it is still at work.
        """
        with self._lock:
            task = self._task(session_id)
            if task.record.state in (SessionState.QUEUED, SessionState.ANALYSING):
                raise NotFound("This video is still being analysed. Cancel it first.")
            del self._tasks[session_id]

    def progress(self, task: Task, position_s: float, duration_s: float | None,
                 facts: LiveFacts) -> None:  # fmt: skip
        """Called by the work after each frame.

        Raises:
            Cancelled: Somebody asked for it, or the application closes.
        """
        with self._lock:
            task.position_s, task.duration_s, task.facts = position_s, duration_s, facts
        if task.cancelled.is_set():
            raise Cancelled(f"Cancelled at {position_s:.0f} s.")

    def close(self) -> None:
        """Ends the running task as INTERRUPTED and waits for the worker."""
        with self._lock:
            self._closing = True
            for task in self._tasks.values():
                task.cancelled.set()
            self._wake.notify_all()
            worker = self._worker
        if worker is not None and worker is not threading.current_thread():
            worker.join()

    def _task(self, session_id: SessionId) -> Task:
        task = self._tasks.get(session_id)
        if task is None:
            raise NotFound("This video is not in the queue any more. Reload the page.")
        return task

    def _ensure_worker(self) -> None:
        if self._closing or (self._worker is not None and self._worker.is_alive()):
            return
        self._worker = threading.Thread(target=self._run, name="emocare-analysis", daemon=True)
        self._worker.start()

    def _run(self) -> None:
        """Works until closed. A fault ends this thread with its traceback in the log; what is
        still queued gets a fresh one."""
        try:
            while (task := self._next()) is not None:
                self._attempt(task)
        finally:
            with self._lock:
                self._worker = None
                if any(t.record.state is SessionState.QUEUED for t in self._tasks.values()):
                    self._ensure_worker()

    def _next(self) -> Task | None:
        with self._lock:
            while not self._closing:
                for task in self._tasks.values():
                    if task.record.state is SessionState.QUEUED:
                        task.record = replace(task.record, state=SessionState.ANALYSING)
                        task.started_at = self._clock()
                        return task
                self._wake.wait()
            for task in self._tasks.values():
                if task.record.state is SessionState.QUEUED:
                    task.record = self._end(task, SessionState.INTERRUPTED, CLOSED)
            return None

    def _attempt(self, task: Task) -> None:
        """Runs one task and notes how it ended, also when a fault passes through here."""
        state, sentence = SessionState.FAILED, FAULT
        record = task.record
        try:
            record = self._work(task)
            state = SessionState.READY
        except Cancelled as cancelled:
            state, sentence = SessionState.CANCELLED, str(cancelled)
            if self._closing:
                state, sentence = SessionState.INTERRUPTED, CLOSED
        except EmoCareError as error:
            sentence = str(error)
        finally:
            if state is not SessionState.READY:
                _log.info("analysis ended: %s", state.value)
                record = replace(task.record, state=state, error=sentence)
            try:
                if state is not SessionState.READY:
                    record = self._end(task, state, sentence)
            finally:
                with self._lock:
                    task.record = record


def _job(task: Task, waiting: int, now: float) -> Job:
    record = task.record
    done = 0.0
    if task.duration_s:
        done = min(1.0, max(0.0, task.position_s / task.duration_s))
    left = None
    if record.state is SessionState.ANALYSING and task.started_at is not None:
        spent = now - task.started_at
        if spent >= ESTIMATE_AFTER_S and done > 0.0:
            left = spent * (1.0 - done) / done
    return Job(
        session_id=record.id, patient_id=record.patient_id, name=record.source_name,
        state=record.state, progress=1.0 if record.state is SessionState.READY else done,
        seconds_left=left, message=_message(task, waiting), reading=task.facts,
        error=record.error if record.state is not SessionState.READY else None,
    )  # fmt: skip


def _message(task: Task, waiting: int) -> str:
    state = task.record.state
    if state is SessionState.QUEUED:
        return f"Waiting, {waiting} before it" if waiting else "Waiting"
    if state is SessionState.ANALYSING:
        if task.facts is None:
            return "Opening the video"
        of = f" of {task.duration_s:.0f}" if task.duration_s else ""
        return f"{task.position_s:.0f}{of} s read"
    if state is SessionState.READY:
        summary = task.record.summary
        note = None if summary is None else summary.source.note
        return f"Ready to review. {note}" if note else "Ready to review"
    return task.record.error or state.value.capitalize()
