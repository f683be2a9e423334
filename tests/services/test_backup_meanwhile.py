"""A back-up that is made while recordings are written holds one moment of them, whole."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from emocare.app import App, build_app
from emocare.domain.frames import Frame
from emocare.domain.readings import Segment
from emocare.domain.records import Patient, SessionId, SessionState
from emocare.services.backup_file import read_about
from emocare.services.backup_states import Step
from emocare.services.restoring import restore
from emocare.settings import Settings
from emocare.store import Store
from emocare.store.conversion import contents_of
from tests.services.conftest import FPS, PICTURE, consent, finished, upload
from tests.services.fakes import ScriptedReader

MADE = 2
"""Back-ups while the pictures go on."""


def waited(app: App) -> Path:
    """The file of a back-up that is begun as the page does."""
    app.backups.begin()
    for _ in range(3000):
        job = app.backups.job
        assert job is not None
        if not job.running:
            assert job.step is Step.DONE and job.made is not None, job.fault
            return job.made.file
        threading.Event().wait(0.01)
    raise AssertionError("the back-up did not end")


def wait_for_rows(app: App, session_id: SessionId, more_than: int) -> None:
    """Waits until more rows of a recording are stored; it writes every second or two."""
    for _ in range(3000):
        if len(app.recordings.readings(session_id)) > more_than:
            return
        threading.Event().wait(0.02)
    raise AssertionError("no rows were stored")


def rows(file: Path, app: App, place: Path, sessions: list[SessionId]) -> list[int]:
    """Restores a back-up elsewhere, compares it as a whole, and counts the rows of sessions; each
    row must be the one that the application holds."""
    vault = app.vault
    database = place / "data" / "emocare.duckdb"
    restore(file, database, vault, lambda key_id: "", place)  # type: ignore[arg-type]
    counts = []
    with Store.open(database, keys=vault.keys()) as store:
        for session_id in sessions:
            there, here = store.readings(session_id), app.recordings.readings(session_id)
            assert np.array_equal(there["t_s"], here["t_s"][: len(there)])
            assert np.array_equal(there["au12"], here["au12"][: len(there)], equal_nan=True)
            counts.append(len(there))
    return counts


def test_recordings_go_on_and_every_copy_is_of_one_moment(
    settings: Settings, tmp_path: Path, short_clip: Path
) -> None:
    with build_app(settings, ScriptedReader().loaded) as app:
        patient: Patient = app.people.add("P-1", "Ada Example")
        recording = app.recordings.begin(patient.id, "camera", consent())
        stop, pushed = threading.Event(), [0]

        def push() -> None:
            while not stop.is_set():
                recording.push(Frame(pushed[0] / FPS, PICTURE), Segment.FREE)
                pushed[0] += 1
                stop.wait(0.002)

        camera = threading.Thread(target=push)
        camera.start()
        sessions, made = [recording.record.id], []
        try:
            for number in range(MADE):
                sessions.append(upload(app, patient, short_clip))
                wait_for_rows(app, sessions[0], more_than=len(made) and made[-1][1])
                rows_before = len(app.recordings.readings(sessions[0]))
                file = waited(app).rename(tmp_path / f"{number}.emocare-backup")
                made.append((file, rows_before))
        finally:
            stop.set()
            camera.join()
        for session_id in sessions[1:]:
            assert finished(app, session_id).state is SessionState.READY
        recording.close()
        assert len(app.recordings.readings(sessions[0])) == pushed[0]
        for number, (file, rows_before) in enumerate(made):
            counts = rows(file, app, tmp_path / f"there{number}", sessions[: number + 2])
            assert sum(counts) == read_about(file).contents.tables["readings"].rows
            assert rows_before <= counts[0] <= pushed[0]
    assert contents_of(settings.database, app.vault.keys()).tables["sessions"].rows == MADE + 1
