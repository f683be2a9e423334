"""Measured figures: dots with their intervals, and said probability against what came true."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from emocare.services.evidence import CalibrationPoint, Estimate
from emocare.ui import text
from emocare.ui.charts.rows import BARE_TOP_PX, FONT, TOP_PX
from emocare.ui.theme import Palette, alpha

ROW_PX, FOOT_PX = 34, 34
LEFT_PX, RIGHT_PX = 172, 172
"""Room for the labels, and for the printed figures and their n."""
CALIBRATION_PX = 320
BAND = 0.22
TICKS = (0, 0.25, 0.5, 0.75, 1)


def dots_figure(
    rows: Sequence[tuple[str, Estimate]], colours: Palette, *, everybody: float | None = None
) -> go.Figure:
    """One row per figure from the top down: dot and thick pale bar, numbers in the right margin.

    A row without a value says so in words.

    Args:
        rows: Label and figure; figures lie on the fixed scale of 0 to 1.
        colours: Of the appearance in use.
        everybody: Drawn as a dotted line through all rows, marked "all".
    """
    figure = go.Figure()
    known = [(k, one) for k, (_, one) in enumerate(rows) if one.value is not None]
    for k, one in known:
        figure.add_scatter(
            x=[one.low, one.high], y=[k, k], mode="lines", hoverinfo="skip",
            line=dict(color=alpha(colours.observed, 0.32), width=8),
        )  # fmt: skip
    figure.add_scatter(
        x=[one.value for _, one in known], y=[k for k, _ in known], mode="markers",
        marker=dict(color=colours.observed, size=10), cliponaxis=False,
        customdata=[f"{rows[k][0]} {printed(one)}" for k, one in known],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for k, (label, one) in enumerate(rows):
        _words(figure, k, label, one, colours)
    top_px = BARE_TOP_PX if everybody is None else TOP_PX
    if everybody is not None:
        figure.add_vline(x=everybody, line=dict(color=colours.ink, width=1, dash="dot"))
        figure.add_annotation(x=everybody, xref="x", y=1, yref="paper", yanchor="bottom",
                              text=text.EVIDENCE_ALL, showarrow=False,
                              font=dict(size=13, color=colours.muted))  # fmt: skip
    figure.update_layout(
        _layout(colours), height=ROW_PX * len(rows) + FOOT_PX + top_px,
        margin=dict(l=LEFT_PX, r=RIGHT_PX, t=top_px, b=FOOT_PX),
        xaxis=_axis(colours),
        yaxis=dict(range=[len(rows) - 0.5, -0.5], visible=True, showticklabels=False, ticks="",
                   showgrid=False, zeroline=False, fixedrange=True, showline=True,
                   linecolor=colours.line),
    )  # fmt: skip
    return figure


def calibration_figure(points: Sequence[CalibrationPoint], colours: Palette) -> go.Figure:
    """The reliability diagram: band, line with dots, dotted diagonal, both axes 0 to 1."""
    said = [point.said for point in points]
    figure = go.Figure()
    figure.add_scatter(
        x=[*said, *reversed(said)], mode="lines", fill="toself", hoverinfo="skip",
        y=[*(p.high for p in points), *(p.low for p in reversed(points))],
        line=dict(width=0), fillcolor=alpha(colours.observed, BAND),
    )  # fmt: skip
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
                       line=dict(color=colours.muted, width=1, dash="dot"))  # fmt: skip
    figure.add_scatter(
        x=said, y=[point.came_true for point in points], mode="lines+markers",
        line=dict(color=colours.observed, width=2), marker=dict(size=8), cliponaxis=False,
        customdata=[f"said {p.said:.2f}, came true {p.came_true:.2f}, {p.low:.2f}–{p.high:.2f}, "
                    f"n {p.n:,}" for p in points],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    title = dict(font=dict(size=14, color=colours.ink), standoff=8)
    figure.update_layout(
        _layout(colours), height=CALIBRATION_PX, margin=dict(l=58, r=12, t=12, b=52),
        xaxis=_axis(colours) | dict(title=title | dict(text=text.EVIDENCE_SAID)),
        yaxis=_axis(colours) | dict(title=title | dict(text=text.EVIDENCE_CAME)),
    )  # fmt: skip
    return figure


def printed(one: Estimate) -> str:
    """A figure, its interval and n as the margin prints them, or that it was not measured."""
    if one.value is None:
        return text.NOT_MEASURED
    n = "" if one.n is None else "  " + text.EVIDENCE_N.format(count=f"{one.n:,}")
    return f"{one.value:.2f} {one.low:.2f}–{one.high:.2f}{n}"


def _words(figure: go.Figure, row: int, label: str, one: Estimate, colours: Palette) -> None:
    """Label on the left, numbers on the right; "not measured" stands where the dot would."""
    common = dict(y=row, yref="y", yanchor="middle", showarrow=False)
    figure.add_annotation(common, text=plain_html(label), x=0, xref="paper", xanchor="right",
                          xshift=-8, font=dict(size=14, color=colours.ink))  # fmt: skip
    if one.value is None:
        figure.add_annotation(common, text=text.NOT_MEASURED, x=0, xref="paper", xanchor="left",
                              xshift=8, font=dict(size=14, color=colours.muted))  # fmt: skip
        return
    n = "" if one.n is None else "  " + text.EVIDENCE_N.format(count=f"{one.n:,}")
    figure.add_annotation(
        common, x=1, xref="paper", xanchor="left", xshift=10, align="left",
        text=f"<b>{one.value:.2f}</b> {one.low:.2f}–{one.high:.2f}"
             f"<span style='color:{colours.muted}'>{n}</span>",
        font=dict(size=13.5, color=colours.ink),
    )  # fmt: skip


def plain_html(label: str) -> str:
    """A label without anything that plotly would take for markup; 24 characters of it."""
    short = label if len(label) <= 24 else f"{label[:23]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _layout(colours: Palette) -> dict[str, object]:
    return dict(
        paper_bgcolor=colours.page, plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
        dragmode=False, hovermode="closest",
        font=dict(family=FONT, size=13, color=colours.muted),
        hoverlabel=dict(bgcolor=colours.panel, bordercolor=colours.line,
                        font=dict(family=FONT, size=13, color=colours.ink)),
    )  # fmt: skip


def _axis(colours: Palette) -> dict[str, object]:
    return dict(
        range=[0, 1], tickvals=list(TICKS), ticktext=[f"{tick:g}" for tick in TICKS],
        fixedrange=True, zeroline=False, showgrid=True, gridcolor=colours.grid, showline=True,
        linecolor=colours.line, ticks="", tickangle=0,
    )  # fmt: skip
