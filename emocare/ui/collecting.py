"""Keeps the collection of garbage, which Streamlit orders after every run of a page, short."""

from __future__ import annotations

import gc
import sys
from functools import cache


def spare_modules() -> None:
    """Takes what modules have made out of every later collection; cheap when nothing was loaded.

    A full collection visits each object that there is: 0.1 s of every run of a page once torch,
    pandas and plotly are loaded, while every other thread waits, that of the camera too. What
    belongs to a module stays until the process ends, so it need not be visited. Called at the
    beginning of a run, when the run before has just collected; any thread.
    """
    seen = _seen()
    if len(sys.modules) != seen[0]:
        seen[0] = len(sys.modules)
        gc.freeze()


@cache
def _seen() -> list[int]:
    """How many modules were loaded when they were taken out last."""
    return [0]
