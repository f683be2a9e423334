"""The wiring, and the memory of the whole path."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from emocare.app import build_app
from emocare.domain.errors import InputError, StoreBusy
from emocare.settings import ROOT, Settings


def test_the_parts_are_there_and_the_folders_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with build_app(settings) as app:
        for name in ("people", "recordings", "questionnaires", "alerts", "reviews", "reports",
                     "system"):  # fmt: skip
            assert getattr(app, name) is not None
        assert app.settings is settings
        if sys.platform != "win32":
            assert settings.data_dir.stat().st_mode & 0o777 == 0o700
        with pytest.raises(StoreBusy):
            build_app(settings)
    with build_app(settings):
        pass


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no folder")
    with pytest.raises(InputError, match="EMOCARE_DATA_DIR"):
        build_app(Settings(data_dir=tmp_path / "plain" / "data"))


def test_importing_the_application_changes_nothing(tmp_path: Path) -> None:
    code = "import emocare.app, emocare.cli, emocare.services.recordings"
    environment = {"PYTHONPATH": str(ROOT), "EMOCARE_DATA_DIR": str(tmp_path / "data")}
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True,
                   env={**os.environ, **environment})  # fmt: skip
    assert list(tmp_path.iterdir()) == []


MEASURE = """
    import sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from emocare.app import build_app
    from emocare.domain.frames import Frame
    from emocare.settings import Settings
    from tests.services.conftest import PICTURE, consent
    from tests.services.fakes import ScriptedReader, face_at
    faces = [face_at(k / 10) for k in range(200)]
    reader = ScriptedReader(lambda t_s: faces[int(t_s * 10) % len(faces)])
    with build_app(Settings(data_dir=Path({data!r})), reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        recording = app.recordings.begin(patient.id, "visit.mp4", consent())
        for k in range(int({minutes} * 60 * {hz})):
            recording.push(Frame(k / {hz}, PICTURE))
        record = recording.close()
        app.recordings.timeline(record.id)
        app.reports.draft(record.id)
        # Not the peak of the resource module: a child inherits that of its parent.
        status = Path("/proc/self/status").read_text().split()
        print(record.summary.source.frames_read, int(status[status.index("VmHWM:") + 1]) / 1024)
"""
HZ = 15


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_does_not_grow_with_the_length_of_the_recording(tmp_path: Path) -> None:
    """Twenty minutes against one, from the first frame to the report, each in its own process.

    The reader is scripted and no video is decoded; ``bench --long`` measures the real path.
    """
    peaks = {}
    for minutes in (1, 20):
        code = textwrap.dedent(MEASURE).format(
            root=str(ROOT), data=str(tmp_path / f"data{minutes}"), minutes=minutes, hz=HZ
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True,
                              capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        frames, peak = done.stdout.split()
        assert int(frames) == 60 * HZ * minutes
        peaks[minutes] = float(peak)
    assert peaks[20] - peaks[1] < 100.0, peaks


WITHOUT_TORCH = """
    import sys
    from pathlib import Path

    import numpy as np

    from emocare.app import build_app
    from emocare.domain.frames import Frame
    from emocare.settings import Settings
    from tests.services.conftest import consent

    with build_app(Settings(data_dir=Path({data!r}))) as app:
        patient = app.people.add("P-1", "Ada Example")
        recording = app.recordings.begin(patient.id, "visit.mp4", consent())
        for k in range(3):
            recording.push(Frame(k / 30, np.full((120, 160, 3), 90, np.uint8)))
        record = recording.close()
    print(record.summary.source.frames_read, "onnxruntime" in sys.modules, "torch" in sys.modules)
"""


def test_the_running_app_never_imports_torch(tmp_path: Path) -> None:
    """Not when it is wired, and not when the shipped network reads."""
    code = textwrap.dedent(WITHOUT_TORCH).format(data=str(tmp_path / "data"))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["3", "True", "False"]
