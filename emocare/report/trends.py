"""Charts over the visits: totals of one questionnaire, and the facial index on its own axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reportlab.graphics.shapes import Drawing, PolyLine

from emocare.report import words
from emocare.report.charts import (
    INDEX_STEPS,
    block,
    dot,
    label,
    square,
    step_colour,
    stroke,
)
from emocare.report.content import BandStep, IndexPoint, Questionnaire, TotalPoint
from emocare.report.style import INK, LINE, MUTED, NOT_MEASURED, PETROL, VIOLET

LEFT, RIGHT, FOOT = 22.0, 112.0, 20.0
"""Room for the axis, for the words of the bands and for the dates."""
DATE_ROOM = 27.0
"""Least distance of two printed dates."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's own coordinates.

    Attributes:
        start: First moment on the time axis.
        end: Last moment, equal to ``start`` for a single visit.
        low: Value at the foot.
        high: Value at the top.
        left: Left edge of the plot in points.
        right: Right edge.
        foot: Lower edge.
        top: Upper edge.
    """

    start: datetime
    end: datetime
    low: float
    high: float
    left: float
    right: float
    foot: float
    top: float

    def x(self, at: datetime) -> float:
        """Place of a moment; a single visit stands in the middle."""
        whole = (self.end - self.start).total_seconds()
        inset = 12.0
        if whole <= 0:
            return (self.left + self.right) / 2
        share = (at - self.start).total_seconds() / whole
        return self.left + inset + (self.right - self.left - 2 * inset) * share

    def y(self, value: float) -> float:
        """Height of a value, kept inside the plot."""
        inside = min(max(value, self.low), self.high)
        return self.foot + (self.top - self.foot) * (inside - self.low) / (self.high - self.low)


def totals_chart(
    questionnaire: Questionnaire, points: Sequence[TotalPoint], width: float, height: float,
    zone: tzinfo | None,
) -> Drawing:  # fmt: skip
    """Totals with the severity steps behind and the change threshold dashed.

    Args:
        questionnaire: Gives the steps, the highest total and the threshold.
        points: In time order, at least one.
        width: Of the drawing.
        height: Of the drawing.
        zone: Of the printed dates.
    """
    lowest = questionnaire.steps[0].low if questionnaire.steps else 0
    frame = Frame(points[0].answered_at, points[-1].answered_at, lowest, questionnaire.maximum,
                  LEFT, width - RIGHT, FOOT, height - 5)  # fmt: skip
    drawing = Drawing(width, height)
    _steps(drawing, frame, questionnaire.steps)
    thresholds = _thresholds(drawing, frame, questionnaire, points)
    scored = [p for p in points if p.total is not None]
    line = [v for p in scored for v in (frame.x(p.answered_at), frame.y(p.total or 0))]
    if len(scored) > 1:
        drawing.add(PolyLine(line, strokeColor=PETROL, strokeWidth=1.3))
    for point in points:
        _total(drawing, frame, point, below=thresholds)
    _dates(drawing, frame, [p.answered_at for p in points], zone)
    return drawing


def _steps(drawing: Drawing, frame: Frame, steps: Sequence[BandStep]) -> None:
    """Bands from step to step; a total of a band's first point lies on its edge."""
    for step in steps:
        foot, top = frame.y(step.low), frame.y(min(step.high + 1, frame.high))
        drawing.add(block(frame.left, foot, frame.right - frame.left, top - foot,
                          step_colour(step.band)))  # fmt: skip
        drawing.add(label(frame.left - 4, foot - 2.3, str(step.low), anchor="end"))
        if step is not steps[0]:
            drawing.add(stroke(frame.left, foot, frame.right, foot, LINE, 0.4))
        word = step.native[:1].upper() + step.native[1:]
        own = words.SEVERITY[step.band] if step.band is not None else word
        text = word if own.lower() == word.lower() else f"{word} ({own.lower()})"
        drawing.add(label(frame.right + 6, (foot + top) / 2 - 2.3, text))
    drawing.add(label(frame.left - 4, frame.top - 2.3, f"{frame.high:.0f}", anchor="end"))


def _thresholds(
    drawing: Drawing, frame: Frame, questionnaire: Questionnaire, points: Sequence[TotalPoint]
) -> float | None:
    """Dashes at the first total plus and minus the threshold; gives the lower one."""
    first = next((p.total for p in points if p.total is not None), None)
    step = questionnaire.change_threshold
    if first is None or step is None or len(points) < 2:
        return None
    for value in (first - step, first + step):
        if frame.low <= value <= frame.high:
            y = frame.y(value)
            drawing.add(stroke(frame.left, y, frame.right, y, PETROL, 0.7, (3, 2)))
    return float(first - step)


def _total(drawing: Drawing, frame: Frame, point: TotalPoint, below: float | None) -> None:
    x = frame.x(point.answered_at)
    if point.total is None:
        drawing.add(label(x, frame.foot + 3, "no total", anchor="middle"))
        return
    y = frame.y(point.total)
    if point.prorated and point.possible_range is not None:
        low, high = (frame.y(v) for v in point.possible_range)
        drawing.add(stroke(x, low, x, high, PETROL, 1))
    drawing.add(square(x, y, hollow=point.prorated))
    under = (below is not None and point.total <= below and y - 11 > frame.foot) or (
        y + 12 > frame.top
    )
    drawing.add(label(x, y - 10.5 if under else y + 5, str(point.total), colour=INK,
                      anchor="middle", size=7.2))  # fmt: skip


def index_chart(
    points: Sequence[IndexPoint], width: float, height: float, zone: tzinfo | None
) -> Drawing:
    """Facial indices with their intervals; the line breaks where sessions cannot be compared."""
    frame = Frame(points[0].at, points[-1].at, 0, 100, LEFT, width - RIGHT, FOOT, height - 5)
    drawing = Drawing(width, height)
    for low, high, band in INDEX_STEPS:
        foot, top = frame.y(low), frame.y(high)
        drawing.add(block(frame.left, foot, frame.right - frame.left, top - foot,
                          step_colour(band)))  # fmt: skip
        drawing.add(label(frame.left - 4, foot - 2.3, f"{low:.0f}", anchor="end"))
        drawing.add(label(frame.right + 6, (foot + top) / 2 - 2.3, words.OBSERVED[band]))
    drawing.add(label(frame.left - 4, frame.top - 2.3, "100", anchor="end"))
    for run in _runs(points):
        line = [v for p in run for v in (frame.x(p.at), frame.y(p.value or 0))]
        drawing.add(PolyLine(line, strokeColor=VIOLET, strokeWidth=1.2))
    for before, point in zip((None, *points), points, strict=False):
        if before is not None and before.comparable != point.comparable:
            x = (frame.x(before.at) + frame.x(point.at)) / 2
            drawing.add(stroke(x, frame.foot, x, frame.top, MUTED, 0.6, (1, 2)))
        _index_point(drawing, frame, point)
    _dates(drawing, frame, [p.at for p in points], zone)
    return drawing


def _runs(points: Sequence[IndexPoint]) -> list[list[IndexPoint]]:
    """Stretches of measured points that may be joined: all comparable with the present one."""
    runs: list[list[IndexPoint]] = [[]]
    for point in points:
        if point.value is None or not point.comparable:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _index_point(drawing: Drawing, frame: Frame, point: IndexPoint) -> None:
    x = frame.x(point.at)
    if point.value is None:
        for dx in (-2.2, 2.2):
            drawing.add(stroke(x - dx, frame.foot + 3, x + dx, frame.foot + 7.4, MUTED, 0.9))
        return
    y = frame.y(point.value)
    if point.low is not None and point.high is not None:
        drawing.add(stroke(x, frame.y(point.low), x, frame.y(point.high), VIOLET, 1))
    drawing.add(dot(x, y, 2.9))
    top = y if point.high is None else frame.y(point.high)
    drawing.add(label(x, top + 4, words.number(point.value), colour=INK, size=7.2,
                      anchor="middle"))  # fmt: skip


def _dates(
    drawing: Drawing, frame: Frame, moments: Sequence[datetime], zone: tzinfo | None
) -> None:
    """Every date that fits, counted back from the last; the year below where it changes."""
    drawing.add(stroke(frame.left, frame.foot, frame.right, frame.foot, NOT_MEASURED, 0.6))
    days = [words.local(at, zone) for at in moments]
    places = [frame.x(at) for at in moments]
    shown: list[int] = []
    for i in range(len(days) - 1, -1, -1):
        if not shown or places[shown[-1]] - places[i] >= DATE_ROOM:
            shown.append(i)
    year = None
    for i in reversed(shown):
        text, own_year = words.day(days[i]).rsplit(" ", 1)
        drawing.add(stroke(places[i], frame.foot, places[i], frame.foot - 2, NOT_MEASURED, 0.6))
        drawing.add(label(places[i], frame.foot - 9, text, anchor="middle"))
        if own_year != year:
            drawing.add(label(places[i], frame.foot - 17, own_year, anchor="middle"))
        year = own_year
