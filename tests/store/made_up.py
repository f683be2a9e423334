"""Made-up people, recordings, answers and reports, complete in every field."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from emocare.domain.faces import ACTION_UNITS, LANDMARKS, Face, FaceQuality
from emocare.domain.frames import Box
from emocare.domain.readings import COLUMNS, FrameReading, FrameStatus, Readings, Segment
from emocare.domain.records import (
    Alert,
    AlertId,
    AlertState,
    Consent,
    Patient,
    PatientId,
    ReportId,
    ReportRecord,
    ReportState,
    Response,
    ResponseId,
    Review,
    ReviewId,
    ScoreResult,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import Band
from emocare.store import Store

NOW = datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC)
KOLKATA = timezone(timedelta(hours=5, minutes=30))
ROOT = Path(__file__).resolve().parents[2]


def patient(number: int = 1, name: str = "Zoë Żak", code: str | None = None) -> Patient:
    """A person; the time of adding is in another zone than UTC on purpose."""
    return Patient(
        PatientId(f"p{number}"), code or f"MRN-{number:04}", name, date(1980, 2, 29), "female",
        "Dr Osei", NOW.astimezone(KOLKATA),
    )  # fmt: skip


def session(
    number: int = 1, patient_number: int = 1, state: SessionState = SessionState.READY,
    hours: float = 0,
) -> SessionRecord:  # fmt: skip
    """A recording without a summary, ``hours`` after ``NOW``."""
    return SessionRecord(
        id=SessionId(f"s{number}"), patient_id=PatientId(f"p{patient_number}"),
        started_at=NOW + timedelta(hours=hours), protocol="guided", source_name="visit ä.mp4",
        state=state, consent=Consent("2", True, True, False, NOW.astimezone(KOLKATA)),
        region=Box(0.1, 2.5, 300.7, 400.9), clip_path="clips/a.mp4",
        clip_deleted_at=None, summary=None, error=None,
    )  # fmt: skip


def face(t_s: float) -> Face:
    """A face whose numbers move with time; au05, au06 and au09 are not measured."""
    units = np.full(len(ACTION_UNITS), 0.25, np.float32)
    units[[3, 4, 6]] = np.nan
    return Face(
        box_px=Box(10 + t_s, 20, 110 + t_s, 150), confidence=0.98,
        landmarks_px=np.linspace(t_s, 100, 2 * LANDMARKS, dtype=np.float32).reshape(-1, 2),
        yaw_deg=1 / 3, pitch_deg=-5.5, roll_deg=0.0, eye_openness_left=0.31,
        eye_openness_right=0.29, gaze_down=0.1, mouth_occluded=0.0, eyes_occluded=0.02,
        expressions=np.full(8, 0.125, np.float32), action_units=units,
        quality=FaceQuality(120.5, 97.0, 0.01, 0.9),
    )  # fmt: skip


def readings(start: int, stop: int, landmarks: bool = False) -> Readings:
    """Rows ``start`` to ``stop`` of a recording at 30 Hz: measured, turned away, nobody."""
    frames = []
    for i in range(start, stop):
        t_s = i / 30
        if i % 5 == 4:
            frames.append(FrameReading(t_s, FrameStatus.NO_FACE, Segment.REST))
        else:
            status = FrameStatus.TURNED_AWAY if i % 5 == 3 else FrameStatus.OK
            frames.append(FrameReading(t_s, status, Segment.BASELINE, face(t_s), 1, 2, 0.25,
                                       -0.5, 0.125))  # fmt: skip
    return Readings.from_frames(frames, landmarks=landmarks)


def same(one: Readings, other: Readings) -> bool:
    """Whether two tables are equal to the last bit, NaN included."""
    for name in COLUMNS:
        a, b = one.columns[name], other.columns[name]
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        if a.dtype == object:
            if list(a) != list(b):
                return False
        elif not np.array_equal(a, b, equal_nan=np.issubdtype(a.dtype, np.floating)):
            return False
    if one.landmarks_px is None or other.landmarks_px is None:
        return one.landmarks_px is other.landmarks_px
    return bool(np.array_equal(one.landmarks_px, other.landmarks_px, equal_nan=True))


def response(
    number: int = 1, patient_number: int = 1, session_number: int | None = None,
    total: int | None = 16, hours: float = 0, instrument: str = "PHQ-9",
) -> Response:  # fmt: skip
    """A finished form; its answers have a gap."""
    result = ScoreResult(
        instrument=instrument, total=total, band=None if total is None else Band.SEVERE,
        native_band=None if total is None else "moderately severe", prorated=total is not None,
        possible_range=(14, 20), band_uncertain=False, alerts=("SI_ITEM9_POSITIVE:high",),
        change={"delta": -2, "flags": ["change uncertain"]}, screen_positive=None, algorithm=None,
    )  # fmt: skip
    return Response(
        id=ResponseId(f"r{number}"), patient_id=PatientId(f"p{patient_number}"),
        session_id=None if session_number is None else SessionId(f"s{session_number}"),
        instrument=instrument, version="1", language="en", mode="self",
        answers=(2, 2, 2, None, 2, 2, 2, 0, 2), difficulty=2, result=result,
        answered_at=NOW + timedelta(hours=hours),
    )  # fmt: skip


def alert(number: int = 1, of: Response | None = None) -> Alert:
    """An alert as it is raised by a response."""
    of = of or response()
    return Alert(
        AlertId(f"a{number}"), of.patient_id, of.id, "SI_ITEM9_POSITIVE", "high",
        "“More than half the days” (2).", AlertState.RAISED, of.answered_at,
    )  # fmt: skip


def review(version: int = 1, session_number: int = 1) -> Review:
    """A version of the clinician's own view."""
    return Review(
        ReviewId(f"v{session_number}-{version}"), SessionId(f"s{session_number}"), version,
        Band.MODERATE, "agree", ("crying", "sedative"), "Slept badly; naïve “note”", "Dr Osei", NOW,
    )  # fmt: skip


def report(
    version: int = 1, pdf: bytes = b"%PDF-1.7\x00\xff", session_number: int = 1,
    audience: str = "file",
) -> ReportRecord:  # fmt: skip
    """A draft."""
    return ReportRecord(
        ReportId(f"q{session_number}-{audience}-{version}"), SessionId(f"s{session_number}"),
        version, ReportState.DRAFT, audience, pdf, hashlib.sha256(pdf).hexdigest(), NOW,
    )  # fmt: skip


def clinic(path: Path, people: int = 1) -> Store:
    """An open store with ``people`` persons, one recording each."""
    store = Store.open(path)
    for number in range(1, people + 1):
        store.add_patient(patient(number))
        store.add_session(session(number, number))
    return store
