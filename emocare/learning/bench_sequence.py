"""What both sequence networks cost: a second of rows in, its tokens, both graphs."""

from __future__ import annotations

import time

import numpy as np

from emocare.domain.readings import Readings
from emocare.domain.sequence import SequenceReader


def time_sequence(networks: SequenceReader, readings: Readings) -> list[float]:
    """Seconds for each frame of ``readings``, pushed a second at a time as while recording.

    Args:
        networks: Both networks, loaded.
        readings: Some minutes of rows.

    Returns:
        For every second of the recording its time divided by its frames.
    """
    second = np.floor(readings["t_s"]).astype(np.int64)
    stream = networks.stream()
    times: list[float] = []
    for number in np.unique(second):
        rows = readings.rows(second == number)
        began = time.perf_counter()
        stream.push(rows)
        times.append((time.perf_counter() - began) / len(rows))
    return times
