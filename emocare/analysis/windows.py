"""Tasks and their windows on the media clock (section 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.domain.readings import Readings, Segment


@dataclass(frozen=True, slots=True)
class Span:
    """A run of rows of one task.

    Attributes:
        segment: The task.
        first: First row.
        end: Row after the last.
        start_s: Time of the first row.
        end_s: Time at which the last row ends.
    """

    segment: Segment
    first: int
    end: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of ten seconds of one task.

    Attributes:
        span: Number of the task's span.
        index: Place in the span, from 0; neighbours differ by one.
        segment: The task.
        first: First row.
        end: Row after the last.
        start_s: Start.
        end_s: End, ``start_s`` + the width even where the recording ends earlier.
        share: Measured time over the width.
        valid: Whether ``share`` is enough.
    """

    span: int
    index: int
    segment: Segment
    first: int
    end: int
    start_s: float
    end_s: float
    share: float
    valid: bool


def spans(readings: Readings, dt_s: Floats) -> tuple[Span, ...]:
    """The tasks in time order; a task that is repeated makes a new span."""
    n = len(readings)
    if n == 0:
        return ()
    names, t_s = readings.text("segment"), readings["t_s"]
    starts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
    ends = np.append(starts[1:], n)
    return tuple(
        Span(Segment(str(names[a])), int(a), int(b), float(t_s[a]), float(t_s[b - 1] + dt_s[b - 1]))
        for a, b in zip(starts, ends, strict=True)
    )


def cut_windows(
    tasks: Sequence[Span], t_s: Floats, dt_s: Floats, ok: Flags, hop_s: float,
    config: AnalysisConfig,
) -> tuple[Window, ...]:  # fmt: skip
    """Windows of every task but the neutral baseline, from each task's first frame.

    A window is valid when ``min_window_share`` of its ten seconds was measured. In a full
    window that is the share of frames that pass; at a task's end and in pauses the time that is
    missing counts as not measured, so two seconds never make a window.

    Args:
        tasks: Spans of ``spans``.
        t_s: (T,) times.
        dt_s: (T,) seconds per row.
        ok: (T,) measured rows.
        hop_s: Distance of window starts: the width for statistics, less for the live plot.
        config: Width and share.
    """
    found = []
    for number, span in enumerate(tasks):
        if span.segment is Segment.BASELINE:
            continue
        count = max(1, int(np.ceil((span.end_s - span.start_s) / hop_s - 1e-9)))
        for index in range(count):
            start = span.start_s + index * hop_s
            end = start + config.window_s
            edges = np.searchsorted(t_s[span.first : span.end], [start - 1e-6, end - 1e-6])
            a, b = span.first + int(edges[0]), span.first + int(edges[1])
            part = float(dt_s[a:b][ok[a:b]].sum()) / config.window_s
            valid = part >= config.min_window_share - 1e-6
            found.append(
                Window(number, index, span.segment, a, b, start, end, min(1.0, part), valid)
            )
    return tuple(found)


def neighbours(windows: Sequence[Window]) -> Flags:
    """(N-1,) True where a window and the next in the sequence are adjacent in one task."""
    return np.array(
        [a.span == b.span and b.index == a.index + 1
         for a, b in pairwise(windows)], dtype=bool,
    )  # fmt: skip
