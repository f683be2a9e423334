from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.clinical.consent_texts import CURRENT
from emocare.domain.frames import Frame
from emocare.domain.readings import Segment
from emocare.domain.records import Consent, Patient, SessionId, SessionRecord, SessionState
from emocare.services.workplace import now
from emocare.settings import Settings
from tests.media.clips import make_clip
from tests.services.fakes import ScriptedReader, never

FPS = 20.0
RUNNING = (SessionState.QUEUED, SessionState.ANALYSING)


def consent(*, keep_video: bool = False) -> Consent:
    """Everything that is needed was agreed to."""
    return Consent(CURRENT, analyse=True, keep_measurements=True, keep_video=keep_video,
                   recorded_at=now(), adult=True)  # fmt: skip


def times(seconds: float) -> list[float]:
    """Time stamps of a recording of this length."""
    return [k / FPS for k in range(round(seconds * FPS))]


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds."""
    return make_clip(tmp_path_factory.mktemp("clips") / "short.mp4", times(3))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own, without sample clips."""
    return Settings(data_dir=tmp_path / "data", samples_dir=tmp_path / "samples",
                    clinic="Test clinic", clinician="Dr Test", clinic_phone="555 0100")  # fmt: skip


@pytest.fixture
def reader() -> ScriptedReader:
    """Someone is always there."""
    return ScriptedReader()


@pytest.fixture
def app(settings: Settings, reader: ScriptedReader) -> Iterator[App]:
    """The application with the scripted reader."""
    with build_app(settings, reader.loaded) as built:
        yield built


@pytest.fixture
def empty_app(settings: Settings) -> Iterator[App]:
    """The application in an empty room: every gate is unreliable."""
    with build_app(replace(settings, data_dir=settings.data_dir / "empty"),
                   ScriptedReader(never).loaded) as built:  # fmt: skip
        yield built


@pytest.fixture
def patient(app: App) -> Patient:
    return app.people.add("P-1", "Ada Example")


def upload(app: App, patient: Patient, clip: Path, name: str = "visit.mp4",
           agreed: Consent | None = None) -> SessionId:  # fmt: skip
    """Stages and submits a clip as the upload page does."""
    agreed = agreed or consent()
    staged = app.recordings.stage_upload(name, BytesIO(clip.read_bytes()), patient.id, agreed)
    return app.recordings.submit(patient.id, staged, name, agreed,
                                 delete_after=not agreed.keep_video)  # fmt: skip


def finished(app: App, session_id: SessionId) -> SessionRecord:
    """The session once its job has ended."""
    for _ in range(3000):
        job = next((j for j in app.recordings.jobs() if j.session_id == session_id), None)
        if job is None or job.state not in RUNNING:
            return app.recordings.session(session_id)
        time.sleep(0.01)
    raise AssertionError("the job did not end")


PICTURE = np.full((48, 64, 3), 120, np.uint8)


def record(
    app: App, patient: Patient, t_s: Sequence[float] | None = None, segment: Segment = Segment.FREE
) -> SessionRecord:
    """A session whose frames are pushed as a camera would; 75 s unless told."""
    recording = app.recordings.begin(patient.id, "camera", consent())
    for t in times(75) if t_s is None else t_s:
        recording.push(Frame(t, PICTURE), segment)
    return recording.close()
