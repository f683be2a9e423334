"""People, recordings and answers made up for tests of the screens; numbers are scripted.

A scene fills a real application in a temporary folder. Only the face network is replaced, by a
reader that always sees the same face, so that no test of a screen waits for inference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from emocare.analysis import AnalysisConfig, summarise
from emocare.app import App
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, Face, FaceQuality, PictureReading
from emocare.domain.frames import Box, Frame
from emocare.domain.readings import BOOL_COLUMNS, COLUMNS, INT_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.records import (
    Consent,
    Patient,
    Response,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import ModelRef, SourceInfo
from emocare.services.recordings import CONSENT_VERSION

MODEL = ModelRef("face", "1.0.0", "ab" * 32)
HZ = 15.0
GROWN_UP = date(1980, 1, 1)


class SteadyReader:
    """Sees one unmoving face in the middle of every picture."""

    def read(self, frame: Frame, hint: object) -> PictureReading:
        height, width = frame.rgb.shape[:2]
        size = min(width, height) / 2
        box = Box((width - size) / 2, (height - size) / 2, (width + size) / 2, (height + size) / 2)
        face = Face(
            box_px=box, confidence=0.99, landmarks_px=np.full((70, 2), box.centre, np.float32),
            yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, eye_openness_left=0.3,
            eye_openness_right=0.3, gaze_down=0.0, mouth_occluded=0.0, eyes_occluded=0.0,
            expressions=np.full(len(EXPRESSIONS), 1 / len(EXPRESSIONS), np.float32),
            action_units=np.full(len(ACTION_UNITS), 0.1, np.float32),
            quality=FaceQuality(400.0, 120.0, 0.01, 0.9),
        )  # fmt: skip
        return PictureReading(face, True, True, 1, 0.0, 110.0)


def readings(seconds: float, *, face_share: float = 1.0, smile: float = 0.4,
             seed: int = 1) -> Readings:  # fmt: skip
    """A person who talks: slow waves in every measure, a gap every 50 s.

    Args:
        seconds: Length.
        face_share: Share of frames in which the face is found, from the start.
        smile: Height of the smiles, 0..1.
        seed: Of the small noise.
    """
    random = np.random.default_rng(seed)
    count = int(seconds * HZ)
    t = np.arange(count) / HZ
    ok = (t % 50 > 3) & (t <= seconds * face_share) if face_share < 1 else (t % 50 > 3)
    columns: dict[str, np.ndarray] = {}
    wave = lambda period, low, high: (  # noqa: E731
        low + (high - low) * (0.5 + 0.5 * np.sin(2 * np.pi * t / period + random.uniform(0, 6)))
        + random.normal(0, 0.01, count)
    )  # fmt: skip
    values = {
        "face_x1_px": wave(20, 230, 250), "face_y1_px": wave(25, 90, 100),
        "yaw_deg": wave(9, -8, 8), "pitch_deg": wave(7, -6, 4), "roll_deg": wave(11, -3, 3),
        "sharpness": wave(30, 300, 500), "brightness": wave(30, 110, 130),
        "eye_openness_left": wave(4, 0.24, 0.31), "eye_openness_right": wave(4, 0.24, 0.31),
        "face_conf": wave(30, 0.95, 0.99), "gaze_down": wave(13, 0.0, 0.7),
        "clip_fraction": wave(30, 0.0, 0.02), "left_right_luminance_ratio": wave(30, 0.8, 0.95),
        "mouth_occluded": wave(30, 0, 0.05), "eyes_occluded": wave(30, 0, 0.05),
        "second_face_ratio": np.zeros(count), "valence": wave(17, -0.3, 0.2),
        "arousal": wave(23, -0.2, 0.2), "gaze_up": wave(19, 0.0, 0.3),
        "gaze_side": wave(16, -0.3, 0.3), "mouth_openness": np.abs(wave(5, 0.0, 0.3)),
        "landmark_error": wave(30, 0.02, 0.03),
    }  # fmt: skip
    values |= {"face_x2_px": values["face_x1_px"] + 150, "face_y2_px": values["face_y1_px"] + 190}
    values |= {f"p_{name}": wave(15 + i, 0.05, 0.2) for i, name in enumerate(EXPRESSIONS)}
    values |= {name: np.clip(wave(8 + i, 0.0, 0.35), 0, 1) for i, name in enumerate(ACTION_UNITS)}
    values["au12"] = np.clip(wave(21, -0.2, smile + 0.1), 0, 1)
    for name in ("au05", "au06", "au09"):
        values[name] = np.full(count, np.nan)
    for name in COLUMNS:
        if name == "t_s":
            columns[name] = t
        elif name == "status":
            columns[name] = np.where(ok, "OK", "NO_FACE").astype(object)
        elif name in TEXT_COLUMNS:
            columns[name] = np.full(count, "free", dtype=object)
        elif name in INT_COLUMNS:
            columns[name] = ok.astype(np.int64)
        elif name in BOOL_COLUMNS:
            columns[name] = np.zeros(count, bool)
        else:
            columns[name] = np.where(ok, values[name], np.nan)
    return Readings(columns)


@dataclass
class Scene:
    """A filled application and the people in it by number."""

    app: App

    def patient(self, code: str, name: str, birth: date | None = GROWN_UP) -> Patient:
        """Adds a person, grown up unless told otherwise."""
        return self.app.people.add(code, name, birth, None)

    def session(self, patient: Patient, rows: Readings, *, clip: Path | None = None,
                days_ago: float = 0.0, name: str = "visit.mp4",
                note: str | None = None) -> SessionRecord:  # fmt: skip
        """Stores an analysed recording as the worker would have done."""
        at = datetime.now(UTC) - timedelta(days=days_ago)
        source = SourceInfo(
            path=name, sha256="cd" * 32, duration_s=len(rows) / HZ, frames_decoded=len(rows),
            frames_read=len(rows), frames_dropped=0, variable_frame_rate=False, width_px=640,
            height_px=480, bitrate_kbps=900.0, note=note,
        )  # fmt: skip
        summary = summarise(rows, AnalysisConfig(protocol="free"), source, [MODEL])
        record = SessionRecord(
            id=SessionId(f"{patient.code}-{days_ago:g}-{name}"), patient_id=patient.id,
            started_at=at, protocol="free", source_name=name, state=SessionState.READY,
            consent=Consent(CONSENT_VERSION, True, True, clip is not None, at), region=None,
            clip_path=None if clip is None else str(clip),
            clip_deleted_at=at if clip is None else None, summary=summary, error=None,
        )  # fmt: skip
        store = self.app._store
        store.add_session(replace(record, state=SessionState.QUEUED, summary=None))
        store.append_readings(record.id, rows)
        store.update_session(record)
        return record

    def answers(self, patient: Patient, session: SessionRecord | None, values: list[int | None],
                form: str = "PHQ-9", difficulty: int | None = None) -> Response:  # fmt: skip
        """Answers a form to its end."""
        service = self.app.questionnaires
        draft = service.draft(patient.id, None if session is None else session.id, form)
        for i, value in enumerate(values):
            draft = service.answer(draft, i, value)
        return service.finish(draft, difficulty)


def clinic(scene: Scene, clip: Path | None = None) -> dict[str, Patient]:
    """Five people in every state the list of patients knows."""
    people = {
        "okafor": scene.patient("P-0163", "Okafor, Daniel", date(1991, 3, 2)),
        "kowalska": scene.patient("P-0148", "Kowalska, Marta", date(1984, 5, 3)),
        "berg": scene.patient("P-0131", "Berg, Jonas", date(1968, 1, 9)),
        "duarte": scene.patient("P-0170", "Duarte, Inês", date(1997, 7, 7)),
        "new": scene.patient("P-0171", "Αντωνίου, Ελένη", None),
    }
    visit = scene.session(people["kowalska"], readings(211), clip=clip, name="visit.mp4")
    scene.answers(people["kowalska"], visit, [2, 2, 2, 2, 1, 2, 1, 1, 0], difficulty=1)
    scene.answers(people["kowalska"], visit, [1, 1, 2, 1, 1, 2, 1], form="GAD-7")
    scene.session(people["duarte"], readings(40, face_share=0.4, seed=3), name="dark.mp4")
    berg = scene.session(people["berg"], readings(120, seed=4), days_ago=2, name="berg.mp4")
    scene.answers(people["berg"], berg, [1, 1, 1, 1, 1, 1, 1, 0, 0])
    scene.app.reviews.save(berg.id, None, None, (), "")
    scene.answers(people["okafor"], None, [1, 2, 2, 2, 1, 1, 1, 1, 1])
    return people
