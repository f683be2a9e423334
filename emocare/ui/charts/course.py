"""One person's course: treatment, totals of the questionnaires, the facial index, one calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from emocare.domain.care import LifeEvent, Treatment, VisitState
from emocare.domain.summary import Band
from emocare.services.course import Course, InstrumentCourse
from emocare.ui.charts.course_face import FACE_STEPS, draw_face
from emocare.ui.charts.course_lanes import (
    EVENTS,
    LANE,
    draw_events,
    draw_treatments,
    in_lanes,
    is_lane,
)
from emocare.ui.charts.dated import DatedPlot, dated_stack, moment, padded
from emocare.ui.charts.rows import Row
from emocare.ui.text import timeline as text
from emocare.ui.theme import Palette
from emocare.ui.wording import BAND_WORDS, day

LANE_PX, EVENTS_PX, FIRST_PX, OTHER_PX, FACE_PX, GAP_PX = 38, 26, 174, 116, 156, 20
FACE = "face"
NUMBER_PX = 15
"""Distance of a printed total from its mark."""
STEP_OF = {Band.NORMAL: 0, Band.MILD: 1, Band.MODERATE: 2, Band.SEVERE: 3}


@dataclass(frozen=True, slots=True)
class Step:
    """A band behind the totals: from ``low`` to ``high``, its word, its place among the steps."""

    low: float
    high: float
    word: str
    shade: int


def course_figure(
    course: Course, forms: Mapping[str, Any], since: date | None, today: date, colours: Palette
) -> go.Figure | None:
    """Draws the course.

    Args:
        course: Everything over time.
        forms: Instrument -> its words and rules, for every instrument of the course.
        since: First day shown; everything when None.
        today: Treatment that goes on is drawn up to it.
        colours: The appearance in use.

    Returns:
        None when nothing lies in the time that is shown.
    """
    moments = _moments(course, today)
    if since is not None:
        moments = [m for m in moments if m.date() >= since]
    if not moments:
        return None
    start, end = padded(min(moments), max(*moments, moment(today)))
    lanes = in_lanes(course.treatments, today)
    plot = dated_stack(_rows(course, forms, len(lanes)), start, end, colours)
    for one in course.instruments:
        _steps(plot, one.instrument, steps_of(forms[one.instrument]), start, end, colours)
    if course.face.points:
        _steps(plot, FACE, FACE_STEPS, start, end, colours)
    draw_treatments(plot, lanes, (start, end), today, colours)
    for one in course.instruments:
        _totals(plot, one, forms[one.instrument], colours)
    draw_face(plot, FACE, course.face, (start, end), colours)
    draw_events(plot, course.events, (start, end), colours)
    _visits(plot, course, (start, end), colours)
    return plot.finished()


def steps_of(form: Any) -> list[Step]:
    """The bands of a form from low to high; neighbours of one severity are one step."""
    steps: list[Step] = []
    for _, group in groupby(form.bands, key=lambda s: s.native if s.band is None else s.band):
        own = list(group)
        band = own[0].band
        word = own[0].native if band is None else BAND_WORDS[band].lower()
        high = min(own[-1].high + 1, form.highest)
        steps.append(Step(own[0].low, high, word, 0 if band is None else STEP_OF.get(band, 0)))
    return steps


def _rows(course: Course, forms: Mapping[str, Any], lanes: int) -> list[Row]:
    rows = [Row(LANE.format(number=i), "" if i else text.TREATMENT_ROW, LANE_PX,
                4 if i < lanes - 1 else GAP_PX, (0, 1)) for i in range(lanes)]  # fmt: skip
    if course.events:
        rows.append(Row(EVENTS, text.EVENTS_ROW, EVENTS_PX, GAP_PX, (-1, 1)))
    for i, one in enumerate(course.instruments):
        form = forms[one.instrument]
        label = text.ANSWERED_ROW.format(name=one.instrument, highest=form.highest)
        edges = sorted({form.lowest, *(s.low for s in steps_of(form)), form.highest})
        ticks = tuple((edge, f"{edge:g}") for edge in edges)
        rows.append(Row(one.instrument, label, OTHER_PX if i else FIRST_PX, GAP_PX,
                        (form.lowest, form.highest), ticks))  # fmt: skip
    if course.face.points:
        ticks = tuple((e, f"{e:g}") for e in (*(s.low for s in FACE_STEPS), 100))
        rows.append(Row(FACE, text.FACE_ROW, FACE_PX, GAP_PX, (0, 100), ticks))
    return rows or [Row(EVENTS, "", EVENTS_PX, 0, (-1, 1))]


def _moments(course: Course, today: date) -> list[datetime]:
    """Everything that has a place on the calendar."""
    found = [moment(p.answered_at) for one in course.instruments for p in one.points]
    found += [moment(p.at) for p in course.face.points]
    found += [moment(v.visit.on) for v in course.visits]
    found += [moment(e.content.on) for e in course.events if isinstance(e.content, LifeEvent)]
    for entry in course.treatments:
        if isinstance(entry.content, Treatment):
            found += [moment(entry.content.since), moment(entry.content.until or today)]
    return found


def _steps(plot: DatedPlot, key: str, steps: Sequence[Step], start: datetime, end: datetime,
           colours: Palette) -> None:  # fmt: skip
    axis = plot.axis[key]
    for step in steps:
        plot.shape(
            type="rect", x0=start, x1=end, y0=step.low, y1=step.high, yref=axis, line_width=0,
            fillcolor=colours.steps[step.shade], layer="below",
        )  # fmt: skip
        plot.note(
            text=step.word, x=1, xref="paper", xanchor="left", xshift=9, align="left",
            y=(step.low + step.high) / 2, yref=axis, yanchor="middle", showarrow=False,
            font=dict(size=13, color=colours.muted),
        )  # fmt: skip


def _totals(plot: DatedPlot, one: InstrumentCourse, form: Any, colours: Palette) -> None:
    axis, scored = plot.axis[one.instrument], one.scored
    rule, below = form.change, None
    if rule is not None and len(scored) > 1:
        first = scored[0].total or 0
        ends = [moment(scored[0].answered_at), moment(scored[-1].answered_at)]
        below = first - rule.threshold
        for value in (below, first + rule.threshold):
            if form.lowest <= value <= form.highest:
                plot.figure.add_scatter(
                    x=ends, y=[value, value], yaxis=axis, mode="lines", hoverinfo="skip",
                    line=dict(color=colours.answered, width=1, dash="dash"),
                )  # fmt: skip
    places = [moment(p.answered_at) for p in scored]
    if len(scored) > 1:
        plot.figure.add_scatter(x=places, y=[p.total for p in scored], yaxis=axis, mode="lines",
                                hoverinfo="skip", line=dict(color=colours.answered, width=2),
                                connectgaps=False)  # fmt: skip
    bars = [p.possible_range if p.prorated and p.possible_range else (p.total, p.total)
            for p in scored]  # fmt: skip
    plot.figure.add_scatter(
        x=places, y=[p.total for p in scored], yaxis=axis, mode="markers", cliponaxis=False,
        marker=dict(symbol=["square-open" if p.prorated else "square" for p in scored], size=9,
                    color=colours.answered, line=dict(color=colours.answered, width=2)),
        error_y=dict(type="data", symmetric=False, color=colours.answered, thickness=1.5, width=5,
                     array=[b[1] - p.total for b, p in zip(bars, scored, strict=True)],
                     arrayminus=[p.total - b[0] for b, p in zip(bars, scored, strict=True)]),
        customdata=[_said(one.instrument, p, form) for p in scored],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for point, at, bar in zip(scored, places, bars, strict=True):
        shift = _shift(point.total or 0, below, form)
        plot.note(
            text=str(point.total), x=at, y=bar[shift > 0], yref=axis, showarrow=False,
            yanchor="middle", yshift=shift, font=dict(size=14, color=colours.ink),
        )  # fmt: skip
    for point in one.points:
        if point.total is None:
            _foot(plot, axis, form.lowest, moment(point.answered_at), text.NO_TOTAL_HERE, colours)


def _shift(total: int, below: int | None, form: Any) -> int:
    """Numbers stand above the line, below it once past the threshold or under the top edge."""
    room = (form.highest - form.lowest) * 0.12
    past = below is not None and total <= below and total - form.lowest > room
    return -NUMBER_PX if past or form.highest - total < room else NUMBER_PX


def _said(name: str, point: Any, form: Any) -> str:
    step = form.step(point.total)
    words = text.HOVER_TOTAL.format(
        name=name, total=point.total, highest=form.highest, day=day(point.answered_at),
        band="" if step is None else step.native,
    ).replace(", ,", ",")  # fmt: skip
    if point.prorated and point.possible_range is not None:
        low, high = point.possible_range
        words += text.HOVER_PRORATED.format(low=low, high=high)
    return words


def _visits(plot: DatedPlot, course: Course, shown: tuple[datetime, datetime],
            colours: Palette) -> None:  # fmt: skip
    """Missed visits and the next one, as words at the foot of the first row of data."""
    key = next((k for k in plot.axis if not is_lane(k)), None)
    if key is None:
        return
    foot = float(plot.figure.layout[plot.axis[key].replace("y", "yaxis")].range[0])
    for visit in course.visits:
        if visit.state is VisitState.MISSED and shown[0] <= moment(visit.visit.on) <= shown[1]:
            words = text.MISSED.format(day=_short(visit.visit.on))
            _foot(plot, plot.axis[key], foot, moment(visit.visit.on), words, colours)
    if course.next_visit is not None:
        words = text.NEXT.format(day=_short(course.next_visit.on))
        _foot(plot, plot.axis[key], foot, moment(course.next_visit.on), words, colours)


def _foot(plot: DatedPlot, axis: str, foot: float, at: datetime, words: str,
          colours: Palette) -> None:  # fmt: skip
    plot.note(
        text=words, x=at, y=foot, yref=axis, yanchor="bottom", showarrow=False,
        font=dict(size=13, color=colours.muted),
    )  # fmt: skip


def _short(on: date) -> str:
    return f"{on.day} {on:%b}"
