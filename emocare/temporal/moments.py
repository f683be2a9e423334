"""From attention second by second to a few stretches that can be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emocare.domain.sequence import MOMENTS, AttendedMoment

STRETCH_S = 5
"""Length of a stretch: long enough to see a movement begin and end."""


def attended_moments(
    t_s: NDArray[np.float64], attention: NDArray[np.float64], count: int = MOMENTS
) -> tuple[AttendedMoment, ...]:
    """The stretches with most attention that do not overlap, most attended first.

    Args:
        t_s: (K,) ends of the seconds.
        attention: (K,) share of each second.
        count: Most stretches.
    """
    chosen = attended_rows(attention, count)
    return tuple(
        AttendedMoment(float(t_s[k] - 1.0), float(t_s[k + STRETCH_S - 1]),
                       float(attention[k : k + STRETCH_S].sum()))
        for k in chosen
    )  # fmt: skip


def attended_rows(attention: NDArray[np.float64], count: int = MOMENTS) -> list[int]:
    """First rows of the chosen stretches of ``STRETCH_S`` rows, most attended first."""
    if len(attention) < STRETCH_S:
        return []
    within = np.convolve(attention, np.ones(STRETCH_S), mode="valid")
    chosen: list[int] = []
    for k in np.argsort(-within, kind="stable"):
        if len(chosen) == count or within[k] <= 0:
            break
        if all(abs(int(k) - other) >= STRETCH_S for other in chosen):
            chosen.append(int(k))
    return chosen
