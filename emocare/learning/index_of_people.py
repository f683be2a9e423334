"""The behaviour index of simulated people, to stand beside the networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emocare.analysis import AnalysisConfig, summarise
from emocare.domain.summary import SourceInfo
from emocare.simulation.effects import Cohort, Split, load_effects
from emocare.simulation.session import simulate

Log = Callable[[str], None]


def behaviour_index(
    cohort: Cohort, split: Split, folder: Path, log: Log, people: int | None = None
) -> NDArray[np.float64]:
    """(N,) index of every person of a split, NaN where the face could not be used.

    Computed from the same readings as the product computes it, or read from ``folder``.
    """
    effects = load_effects(cohort)
    count = people or effects.people(split)
    path = folder / f"index-{cohort.value}-{split.value}-{count}-{effects.sha256[:12]}.npy"
    if not path.is_file():
        log(f"behaviour index of {count} people: {cohort.value}, {split.value}")
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, np.array([_index(cohort, split, k) for k in range(count)]))
    return np.asarray(np.load(path))


def _index(cohort: Cohort, split: Split, number: int) -> float:
    made = simulate(cohort, split, number)
    t_s = made.readings["t_s"]
    protocol = "guided" if made.course.guided else "free"
    source = SourceInfo(
        "simulated", None, float(t_s[-1]), len(t_s), len(t_s), 0, False, 1280, 720
    )
    found = summarise(made.readings, AnalysisConfig(protocol=protocol), source, [])
    return np.nan if found.behaviour_index is None else found.behaviour_index.value
