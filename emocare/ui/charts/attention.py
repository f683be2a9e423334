"""The attention of the severity network as a row of the session's chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emocare.ui.attention import DARKEST
from emocare.ui.charts.rows import Plot
from emocare.ui.text import sequence as text
from emocare.ui.theme import Palette
from emocare.ui.wording import clock, number

ATTENTION = "attention"
"""Key of the row."""


def draw_attention(
    plot: Plot, t_s: NDArray[np.float64], shares: NDArray[np.float64], colours: Palette
) -> None:
    """One cell a second, in grey: it is no observation. Blank where nothing was measured.

    Args:
        t_s: (K,) ends of the seconds.
        shares: (K,) multiples of an even share, NaN where nothing was measured.
    """
    told: Sequence[str] = [
        text.ATTENTION_HOVER.format(time=clock(t - 1.0), times=number(v, 1))
        if np.isfinite(v) else ""
        for t, v in zip(t_s, shares, strict=True)
    ]  # fmt: skip
    plot.figure.add_heatmap(
        x=(t_s - 0.5).tolist(), y=[0],
        z=[[None if not np.isfinite(v) else round(float(v), 3) for v in shares]],
        zmin=0, zmax=DARKEST, showscale=False, hoverongaps=False,
        colorscale=[[0, colours.grid], [1, colours.ink]], xaxis="x", yaxis=plot.axis[ATTENTION],
        customdata=[list(told)], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
