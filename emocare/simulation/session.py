"""A simulated session: readings as the product would store them, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emocare.domain.readings import Readings
from emocare.simulation.behaviour import behave
from emocare.simulation.effects import Cohort, Effects, Split, load_effects
from emocare.simulation.latent import Course, draw_course, own_unit
from emocare.simulation.measurement import measure
from emocare.simulation.noise import GRID_HZ, Floats
from emocare.simulation.person import Person, draw_person


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """One session of one simulated person.

    Attributes:
        person: Who; ``person.theta`` and ``person.band`` are the severity.
        readings: As the face network of this product would have read them.
        dimensions: (N, 6) true dimensions in their own units, 30 a second, order ``DIMENSIONS``.
        course: What happened, 30 a second.
    """

    person: Person
    readings: Readings
    dimensions: Floats
    course: Course

    def at(self, t_s: Floats) -> Floats:
        """(K, 6) true dimensions at the times ``t_s`` in seconds."""
        rows = np.clip((t_s * GRID_HZ).astype(np.int64), 0, len(self.dimensions) - 1)
        return np.asarray(self.dimensions[rows])


def simulate(cohort: Cohort, split: Split, number: int) -> SimulatedSession:
    """The session of person ``number`` of a split; the same every time.

    Args:
        cohort: Which effect sizes.
        split: Which group of people.
        number: 0 up to the number of people of the split.

    Raises:
        ValueError: There is no such person.
    """
    effects = load_effects(cohort)
    if not 0 <= number < effects.people(split):
        raise ValueError(f"expected a person in 0..{effects.people(split) - 1}, got {number}")
    place = (list(Cohort).index(cohort), list(Split).index(split), number)
    return simulate_with(np.random.default_rng([effects.seed, *place]), effects)


def simulate_with(rng: np.random.Generator, effects: Effects) -> SimulatedSession:
    """A session of a new person of the model, drawn with ``rng``."""
    person = draw_person(rng, effects)
    return session_of(rng, person, effects)


def session_of(
    rng: np.random.Generator, person: Person, effects: Effects
) -> SimulatedSession:
    """A session of a given person."""
    course = draw_course(rng, person, effects)
    shown = behave(rng, person, course, effects)
    readings = measure(rng, person, course, shown, effects)
    return SimulatedSession(
        person, readings, own_unit(course.z, effects.tables["scale"]), course
    )
