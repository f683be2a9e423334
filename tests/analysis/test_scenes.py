"""Scripted scenes with several people: who is measured, and is every doubt said.

People move through a picture; a reader made by hand sees them as the real one does: it keeps to
whatever face is nearest to where it was told to look, also when that is somebody else's, and
whoever is nearer to the camera hides the others. Each face carries its person in ``sharpness``,
which following does not look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from emocare.analysis.analyzer import Analyzer
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.summarise import summarise
from emocare.domain.faces import Face, PictureReading, ReadHint
from emocare.domain.frames import Box
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import GateDecision, Summary
from tests.analysis.made_up import SOURCE, ScriptedReader, face, frame, quality, seen, stamps

CONFIG = AnalysisConfig()
PATIENT, OTHER = 300.0, 200.0
Path = Callable[[float], tuple[float, float] | None]
"""Media time -> centre and width of the face in pixels; None while it is not in the picture."""


@dataclass(frozen=True)
class Walker:
    """Somebody who crosses the picture at an even pace."""

    from_s: float
    to_s: float
    start_x: float
    end_x: float
    width: float

    def __call__(self, t_s: float) -> tuple[float, float] | None:
        if not self.from_s <= t_s < self.to_s:
            return None
        share = (t_s - self.from_s) / (self.to_s - self.from_s)
        return self.start_x + share * (self.end_x - self.start_x), self.width


def seated(t_s: float) -> tuple[float, float]:
    """The patient on a chair, swaying a little."""
    return 640.0 + 10.0 * float(np.sin(t_s)), 150.0


def away(path: Path, from_s: float, to_s: float) -> Path:
    """``path`` with an absence."""
    return lambda t: None if from_s <= t < to_s else path(t)


def face_of(who: float, place: tuple[float, float]) -> Face:
    x, width = place
    points = np.full((70, 2), (x, 300.0), np.float32)
    box = Box(x - width / 2, 200.0, x + width / 2, 200.0 + 1.25 * width)
    return face(box_px=box, landmarks_px=points, quality=quality(sharpness=who))


def visible(patient: Path, other: Path, t_s: float) -> list[Face]:
    """Who can be seen: the smaller face vanishes behind half of the larger one or more."""
    found = [face_of(who, place) for who, path in ((PATIENT, patient), (OTHER, other))
             if (place := path(t_s)) is not None]  # fmt: skip
    if len(found) < 2:
        return found
    front, behind = sorted(found, key=lambda one: -one.box_px.width)
    apart = abs(front.box_px.centre[0] - behind.box_px.centre[0])
    return [front] if apart < front.box_px.width / 2 else [front, behind]


def watch(patient: Path, other: Path, seconds: float, fps: float = 15.0) -> Readings:
    def script(t_s: float, hint: ReadHint) -> PictureReading:
        faces = visible(patient, other, t_s)
        kept = None
        if hint.landmarks_px is not None:
            x = float(hint.landmarks_px[0, 0])
            near = [f for f in faces if abs(f.box_px.centre[0] - x) < 0.7 * f.box_px.width]
            kept = min(near, key=lambda f: abs(f.box_px.centre[0] - x), default=None)
        chosen = kept or max(faces, key=lambda f: f.box_px.area, default=None)
        if chosen is None:
            return seen(None)
        rest = [f.box_px.area for f in faces if f is not chosen]
        second = max(rest, default=0.0) / chosen.box_px.area
        return seen(chosen, followed=kept is not None, detected=hint.detect or kept is None,
                    n_faces=len(faces), second=second)  # fmt: skip

    analyzer = Analyzer(ScriptedReader(script), CONFIG)
    for t in stamps(seconds, fps):
        analyzer.push(frame(float(t)))
    return analyzer.readings()


def nobody(t_s: float) -> None:
    """An empty chair."""


def summary_of(readings: Readings) -> Summary:
    return summarise(readings, CONFIG, SOURCE, ())


def seconds_of(readings: Readings, who: float, fps: float = 15.0) -> float:
    """Measured seconds of one person's face that a summary would use."""
    usable = readings.ok & (readings["sharpness"] == who)
    for change in summary_of(readings).person_changes:
        if not change.usable:
            usable &= (readings["t_s"] < change.t_s) | (readings["t_s"] > change.end_s)
    return float(usable.sum()) / fps


def alarms(summary: Summary) -> list[tuple[float, bool]]:
    return [(change.t_s, change.usable) for change in summary.person_changes]


@pytest.mark.parametrize("width", [150.0, 190.0, 260.0], ids=["as near", "nearer", "very near"])
@pytest.mark.parametrize("takes_s", [2.0, 4.0, 8.0], ids=["fast", "walking", "slow"])
def test_whoever_walks_through_before_the_patient_is_not_measured(
    width: float, takes_s: float
) -> None:
    readings = watch(seated, Walker(30.0, 30.0 + takes_s, -100.0, 1380.0, width), 70.0)
    assert seconds_of(readings, OTHER) <= 0.2
    assert seconds_of(readings, PATIENT) >= 62.0
    assert set(readings["track_id"][readings["t_s"] > 45.0]) == {1}
    assert all(usable for _, usable in alarms(summary_of(readings)))


@pytest.mark.parametrize("hidden_s", [1.0, 2.0, 3.0])
def test_a_clinician_who_leans_in_before_the_patient_is_not_measured(hidden_s: float) -> None:
    """He comes in from the side, stays before the patient's face, and leaves the same way."""
    def clinician(t_s: float) -> tuple[float, float] | None:
        arrives, leaves = 30.0, 30.0 + hidden_s
        if not arrives - 2.0 <= t_s < leaves + 2.0:
            return None
        share = min(1.0, (t_s - arrives + 2.0) / 2.0, (leaves + 2.0 - t_s) / 2.0)
        return 1400.0 - share * 740.0, 200.0

    readings = watch(seated, clinician, 75.0)
    assert seconds_of(readings, OTHER) <= 0.2
    assert seconds_of(readings, PATIENT) >= 65.0
    assert set(readings["track_id"][readings["t_s"] > 40.0]) == {1}


def test_two_people_who_cross_at_equal_size_raise_the_alarm() -> None:
    """Both move, so nobody can show who is who afterwards: the second half is not used."""
    readings = watch(Walker(0.0, 80.0, 200.0, 1080.0, 150.0),
                     Walker(0.0, 80.0, 1080.0, 200.0, 140.0), 80.0)  # fmt: skip
    several = readings.text("status")[readings["t_s"] < 30.0] == FrameStatus.SEVERAL_FACES
    assert several.all(), "two of like size from the start: nobody is followed"
    summary = summary_of(readings)
    assert summary.gate.decision is GateDecision.UNRELIABLE


def test_a_patient_who_changes_places_with_another_is_not_swapped_in_silence() -> None:
    """The other comes when the patient is settled, and they change chairs past each other."""
    def patient(t_s: float) -> tuple[float, float]:
        share = min(1.0, max(0.0, (t_s - 30.0) / 3.0))
        return 400.0 + share * 480.0, 150.0

    def other(t_s: float) -> tuple[float, float] | None:
        share = min(1.0, max(0.0, (t_s - 30.0) / 3.0))
        return None if t_s < 20.0 else (880.0 - share * 480.0, 160.0)

    readings = watch(patient, other, 70.0)
    summary = summary_of(readings)
    assert seconds_of(readings, OTHER) <= 0.2
    assert set(readings["track_id"][readings["t_s"] > 34.0]) == {0}
    several = readings.text("status")[readings["t_s"] > 40.0] == FrameStatus.SEVERAL_FACES
    assert several.all()
    assert summary.gate.decision is GateDecision.UNRELIABLE
    assert any(r.metric == "second_face_fraction" for r in summary.gate.reasons)


def test_a_second_face_of_equal_size_is_counted_and_not_followed() -> None:
    readings = watch(seated, lambda t: (1000.0, 150.0) if t >= 40.0 else None, 70.0)
    assert seconds_of(readings, OTHER) == 0.0
    summary = summary_of(readings)
    assert summary.gate.metrics.second_face_fraction == pytest.approx(30 / 70, abs=0.02)
    assert summary.gate.decision is GateDecision.UNRELIABLE


def test_another_person_on_the_patients_chair_is_reported_and_left_out() -> None:
    """The patient gets up and walks out of the picture; another sits down in the same place."""
    def patient(t_s: float) -> tuple[float, float] | None:
        return seated(t_s) if t_s < 50.0 else Walker(50.0, 53.0, 640.0, 1400.0, 150.0)(t_s)

    def other(t_s: float) -> tuple[float, float] | None:
        return None if t_s < 58.0 else seated(t_s)

    readings = watch(patient, other, 90.0)
    summary = summary_of(readings)
    assert seconds_of(readings, OTHER) == 0.0
    (change,) = summary.person_changes
    assert change.t_s == pytest.approx(58.0, abs=0.1)
    assert change.end_s == pytest.approx(90.0, abs=0.1)
    assert change.away_s == pytest.approx(5.0, abs=0.6)
    assert not change.usable
    assert summary.gate.decision is GateDecision.UNRELIABLE
    assert any(r.metric == "track_switches" for r in summary.gate.reasons)


def test_a_face_that_vanishes_and_returns_in_the_very_same_place_is_taken_and_said() -> None:
    """Nothing shows whether it is the same person; so the moment is named for the clinician."""
    readings = watch(away(seated, 30.0, 36.0), nobody, 75.0)
    (change,) = summary_of(readings).person_changes
    assert (change.t_s, change.usable) == (pytest.approx(36.0, abs=0.1), True)
    assert change.away_s == pytest.approx(6.0, abs=0.1)
    assert summary_of(readings).gate.decision is not GateDecision.UNRELIABLE


def test_a_patient_who_is_away_for_twenty_seconds_cannot_be_shown_to_be_the_same() -> None:
    readings = watch(away(seated, 40.0, 60.0), nobody, 80.0)
    summary = summary_of(readings)
    assert alarms(summary) == [(pytest.approx(60.0, abs=0.1), False)]
    assert summary.gate.decision is GateDecision.UNRELIABLE


def test_one_person_alone_raises_no_alarm() -> None:
    readings = watch(seated, nobody, 70.0)
    assert summary_of(readings).person_changes == ()
    assert seconds_of(readings, PATIENT) == pytest.approx(70.0, abs=0.1)


def test_a_patient_who_moves_on_the_chair_after_a_visitor_left_is_kept() -> None:
    """Somebody was in the picture and went; a lean of a third of a face is no other person."""
    def leaning(t_s: float) -> tuple[float, float]:
        return 640.0 + 50.0 * float(np.sin(t_s)), 150.0 + 15.0 * float(np.cos(t_s))

    visitor = Walker(20.0, 22.0, 1000.0, 1400.0, 150.0)
    readings = watch(leaning, visitor, 70.0)
    assert seconds_of(readings, PATIENT) >= 67.0
    assert set(readings["track_id"]) == {1}
    assert summary_of(readings).person_changes == ()
