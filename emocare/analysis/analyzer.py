"""Frames in, readings out: the per-recording state around a stateless face reader."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emocare.analysis.affect import frame_arousal, frame_valence
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.follow import Followed, Follower
from emocare.analysis.status import status_of
from emocare.analysis.steady import SteadyLandmarks
from emocare.analysis.summarise import summarise
from emocare.domain.errors import InputError
from emocare.domain.faces import FaceReader
from emocare.domain.frames import Box, Frame
from emocare.domain.readings import COLUMNS, FrameReading, FrameStatus, Readings, Segment
from emocare.domain.summary import ModelRef, SourceInfo, Summary

CHUNK = 300
"""Frames kept as objects before they are turned into columns."""
PITCH_EVERY_S = 0.2
PITCH_SAMPLES = 1500
"""The running pitch is a median over at most five minutes."""
PITCH_MIN_SAMPLES = 10
"""Two seconds of a face before its own pitch replaces level."""


class Analyzer:
    """Analyses one recording. Not safe for two threads at once; ``Recording`` holds the lock.

    Frames are taken in time order. A frame that is not later than the one before is refused
    with ``InputError`` and changes nothing, so a caller may also leave it out and go on.

    Memory: a few hundred frames as objects, everything else as columns of about 400 bytes a
    row (two hours at 30 a second: 90 MB); landmarks, if kept, add 560 bytes a row.
    """

    def __init__(
        self,
        reader: FaceReader,
        config: AnalysisConfig,
        *,
        region: Box | None = None,
        keep_landmarks: bool = False,
        before: Readings | None = None,
    ) -> None:
        """Args:
        reader: Reads the pictures.
        config: Thresholds and constants.
        region: The patient's part of the picture, None = all of it.
        keep_landmarks: Whether rows hold them; needs them in ``before`` as well.
        before: Rows of an interrupted recording, stored already, that is continued.
        """
        self._reader = reader
        self._config = config
        self._follower = Follower(config, region)
        self._steady = SteadyLandmarks()
        self._pitch = _RunningPitch(config)
        self._rows = _Rows(keep_landmarks)
        self._last_s: float | None = None
        if before is not None and len(before):
            self._rows.start(before)
            self._last_s = float(before["t_s"][-1])
            self._follower.expect(before.columns["track_id"].astype(np.int64))
            self._pitch.add_rows(before)

    @property
    def config(self) -> AnalysisConfig:
        """The configuration this recording is analysed with."""
        return self._config

    def push(self, frame: Frame, segment: Segment = Segment.FREE) -> FrameReading:
        """Reads one frame.

        Args:
            frame: The next picture on the media clock.
            segment: The task it was taken in.

        Returns:
            The reading, already kept.

        Raises:
            InputError: The frame is not later than the one before.
        """
        reading = self.look(frame, segment)
        self._rows.add(reading)
        return reading

    def look(self, frame: Frame, segment: Segment = Segment.FREE) -> FrameReading:
        """As ``push``, but no row is kept: for the moments before a recording."""
        if self._last_s is not None and frame.t_s <= self._last_s:
            raise InputError(
                f"Frames must come in time order: got {frame.t_s:.3f} s after "
                f"{self._last_s:.3f} s. Leave the frame out, or mend the file's time stamps."
            )
        picture = self._reader.read(frame, self._follower.hint(frame.t_s))
        if picture.frame_brightness < self._config.camera_off_below:
            self._follower.drop()
            found = Followed(None, 0, settled=True)
        else:
            found = self._follower.settle(frame.t_s, picture)
        status = status_of(
            found.face, picture.frame_brightness, settled=found.settled,
            pitch0_deg=self._pitch.value, config=self._config,
        )  # fmt: skip
        reading = self._reading(frame.t_s, segment, found, status)
        self._last_s = frame.t_s
        if found.face is not None and found.settled:
            self._pitch.add(frame.t_s, found.face.yaw_deg, found.face.pitch_deg, segment)
        return reading

    def exclude(self, intervals: Sequence[tuple[float, float]]) -> None:
        """Leaves out exactly the rows so far whose time lies in one of the closed intervals."""
        self._rows.exclude(intervals)

    def same_person(self) -> None:
        """The operator goes on with the same person after a pause: the next face followed is
        theirs, however long they were away and wherever they sit now."""
        self._follower.expect_same()

    def take_chunk(self) -> Readings:
        """The rows since the last call, for the store; possibly none."""
        return self._rows.take()

    def readings(self) -> Readings:
        """All rows so far."""
        return self._rows.all()

    def finish(self, source: SourceInfo, models: Sequence[ModelRef]) -> Summary:
        """The summary of everything read: exactly ``summarise(self.readings(), ...)``."""
        return summarise(self.readings(), self._config, source, models)

    def _reading(
        self, t_s: float, segment: Segment, found: Followed, status: FrameStatus
    ) -> FrameReading:
        face, follower = found.face, self._follower
        if face is not None and found.settled:
            steady = self._steady.take(t_s, found.track_id, face.landmarks_px)
            face = replace(face, landmarks_px=steady)
        off = status is FrameStatus.CAMERA_OFF
        measured = face if status is FrameStatus.OK else None
        return FrameReading(
            t_s=t_s, status=status, segment=segment, face=face, track_id=found.track_id,
            n_faces=0 if off else follower.n_faces,
            second_face_ratio=0.0 if face is None else follower.second_face_ratio,
            valence=None if measured is None else frame_valence(measured, self._config),
            arousal=None if measured is None else frame_arousal(measured, self._config),
        )  # fmt: skip


class _RunningPitch:
    """The person's usual pitch so far: the neutral segment's median once it has been recorded."""

    def __init__(self, config: AnalysisConfig) -> None:
        self._config = config
        self._samples: deque[float] = deque(maxlen=PITCH_SAMPLES)
        self._baseline: list[float] = []
        self._next_s = -np.inf
        self.value = 0.0

    def add(self, t_s: float, yaw_deg: float, pitch_deg: float, segment: Segment) -> None:
        """Takes a sample every ``PITCH_EVERY_S`` of a face that is not turned sideways."""
        if t_s < self._next_s or abs(yaw_deg) > self._config.max_yaw_deg:
            return
        self._next_s = t_s + PITCH_EVERY_S
        self._samples.append(pitch_deg)
        if segment is Segment.BASELINE and len(self._baseline) < PITCH_SAMPLES:
            self._baseline.append(pitch_deg)
        enough = len(self._baseline) * PITCH_EVERY_S >= self._config.min_baseline_s
        samples = self._baseline if enough else self._samples
        if len(samples) >= PITCH_MIN_SAMPLES:
            limit = self._config.max_pitch0_deg
            self.value = float(np.clip(np.median(samples), -limit, limit))


    def add_rows(self, rows: Readings) -> None:
        """Takes the samples of rows that were read before."""
        columns = (rows["t_s"], rows["yaw_deg"], rows["pitch_deg"], rows.text("segment"))
        for t_s, yaw_deg, pitch_deg, segment in zip(*columns, strict=True):
            if np.isfinite(pitch_deg):
                self.add(float(t_s), float(yaw_deg), float(pitch_deg), Segment(segment))


class _Rows:
    """Readings as they grow: objects for a few hundred frames, then columns."""

    def __init__(self, keep_landmarks: bool) -> None:
        self._keep = keep_landmarks
        self._frames: list[FrameReading] = []
        self._chunks: list[Readings] = []
        self._taken = 0

    def start(self, stored: Readings) -> None:
        self._chunks, self._taken = [stored], len(stored)

    def add(self, reading: FrameReading) -> None:
        self._frames.append(reading)
        if len(self._frames) >= CHUNK:
            self._flush()

    def exclude(self, intervals: Sequence[tuple[float, float]]) -> None:
        self._flush()
        self._chunks = [chunk.with_excluded(intervals) for chunk in self._chunks]

    def take(self) -> Readings:
        self._flush()
        parts, skip = [], self._taken
        for chunk in self._chunks:
            if skip < len(chunk):
                parts.append(chunk.rows(np.arange(len(chunk)) >= skip))
            skip = max(0, skip - len(chunk))
        self._taken = sum(len(chunk) for chunk in self._chunks)
        return Readings.concatenate(parts) if parts else self._empty()

    def all(self) -> Readings:
        """One table. The chunks give their columns up one by one, so the peak is one table."""
        self._flush()
        if len(self._chunks) > 1:
            parts = [dict(chunk.columns) for chunk in self._chunks]
            points = [c.landmarks_px for c in self._chunks if c.landmarks_px is not None]
            self._chunks = []
            columns: dict[str, NDArray[np.generic]] = {}
            for name in COLUMNS:
                columns[name] = np.concatenate([part.pop(name) for part in parts])
            self._chunks = [Readings(columns, np.concatenate(points) if self._keep else None)]
        return self._chunks[0] if self._chunks else self._empty()

    def _empty(self) -> Readings:
        return Readings.from_frames([], landmarks=self._keep)

    def _flush(self) -> None:
        if self._frames:
            self._chunks.append(Readings.from_frames(self._frames, landmarks=self._keep))
            self._frames = []
