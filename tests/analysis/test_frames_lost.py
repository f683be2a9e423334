"""A live camera loses frames and stamps them late; the summary must hardly notice."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from emocare.analysis.analyzer import Analyzer
from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import ACTION_UNITS, PictureReading, ReadHint
from emocare.domain.readings import P_COLUMNS, Readings
from emocare.domain.summary import BehaviourIndex, ModelRef
from tests.analysis.made_up import (
    SOURCE,
    MadeUpPerson,
    ScriptedReader,
    blunted,
    face,
    frame,
    lively,
    seen,
    stamps,
)

SECONDS = 150.0
FPS = 30
MODEL = ModelRef("face", "1.0.0", "ab" * 32)


def reading_of(rows: Readings, i: int, hint: ReadHint) -> PictureReading:
    """What the network says of picture ``i``, whenever it arrives."""
    pose: Mapping[str, float] = {f"{a}_deg": float(rows[f"{a}_deg"][i])
                                 for a in ("yaw", "pitch", "roll")}  # fmt: skip
    one = face(
        **pose, gaze_down=float(rows["gaze_down"][i]),
        eye_openness_left=float(rows["eye_openness_left"][i]),
        eye_openness_right=float(rows["eye_openness_right"][i]),
        expressions=np.array([rows[name][i] for name in P_COLUMNS], np.float32),
        action_units=np.array([rows[name][i] for name in ACTION_UNITS], np.float32),
    )  # fmt: skip
    return seen(one, followed=hint.landmarks_px is not None, detected=hint.detect)


def index_of(person: MadeUpPerson, *, lost: float = 0.0, late_s: float = 0.0,
             seed: int = 0) -> BehaviourIndex:  # fmt: skip
    """The index of the same pictures, some of which never arrive and all of which come late.

    Args:
        lost: Share of the pictures that is lost.
        late_s: Largest error of a time stamp, either way; less than half a frame.
    """
    rng = np.random.default_rng(seed)
    pictures = stamps(SECONDS, FPS)
    rows = person.readings(pictures)
    arrive = pictures + late_s + rng.uniform(-late_s, late_s, len(pictures))
    number = {float(t): i for i, t in enumerate(arrive)}
    analyzer = Analyzer(
        ScriptedReader(lambda t, hint: reading_of(rows, number[t], hint)), AnalysisConfig()
    )
    for t in arrive[rng.random(len(arrive)) >= lost]:
        analyzer.push(frame(float(t)))
    found = analyzer.finish(SOURCE, [MODEL]).behaviour_index
    assert found is not None and found.ci90 is not None
    return found


@pytest.mark.parametrize("person", [lively(SECONDS), blunted(SECONDS)], ids=["lively", "blunted"])
def test_lost_and_late_frames_move_the_index_by_less_than_its_interval(
    person: MadeUpPerson,
) -> None:
    whole = index_of(person)
    assert whole.ci90 is not None
    half = max(whole.ci90[1] - whole.value, whole.value - whole.ci90[0])
    for seed in (1, 2):
        live = index_of(person, lost=0.2, late_s=0.012, seed=seed)
        assert abs(live.value - whole.value) < half / 4


def test_another_person_moves_it_by_more() -> None:
    one, other = index_of(lively(SECONDS)), index_of(blunted(SECONDS))
    assert one.ci90 is not None
    assert other.value > one.ci90[1]
