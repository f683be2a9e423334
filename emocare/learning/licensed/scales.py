"""The scales that recordings are labelled with, one trained head each; never mixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale and what is asked of a head on it.

    Attributes:
        id: For example "phq8"; its model is "severity-phq8".
        name: As it is printed.
        low, high: Smallest and largest label.
        cuts: Lowest total of mild, moderate and severe; empty for a label of yes and no.
        positive_from: Lowest label that counts as positive for AUROC and calibration.
        meaning: What the label is.
    """

    id: str
    name: str
    low: float
    high: float
    cuts: tuple[float, ...]
    positive_from: float
    meaning: str

    @property
    def model_id(self) -> str:
        """Identifier of its model in the manifest."""
        return f"severity-{self.id}"

    @property
    def binary(self) -> bool:
        """Whether the label is 0 or 1."""
        return not self.cuts

    @property
    def threshold(self) -> float:
        """Between the labels: totals are whole, so half a point below the first positive one."""
        return self.positive_from - 0.5

    def bands(self, totals: Floats) -> NDArray[np.int64]:
        """Band (N,) 0..3 of each total, rounded to a whole one first."""
        whole = np.clip(np.floor(np.asarray(totals, np.float64) + 0.5), self.low, self.high)
        return np.searchsorted(np.array(self.cuts), whole, side="right").astype(np.int64)


PHQ8 = Scale("phq8", "PHQ-8", 0, 24, (5, 10, 15), 10, "PHQ-8 total (self-report, 0 to 24)")
PHQ9 = Scale("phq9", "PHQ-9", 0, 27, (5, 10, 15), 10, "PHQ-9 total (self-report, 0 to 27)")
BDI2 = Scale("bdi2", "BDI-II", 0, 63, (14, 20, 29), 20, "BDI-II total (self-report, 0 to 63)")
VLOG = Scale("vlog", "D-Vlog label", 0, 1, (), 1,
             "whether a vlog's content was annotated as depression; not a diagnosis")  # fmt: skip
SCALES = (PHQ8, PHQ9, BDI2, VLOG)


def scale(id: str) -> Scale:
    """The scale with this identifier."""
    return next(one for one in SCALES if one.id == id)
