"""The one file of effect sizes, seeds and shares, as the simulator reads it."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.summary import DIMENSIONS

FILE = Path(__file__).with_name("effects.toml")
X_SD = 4.0 / math.sqrt(12.0)
"""Standard deviation of theta, uniform in 0..4."""
AFFECTED_GAP = 2.0 / X_SD
"""Distance of the mean x of affected people from that of unaffected ones."""


class Cohort(StrEnum):
    """Which effect sizes: large ones that test networks, or published ones that test honesty."""

    SEPARABLE = "separable"
    REALISTIC = "realistic"


class Split(StrEnum):
    """Disjoint groups of people."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Effects:
    """The model of simulated people of one cohort.

    Attributes:
        cohort: Which.
        dated: When the effect sizes were set.
        sha256: Of the file.
        seed: From which every person is drawn.
        load: (6,) correlation of each dimension's personal level with x, order ``DIMENSIONS``.
        behaviours: Names of the behaviours in the order of the arrays.
        effect: (B, 6) shift of each behaviour in standard deviations between people for one
            standard deviation of each dimension.
        tables: The file as it is read, for everything that does not depend on the cohort.
    """

    cohort: Cohort
    dated: str
    sha256: str
    seed: int
    load: NDArray[np.float64]
    behaviours: tuple[str, ...]
    effect: NDArray[np.float64]
    tables: Mapping[str, Any]

    def people(self, split: Split) -> int:
        """Number of people in a split."""
        return int(self.tables["people"][split.value])


@cache
def load_effects(cohort: Cohort) -> Effects:
    """Reads ``effects.toml`` for one cohort.

    The effect of a behaviour is scaled so that affected people (moderate, severe) differ from
    the others by its ``difference``: the direction's weights w over the dimensions give a score
    w z whose mean differs by AFFECTED_GAP * |w load| sqrt(person_share) between the two groups.
    """
    data = FILE.read_bytes()
    tables = tomllib.loads(data.decode("utf-8"))
    loads = tables["severity"]["load"][cohort.value]
    load = np.array([float(loads[name]) for name in DIMENSIONS])
    names = tuple(tables["direction"])
    person = math.sqrt(tables["time"]["person_share"])
    effect = np.zeros((len(names), len(DIMENSIONS)))
    for row, name in enumerate(names):
        weights = tables["direction"][name]
        for dimension, weight in weights.items():
            effect[row, DIMENSIONS.index(dimension)] = weight
        gap = AFFECTED_GAP * abs(float((effect[row] * load).sum())) * person
        effect[row] *= tables["difference"][cohort.value][name] / gap
    return Effects(
        cohort=cohort, dated=tables["dated"], sha256=hashlib.sha256(data).hexdigest(),
        seed=int(tables["seed"]), load=load, behaviours=names, effect=effect, tables=tables,
    )  # fmt: skip
