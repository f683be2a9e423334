"""The session over time: quality, events, six dimensions, Action Units, on one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from emocare.domain.live import Marker
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import DIMENSIONS, EventType, GateDecision, person_change_text
from emocare.domain.timeline import Timeline, Trajectory
from emocare.ui import text
from emocare.ui.attention import shares
from emocare.ui.charts.attention import ATTENTION, draw_attention
from emocare.ui.charts.markers import MARKS, draw_markers
from emocare.ui.charts.rows import Plot, Row, stack
from emocare.ui.text import live as live_text
from emocare.ui.text import sequence as sequence_text
from emocare.ui.text.reference import CHART_TYPICAL
from emocare.ui.theme import Palette, alpha
from emocare.ui.wording import (
    AU_WORDS,
    DIMENSION_WORDS,
    EVENT_WORDS,
    GATE_WORDS,
    SEGMENT_WORDS,
    STATUS_WORDS,
    clock,
    number,
    plain,
    reference_words,
)


class Show(StrEnum):
    """Which rows are drawn below quality and events."""

    ALL = "All"
    DIMENSIONS = "Dimensions"
    ACTION_UNITS = "Action Units"


EVENT_MARKS: dict[EventType, tuple[str, str]] = {
    EventType.SMILE: ("triangle-up", "▲"),
    EventType.BROW_LOWER: ("triangle-down", "▼"),
    EventType.BROW_RAISE: ("triangle-up-open", "△"),
    EventType.LOOK_AWAY: ("line-ew-open", "—"),
    EventType.LONG_CLOSURE: ("square", "■"),
    EventType.YAWN: ("circle-open", "○"),
    EventType.MICRO_CANDIDATE: ("diamond-open", "◇"),
}
"""Plotly symbol and the sign of the caption. Blinks are too many to be read here."""

QUALITY_HEIGHT = {
    GateDecision.RELIABLE: 1.0, GateDecision.LIMITED: 0.6, GateDecision.UNRELIABLE: 0.28
}  # fmt: skip


def session_figure(
    timeline: Timeline, answered: Mapping[str, float | None], show: Show, colours: Palette,
    *, quality_only: bool = False, markers: Sequence[Marker] = (),
    network: SequenceReading | None = None,
) -> go.Figure:  # fmt: skip
    """Draws one session.

    Args:
        timeline: What was observed, on the media clock.
        answered: Dimension -> value of the self-report items in the dimension's own range.
        show: Which rows.
        colours: The appearance in use.
        quality_only: An unreliable session: nothing but quality, events and markers is drawn.
        markers: What the clinician marked; time that is left out is shaded through all rows.
        network: The sequence networks' reading, to draw its trajectories and its attention in
            place of the trajectories of the formulas.
    """
    rows = _rows(timeline, show, quality_only, bool(markers), attended=network is not None)
    plot = stack(rows, timeline.duration_s, colours, named_above=len(timeline.segments) > 1)
    _quality(plot, timeline, colours)
    _people(plot, timeline, colours)
    _segments(plot, timeline, colours)
    _events(plot, timeline, colours)
    if markers:
        draw_markers(plot, markers, timeline.duration_s, colours)
    lines = timeline.dimensions if network is None else network.trajectories
    for name in DIMENSIONS:
        if name in plot.axis:
            _dimension(plot, name, lines[name], answered.get(name), colours)
    if network is not None and ATTENTION in plot.axis:
        draw_attention(plot, network.t_s, shares(network), colours)
    if "units" in plot.axis:
        _units(plot, timeline, colours)
    return plot.figure


def caption(
    timeline: Timeline, *, quality_only: bool = False, answered: bool = True,
    reference: object = None, network: bool = False,
) -> str:  # fmt: skip
    """The one line under the chart that takes the place of a legend.

    ``reference`` is the name of the table whose typical range is drawn; ``network``, whether the
    lines are the sequence network's, which knows none.
    """
    seen = {event.type for event in timeline.events}
    signs = " ".join(
        f"{sign} {EVENT_WORDS[kind]}" for kind, (_, sign) in EVENT_MARKS.items() if kind in seen
    )
    if timeline.person_changes:
        signs = f"{text.CHART_PEOPLE} {signs}".strip()
    if quality_only:
        return f"{text.CHART_QUALITY} {signs}".strip()
    middle = f" {text.CHART_ANSWERED}" if answered else ""
    typical = CHART_TYPICAL.format(reference=plain(reference_words(reference)))
    lines = f"{text.CHART_OBSERVED} {typical}{middle}"
    if network:
        lines = f"{sequence_text.CHART_NETWORK}{middle} {sequence_text.CHART_ATTENTION}"
    return f"{lines} {text.CHART_UNITS} {text.CHART_QUALITY} {signs}".strip()


def measured_units(timeline: Timeline) -> list[str]:
    """Action Units with at least one measured second; the others have no row."""
    return [
        name for name in AU_WORDS
        if name.upper() in timeline.action_units
        and np.isfinite(timeline.action_units[name.upper()]).any()
    ]  # fmt: skip


def _rows(
    timeline: Timeline, show: Show, quality_only: bool, marked: bool, *, attended: bool
) -> list[Row]:
    rows = [
        Row("quality", text.ROW_QUALITY, 20, 8, (0, 1)),
        Row("events", text.ROW_EVENTS, 26, 14, (-1, 1)),
    ]
    if marked:
        rows.append(Row(MARKS, live_text.REVIEW_MARKERS, 34, 12, (-1, 1)))
    if quality_only:
        return rows
    if attended:
        rows.append(Row(ATTENTION, sequence_text.ROW_ATTENTION, 14, 14, (-0.5, 0.5)))
    if show is not Show.ACTION_UNITS:
        height, gap = (46, 16) if show is Show.ALL else (84, 18)
        for name in DIMENSIONS:
            if name in timeline.dimensions:
                rows.append(_dimension_row(name, height, gap))
    units = measured_units(timeline)
    if show is not Show.DIMENSIONS and units:
        each = 14 if show is Show.ALL else 30
        rows.append(Row("units", "", each * len(units), 0, (len(units) - 0.5, -0.5),
                        tuple((float(i), AU_WORDS[u]) for i, u in enumerate(units))))  # fmt: skip
    return rows


def _dimension_row(name: str, height_px: int, gap_px: int) -> Row:
    signed = name in ("valence", "arousal")
    scale = (-1.0, 1.0) if signed else (0.0, 100.0)
    ends = ("\u22121", "+1") if signed else ("0", "100")
    return Row(name, DIMENSION_WORDS[name], height_px, gap_px, scale,
               ((scale[0], ends[0]), (scale[1], ends[1])))  # fmt: skip


def _quality(plot: Plot, timeline: Timeline, colours: Palette) -> None:
    paint = {GateDecision.RELIABLE: colours.reliable, GateDecision.LIMITED: colours.attention,
             GateDecision.UNRELIABLE: colours.unmeasured}  # fmt: skip
    parts = timeline.quality
    plot.figure.add_bar(
        x=[(p.start_s + p.end_s) / 2 for p in parts], width=[p.end_s - p.start_s for p in parts],
        y=[QUALITY_HEIGHT[p.level] for p in parts], yaxis=plot.axis["quality"],
        marker=dict(color=[paint[p.level] for p in parts], line_width=0),
        customdata=[
            f"{GATE_WORDS[p.level][0]}{_because(p.reason)}, {clock(p.start_s)} to {clock(p.end_s)}"
            for p in parts
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def _people(plot: Plot, timeline: Timeline, colours: Palette) -> None:
    """A mark on the quality strip wherever a face was taken up anew."""
    changes = timeline.person_changes
    if changes:
        plot.figure.add_scatter(
            x=[change.t_s for change in changes], y=[0.5] * len(changes), mode="markers",
            yaxis=plot.axis["quality"],
            marker=dict(symbol=["x" if not c.usable else "x-open" for c in changes], size=10,
                        color=colours.ink, line=dict(color=colours.ink, width=1)),
            customdata=[person_change_text(change) for change in changes],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip


def _because(reason: str | None) -> str:
    return f": {STATUS_WORDS.get(reason, reason)}" if reason else ""


def _segments(plot: Plot, timeline: Timeline, colours: Palette) -> None:
    if len(timeline.segments) < 2:
        return
    for span in timeline.segments:
        plot.figure.add_annotation(
            text=SEGMENT_WORDS[span.segment.value], x=(span.start_s + span.end_s) / 2, y=1,
            yref="paper", yanchor="bottom", yshift=3, showarrow=False,
            font=dict(size=13, color=colours.muted),
        )  # fmt: skip
        if span.start_s > timeline.segments[0].start_s:
            plot.figure.add_shape(
                type="line", x0=span.start_s, x1=span.start_s, y0=0, y1=1, yref="paper",
                line=dict(color=colours.unmeasured, width=1, dash="dot"), layer="below",
            )  # fmt: skip


def _events(plot: Plot, timeline: Timeline, colours: Palette) -> None:
    for kind, (symbol, _) in EVENT_MARKS.items():
        found = [event for event in timeline.events if event.type is kind]
        plot.figure.add_scatter(
            x=[(event.onset_s + event.offset_s) / 2 for event in found], y=[0.0] * len(found),
            mode="markers", yaxis=plot.axis["events"],
            marker=dict(symbol=symbol, size=9, color=colours.observed,
                        line=dict(color=colours.observed, width=2)),
            customdata=[f"{EVENT_WORDS[kind]}, {clock(e.onset_s)} to {clock(e.offset_s)}"
                        for e in found],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip


def _dimension(plot: Plot, name: str, line: Trajectory, answered: float | None,
               colours: Palette) -> None:  # fmt: skip
    axis = plot.axis[name]
    if line.typical is not None:
        plot.figure.add_shape(
            type="rect", x0=0, x1=1, xref="paper", y0=line.typical[0], y1=line.typical[1],
            yref=axis, line_width=0, fillcolor=alpha(colours.muted, 0.12), layer="below",
        )  # fmt: skip
    x, y = _outline(line)
    plot.figure.add_scatter(
        x=x, y=y, mode="lines", yaxis=axis, fill="toself", line_width=0, hoverinfo="skip",
        fillcolor=alpha(colours.observed, 0.22),
    )  # fmt: skip
    digits = 2 if name in ("valence", "arousal") else 0
    plot.figure.add_scatter(
        x=line.t_s, y=[None if not np.isfinite(v) else float(v) for v in line.value],
        mode="lines", yaxis=axis, connectgaps=False, line=dict(color=colours.observed, width=2),
        customdata=[
            text.CHART_HOVER.format(
                name=DIMENSION_WORDS[name], value=number(v, digits), low=number(lo, digits),
                high=number(hi, digits), time=clock(t))
            if np.isfinite(v) else ""
            for t, v, lo, hi in zip(line.t_s, line.value, line.low, line.high, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    if answered is not None:
        plot.figure.add_annotation(
            text="■", x=1, xref="paper", xshift=18, y=answered, yref=axis, yanchor="middle",
            showarrow=False, font=dict(size=13, color=colours.answered),
            hovertext=f"{DIMENSION_WORDS[name]} answered: {number(answered, digits)}",
        )  # fmt: skip


def _outline(line: Trajectory) -> tuple[list[float | None], list[float | None]]:
    """Closed outlines of the band, one per stretch without a gap, separated by None."""
    ok = np.isfinite(line.low) & np.isfinite(line.high)
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in _stretches(ok):
        t = line.t_s[start:end].tolist()
        x += [*t, *reversed(t), None]
        y += [*line.high[start:end].tolist(), *reversed(line.low[start:end].tolist()), None]
    return x, y


def _stretches(ok: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ok, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _units(plot: Plot, timeline: Timeline, colours: Palette) -> None:
    names = measured_units(timeline)
    z = np.stack([timeline.action_units[name.upper()] for name in names])
    steps = len(colours.heat) - 1
    plot.figure.add_heatmap(
        x=(timeline.cell_t_s + 0.5).tolist(), y=list(range(len(names))),
        z=[[None if not np.isfinite(v) else round(float(v), 3) for v in row] for row in z],
        zmin=0, zmax=1, showscale=False, ygap=1, hoverongaps=False,
        colorscale=[[i / steps, colour] for i, colour in enumerate(colours.heat)],
        xaxis="x", yaxis=plot.axis["units"],
        customdata=[[f"{AU_WORDS[name]}, {clock(t)}" for t in timeline.cell_t_s]
                    for name in names],
        hovertemplate="%{customdata}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
