"""Random series in time, cheap enough for thousands of sessions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GRID_HZ = 30.0
"""Rate of the clock on which people behave; cameras take some of its pictures."""


def smooth(rng: np.random.Generator, grid: int, seconds: float, columns: int = 1) -> Floats:
    """(grid, columns) of mean 0 and variance 1 that changes within about ``seconds``.

    Normal values on knots ``seconds`` apart with a random start, joined by cosine weights whose
    squares sum to one, so that the variance is 1 everywhere.
    """
    step = max(1.0, seconds * GRID_HZ)
    place = (np.arange(grid) + rng.uniform(0, step)) / step
    left = place.astype(np.int64)
    angle = (place - left)[:, None] * (np.pi / 2)
    knots = rng.standard_normal((int(left[-1]) + 2, columns))
    return np.asarray(np.cos(angle) * knots[left] + np.sin(angle) * knots[left + 1])


def starts(rng: np.random.Generator, per_min: Floats) -> NDArray[np.int64]:
    """Grid indices at which events of the rates ``per_min`` (grid,) begin."""
    return np.flatnonzero(rng.random(len(per_min)) < per_min / (60.0 * GRID_HZ))


def stretches(
    rng: np.random.Generator, per_min: float, length_s: tuple[float, float], grid: int
) -> NDArray[np.bool_]:
    """(grid,) True inside stretches of uniform length that begin at the given rate."""
    inside = np.zeros(grid, bool)
    for start in starts(rng, np.full(grid, per_min)):
        inside[start : start + round(rng.uniform(*length_s) * GRID_HZ)] = True
    return inside


def pulse(grid: int, start: int, onset_s: float, hold_s: float, offset_s: float) -> tuple[
    slice, Floats
]:  # fmt: skip
    """A rise, a plateau and a fall of height 1 from ``start``, as a slice and its values.

    Rise and fall are half cosines, as smiles rise and fall (Cohn and Schmidt 2004).
    """
    rise, hold, fall = (max(1, round(s * GRID_HZ)) for s in (onset_s, hold_s, offset_s))
    up = 0.5 - 0.5 * np.cos(np.pi * (np.arange(rise) + 1) / rise)
    down = 0.5 + 0.5 * np.cos(np.pi * (np.arange(fall) + 1) / fall)
    shape = np.concatenate([up, np.ones(hold), down])[: grid - start]
    return slice(start, start + len(shape)), shape
