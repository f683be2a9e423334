"""One live session as a page handles it: commands, markers, and a view at any moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from emocare.domain.errors import InputError, NotFound
from emocare.domain.live import LEAVES_OUT, LivePhase, LiveView, Marker, MarkerId, MarkerKind
from emocare.domain.readings import FrameReading, FrameStatus
from emocare.domain.records import SessionId
from emocare.services.live_opening import NOT_RECORDING, Opening
from emocare.services.live_play import Player
from emocare.services.live_reader import LiveReader
from emocare.services.live_view import action_units, model_trails, trails
from emocare.services.markers import marker_text, new_marker
from emocare.services.recording import Recording
from emocare.services.workplace import now

NOTICED_S = 1.0
"""A shorter time without a picture is not worth a word."""
EXCLUDED_S = 10.0


class LiveRun(LiveReader):
    """A live session. Every method may be called from any thread."""

    def __init__(self, opening: Opening, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts to read at once; nothing is stored before ``begin``."""
        self._markers = list(opening.markers)
        self._marking = threading.Lock()
        super().__init__(opening, clock)

    @property
    def session_id(self) -> SessionId:
        """Of the session, which is stored once it is recorded."""
        return self._record.id

    @property
    def protocol(self) -> str:
        """With the protocol (guided), or free."""
        return self._record.protocol

    def play(self, path: Path) -> None:
        """Plays a clip in real time as if it were the camera, in a thread of its own.

        Raises:
            VideoUnreadable, VideoTooLong: The clip cannot be played.
        """
        player = Player(path, self._opening.reading_hz)
        player.start(self.offer, self._over, self._clip_ended)

    def resume(self) -> None:
        """Goes on with the same person; after the last part without protocol."""
        recording = self._recording
        if self._phase is not LivePhase.PAUSED or recording is None:
            return
        recording.same_person()
        with self._lock:
            if self._phase is LivePhase.PAUSED:
                if self._progress.done:
                    self._progress.go_free()
                self._phase = LivePhase.RECORDING

    def skip(self) -> None:
        """Goes to the next part; after the last one it pauses. A free recording has no next."""
        with self._lock:
            if self._phase not in (LivePhase.RECORDING, LivePhase.PAUSED):
                return
            self._progress.skip()
            done = self._progress.done
        if done:
            self.pause()

    def redo(self) -> None:
        """Begins the part again; its rows so far are left out of every measure.

        Raises:
            StoreError: That could not be stored; nothing has changed then.
        """
        with self._lock:
            if self._phase not in (LivePhase.RECORDING, LivePhase.PAUSED):
                return
            start_s, part = self._progress.start_s, self._progress.parts[self._progress.index]
        if start_s is not None:
            self._keep(MarkerKind.REDONE, lambda now_s: start_s, "", interval=True)
            with self._watching:
                self._watch.forget(start_s, part.segment)
            self._sequence.again()
        with self._lock:
            self._progress.redo()

    def mark(self, kind: MarkerKind, text: str = "") -> Marker:
        """Sets a marker at the newest picture and stores it at once.

        Raises:
            InputError: Nothing is recorded, or a note is empty or too long.
            StoreError: It could not be stored.
        """
        if kind in LEAVES_OUT:
            return self.exclude_last()
        return self._keep(kind, lambda now_s: now_s, marker_text(kind, text), interval=False)

    def exclude_last(self, seconds: float = EXCLUDED_S) -> Marker:
        """Leaves the last seconds out of every measure, until the marker is removed.

        Raises:
            InputError: Nothing is recorded.
            StoreError: It could not be stored; nothing is left out then.
        """
        marker = self._keep(
            MarkerKind.EXCLUDED, lambda now_s: max(0.0, now_s - seconds), "", interval=True
        )
        with self._watching:
            self._watch.forget(marker.t_s)
        self._sequence.again()
        return marker

    def put_marker(self, marker: Marker) -> None:
        """Stores a new or changed marker of this session.

        Raises:
            InputError: Nothing is recorded.
            StoreError: It could not be stored.
        """
        with self._marking:
            self._open().mark(lambda now_s: marker)
            self._show([*(m for m in self._markers if m.id != marker.id), marker])
        if marker.leaves_out:
            self._sequence.again()

    def remove_marker(self, marker_id: MarkerId) -> None:
        """Takes a marker back; what it left out counts again.

        Raises:
            InputError: Nothing is recorded.
            NotFound: There is no such marker.
        """
        with self._marking:
            recording = self._open()
            found = next((m for m in self._markers if m.id == marker_id), None)
            if found is None:
                raise NotFound("This marker does not exist any more.")
            recording.unmark(replace(found, made_by=self._opening.clinician, made_at=now()))
            self._show([m for m in self._markers if m.id != marker_id])
        if found.leaves_out:
            self._sequence.again()

    def retry(self) -> bool:
        """Tries once more before the questionnaire takes over; says whether it may."""
        with self._watching:
            left = self._gate_watch.retry()
            if left:
                self._watch.interrupt()
                self._judge(0.0)
        return left

    def view(self) -> LiveView:
        """Everything there is to show now."""
        with self._lock:
            found, clock_s, config = self._watch.found, self._clock(), self._opening.config
            sequence = self._sequence.found
            facts = None if self._recording is None else self._recording.facts()
            now_s = 0.0 if facts is None else facts.t_s
            latest = None if self._phase is LivePhase.PAUSED else self._latest
            waited_s = clock_s - self._arrived_s
            progress, mailbox, rates = self._progress, self._mailbox, self._rates
            return LiveView(
                session_id=self._record.id, phase=self._phase, guided=config.protocol == "guided",
                parts=progress.parts, part_index=progress.index,
                part_elapsed_s=progress.elapsed_s, part_left_s=progress.left_s,
                protocol_done=progress.done, elapsed_s=now_s, latest=latest,
                picture_px=self._size, check=self._check, gate=self._gate,
                valid_s=0.0 if facts is None else facts.valid_s,
                valid_needed_s=config.gate["valid_s"][0], readings_per_s=rates.per_s(clock_s),
                delay_ms=rates.delay_ms(clock_s), frames_in=mailbox.came,
                frames_read=rates.count, frames_dropped=mailbox.dropped,
                trails=trails(found, now_s), expression_share=found.expression_share,
                action_units=action_units(latest, found), markers=tuple(self._markers),
                second_person=self._second_person(latest), black_for_s=rates.black_for_s,
                no_picture_for_s=waited_s if waited_s >= NOTICED_S else 0.0,
                fault=self._fault, source_ended=self._source_ended,
                delay_p95_ms=rates.delay_ms(clock_s, 0.95),
                model_trails=model_trails(sequence, now_s),
                severity_model=None if sequence is None else sequence.severity,
                model_fault=self._sequence.fault,
            )  # fmt: skip

    def _second_person(self, latest: FrameReading | None) -> bool:
        if latest is None:
            return False
        several = latest.status is FrameStatus.SEVERAL_FACES
        return several or latest.second_face_ratio >= self._opening.config.second_face_from

    def _clip_ended(self, fault: str | None) -> None:
        self._source_ended = True
        if fault is not None:
            self.lost(fault)

    def _keep(
        self, kind: MarkerKind, start: Callable[[float], float], text: str, *, interval: bool
    ) -> Marker:
        """Stores a marker that begins at ``start`` of the newest row's time."""

        def make(now_s: float) -> Marker:
            until_s = now_s if interval else None
            return new_marker(
                self.session_id, kind, start(now_s), until_s, text, self._opening.clinician
            )

        with self._marking:
            marker = self._open().mark(make)
            self._show([*self._markers, marker])
        return marker

    def _show(self, markers: list[Marker]) -> None:
        self._markers = sorted(markers, key=lambda marker: marker.t_s)

    def _open(self) -> Recording:
        recording = self.recording
        if recording is None:
            raise InputError(NOT_RECORDING)
        return recording
