"""What could be known of severity by somebody who sees the true dimensions: the upper limit."""

from __future__ import annotations

import numpy as np

from emocare.domain.summary import DIMENSIONS
from emocare.simulation.effects import X_SD, Effects
from emocare.simulation.latent import SEGMENTS, Course
from emocare.simulation.noise import GRID_HZ, Floats

KNOT_FACTOR = 1.62
"""Variance of the time mean of ``noise.smooth``: KNOT_FACTOR * tau / T, from its cosine weights
(each knot counts for tau * 4 / pi of the time)."""
POINTS = 400
"""Points in theta at which the posterior is computed."""


def oracle(course: Course, effects: Effects) -> Floats:
    """(4,) posterior probabilities of the bands given the true course of the six dimensions.

    The time mean of each dimension, without the lift of the positive memory, is normal around
    sqrt(person_share) * load * x. Its variance is the personal level's own and that of what
    moved within the session. The prior is uniform in theta.
    """
    time = effects.tables["time"]
    share = float(time["person_share"])
    z = course.z.copy()
    valence, anhedonia = DIMENSIONS.index("valence"), DIMENSIONS.index("anhedonia")
    positive = np.array([s.value == "positive_memory" for s in SEGMENTS])[course.segment]
    lift = float(time["positive_memory_valence"]) - float(
        time["positive_memory_blunting"]
    ) * z[:, anhedonia]  # fmt: skip
    z[:, valence] -= np.where(positive, lift, 0.0)
    seconds = len(z) / GRID_HZ
    tau = np.array([float(time["tau_s"][name]) for name in DIMENSIONS])
    moving = (1.0 - share) * np.minimum(1.0, KNOT_FACTOR * tau / seconds)
    variance = share * (1.0 - effects.load**2) + moving
    theta = (np.arange(POINTS) + 0.5) * 4.0 / POINTS
    x = (theta - 2.0) / X_SD
    expected = np.sqrt(share) * x[:, None] * effects.load
    log = -0.5 * ((z.mean(axis=0) - expected) ** 2 / variance).sum(axis=1)
    weight = np.exp(log - log.max())
    bands = weight.reshape(4, -1).sum(axis=1)
    return np.asarray(bands / bands.sum())
