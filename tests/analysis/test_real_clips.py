"""Reference measurements of real clips through gate, events and features.

The peers' landmarks, blendshapes and poses stand in for a face reader, so this tests the
analysis and not the network.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.summarise import summarise
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import EventType, GateDecision, Summary
from tests.analysis.made_up import SOURCE, MadeUpPerson, changed, with_status

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "videos" / "reference"
SIDES = {
    "au02": "browOuterUp", "au04": "browDown", "au07": "eyeSquint", "au10": "mouthUpperUp",
    "au12": "mouthSmile", "au14": "mouthDimple", "au15": "mouthFrown", "au20": "mouthStretch",
    "au24": "mouthPress", "au45": "eyeBlink",
}  # fmt: skip
SINGLE = {"au01": "browInnerUp", "au17": "mouthShrugLower", "au26": "jawOpen"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not there")


def eye_ratio(points: np.ndarray, first: int) -> np.ndarray:
    p = points[:, first : first + 6]
    heights = np.linalg.norm(p[:, 1] - p[:, 5], axis=1) + np.linalg.norm(p[:, 2] - p[:, 4], axis=1)
    return heights / (2 * np.linalg.norm(p[:, 0] - p[:, 3], axis=1))


def reference(name: str) -> Readings:
    """The peers' measurements as readings."""
    data = dict(np.load(FOLDER / f"{name}.npz"))
    found, points, pose = data["found"], data["landmarks_px"], data["pose"][:, :3, :3]
    place = {str(n): i for i, n in enumerate(data["blendshape_names"])}
    shapes = data["blendshapes"].astype(np.float64)
    columns: dict[str, object] = dict.fromkeys(ACTION_UNITS, np.nan)
    if place:
        both = {k: [f"{v}Left", f"{v}Right"] for k, v in SIDES.items()}
        both |= {k: [v] for k, v in SINGLE.items()}
        both |= {"au28": ["mouthRollLower", "mouthRollUpper"]}
        both |= {"gaze_down": ["eyeLookDownLeft", "eyeLookDownRight"]}
        columns |= {k: shapes[:, [place[n] for n in v]].mean(axis=1) for k, v in both.items()}
    columns |= {
        "yaw_deg": np.degrees(np.arctan2(pose[:, 0, 2], pose[:, 2, 2])),
        "pitch_deg": np.degrees(np.arcsin(np.clip(pose[:, 1, 2], -1, 1))),
        "roll_deg": -np.degrees(np.arctan2(pose[:, 1, 0], pose[:, 1, 1])),
        "face_x1_px": points[:, :, 0].min(axis=1), "face_x2_px": points[:, :, 0].max(axis=1),
        "eye_openness_right": eye_ratio(points, 36), "eye_openness_left": eye_ratio(points, 42),
    }  # fmt: skip
    readings = changed(MadeUpPerson().readings(data["time_s"]), **columns)
    return with_status(readings, ~found, FrameStatus.NO_FACE)


def summary_of(name: str) -> Summary:
    with np.errstate(invalid="ignore"):
        readings = reference(name)
    return summarise(readings, AnalysisConfig(), SOURCE, ())


@pytest.mark.parametrize("name", ["face_noface", "noface_face", "no_face"])
def test_clips_without_a_face_for_most_of_the_time(name: str) -> None:
    gate = summary_of(name).gate
    assert gate.decision is GateDecision.UNRELIABLE
    assert gate.reasons[0].metric == "face_fraction"


def test_the_smile_of_the_single_face() -> None:
    smiles = [e for e in summary_of("single_face").events.list if e.type is EventType.SMILE]
    assert len(smiles) == 1
    assert smiles[0].onset_s == pytest.approx(0.63, abs=0.3)


def test_a_lively_clip_leaves_the_movement_items_low() -> None:
    found = summary_of("expressions_woman")
    for name in ("f1", "f2", "f3", "f4"):
        u = found.features[name].u
        assert u is not None
        assert u < 0.34
    assert [r.metric for r in found.gate.reasons] == ["valid_s"]


def test_eyes_shut_at_the_beginning_are_one_long_closure() -> None:
    events = summary_of("expressions_woman").events.list
    closures = [e for e in events if e.type is EventType.LONG_CLOSURE]
    assert closures[0].onset_s < 0.1
    assert closures[0].offset_s == pytest.approx(5.8, abs=0.3)
