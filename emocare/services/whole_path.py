"""From an upload to its report, timed: what the bench runs in an installation of its own."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from emocare.clinical.consent_texts import CURRENT
from emocare.domain.errors import EmoCareError
from emocare.domain.records import Consent, SessionId, SessionState
from emocare.services.people import People
from emocare.services.recordings import Recordings
from emocare.services.reports import Reports
from emocare.services.workplace import now

POLL_S = 0.01


def time_path(
    people: People, recordings: Recordings, reports: Reports, video: Path
) -> dict[str, float]:
    """Stages, analyses and reports one video as the screens do.

    Returns:
        Seconds: ``stage``, ``analyse`` (queued until ready), ``recompute``, ``timeline``,
        ``report`` (first draft, fonts loaded) and ``frames`` read.

    Raises:
        EmoCareError: The analysis failed; its sentence.
    """
    patient = people.add("BENCH", "Bench", date(1980, 1, 1))
    consent = Consent(CURRENT, analyse=True, keep_measurements=True, keep_video=False,
                      recorded_at=now())  # fmt: skip
    marks = [time.perf_counter()]
    with video.open("rb") as stream:
        staged = recordings.stage_upload(video.name, stream, patient.id, consent)
    marks.append(time.perf_counter())
    session = recordings.submit(patient.id, staged, video.name, consent, delete_after=True)
    # As the screens wait: a query every few milliseconds would keep the database from tidying up.
    while _at_work(recordings, session):
        time.sleep(POLL_S)
    marks.append(time.perf_counter())
    record = recordings.session(session)
    if record.state is not SessionState.READY or record.summary is None:
        raise EmoCareError(record.error or "The analysis of the bench video failed.")
    recordings.recompute(session)
    marks.append(time.perf_counter())
    recordings.timeline(session)
    marks.append(time.perf_counter())
    reports.draft(session)
    marks.append(time.perf_counter())
    names = ("stage", "analyse", "recompute", "timeline", "report")
    times = {name: b - a for name, a, b in zip(names, marks, marks[1:], strict=False)}
    return {**times, "frames": float(record.summary.source.frames_read)}


def _at_work(recordings: Recordings, session: SessionId) -> bool:
    states = {job.session_id: job.state for job in recordings.jobs()}
    return states[session] in (SessionState.QUEUED, SessionState.ANALYSING)
