"""Who is in the demo clinic: made-up names, and how severe each is on which day of a year."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from emocare.domain.records import PatientId, SessionId

PREFIX = "DEMO"
"""Every number of a made-up person begins so."""
_NAMESPACE = uuid.UUID("8b6f5b42-0d0a-4d0e-9a53-1f6b8c1de300")


@dataclass(frozen=True, slots=True)
class MadeUpVisit:
    """One visit.

    Attributes:
        days_ago: 0 is today.
        theta: Severity as the simulator has it, 0..4; a quarter for each band.
        clip: Name of a sample clip that was recorded instead of a simulated person.
        safety: Points of the item on thoughts of death or self-harm.
        answered: Whether the questionnaires of the day are filled in already.
    """

    days_ago: int
    theta: float
    clip: str | None = None
    safety: int = 0
    answered: bool = True


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """One person; ``seed`` draws the face and the habits."""

    key: str
    name: str
    birth: date
    sex: str
    seed: int
    visits: tuple[MadeUpVisit, ...]

    @property
    def id(self) -> PatientId:
        """The same at every start."""
        return PatientId(_id(self.key))

    @property
    def code(self) -> str:
        """The clinic's number."""
        return f"{PREFIX}-{PEOPLE.index(self) + 1:02}"

    def session_id(self, number: int) -> SessionId:
        """Of the visit ``number`` of ``visits``, -1 the last; the same at every start."""
        return SessionId(_id(f"{self.key} {number % len(self.visits)}"))


IMPROVING, WORSENING, ALARMED, FILMED = "improving", "worsening", "alarmed", "filmed"
STEADY, DARK, WRITING, NEARLY_WELL = "steady", "dark", "writing", "nearly well"
LONG_CLIP, DARK_CLIP = "session", "dark_then_light"


def _visits(*course: tuple[int, float]) -> tuple[MadeUpVisit, ...]:
    return tuple(MadeUpVisit(days_ago, theta) for days_ago, theta in course)


PEOPLE: tuple[MadeUpPerson, ...] = (
    MadeUpPerson(IMPROVING, "Marta Kowalska", date(1984, 5, 3), "female", 11, _visits(
        (342, 3.6), (287, 3.2), (224, 2.6), (154, 2.1), (83, 1.4), (2, 0.8))),
    MadeUpPerson(WORSENING, "Daniel Okafor", date(1991, 3, 2), "male", 12, _visits(
        (301, 1.2), (236, 1.4), (163, 1.1), (85, 1.3), (3, 3.1))),
    MadeUpPerson(ALARMED, "Олена Шевченко", date(1978, 9, 21), "female", 13, (
        *_visits((258, 2.3), (170, 2.5), (84, 2.3)), MadeUpVisit(1, 2.5, safety=1))),
    MadeUpPerson(FILMED, "Inês Duarte", date(1997, 7, 7), "female", 14, (
        *_visits((196, 2.0), (121, 1.7), (57, 1.8)), MadeUpVisit(0, 1.3, LONG_CLIP))),
    MadeUpPerson(STEADY, "Søren Østergaard", date(1959, 1, 30), "male", 15, _visits(
        (329, 1.2), (248, 1.4), (166, 1.2), (79, 1.3), (5, 1.2))),
    MadeUpPerson(DARK, "Αντωνία Παππά", date(1988, 12, 11), "female", 16, (
        *_visits((181, 2.7), (118, 2.4), (50, 2.3)),
        MadeUpVisit(0, 2.2, DARK_CLIP, answered=False))),
    MadeUpPerson(WRITING, "Lê Thị Hương", date(2001, 4, 18), "female", 17, _visits(
        (274, 3.1), (211, 2.8), (139, 2.6), (68, 2.2), (4, 1.9))),
    MadeUpPerson(NEARLY_WELL, "Yusuf Demir", date(1969, 8, 25), "male", 18, _visits(
        (244, 0.7), (160, 0.5), (76, 0.8), (6, 0.5))),
)  # fmt: skip
"""Everybody in the demo clinic."""


def person(key: str) -> MadeUpPerson:
    """The one whose course is ``key``."""
    return next(one for one in PEOPLE if one.key == key)


PHQ_9, GAD_7 = "PHQ-9", "GAD-7"
TOTALS: dict[str, tuple[float, ...]] = {PHQ_9: (0.0, 5.0, 10.0, 15.0, 22.0),
                                        GAD_7: (0.0, 4.0, 8.0, 12.0, 16.0)}  # fmt: skip
"""Form -> total at theta 0, 1, 2, 3, 4; of the PHQ-9 the edges of its bands. Nobody here reaches a
total that asks for an urgent review."""
ROUNDING = 1e-9
"""Added before a total is cut to whole points, so that 4 points do not become 3."""
FIRST_GIVEN: dict[str, tuple[int, ...]] = {PHQ_9: (3, 2, 0, 5, 1, 6, 4, 7),
                                           GAD_7: (2, 0, 4, 1, 5, 3, 6)}  # fmt: skip
"""Items, from 0, in the order in which they are given points: tiredness and worry first. The item
on thoughts of death or self-harm is not among them."""


def answers(form: str, visit: MadeUpVisit) -> tuple[int, ...]:
    """What a person as severe as ``visit.theta`` answers, 0..3 for each item."""
    total = int(np.interp(visit.theta, range(5), TOTALS[form]) + ROUNDING)
    order = FIRST_GIVEN[form]
    points = [0] * len(order)
    left = total - (visit.safety if form == PHQ_9 else 0)
    while left > 0:
        for item in _next_round(points, order, left):
            points[item] += 1
            left -= 1
    return (*points, visit.safety) if form == PHQ_9 else tuple(points)


def _next_round(points: Sequence[int], order: Sequence[int], left: int) -> list[int]:
    """The items that are given one point more: half of them first, then the others."""
    lowest = min(points)
    return [item for item in order if points[item] < lowest + 2 and points[item] < 3][
        : min(left, len(order) // 2)]  # fmt: skip


def difficulty(visit: MadeUpVisit) -> int:
    """How hard daily life is at this severity, 0..3."""
    return min(3, int(visit.theta))


def _id(name: str) -> str:
    return uuid.uuid5(_NAMESPACE, name).hex
