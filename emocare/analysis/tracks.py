"""Which rows belong to the person who was measured (section 4.2, identity)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from emocare.analysis.clock import Flags, Floats, durations
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.follow import same_place
from emocare.domain.frames import Box
from emocare.domain.readings import Readings
from emocare.domain.summary import PersonChange

REJOIN_REACH = 0.5
REJOIN_SIZE = 1.33
"""How close in place (face widths) and size a face must return to count as the same person."""


@dataclass(frozen=True, slots=True)
class Person:
    """The rows of the person measured.

    Attributes:
        mine: (T,) False where a face was followed that was not shown to be this person.
        foreign_s: Measured seconds of such rows.
        switches: Number of changes to another person that could not be resolved.
        changes: Every time that a face was taken up anew, in time order.
    """

    mine: Flags
    foreign_s: float
    switches: int
    changes: tuple[PersonChange, ...] = ()


def measured_person(readings: Readings, dt_s: Floats, config: AnalysisConfig) -> Person:
    """Joins tracks that can be shown to be one person and keeps the longest of the chains.

    A later track continues an earlier one when it starts within ``rejoin_s`` of its end in the
    same place and size with no second face beside it; otherwise nobody can tell from the
    readings, and the switch is unresolved. The longest chain is the one with most measured
    time, so a picture on the wall that was followed for a while is not the person.
    """
    tracks = readings.columns["track_id"].astype(np.int64)
    numbers = [int(n) for n in np.unique(tracks[(tracks > 0) & readings.tracked])]
    if len(numbers) < 2:
        return Person(np.ones(len(readings), bool), 0.0, 0)
    first = {n: int(np.argmax(tracks == n)) for n in numbers}
    last = {n: len(tracks) - 1 - int(np.argmax(tracks[::-1] == n)) for n in numbers}
    numbers.sort(key=first.__getitem__)
    chain = {numbers[0]: 0}
    for i, number in enumerate(numbers[1:], start=1):
        same = [
            earlier for earlier in numbers[:i]
            if _continues(readings, last[earlier], first[number], config)
        ]  # fmt: skip
        chain[number] = chain[same[-1]] if same else i
    seconds: dict[int, float] = {}
    for number in numbers:
        rows = tracks == number
        held = float(dt_s[rows & readings.ok].sum()) + 1e-3 * float(dt_s[rows].sum())
        seconds[chain[number]] = seconds.get(chain[number], 0.0) + held
    main = max(seconds, key=seconds.__getitem__)
    foreign = [n for n in numbers if chain[n] != main]
    mine = ~np.isin(tracks, foreign)
    belongs = [chain[n] == main for n in numbers]
    switches = sum(a != b for a, b in pairwise(belongs))
    changes = _changes(readings, dt_s, numbers, chain, main)
    return Person(mine, float(dt_s[~mine & readings.ok].sum()), switches, changes)


def measured_rows(readings: Readings, config: AnalysisConfig) -> Readings:
    """The rows of the person measured, without those that the clinician left out."""
    kept = readings.kept()
    mine = measured_person(kept, durations(kept["t_s"], config.gap_s), config).mine
    return kept if bool(mine.all()) else kept.rows(mine)


def _changes(
    readings: Readings, dt_s: Floats, numbers: list[int], chain: dict[int, int], main: int
) -> tuple[PersonChange, ...]:
    """Each track but the person's first; one that was never measured (a picture) is left out."""
    tracks = readings.columns["track_id"].astype(np.int64)
    t_s = readings["t_s"]
    found = []
    before: float | None = None
    for number in numbers:
        rows = np.flatnonzero(tracks == number)
        start_s, end_s = float(t_s[rows[0]]), float(t_s[rows[-1]] + dt_s[rows[-1]])
        usable = chain[number] == main
        first = usable and not any(chain[n] == main for n in numbers[: numbers.index(number)])
        if not first and (usable or bool(readings.ok[rows].any())):
            away_s = None if before is None else round(max(0.0, start_s - before), 2)
            found.append(PersonChange(round(start_s, 2), round(end_s, 2), away_s, usable))
        if usable:
            before = end_s
    return tuple(found)


def _continues(readings: Readings, last: int, first: int, config: AnalysisConfig) -> bool:
    t_s = readings["t_s"]
    away = float(t_s[first] - t_s[last])
    alone = readings["second_face_ratio"][first] < config.second_face_from
    if not 0 < away <= config.rejoin_s or not alone:
        return False
    return same_place(_box(readings, last), _box(readings, first), REJOIN_REACH, REJOIN_SIZE)


def _box(readings: Readings, row: int) -> Box:
    edges = [float(readings[f"face_{e}_px"][row]) for e in ("x1", "y1", "x2", "y2")]
    return Box(*edges)
