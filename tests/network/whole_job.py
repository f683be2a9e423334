"""The main job from an upload to the report, as one program: ``python whole_job.py FOLDER``."""

from __future__ import annotations

import sys
import time
from io import BytesIO
from pathlib import Path

from emocare.app import build_app
from emocare.domain.records import SessionState
from emocare.settings import Settings
from tests.services.conftest import RUNNING, consent
from tests.soak.mutations import beginning

CLIP = Path(__file__).resolve().parents[2] / "sample_videos" / "smile.mp4"


def main(folder: Path) -> None:
    """Uploads two seconds of a sample, analyses them, asks a form, signs and exports."""
    clip = beginning(CLIP, folder / "clip.mp4")
    with build_app(Settings(data_dir=folder / "data", clinician="Dr Test")) as app:
        patient = app.people.add("P-1", "Ada Example")
        staged = app.recordings.stage_upload("visit.mp4", BytesIO(clip), patient.id, consent())
        app.recordings.preview(staged)
        session = app.recordings.submit(
            patient.id, staged, "visit.mp4", consent(), delete_after=True)
        while any(job.state in RUNNING for job in app.recordings.jobs()):
            time.sleep(0.02)
        record = app.recordings.session(session)
        assert record.state is SessionState.READY and record.summary is not None, record.error
        draft = app.questionnaires.draft(patient.id, session, "PHQ-9")
        for index in range(9):
            draft = app.questionnaires.answer(draft, index, 1)
        app.questionnaires.finish(draft, difficulty=1)
        assert app.reports.draft(session).pdf.startswith(b"%PDF")
        assert app.exports.tables(session).zipped()
        assert app.exports.fhir(session, named=False)
        app.system.doctor()
    print("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
