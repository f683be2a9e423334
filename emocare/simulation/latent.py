"""What a simulated session is made of before anything is seen: tasks, turns, dimensions in time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import Segment
from emocare.domain.summary import DIMENSIONS
from emocare.simulation.effects import Effects
from emocare.simulation.noise import GRID_HZ, Floats, smooth
from emocare.simulation.person import Person

Flags = NDArray[np.bool_]
SIGNED = ("valence", "arousal")


@dataclass(frozen=True, slots=True)
class Course:
    """The hidden course of a session on the grid of 30 a second.

    Attributes:
        segment: (N,) index into ``SEGMENTS``.
        guided: Whether the protocol was followed.
        z: (N, 6) dimensions in standard deviations between people.
        telling: (N,) True where the person speaks of what they feel.
        chatter: (N,) True where they speak of other things.
        turns: Grid indices at which telling stretches begin.
    """

    segment: NDArray[np.int64]
    guided: bool
    z: Floats
    telling: Flags
    chatter: Flags
    turns: NDArray[np.int64]


SEGMENTS = tuple(Segment)


def draw_course(rng: np.random.Generator, person: Person, effects: Effects) -> Course:
    """Draws the course of one session of ``person``."""
    tables = effects.tables
    guided = bool(rng.random() >= tables["protocol"]["free_share"])
    segment = _tasks(rng, tables["protocol"], guided)
    grid = len(segment)
    z = _dimensions(rng, person, tables["time"], segment)
    silent = np.isin(segment, [SEGMENTS.index(Segment.BASELINE), SEGMENTS.index(Segment.REST)])
    telling, chatter, turns = _turns(rng, tables["telling"], grid)
    turns = turns[~silent[turns]]
    return Course(segment, guided, z, telling & ~silent, chatter & ~silent, turns)


def own_unit(z: Floats, scale: Mapping[str, Any]) -> Floats:
    """(..., 6) dimensions in their own units: -1..1 for valence and arousal, 0..100 otherwise."""
    values = 100.0 / (1.0 + np.exp(-scale["percent_slope"] * z - scale["percent_shift"]))
    for name in SIGNED:
        k = DIMENSIONS.index(name)
        values[..., k] = np.tanh(scale["signed_slope"] * z[..., k])
    return np.asarray(values)


def gain(course: Course, effects: Effects) -> Floats:
    """(N,) how much of an expressive effect can be seen."""
    elsewhere = float(effects.tables["telling"]["gain_elsewhere"])
    return np.where(course.telling, 1.0, elsewhere)


def _tasks(rng: np.random.Generator, table: Mapping[str, Any], guided: bool) -> NDArray[np.int64]:
    if not guided:
        parts = [(Segment.FREE, float(rng.uniform(*table["free_s"])))]
    else:
        parts = [
            (Segment.BASELINE, float(table["baseline_s"])),
            (Segment.NEUTRAL_TALK, float(table["neutral_talk_s"])),
            (Segment.POSITIVE_MEMORY, float(rng.uniform(*table["positive_memory_s"]))),
        ]
        if rng.random() < table["rest_share"]:
            parts.append((Segment.REST, float(table["rest_s"])))
    return np.concatenate(
        [np.full(round(s * GRID_HZ), SEGMENTS.index(segment)) for segment, s in parts]
    )


def _dimensions(
    rng: np.random.Generator, person: Person, table: Mapping[str, Any], segment: NDArray[np.int64]
) -> Floats:
    """(N, 6): the personal level, what moves around it, and the lift of a positive memory."""
    share = float(table["person_share"])
    z = np.empty((len(segment), len(DIMENSIONS)))
    for k, name in enumerate(DIMENSIONS):
        moving = smooth(rng, len(segment), float(table["tau_s"][name]))[:, 0]
        z[:, k] = math.sqrt(share) * person.level[k] + math.sqrt(1.0 - share) * moving
    blunted = float(table["positive_memory_blunting"]) * z[:, DIMENSIONS.index("anhedonia")]
    lift = float(table["positive_memory_valence"]) - blunted
    positive = segment == SEGMENTS.index(Segment.POSITIVE_MEMORY)
    z[:, DIMENSIONS.index("valence")] += np.where(positive, lift, 0.0)
    return z


def _turns(
    rng: np.random.Generator, table: Mapping[str, Any], grid: int
) -> tuple[Flags, Flags, NDArray[np.int64]]:
    """Telling stretches, chatter, and silence one after the other, in their shares of the time."""
    telling, chatter, begins = np.zeros(grid, bool), np.zeros(grid, bool), []
    shares = [float(table["share"]), float(table["chatter_share"])]
    odds = np.array([*shares, 1.0 - sum(shares)])
    place = 0
    while place < grid:
        kind = int(rng.choice(3, p=odds))
        end = place + round(float(rng.uniform(*table["length_s"])) * GRID_HZ)
        if kind == 0:
            telling[place:end] = True
            begins.append(place)
        elif kind == 1:
            chatter[place:end] = True
        place = end
    return telling, chatter, np.array(begins, np.int64)
