"""What a simulated person does: the true Action Units, expressions, eyes, gaze and head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emocare.domain.faces import EXPRESSIONS
from emocare.domain.readings import Segment
from emocare.simulation.effects import Effects
from emocare.simulation.latent import SEGMENTS, Course, gain
from emocare.simulation.noise import Floats, pulse, smooth, starts
from emocare.simulation.person import Person

UNITS = ("au01", "au02", "au04", "au07", "au10", "au12", "au14", "au15", "au17", "au20", "au24",
         "au26", "au28", "au45")  # fmt: skip
"""Units that the shipped reader measures."""
UNGATED = ("blink", "lids", "yawn")
"""Behaviours of the body that show whether a person speaks of themselves or not."""
SMILES_PER_MIN: Mapping[Segment, float] = {
    Segment.FREE: 2.5, Segment.BASELINE: 0.3, Segment.NEUTRAL_TALK: 2.0,
    Segment.POSITIVE_MEMORY: 4.5, Segment.REST: 0.3,
}  # fmt: skip
BLINKS_PER_MIN: Mapping[Segment, float] = {
    Segment.FREE: 22.0, Segment.BASELINE: 17.0, Segment.NEUTRAL_TALK: 26.0,
    Segment.POSITIVE_MEMORY: 26.0, Segment.REST: 17.0,
}  # fmt: skip
"""17 a minute at rest and 26 in conversation (Bentivoglio 1997)."""


@dataclass(slots=True)
class Behaviour:
    """True movements on the grid of 30 a second; filled part by part.

    Attributes:
        units: Action Unit -> (N,) intensity 0..1.
        intensity: Expression -> (N,) how much of it is shown, 0..1; neutral is the rest.
        openness: (N,) eye openness as a share of the open eye, 0..1.
        gaze_down: (N,) 0..1.
        gaze_side: (N,) -1..1.
        mouth: (N,) mouth aspect ratio.
        pose_deg: (N, 3) yaw, pitch, roll.
    """

    units: dict[str, Floats]
    intensity: dict[str, Floats]
    openness: Floats
    gaze_down: Floats
    gaze_side: Floats
    mouth: Floats
    pose_deg: Floats


def behave(
    rng: np.random.Generator, person: Person, course: Course, effects: Effects
) -> Behaviour:
    """Draws what the person does during the course."""
    grid = len(course.segment)
    drive = drives(person, course, effects)
    shown = Behaviour(
        units={name: np.full(grid, person.resting_units.get(name, 0.01)) for name in UNITS},
        intensity={name: np.zeros(grid) for name in EXPRESSIONS if name != "neutral"},
        openness=np.ones(grid), gaze_down=np.full(grid, 0.08), gaze_side=np.zeros(grid),
        mouth=np.full(grid, 0.02), pose_deg=np.tile(person.pose_deg, (grid, 1)),
    )  # fmt: skip
    _speak(rng, shown, course, drive)
    _feel(rng, shown, drive)
    _smile(rng, shown, course, drive)
    _tighten(rng, shown, drive)
    _yawn(rng, shown, drive)
    _look(rng, shown, course, drive)
    _move_head(rng, shown, drive)
    _blink(rng, shown, course, drive)
    for values in (*shown.units.values(), *shown.intensity.values()):
        np.clip(values, 0.0, 1.0, out=values)
    return shown


def drives(person: Person, course: Course, effects: Effects) -> dict[str, Floats]:
    """Behaviour -> (N,) drive with about unit variance over people and time.

    The effect of the dimensions is weakened where nothing is told; habits stay.
    """
    seen = gain(course, effects)
    found = {}
    for k, name in enumerate(effects.behaviours):
        effect = effects.effect[k]
        pulled = course.z @ effect
        if name not in UNGATED:
            pulled = pulled * seen
        found[name] = (pulled + person.habit[k]) / np.sqrt(1.0 + float((effect**2).sum()))
    return found


def _speak(
    rng: np.random.Generator, shown: Behaviour, course: Course, drive: dict[str, Floats]
) -> None:
    """Lips and jaw while speaking; a raised brow and a look aside where a telling turn begins."""
    grid = len(course.segment)
    speaking = (course.telling | course.chatter).astype(np.float64)
    speaking = np.convolve(speaking, np.ones(9) / 9, mode="same")
    strength = speaking * np.exp(0.5 * drive["expressivity"])
    syllables = np.abs(smooth(rng, grid, 0.12, 4))
    for k, (name, share) in enumerate(
        {"au26": 0.16, "au20": 0.08, "au17": 0.06, "au10": 0.09}.items()
    ):
        shown.units[name] += share * strength * syllables[:, k]
    shown.mouth += 0.16 * strength * syllables[:, 0]
    brow = 0.10 * np.exp(0.5 * drive["expressivity"]) * np.abs(smooth(rng, grid, 1.5)[:, 0])
    shown.units["au01"] += brow
    shown.units["au02"] += brow
    for start in course.turns:
        place, shape = pulse(grid, int(start), 0.25, 0.5, 0.4)
        height = rng.uniform(0.35, 0.6)
        shown.units["au01"][place] += height * shape
        shown.units["au02"][place] += height * shape
        shown.gaze_side[place] += float(rng.choice([-1.0, 1.0])) * 0.5 * shape
        shown.intensity["surprise"][place] += 0.25 * shape


def _feel(rng: np.random.Generator, shown: Behaviour, drive: dict[str, Floats]) -> None:
    """Expressions that colour the face for seconds: sadness, fear, anger with a lowered brow."""
    grid = len(shown.openness)
    wander = smooth(rng, grid, 2.0, 4)
    sad = 0.16 + 0.14 * drive["sadness"] + 0.06 * wander[:, 0]
    fear = 0.05 + 0.09 * drive["fear"] + 0.04 * wander[:, 1]
    cross = 0.08 + 0.12 * drive["brow"] + 0.05 * wander[:, 2]
    shown.intensity["sadness"] += np.maximum(sad, 0.0)
    shown.intensity["fear"] += np.maximum(fear, 0.0)
    shown.intensity["anger"] += 0.7 * np.maximum(cross, 0.0)
    shown.intensity["disgust"] += 0.15 * np.maximum(cross, 0.0)
    shown.intensity["contempt"] += 0.02 + 0.02 * np.abs(wander[:, 3])
    shown.units["au04"] += np.maximum(cross, 0.0) + 0.2 * np.maximum(sad, 0.0)
    shown.units["au01"] += 0.3 * np.maximum(sad, 0.0) + 0.5 * np.maximum(fear, 0.0)
    shown.units["au02"] += 0.5 * np.maximum(fear, 0.0)
    shown.units["au07"] += 0.4 * np.maximum(cross, 0.0)
    for start in starts(rng, 1.0 * np.exp(0.8 * drive["brow"])):
        place, shape = pulse(grid, int(start), 0.3, rng.uniform(0.5, 2.0), 0.5)
        shown.units["au04"][place] += 0.35 * shape
        shown.units["au07"][place] += 0.25 * shape
        shown.intensity["anger"][place] += 0.15 * shape


def _smile(
    rng: np.random.Generator, shown: Behaviour, course: Course, drive: dict[str, Floats]
) -> None:
    """Smiles with onset, apex and offset; how often and how broadly go together."""
    grid = len(course.segment)
    usual = np.array([SMILES_PER_MIN[segment] for segment in SEGMENTS])[course.segment]
    for start in starts(rng, usual * np.exp(0.7 * drive["smile"])):
        place, shape = pulse(grid, int(start), rng.uniform(0.25, 0.7), rng.uniform(0.6, 2.8),
                             rng.uniform(0.4, 1.4))  # fmt: skip
        broad = 0.55 + 0.16 * drive["smile"][start] + rng.normal(0.0, 0.12)
        height = shape * float(np.clip(broad, 0.15, 1.0))
        for name, share in {"au12": 1.0, "au07": 0.35, "au10": 0.25}.items():
            shown.units[name][place] += share * height
        shown.intensity["happiness"][place] += height
        shown.intensity["sadness"][place] *= 1.0 - height


def _tighten(rng: np.random.Generator, shown: Behaviour, drive: dict[str, Floats]) -> None:
    """Pressed and rolled lips, steadily and in bursts."""
    grid = len(shown.openness)
    steady = np.maximum(0.06 + 0.06 * drive["lips"] + 0.03 * smooth(rng, grid, 2.0)[:, 0], 0.0)
    shown.units["au24"] += steady
    shown.units["au28"] += 0.6 * steady
    for start in starts(rng, 2.0 * np.exp(0.6 * drive["lips"])):
        place, shape = pulse(grid, int(start), 0.2, rng.uniform(0.4, 1.5), 0.3)
        unit = "au24" if rng.random() < 0.6 else "au28"
        shown.units[unit][place] += rng.uniform(0.3, 0.6) * shape
        shown.units["au26"][place] *= 1.0 - shape


def _yawn(rng: np.random.Generator, shown: Behaviour, drive: dict[str, Floats]) -> None:
    grid = len(shown.openness)
    for start in starts(rng, 0.06 * np.exp(1.2 * drive["yawn"])):
        place, shape = pulse(grid, int(start), 1.2, rng.uniform(2.6, 4.0), 1.0)
        shown.units["au26"][place] = np.maximum(shown.units["au26"][place], 0.9 * shape)
        shown.mouth[place] = np.maximum(shown.mouth[place], 0.8 * shape)
        shown.openness[place] *= 1.0 - 0.7 * shape


def _look(
    rng: np.random.Generator, shown: Behaviour, course: Course, drive: dict[str, Floats]
) -> None:
    """Looks down and aside, most of them in conversation."""
    grid = len(course.segment)
    for start in starts(rng, 5.0 * np.exp(0.6 * drive["gaze_down"])):
        place, shape = pulse(grid, int(start), 0.2, rng.uniform(0.6, 3.5), 0.2)
        shown.gaze_down[place] = np.maximum(shown.gaze_down[place], 0.75 * shape)
        shown.pose_deg[place, 1] -= rng.uniform(2.0, 10.0) * shape
        shown.openness[place] *= 1.0 - 0.25 * shape
    for start in starts(rng, np.full(grid, 4.0)):
        place, shape = pulse(grid, int(start), 0.15, rng.uniform(0.3, 1.5), 0.15)
        shown.gaze_side[place] += rng.uniform(-0.8, 0.8) * shape


def _move_head(rng: np.random.Generator, shown: Behaviour, drive: dict[str, Floats]) -> None:
    """Slow sway, trembling between 2 and 6 Hz, turns of the head."""
    grid = len(shown.openness)
    sway = np.exp(0.45 * drive["head_motion"])[:, None]
    shown.pose_deg += sway * (2.4 * smooth(rng, grid, 1.8, 3) + 0.4 * smooth(rng, grid, 0.5, 3))
    tremble = np.diff(smooth(rng, grid + 1, 0.12, 3), axis=0)
    shown.pose_deg += 0.5 * np.exp(0.5 * drive["jitter"])[:, None] * tremble
    for start in starts(rng, 0.8 * np.exp(0.4 * drive["head_motion"])):
        place, shape = pulse(grid, int(start), 0.4, rng.uniform(0.4, 2.0), 0.4)
        shown.pose_deg[place, 0] += float(rng.choice([-1.0, 1.0])) * rng.uniform(15, 42) * shape


def _blink(
    rng: np.random.Generator, shown: Behaviour, course: Course, drive: dict[str, Floats]
) -> None:
    """Blinks, heavy lids and long closures."""
    grid = len(course.segment)
    shown.openness *= np.clip(0.86 - 0.07 * drive["lids"], 0.5, 1.0)
    usual = np.array([BLINKS_PER_MIN[segment] for segment in SEGMENTS])[course.segment]
    for start in starts(rng, usual * np.exp(0.45 * drive["blink"])):
        place, shape = pulse(grid, int(start), 0.06, rng.uniform(0.03, 0.1), 0.12)
        shown.openness[place] *= 1.0 - 0.95 * shape
    for start in starts(rng, 0.8 * np.exp(0.9 * drive["lids"])):
        place, shape = pulse(grid, int(start), 0.2, rng.uniform(0.5, 1.8), 0.25)
        shown.openness[place] *= 1.0 - 0.95 * shape
    shown.units["au45"] = np.clip(1.05 - shown.openness, 0.0, 1.0) ** 1.5
