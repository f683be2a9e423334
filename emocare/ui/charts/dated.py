"""Rows of a figure over calendar time: labels at the left, words of bands at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import plotly.graph_objects as go

from emocare.ui.charts.rows import FONT, Row
from emocare.ui.theme import Palette
from emocare.ui.wording import local

LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 126, 140, 16, 34
MONTH_DAYS = 30.44
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
MOST_LABELS = 7
PAD = 0.04
"""Share of the time shown that stays free at either end."""


@dataclass
class DatedPlot:
    """A figure in the making: the axis of each row ("y", "y2", ...), and what is laid over it.

    Shapes and notes are kept aside and set at once: plotly checks all of them again whenever one
    is added, which takes half a second for a year of visits.
    """

    figure: go.Figure
    axis: dict[str, str]
    shapes: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def shape(self, **fields: Any) -> None:
        """Adds a rectangle or a line."""
        self.shapes.append(fields)

    def note(self, **fields: Any) -> None:
        """Adds words, without an arrow."""
        self.notes.append(fields)

    def finished(self) -> go.Figure:
        """The figure with everything on it."""
        self.figure.update_layout(
            shapes=[dict(xref="x") | shape for shape in self.shapes],
            annotations=[dict(xref="x") | note for note in self.notes],
        )
        return self.figure


def moment(at: date | datetime) -> datetime:
    """A place on the axis: local time without a zone; a day lies at its noon."""
    if isinstance(at, datetime):
        return local(at).replace(tzinfo=None)
    return datetime.combine(at, time(12))


def padded(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The range of an axis that shows ``start`` to ``end`` with room at both ends."""
    room = max((end - start) * PAD, timedelta(days=3))
    return start - room, end + room


def dated_stack(
    rows: Sequence[Row], start: datetime, end: datetime, colours: Palette
) -> DatedPlot:
    """An empty figure with the rows from top to bottom over one calendar axis.

    Args:
        rows: Their labels may hold line breaks and stand at the top of the row.
        start: Left end of the axis, local without a zone.
        end: Right end.
    """
    inner = sum(row.height_px + row.gap_px for row in rows) - rows[-1].gap_px
    figure, top = go.Figure(), 0.0
    plot = DatedPlot(figure, {})
    for i, row in enumerate(rows):
        name = "y" if i == 0 else f"y{i + 1}"
        plot.axis[row.key] = name
        domain = [max(0.0, 1.0 - (top + row.height_px) / inner), 1.0 - top / inner]
        top += row.height_px + row.gap_px
        figure.update_layout({name.replace("y", "yaxis"): _y_axis(row, domain, colours)})
        # Without a trace of its own a row's notes would land on an axis that knows no dates.
        figure.add_scatter(x=[start, end], y=[row.scale[0]] * 2, yaxis=name, mode="lines",
                           line_width=0, hoverinfo="skip")  # fmt: skip
        plot.note(
            text=row.label, x=0, xref="paper", xshift=-LEFT_PX + 2, xanchor="left", y=1,
            yref=f"{name} domain", yanchor="top", showarrow=False, align="left",
            font=dict(size=14, color=colours.ink),
        )  # fmt: skip
    figure.update_layout(
        height=inner + TOP_PX + BOTTOM_PX,
        margin=dict(l=LEFT_PX, r=RIGHT_PX, t=TOP_PX, b=BOTTOM_PX),
        paper_bgcolor=colours.page, plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
        font=dict(family=FONT, size=13, color=colours.muted), dragmode=False,
        hovermode="closest",
        hoverlabel=dict(bgcolor=colours.panel, bordercolor=colours.line,
                        font=dict(family=FONT, size=13, color=colours.ink)),
        xaxis=_x_axis(start, end, colours) | dict(anchor=plot.axis[rows[-1].key]),
    )  # fmt: skip
    return plot


def upright(plot: DatedPlot, at: datetime, colours: Palette, *, dash: str = "solid",
            rows: Sequence[str] = ()) -> None:  # fmt: skip
    """A thin line through rows at one moment, under the data and over the bands.

    Args:
        rows: Keys of the rows; all when empty.
    """
    for key in rows or plot.axis:
        axis = plot.axis[key]
        low, high = plot.figure.layout[axis.replace("y", "yaxis")].range
        # In the row's own numbers: what is placed by share of the plot lies under every band.
        plot.shape(
            type="line", x0=at, x1=at, y0=low, y1=high, yref=axis,
            line=dict(color=colours.muted if dash == "solid" else colours.ink,
                      width=1 if dash == "solid" else 1.5, dash=dash),
            layer="below",
        )  # fmt: skip


def _x_axis(start: datetime, end: datetime, colours: Palette) -> dict[str, object]:
    months = (end - start).days / MONTH_DAYS
    step = next((s for s in MONTH_STEPS if months / s <= MOST_LABELS), 120)
    short = months < 2
    return dict(
        type="date", range=[start, end], showgrid=False, zeroline=False, fixedrange=True,
        ticks="outside", ticklen=4, tickcolor=colours.line, linecolor=colours.line, showline=True,
        tickangle=0, nticks=MOST_LABELS, tickformat="%-d %b" if short else "%b %Y",
        **({} if short else dict(dtick=f"M{step}", tick0=datetime(start.year, 1, 1))),
    )  # fmt: skip


def _y_axis(row: Row, domain: list[float], colours: Palette) -> dict[str, object]:
    return dict(
        domain=domain, range=list(row.scale), fixedrange=True, showgrid=False, zeroline=False,
        tickvals=[value for value, _ in row.ticks], ticktext=[words for _, words in row.ticks],
        showticklabels=bool(row.ticks), ticks="", showline=True, linecolor=colours.line,
        tickfont=dict(size=13),
    )  # fmt: skip
