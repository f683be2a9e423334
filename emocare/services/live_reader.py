"""The thread of a live session: it reads the newest picture, and ends the session when it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emocare.analysis import Analyzer, GateWatch, LiveWatch, SittingCheck, measured_rows
from emocare.domain.errors import EmoCareError
from emocare.domain.frames import Frame
from emocare.domain.live import LiveCheck, LiveGate, LivePhase
from emocare.domain.readings import FrameReading, Readings
from emocare.domain.records import SessionRecord, SessionState
from emocare.domain.summary import SourceInfo
from emocare.media.clock import CameraClock, Thinning
from emocare.services.live_mailbox import Arrived, Mailbox
from emocare.services.live_opening import FAULT, NO_CAMERA, NOT_BEGUN, RESUME_GAP_S, Opening
from emocare.services.live_parts import Progress
from emocare.services.live_rates import Rates
from emocare.services.live_sequence import LiveSequence
from emocare.services.recording import Recording

TICK_S = 0.5
"""How often the reader looks up when no picture comes."""
LOST_AFTER_S = 30.0
"""Without a picture for so long a recording ends by itself."""
LEFT_AFTER_S = 900.0
"""The same for a session that is paused: somebody may come back to it."""


class LiveReader:
    """Reads what the camera hands over, from the check of the sitting position to the summary.

    One thread of its own reads the newest picture as fast as it can; it alone reads and writes
    rows, and it ends the session when something goes wrong. Locks: ``_lock`` for what a view
    shows, held for moments; ``_watching`` while the last seconds are looked at; the recording's
    own while a picture is read.
    """

    def __init__(self, opening: Opening, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts to read at once; nothing is stored before ``begin``."""
        self._opening = opening
        self._clock = clock
        self._record = opening.record
        self._lock = threading.RLock()
        self._watching = threading.RLock()
        self._ending = threading.RLock()
        self._mailbox = Mailbox()
        self._phase = LivePhase.CHECK
        self._recording: Recording | None = None
        self._checking = Analyzer(opening.reader, opening.config)
        self._check_clock, self._camera_clock = CameraClock(), CameraClock()
        self._sitting = SittingCheck(opening.config)
        self._check: LiveCheck | None = None
        self._thinning = Thinning(opening.reading_hz)
        self._progress = Progress(opening.parts)
        self._watch, self._gate_watch = LiveWatch(opening.config), GateWatch()
        self._sequence = LiveSequence(opening.stream, opening.stream_fault)
        self._gate: LiveGate | None = None
        self._rates = Rates()
        self._latest: FrameReading | None = None
        self._size = (0, 0)
        self._newest: Frame | None = None
        self._arrived_s = clock()
        self._lost: str | None = None
        self._fault: str | None = None
        self._source_ended = False
        self._over = threading.Event()
        if opening.before is not None and len(opening.before):
            self._progress.resume(opening.before)
            self._camera_clock.start_s = float(opening.before["t_s"][-1]) + RESUME_GAP_S
        self._thread = threading.Thread(target=self._run, name="emocare-live", daemon=True)
        self._thread.start()

    @property
    def record(self) -> SessionRecord:
        """The session as it stands."""
        recording = self._recording
        return self._record if recording is None else recording.record

    @property
    def phase(self) -> LivePhase:
        """Where it stands."""
        return self._phase

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """The newest picture as it came, (H, W, 3) uint8; None before the first."""
        return None if self._newest is None else self._newest.rgb

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._phase is LivePhase.ENDED

    @property
    def recording(self) -> Recording | None:
        """The recording while it is made; None before and after."""
        return None if self.ended else self._recording

    @property
    def busy(self) -> bool:
        """Whether a picture waits or is being read."""
        return not self.ended and self._mailbox.busy

    def offer(self, frame: Frame) -> None:
        """Hands over a picture and returns at once.

        Args:
            frame: Its ``t_s`` is the camera's presentation time stamp in seconds, from any start.
        """
        self._arrived_s, self._newest = self._clock(), frame
        if self._phase in (LivePhase.CHECK, LivePhase.RECORDING):
            self._mailbox.put(frame, self._arrived_s)

    def missed(self, count: int) -> None:
        """Counts pictures that the camera delivered and that were lost on the way here."""
        if self._phase in (LivePhase.CHECK, LivePhase.RECORDING):
            self._mailbox.lose(count, came=True)

    def begin(self) -> None:
        """Begins to record. Does nothing when it has begun.

        Raises:
            StoreError: The session cannot be stored.
        """
        with self._lock:
            if self._phase is not LivePhase.CHECK or self._mailbox.closed:
                return
            self._recording = self._opening.begin(self._opening.record)
            self._mailbox.restart()
            self._rates, self._check, self._latest = Rates(), None, None
            self._phase = LivePhase.RECORDING

    def pause(self) -> None:
        """Reads nothing until it goes on; does nothing unless it records.

        Raises:
            StoreError: The last rows could not be stored yet; it is paused all the same.
        """
        with self._lock:
            recording = self._recording
            if self._phase is not LivePhase.RECORDING or recording is None:
                return
            self._phase = LivePhase.PAUSED
            self._progress.gap()
            self._mailbox.clear()
        with self._watching:
            self._watch.interrupt()
            self._gate_watch.restart()
            self._judge(0.0)
        recording.flush()

    def stop(self) -> SessionRecord:
        """Ends it and gives the session with its summary; later calls give the same.

        Before ``begin`` nothing is stored, and the session comes back as CANCELLED.

        Raises:
            StoreError: The last rows could not be stored; call it again when they can.
        """
        self._mailbox.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        return self._finish(SessionState.READY, None)

    def lost(self, reason: str) -> None:
        """Says that no more pictures will come: browser gone, camera pulled. Returns at once.

        Args:
            reason: A sentence for a person.
        """
        self._lost = self._lost or reason
        self._mailbox.close()

    def _run(self) -> None:
        """Reads until it is closed. A fault ends the session, with its traceback in the log."""
        sentence: str | None = FAULT
        try:
            while not self._mailbox.closed:
                arrived = self._mailbox.take(TICK_S)
                if arrived is None:
                    self._tick()
                elif self._phase is LivePhase.CHECK:
                    self._look(arrived)
                else:
                    self._read(arrived)
            sentence = self._lost
        except EmoCareError as error:
            sentence = str(error)
        finally:
            self._mailbox.close()
            if sentence is not None:
                self._finish(SessionState.INTERRUPTED, sentence)

    def _look(self, arrived: Arrived) -> None:
        """One picture of the sitting position."""
        t_s = self._check_clock.place(arrived.frame.t_s, arrived.at_s)
        if t_s is None:
            self._mailbox.lose(1)
            return
        reading = self._checking.look(Frame(t_s, arrived.frame.rgb))
        with self._lock:
            if self._phase is not LivePhase.CHECK:
                return
            self._note(arrived, reading)
            check = self._check = self._sitting.add(reading)
        if self._opening.config.protocol == "guided" and check.green_for_s >= check.needed_s:
            self.begin()

    def _read(self, arrived: Arrived) -> None:
        """One picture of the recording."""
        with self._lock:
            recording = self._recording
            if self._phase is not LivePhase.RECORDING or recording is None:
                return
            t_s = self._camera_clock.place(arrived.frame.t_s, arrived.at_s)
            if t_s is None:
                self._mailbox.lose(1)
                return
            if not self._thinning.keep(t_s):
                return
            segment = self._progress.take(t_s)
        if segment is None:
            self.pause()
            return
        reading = recording.push(Frame(t_s, arrived.frame.rgb), segment)
        if reading is None:
            return
        with self._lock:
            self._note(arrived, reading)
        with self._watching:
            fresh = self._watch.add(reading)
            self._judge(0.0)
        if fresh is not None:
            self._sequence.take(fresh, lambda: self._everything(recording))

    def _everything(self, recording: Recording) -> Readings:
        return measured_rows(recording.readings(), self._opening.config)

    def _note(self, arrived: Arrived, reading: FrameReading) -> None:
        self._latest = reading
        self._size = (arrived.frame.rgb.shape[1], arrived.frame.rgb.shape[0])
        self._rates.add(self._clock(), arrived.at_s, reading)

    def _judge(self, no_picture_s: float) -> None:
        found = self._watch.found
        self._gate = self._gate_watch.update(
            self._clock(), found.gate, found.collected_s, no_picture_s
        )

    def _tick(self) -> None:
        """No picture came for a while."""
        waited_s = self._clock() - self._arrived_s
        if self._phase is LivePhase.RECORDING and not self._source_ended:
            with self._watching:
                self._judge(waited_s)
        longest_s = LEFT_AFTER_S if self._phase is LivePhase.PAUSED else LOST_AFTER_S
        if self._recording is None or waited_s < longest_s:
            return
        if self._source_ended:
            self._mailbox.close()
            self._finish(SessionState.READY, None)
        else:
            self.lost(NO_CAMERA)

    def _finish(self, state: SessionState, sentence: str | None) -> SessionRecord:
        """Ends it once; a READY session needs all its rows stored, and stays open without."""
        with self._ending:
            if self.ended:
                return self.record
            closed = False
            try:
                self._close(state, sentence)
                closed = True
            finally:
                if closed or state is not SessionState.READY:
                    with self._lock:
                        self._phase, self._fault = LivePhase.ENDED, sentence
                    self._over.set()
            return self.record

    def _close(self, state: SessionState, sentence: str | None) -> None:
        recording = self._recording
        if recording is None:
            # Nothing was stored of a new session; a continued one stays as it was found.
            if self._opening.before is None:
                self._record = replace(
                    self._record, state=SessionState.CANCELLED, error=sentence or NOT_BEGUN
                )
        elif state is SessionState.READY:
            recording.close(self._source(recording, None))
        else:
            recording.stop(state, sentence or FAULT, self._source(recording, "broke off"))

    def _source(self, recording: Recording, ending: str | None) -> SourceInfo:
        """The camera with what was lost; after a continuation both stretches."""
        source, mailbox, before = recording.camera(), self._mailbox, self._opening.source
        came, dropped, notes = mailbox.came, mailbox.dropped, []
        if self._opening.before is not None and before is not None:
            came, dropped = came + before.frames_decoded, dropped + before.frames_dropped
            notes.append(f"Continued at {self._camera_clock.start_s:.1f} s after an interruption.")
        if ending is not None:
            notes.append(f"The recording {ending} at {recording.facts().t_s:.1f} s.")
        return replace(
            source, frames_decoded=came, frames_dropped=dropped, note=" ".join(notes) or None
        )
