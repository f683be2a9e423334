"""The facial index over the sessions, with its interval, and the places where the line breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emocare.domain.summary import GateDecision
from emocare.services.face_course import FaceCourse, FacePoint
from emocare.ui.charts.dated import DatedPlot, moment, upright
from emocare.ui.text import timeline as text
from emocare.ui.theme import Palette
from emocare.ui.wording import day, number

CROSS_AT = 8.0
"""Height of the cross of a session without a value, index points."""
WORDS_SHARE = 0.3
"""Words at a break go to its left when less than this share of the time is left."""


@dataclass(frozen=True, slots=True)
class FaceStep:
    """One of the four bands of the index: a word of the face, never of an illness."""

    low: float
    high: float
    word: str
    shade: int


FACE_STEPS: tuple[FaceStep, ...] = (
    FaceStep(0, 25, "typical range", 0), FaceStep(25, 45, "mildly atypical", 1),
    FaceStep(45, 65, "moderately atypical", 2), FaceStep(65, 100, "markedly atypical", 3),
)  # fmt: skip


def draw_face(plot: DatedPlot, key: str, face: FaceCourse, shown: tuple[datetime, datetime],
              colours: Palette) -> None:  # fmt: skip
    """Draws the row ``key``; nothing without a session."""
    if not face.points:
        return
    axis = plot.axis[key]
    for run in _runs(face.points):
        plot.figure.add_scatter(
            x=[moment(p.at) for p in run], y=[p.value for p in run], yaxis=axis, mode="lines",
            hoverinfo="skip", line=dict(color=colours.observed, width=2), connectgaps=False,
        )  # fmt: skip
    _points(plot, axis, [p for p in face.points if p.value is not None], colours)
    _crosses(plot, axis, [p for p in face.points if p.value is None], shown, colours)
    for broken in face.breaks:
        before, after = moment(broken.before), moment(broken.at)
        at = before + (after - before) / 2
        if not shown[0] < at < shown[1]:
            continue
        upright(plot, at, colours, dash="dot", rows=[key])
        late = shown[1] - at < (shown[1] - shown[0]) * WORDS_SHARE
        plot.note(
            text=text.BREAKS[broken.kinds[0]].format(value=broken.value), x=at, y=1,
            yref=f"{axis} domain", yanchor="top", xanchor="right" if late else "left",
            xshift=-6 if late else 6, showarrow=False, font=dict(size=13, color=colours.ink),
        )  # fmt: skip


def _runs(points: Sequence[FacePoint]) -> list[list[FacePoint]]:
    """Points that may be joined by one line."""
    runs: dict[int, list[FacePoint]] = {}
    for point in points:
        if point.run is not None:
            runs.setdefault(point.run, []).append(point)
    return [run for run in runs.values() if len(run) > 1]


def _points(plot: DatedPlot, axis: str, points: Sequence[FacePoint], colours: Palette) -> None:
    values = [p.value or 0.0 for p in points]
    plot.figure.add_scatter(
        x=[moment(p.at) for p in points], y=values, yaxis=axis, mode="markers",
        marker=dict(symbol=["circle" if p.run is not None else "circle-open" for p in points],
                    size=9, color=colours.observed, line=dict(color=colours.observed, width=2)),
        error_y=dict(
            type="data", symmetric=False, color=colours.observed, thickness=1.5, width=5,
            array=[0.0 if p.high is None else p.high - v
                   for p, v in zip(points, values, strict=True)],
            arrayminus=[0.0 if p.low is None else v - p.low
                        for p, v in zip(points, values, strict=True)]),
        customdata=[_said(p) for p in points], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def _said(point: FacePoint) -> str:
    form = text.HOVER_FACE_BARE if point.low is None else text.HOVER_FACE
    words = form.format(
        value=number(point.value or 0, 1), low=number(point.low or 0), high=number(point.high or 0),
        gate=text.GATE_SHORT[point.gate], day=day(point.at),
    )  # fmt: skip
    return words + (text.HOVER_REANALYSED if point.reanalysed else "")


def _crosses(plot: DatedPlot, axis: str, points: Sequence[FacePoint],
             shown: tuple[datetime, datetime], colours: Palette) -> None:  # fmt: skip
    """A cross at the foot for a session without a value, with its words where there is room."""
    if not points:
        return
    plot.figure.add_scatter(
        x=[moment(p.at) for p in points], y=[CROSS_AT] * len(points), yaxis=axis, mode="markers",
        marker=dict(symbol="x-thin", size=9, line=dict(color=colours.muted, width=2)),
        customdata=[f"{text.NO_FACE}, {day(p.at)}" for p in points],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    free_from = shown[0]
    for point in points:
        at = moment(point.at)
        if point.gate is GateDecision.UNRELIABLE and at >= free_from:
            late = shown[1] - at < (shown[1] - shown[0]) * 0.12
            plot.note(
                text=text.NO_FACE, x=at, y=CROSS_AT, yref=axis, yanchor="middle",
                xanchor="right" if late else "left", xshift=-8 if late else 8, showarrow=False,
                font=dict(size=13, color=colours.muted),
            )  # fmt: skip
            free_from = at + (shown[1] - shown[0]) * 0.14
