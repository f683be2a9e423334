"""One file at a time, without a queue: what the command line runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emocare.analysis import Analyzer
from emocare.clinical.consent_texts import OPERATOR
from emocare.domain.errors import EmoCareError, InputError
from emocare.domain.readings import Readings
from emocare.domain.records import Consent, PatientId, SessionId, SessionState
from emocare.domain.summary import Summary
from emocare.domain.summary_json import summary_to_dict
from emocare.media.content import printable
from emocare.media.digest import sha256_of
from emocare.services import exports
from emocare.services.analysing import Progress, check_readable, feed
from emocare.services.clips import clean_name
from emocare.services.engine import FaceEngine
from emocare.services.recordings import Recordings
from emocare.services.reference_files import analysis_config
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, now

BROKEN_OFF = "The analysis was broken off. What was measured is kept."


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one file gave. ``session_id`` is None when it was not stored."""

    readings: Readings
    summary: Summary
    session_id: SessionId | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one file: a summary, or the sentence why there is none."""

    path: Path
    folder: Path | None
    summary: Summary | None
    session_id: SessionId | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Analyses files one after the other.

    Attributes:
        recordings: With ``patient_id``, where each file becomes a session; None stores nothing.
        keep_landmarks: Whether readings.parquet gets the landmarks.
        adult: Whether the operator confirms that the patient is one.
    """

    engine: FaceEngine
    summaries: Summaries
    workplace: Workplace
    recordings: Recordings | None
    patient_id: PatientId | None
    keep_landmarks: bool
    adult: bool = False

    def run(self, path: Path, folder: Path | None, progress: Progress) -> Entry:
        """Analyses one file and writes its results; an unusable file becomes an entry that says so.

        Args:
            folder: Where readings.parquet and summary.json go; nothing is written there before
                the whole file was read.

        Raises:
            ModelError, StoreError: What would stop every file.
        """
        try:
            found = self._analyse(path, progress)
            if folder is not None:
                exports.write(folder, found.readings, found.summary)
        except InputError as error:
            return Entry(path, None, None, None, _named(path, str(error)))
        return Entry(path, folder, found.summary, found.session_id, None)

    def _analyse(self, path: Path, progress: Progress) -> Analysed:
        if self.recordings is None or self.patient_id is None:
            return analyse_file(path, self.engine, self.summaries, self.workplace,
                                keep_landmarks=self.keep_landmarks, progress=progress)  # fmt: skip
        return analyse_and_store(
            path, self.patient_id, self.recordings, self.workplace,
            operator_consent(adult=self.adult), keep_landmarks=self.keep_landmarks,
            progress=progress,
        )  # fmt: skip


def operator_consent(*, adult: bool) -> Consent:
    """What a session from the command line is stored under: given on the operator's word.

    Args:
        adult: Whether the operator confirms that the person is one.
    """
    return Consent(OPERATOR, analyse=True, keep_measurements=True, keep_video=False,
                   recorded_at=now(), adult=adult)  # fmt: skip


def plan(videos: Sequence[Path], out: Path | None) -> list[tuple[Path, Path | None]]:
    """Which folder each video's results go to; equal stems get a number."""
    taken: set[str] = set()
    folders: list[tuple[Path, Path | None]] = []
    for video in videos:
        name, number = video.stem, 1
        while name in taken:
            number += 1
            name = f"{video.stem}-{number}"
        taken.add(name)
        folders.append((video, None if out is None else out / name))
    return folders


def to_dict(entries: Sequence[Entry]) -> dict[str, Any]:
    """The summary of a single video as summary.json has it; several as {"videos": [...]}."""
    if len(entries) == 1 and entries[0].summary is not None:
        entry = entries[0]
        return {**summary_to_dict(entries[0].summary), "session_id": entry.session_id}
    return {
        "videos": [
            {"path": str(e.path), "folder": None if e.folder is None else str(e.folder),
             "session_id": e.session_id, "error": e.error,
             "summary": None if e.summary is None else summary_to_dict(e.summary)}
            for e in entries
        ]
    }  # fmt: skip


def _named(path: Path, sentence: str) -> str:
    name = printable(path)
    return sentence if name in sentence else f"{name}: {sentence}"


def analyse_file(
    path: Path, engine: FaceEngine, summaries: Summaries, workplace: Workplace, *,
    keep_landmarks: bool, progress: Progress,
) -> Analysed:  # fmt: skip
    """Analyses a file without storing anything.

    Raises:
        VideoUnreadable, VideoTooLong: The file cannot be used.
        ModelError: The face network cannot be used.
    """
    check_readable(path, workplace)
    loaded = engine.get()
    config = analysis_config(workplace, "free", loaded.models)
    analyzer = Analyzer(loaded.reader, config, keep_landmarks=keep_landmarks)
    source = feed(path, sha256_of(path), workplace, analyzer.push, progress)
    source = replace(source, path=clean_name(path.name))
    readings = analyzer.readings()
    return Analysed(readings, summaries.make(readings, config, source, loaded.models), None)


def analyse_and_store(
    path: Path, patient_id: PatientId, recordings: Recordings, workplace: Workplace,
    consent: Consent, *, keep_landmarks: bool, progress: Progress,
) -> Analysed:  # fmt: skip
    """Analyses a file as a session of a patient; the file itself is neither copied nor deleted.

    Nothing is stored when the file cannot be opened. When it breaks later, the session keeps
    what was measured.

    Raises:
        As ``analyse_file``; NotFound: no such patient; AccessDenied: they may not be recorded.
    """
    check_readable(path, workplace)
    sha256 = sha256_of(path)
    recording = recordings.begin(
        patient_id, path.name, consent, sha256=sha256, keep_landmarks=keep_landmarks
    )
    try:
        source = feed(path, sha256, workplace, recording.push, progress)
        record = recording.close(replace(source, path=clean_name(path.name)))
    except EmoCareError as error:
        recording.stop(SessionState.FAILED, str(error))
        raise
    finally:
        recording.stop(SessionState.INTERRUPTED, BROKEN_OFF)
    if record.summary is None:
        raise EmoCareError(f"{path.name} gave no summary.")
    return Analysed(recording.readings(), record.summary, record.id)
