"""A simulated person: how severe, how expressive, what face at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.summary import BANDS, Band
from emocare.simulation.effects import X_SD, Effects

SHARED = ("smile", "expressivity", "head_motion")
"""Behaviours that one person's expressiveness moves together."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is simulated.

    Attributes:
        theta: Latent severity, 0..4; ``band`` is its quarter.
        level: (6,) personal level of each dimension in standard deviations.
        habit: (B,) what the person does anyway, in standard deviations between people.
        sex: "f" or "m".
        age: Years.
        open_eye: Eye aspect ratio of the open eye.
        resting_units: Action Unit -> intensity of the face at rest.
        pose_deg: (3,) usual yaw, pitch, roll before this camera.
        face_width_px: Width of the face in the picture.
    """

    theta: float
    level: NDArray[np.float64]
    habit: NDArray[np.float64]
    sex: str
    age: float
    open_eye: float
    resting_units: dict[str, float]
    pose_deg: NDArray[np.float64]
    face_width_px: float

    @property
    def x(self) -> float:
        """Severity with mean 0 and variance 1 over all people."""
        return (self.theta - 2.0) / X_SD

    @property
    def band(self) -> Band:
        """Quarter of severity."""
        return BANDS[min(3, int(self.theta))]


def draw_person(rng: np.random.Generator, effects: Effects) -> Person:
    """Draws a person of the model."""
    tables = effects.tables["person"]
    theta = float(rng.uniform(0.0, 4.0))
    x = (theta - 2.0) / X_SD
    load = effects.load
    level = load * x + np.sqrt(1.0 - load**2) * rng.standard_normal(len(load))
    sex, age = ("f" if rng.random() < 0.5 else "m"), float(rng.uniform(18.0, 80.0))
    shared = float(rng.standard_normal())
    share = float(tables["expressiveness_share"])
    habit = rng.standard_normal(len(effects.behaviours))
    for k, name in enumerate(effects.behaviours):
        if name in SHARED:
            habit[k] = np.sqrt(share) * shared + np.sqrt(1.0 - share) * habit[k]
        if tables["switches"]["sex"]:
            habit[k] += tables["sex"].get(name, 0.0) * (1.0 if sex == "f" else -1.0)
        if tables["switches"]["age"]:
            habit[k] += tables["age"].get(name, 0.0) * (age - 45.0) / 20.0
    sag = max(0.0, age - 45.0) / 100.0
    resting = {
        "au04": float(np.clip(rng.gamma(1.5, 0.05) + 0.3 * sag, 0.0, 0.5)),
        "au07": float(np.clip(rng.gamma(2.0, 0.09), 0.0, 0.6)),
        "au15": float(np.clip(rng.gamma(1.0, 0.01) + 0.3 * sag, 0.0, 0.3)),
        "au12": float(np.clip(rng.gamma(1.0, 0.03), 0.0, 0.3)),
    }
    return Person(
        theta=theta, level=level, habit=habit, sex=sex, age=age,
        open_eye=float(np.clip(rng.normal(0.31, 0.03), 0.22, 0.42)), resting_units=resting,
        pose_deg=rng.normal(0.0, (3.0, 4.0, 2.0)),
        face_width_px=float(rng.uniform(100.0, 260.0)),
    )  # fmt: skip
