"""The shipped network on real clips, through the path that upload and command line share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from emocare.app import face_engine, workplace_of
from emocare.domain.readings import Readings
from emocare.domain.summary import GateDecision
from emocare.services.batch import Analysed, analyse_file
from emocare.services.engine import SequenceEngine
from emocare.services.summaries import Summaries
from emocare.settings import ROOT, Settings
from tests.services.conftest import consent

VIDEOS = ROOT.parent / "shared" / "data" / "videos"
CUT_S = 0.1
"""Left out on either side of a cut."""
STRAY = 0.03
"""Share of frames without a face in which one may be claimed."""

pytestmark = pytest.mark.skipif(
    not VIDEOS.is_dir(), reason="the real clips (../shared/data/videos) are not here"
)


@cache
def analysed(name: str) -> Analysed:
    """The clip as ``analyze`` reads it."""
    settings = Settings()
    path = next(VIDEOS.glob(f"{name}.*"))
    summaries = Summaries(SequenceEngine(None))
    return analyse_file(path, face_engine(settings), summaries, workplace_of(settings),
                        keep_landmarks=False, progress=lambda at, of: None)  # fmt: skip


def seen(readings: Readings, start_s: float, end_s: float) -> float:
    """Share of the frames between two times in which a face is followed."""
    t = readings["t_s"]
    part = (t >= start_s) & (t <= end_s)
    return float(readings.tracked[part].mean())


def reasons(name: str) -> set[str]:
    """What kept the clip from being reliable."""
    return {reason.metric for reason in analysed(name).summary.gate.reasons}


def half_rise_s(readings: Readings, unit: str) -> float:
    """First time at which a unit, over five frames, passes half of its rise."""
    values = readings[unit]
    kept = np.isfinite(values)
    padded = np.pad(values[kept], 2, mode="edge")
    smooth = np.convolve(padded, np.full(5, 0.2), mode="valid")
    half = (smooth.min() + smooth.max()) / 2
    return float(readings["t_s"][kept][int(np.argmax(smooth >= half))])


def test_a_face_is_followed_exactly_while_it_is_there() -> None:
    first = analysed("face_noface").readings
    assert seen(first, 0.2, 2.37 - CUT_S) > 0.9
    assert seen(first, 2.37 + CUT_S, 99.0) < STRAY
    second = analysed("noface_face").readings
    assert seen(second, 0.0, 3.95 - CUT_S) < STRAY
    assert seen(second, 3.95 + CUT_S, 6.31) > 0.9


def test_a_cartoon_has_no_face() -> None:
    summary = analysed("no_face").summary
    assert summary.gate.decision is GateDecision.UNRELIABLE
    assert "face_fraction" in reasons("no_face")
    assert summary.behaviour_index is None and summary.index_reason
    assert all(value is None for value in summary.dimensions.values())
    assert seen(analysed("no_face").readings, 0.0, 99.0) < STRAY


def test_a_crowd_is_nobody_to_follow() -> None:
    gate = analysed("street_crowd").summary.gate
    assert gate.decision is GateDecision.UNRELIABLE
    assert "second_face_fraction" in reasons("street_crowd")
    assert gate.metrics.second_face_fraction > 0.2


def test_the_smile_rises_when_it_does() -> None:
    found = analysed("single_face")
    assert half_rise_s(found.readings, "au12") == pytest.approx(0.63, abs=0.3)
    assert found.summary.gate.metrics.face_fraction > 0.95
    t, smile = found.readings["t_s"], found.readings["au12"]
    assert np.nanmean(smile[t > 1.0]) - np.nanmean(smile[t < 0.4]) > 0.3


def test_a_talking_woman_is_followed_throughout() -> None:
    found = analysed("expressions_woman")
    assert seen(found.readings, 0.0, 99.0) > 0.95
    assert {1} == set(found.readings.columns["track_id"][found.readings.tracked].tolist())
    assert found.summary.source.frames_dropped == 0
    smiles = [event for event in found.summary.events.list if event.type == "smile"]
    assert smiles, "she goes from distress to a smile"


def test_nothing_of_the_readings_of_a_clip_is_lost_on_the_way(tmp_path: Path) -> None:
    from emocare.app import build_app
    from emocare.services.batch import analyse_and_store

    settings = Settings(data_dir=tmp_path / "data")
    with build_app(settings) as app:
        patient = app.people.add("P-1", "Made up")
        stored = analyse_and_store(
            VIDEOS / "single_face.mp4", patient.id, app.recordings, workplace_of(settings),
            consent(), keep_landmarks=False, progress=lambda at, of: None,
        )  # fmt: skip
        assert stored.session_id is not None
        assert stored.summary == analysed("single_face").summary
        assert app.recordings.recompute(stored.session_id) == stored.summary
