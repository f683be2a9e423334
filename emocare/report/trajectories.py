"""The session over time: quality, tasks and six dimensions on one time axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from reportlab.graphics.shapes import Drawing, Polygon, PolyLine

from emocare.domain.summary import DIMENSIONS, Estimate, GateDecision
from emocare.domain.timeline import Timeline, Trajectory
from emocare.report import words
from emocare.report.charts import SMALL, block, dot, label, square, stroke
from emocare.report.fonts import REGULAR, text_width
from emocare.report.style import (
    ATTENTION,
    DONE,
    GRID,
    INK,
    LINE,
    MUTED,
    NOT_MEASURED,
    TYPICAL,
    VIOLET,
    VIOLET_BAND,
)

LEFT, RIGHT = 62.0, 84.0
"""Room for the names and for the values."""
ROW, HEAD, FOOT = 28.0, 25.0, 16.0
SIGNED = ("valence", "arousal")
_LEVEL = {
    GateDecision.RELIABLE: (8.0, DONE), GateDecision.LIMITED: (5.0, ATTENTION),
    GateDecision.UNRELIABLE: (2.4, NOT_MEASURED),
}  # fmt: skip
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Axis:
    """Seconds of the media clock to points."""

    duration_s: float
    left: float
    right: float

    def x(self, t_s: float) -> float:
        """Place of a moment, kept inside the plot."""
        share = min(max(t_s / self.duration_s, 0.0), 1.0) if self.duration_s > 0 else 0.0
        return self.left + (self.right - self.left) * share


def limits(dimension: str) -> tuple[float, float]:
    """The full scale of a dimension."""
    return (-1.0, 1.0) if dimension in SIGNED else (0.0, 100.0)


def session_chart(
    timeline: Timeline,
    estimates: Mapping[str, Estimate | None],
    answered: Mapping[str, float | None],
    width: float,
) -> Drawing:
    """Quality strip, tasks and six rows with 90 % bands; gaps stay gaps.

    Args:
        timeline: What to draw.
        estimates: Session values, printed at the right end of each row.
        answered: Self-report values, a petrol square outside the time axis.
        width: Of the drawing.
    """
    height = HEAD + ROW * len(DIMENSIONS) + FOOT
    drawing = Drawing(width, height)
    axis = Axis(timeline.duration_s, LEFT, width - RIGHT)
    _seconds(drawing, axis, height - HEAD)
    _head(drawing, axis, timeline, height)
    for row, name in enumerate(DIMENSIONS):
        foot = FOOT + ROW * (len(DIMENSIONS) - 1 - row) + 4
        panel = _Panel(foot, foot + ROW - 8, *limits(name))
        _row(drawing, axis, panel, name, timeline.dimensions.get(name))
        _values(drawing, panel, width, name, estimates.get(name), answered.get(name))
    return drawing


def quality_chart(timeline: Timeline, width: float) -> Drawing:
    """The quality strip alone, for a session without trajectories."""
    drawing = Drawing(width, HEAD + FOOT)
    axis = Axis(timeline.duration_s, LEFT, width - RIGHT)
    _seconds(drawing, axis, FOOT)
    _head(drawing, axis, timeline, HEAD + FOOT)
    return drawing


@dataclass(frozen=True, slots=True)
class _Panel:
    foot: float
    top: float
    low: float
    high: float

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.foot + (self.top - self.foot) * (inside - self.low) / (self.high - self.low)


def _seconds(drawing: Drawing, axis: Axis, top: float) -> None:
    step = next((s for s in _TICKS_S if axis.duration_s / s <= 9), _TICKS_S[-1])
    for t in np.arange(0, axis.duration_s + 0.5, step):
        x = axis.x(float(t))
        drawing.add(stroke(x, FOOT - 2, x, top, GRID, 0.4))
        drawing.add(label(x, 5, words.duration(float(t)), anchor="middle"))


def _head(drawing: Drawing, axis: Axis, timeline: Timeline, height: float) -> None:
    """Names of the tasks over the quality strip."""
    strip = height - HEAD + 5
    drawing.add(label(0, strip + 1, "Quality", colour=INK))
    for stretch in timeline.quality:
        tall, colour = _LEVEL[stretch.level]
        x = axis.x(stretch.start_s)
        drawing.add(block(x, strip, axis.x(stretch.end_s) - x, tall, colour))
    for i, span in enumerate(timeline.segments):
        x, end = axis.x(span.start_s), axis.x(span.end_s)
        name = words.SEGMENTS[span.segment]
        if text_width(name, REGULAR, SMALL) <= end - x - 2:
            drawing.add(label((x + end) / 2, strip + 12, name, anchor="middle"))
        if i:
            drawing.add(stroke(x, FOOT - 2, x, strip + 19, MUTED, 0.5, (1, 2)))


def _row(
    drawing: Drawing, axis: Axis, panel: _Panel, name: str, trajectory: Trajectory | None
) -> None:
    drawing.add(label(0, (panel.foot + panel.top) / 2 - 2.3, name.capitalize(), colour=INK))
    signed = name in SIGNED
    for value in (panel.low, panel.high):
        text = words.number(value, sign=signed)
        drawing.add(label(axis.left - 4, panel.y(value) - 2.3, text, size=6, anchor="end"))
        drawing.add(stroke(axis.left, panel.y(value), axis.right, panel.y(value), GRID, 0.5))
    if trajectory is None or not np.isfinite(trajectory.value).any():
        middle = (axis.left + axis.right) / 2
        drawing.add(label(middle, (panel.foot + panel.top) / 2 - 2.3, words.NOT_MEASURED,
                          anchor="middle"))  # fmt: skip
        return
    if trajectory.typical is not None:
        low, high = (panel.y(v) for v in trajectory.typical)
        drawing.add(block(axis.left, low, axis.right - axis.left, high - low, TYPICAL))
    for part in _stretches(np.isfinite(trajectory.low) & np.isfinite(trajectory.high)):
        _band(drawing, axis, panel, trajectory, part)
    for part in _stretches(np.isfinite(trajectory.value)):
        _line(drawing, axis, panel, trajectory.t_s[part], trajectory.value[part])


def _stretches(there: NDArray[np.bool_]) -> Iterator[slice]:
    """Runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], there, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        yield slice(start, end)


def _band(
    drawing: Drawing, axis: Axis, panel: _Panel, trajectory: Trajectory, part: slice
) -> None:
    times = [axis.x(t) for t in trajectory.t_s[part].tolist()]
    if len(times) == 1:
        times = [times[0] - 1.2, times[0] + 1.2]
    low, high = (
        [panel.y(v) for v in side[part].tolist()] for side in (trajectory.low, trajectory.high)
    )
    if len(low) == 1:
        low, high = low * 2, high * 2
    edge = [*zip(times, high, strict=True), *zip(times[::-1], low[::-1], strict=True)]
    drawing.add(Polygon([v for point in edge for v in point], fillColor=VIOLET_BAND,
                        strokeColor=None, strokeWidth=0))  # fmt: skip


def _line(
    drawing: Drawing, axis: Axis, panel: _Panel, t_s: NDArray[np.float64],
    value: NDArray[np.float64],
) -> None:  # fmt: skip
    points = [(axis.x(t), panel.y(v)) for t, v in zip(t_s.tolist(), value.tolist(), strict=True)]
    if len(points) == 1:
        drawing.add(dot(*points[0], 1.6))
    else:
        drawing.add(PolyLine([v for point in points for v in point], strokeColor=VIOLET,
                             strokeWidth=1.1, strokeLineJoin=1))  # fmt: skip


def _values(
    drawing: Drawing, panel: _Panel, width: float, name: str, estimate: Estimate | None,
    answered: float | None,
) -> None:  # fmt: skip
    """Session value with its interval, and the answered value as a square at its height."""
    x = width - RIGHT + 8
    drawing.add(stroke(x, panel.foot, x, panel.top, LINE, 0.5))
    if answered is not None:
        drawing.add(square(x, panel.y(answered), 4.4))
    middle = (panel.foot + panel.top) / 2
    decimals = 2 if name in SIGNED else 0
    if estimate is None:
        drawing.add(label(x + 8, middle - 2.3, words.NOT_MEASURED))
        return
    value = words.number(estimate.value, decimals, sign=name in SIGNED)
    if estimate.low is None or estimate.high is None:
        drawing.add(label(x + 8, middle + 1, value, colour=INK, size=7.6, bold=True))
        drawing.add(label(x + 8, middle - 7, "no interval"))
        return
    drawing.add(label(x + 8, middle + 1, value, colour=INK, size=7.6, bold=True))
    drawing.add(label(x + 8, middle - 7, words.span(estimate.low, estimate.high, decimals)))
