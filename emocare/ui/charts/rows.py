"""Rows of a figure that share one time axis: heights in pixels, domains, labels, ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from emocare.ui.theme import Palette
from emocare.ui.wording import clock

LEFT_PX = 150
RIGHT_PX = 44
TOP_PX = 26
BARE_TOP_PX = 8
LABEL_GAP_PX = 36
"""Between a row's label and the axis, for the two figures at its ends."""

BOTTOM_PX = 46
"""Room under the time axis for its labels and for the chip of the cursor below them."""

TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
FONT = "Inter, DejaVu Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, its label, its height and the gap under it in pixels, its full scale."""

    key: str
    label: str
    height_px: int
    gap_px: int
    scale: tuple[float, float]
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with the axis name of each row ("y", "y2", ...)."""

    figure: go.Figure
    axis: dict[str, str]


def stack(
    rows: Sequence[Row], duration_s: float, colours: Palette, *, named_above: bool = False
) -> Plot:
    """An empty figure with the rows from top to bottom over one time axis in seconds.

    Args:
        named_above: Leave room above the first row for the names of tasks.
    """
    top_px = TOP_PX if named_above else BARE_TOP_PX
    inner = sum(row.height_px + row.gap_px for row in rows) - rows[-1].gap_px
    axis: dict[str, str] = {}
    # Set in one go: with each change Plotly looks at the whole layout again.
    layout: dict[str, object] = {}
    labels: list[dict[str, object]] = []
    top = 0.0
    for i, row in enumerate(rows):
        name = "y" if i == 0 else f"y{i + 1}"
        axis[row.key] = name
        high = 1.0 - top / inner
        low = max(0.0, 1.0 - (top + row.height_px) / inner)
        top += row.height_px + row.gap_px
        layout[name.replace("y", "yaxis")] = _y_axis(row, (low, high), colours)
        if row.label:
            labels.append(dict(
                text=row.label, x=0, xref="paper", xshift=-LABEL_GAP_PX,
                xanchor="right", y=0.5, yref=f"{name} domain", yanchor="middle",
                showarrow=False, align="right", font=dict(size=13.5, color=colours.ink),
            ))  # fmt: skip
    lowest = axis[rows[-1].key]
    figure = go.Figure(layout=dict(
        height=inner + top_px + BOTTOM_PX,
        margin=dict(l=LEFT_PX, r=RIGHT_PX, t=top_px, b=BOTTOM_PX),
        paper_bgcolor=colours.page, plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
        font=dict(family=FONT, size=13, color=colours.muted), dragmode=False, bargap=0,
        hovermode="closest",
        hoverlabel=dict(bgcolor=colours.panel, bordercolor=colours.line,
                        font=dict(family=FONT, size=13, color=colours.ink)),
        xaxis=time_axis(duration_s, colours) | dict(anchor=lowest), annotations=labels, **layout,
    ))  # fmt: skip
    return Plot(figure, axis)


def time_axis(duration_s: float, colours: Palette) -> dict[str, object]:
    """The media clock from 0 to the end, at most nine labels, never dragged or zoomed."""
    step = next((s for s in TICK_STEPS_S if duration_s / s <= 8), 7200)
    ticks = [step * i for i in range(int(duration_s // step) + 1)]
    return dict(
        range=[0, max(duration_s, 1e-3)], tickvals=ticks, ticktext=[clock(t) for t in ticks],
        showgrid=False, zeroline=False, fixedrange=True, ticks="outside", ticklen=4,
        tickcolor=colours.line, linecolor=colours.line, showline=True, tickangle=0,
    )  # fmt: skip


def _y_axis(row: Row, domain: tuple[float, float], colours: Palette) -> dict[str, object]:
    return dict(
        domain=list(domain), range=list(row.scale), fixedrange=True, showgrid=False,
        zeroline=False, tickvals=[value for value, _ in row.ticks],
        ticktext=[words for _, words in row.ticks], showticklabels=bool(row.ticks), ticks="",
        showline=bool(row.ticks), linecolor=colours.line, tickfont=dict(size=12.5),
    )  # fmt: skip
