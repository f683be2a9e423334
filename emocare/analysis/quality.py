"""How well each stretch of a session was measured, for the quality strip."""

from __future__ import annotations

import numpy as np

from emocare.analysis.clock import Floats, durations
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.signals import Signals
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import GateDecision
from emocare.domain.timeline import QualityStretch

NO_FRAMES = "NO_FRAMES"
"""Reason of a stretch in which no frame came."""
LEFT_OUT = "LEFT_OUT"
"""Reason of a stretch that the clinician excluded."""
OTHER_PERSON = "OTHER_PERSON"
"""Reason of a stretch in which a face was read that was not shown to be the same person's."""
_STATUSES = tuple(status.value for status in FrameStatus)


def quality_stretches(
    readings: Readings, signals: Signals, cells: Floats, end_s: float, config: AnalysisConfig
) -> tuple[QualityStretch, ...]:
    """Stretches of one quality from the first row to ``end_s``, without gaps.

    Every one-second cell is reliable (at least 60 % measured), limited (less) or unreliable
    (nothing measured); neighbouring cells of one quality make a stretch. Its reason is the
    status that cost most of its time: a ``FrameStatus``, ``NO_FRAMES``, ``LEFT_OUT`` or
    ``OTHER_PERSON``.

    Args:
        readings: All rows.
        signals: The rows that count, prepared.
        cells: (C,) starts of the one-second cells.
        end_s: End of the last row.
        config: Share that counts as measured.
    """
    if len(cells) == 0:
        return ()
    lost = _lost_seconds(readings, signals, cells, config)
    ok = lost[:, _STATUSES.index(FrameStatus.OK.value)].copy()
    lost[:, _STATUSES.index(FrameStatus.OK.value)] = 0.0
    start_s = float(readings["t_s"][0])
    edges = np.append(np.maximum(cells, start_s), max(end_s, start_s))
    edges[1:-1] = np.minimum(edges[1:-1], edges[-1])
    width = np.maximum(np.diff(edges), 1e-9)
    lost[:, -1] = np.maximum(0.0, width - ok - lost[:, :-1].sum(axis=1))
    level = np.where(ok / width >= config.min_window_share, 2, np.where(ok > 0, 1, 0))
    starts = np.flatnonzero(np.concatenate([[True], np.diff(level) != 0]))
    names = (*_STATUSES, OTHER_PERSON, LEFT_OUT, NO_FRAMES)
    decisions = (GateDecision.UNRELIABLE, GateDecision.LIMITED, GateDecision.RELIABLE)
    stretches = []
    for first, end in zip(starts, np.append(starts[1:], len(level)), strict=True):
        costs = lost[first:end].sum(axis=0)
        decision = decisions[int(level[first])]
        reason = None if decision is GateDecision.RELIABLE else names[int(np.argmax(costs))]
        stretches.append(
            QualityStretch(float(edges[first]), float(edges[end]), decision, reason)
        )
    return tuple(stretches)


def _lost_seconds(
    readings: Readings, signals: Signals, cells: Floats, config: AnalysisConfig
) -> Floats:
    """(C, S + 3) seconds by status, of other people, left out, (filled later) without frames."""
    place = np.floor(signals.t_s - cells[0]).astype(np.int64)
    names = readings.kept().text("status")
    table = np.zeros((len(cells), len(_STATUSES) + 3))
    for column, status in enumerate(_STATUSES):
        rows = np.asarray(names == status, dtype=bool) & signals.person.mine
        table[:, column] = np.bincount(place[rows], signals.dt_s[rows], minlength=len(cells))
    rows = ~signals.person.mine
    table[:, -3] = np.bincount(place[rows], signals.dt_s[rows], minlength=len(cells))
    rows, seconds = readings.excluded, durations(readings["t_s"], config.gap_s)
    place = np.floor(readings["t_s"][rows] - cells[0]).astype(np.int64)
    table[:, -2] = np.bincount(place, seconds[rows], minlength=len(cells))
    return table
