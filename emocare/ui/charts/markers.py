"""The clinician's markers on the chart of a session."""

from __future__ import annotations

from collections.abc import Sequence

from emocare.domain.live import Marker
from emocare.ui.charts.rows import Plot
from emocare.ui.text import live as text
from emocare.ui.theme import Palette, alpha
from emocare.ui.wording import clock

MARKS = "marks"
"""Key of the row."""
APART = 0.09
"""Share of the length that the words of one marker need; a closer one is told on hover alone."""
SIGN_Y, WORDS_Y = 0.55, -0.65


def draw_markers(
    plot: Plot, markers: Sequence[Marker], duration_s: float, colours: Palette
) -> None:
    """A diamond at each marker with its words below; time that is left out is shaded."""
    axis = plot.axis[MARKS]
    plot.figure.add_scatter(
        x=[mark.t_s for mark in markers], y=[SIGN_Y] * len(markers), mode="markers", yaxis=axis,
        marker=dict(symbol="diamond", size=10, color=colours.ink, line_width=0),
        customdata=[_told(mark) for mark in markers], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for mark in markers:
        if mark.leaves_out and mark.until_s is not None:
            plot.figure.add_shape(
                type="rect", x0=mark.t_s, x1=mark.until_s, y0=0, y1=1, yref="paper",
                line_width=0, fillcolor=alpha(colours.unmeasured, 0.35), layer="above",
            )  # fmt: skip
    free_s = -1.0
    for mark in markers:
        if mark.t_s >= free_s:
            plot.figure.add_annotation(
                text=text.MARKERS[mark.kind], x=mark.t_s, y=WORDS_Y, yref=axis, showarrow=False,
                xanchor="left" if mark.t_s < duration_s * (1 - APART) else "right",
                yanchor="middle", font=dict(size=13, color=colours.ink),
            )  # fmt: skip
            free_s = mark.t_s + APART * duration_s


def _told(mark: Marker) -> str:
    """What a marker says on hover."""
    time = clock(mark.t_s)
    if mark.until_s is not None:
        time = f"{time} to {clock(mark.until_s)}"
    words = f": {mark.text}" if mark.text else ""
    # Plotly reads a little HTML in hover texts.
    return f"{text.MARKERS[mark.kind]}{words}, {time}".replace("<", "&lt;")
