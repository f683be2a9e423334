"""Charts of a running session: fixed axes, one specification per chart, only the data change.

A chart whose specification stays the same is not built anew by the browser, so nothing flickers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.live import Trail
from emocare.ui.text import live as text
from emocare.ui.theme import Palette, alpha
from emocare.ui.wording import AU_WORDS, MINUS

PANEL_PX = 66
AXIS_PX = 22
"""What the time axis adds to the lowest row."""
LAST_S = 60
SIGNED = ("valence", "arousal")
"""Dimensions of -1..1; the others are 0..100."""
FONT = "Inter, DejaVu Sans, sans-serif"
SIZE_PX = 14
BAR_PX = 22
LABEL_PX = 156

Spec = dict[str, Any]


def scale_of(dimension: str) -> tuple[float, float]:
    """The full range of a dimension."""
    return (-1.0, 1.0) if dimension in SIGNED else (0.0, 100.0)


def trail_table(trail: Trail) -> pd.DataFrame:
    """The last minute as rows; ``piece`` numbers the stretches between gaps.

    Returns:
        Columns t (s, -60..0), value, low, high, piece; rows without a value are left out.
    """
    ok = np.isfinite(trail.value)
    piece = np.cumsum(np.diff(ok.astype(int), prepend=0) == 1)
    low = np.where(np.isfinite(trail.low), trail.low, trail.value)
    high = np.where(np.isfinite(trail.high), trail.high, trail.value)
    return pd.DataFrame({
        "t": trail.t_s[ok], "value": trail.value[ok], "low": low[ok], "high": high[ok],
        "piece": piece[ok],
    })  # fmt: skip


def latest(trail: Trail) -> tuple[float, float, float] | None:
    """Value, low and high at the end of the trail; None where it ends in a gap."""
    if not len(trail.value) or not np.isfinite(trail.value[-1]):
        return None
    value = float(trail.value[-1])
    ends = (float(trail.low[-1]), float(trail.high[-1]))
    return (value, *(end if np.isfinite(end) else value for end in ends))  # type: ignore[return-value]


def panel(
    dimension: str, typical: tuple[float, float] | None, colours: Palette, *, axis: bool
) -> Spec:
    """One dimension over the last minute.

    Args:
        typical: Its typical range, drawn behind; None draws none.
        axis: Whether the time is written under it: only in the lowest row.
    """
    low, high = scale_of(dimension)
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [low, high]},
         "axis": _ends(low, high, colours)}  # fmt: skip
    x = {"field": "t", "type": "quantitative", "scale": {"domain": [-LAST_S, 0]},
         "axis": _minute(colours, named=axis)}  # fmt: skip
    layers: list[Spec] = []
    if typical is not None:
        layers.append({
            "data": {"values": [{"low": typical[0], "high": typical[1]}]},
            "mark": {"type": "rect", "color": colours.muted, "opacity": 0.12},
            "encoding": {"y": y | {"field": "low"}, "y2": {"field": "high"}},
        })  # fmt: skip
    piece = {"field": "piece", "type": "nominal"}
    layers += [
        {"mark": {"type": "area", "color": colours.observed, "opacity": 0.22},
         "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"},
                      "detail": piece}},
        {"mark": {"type": "line", "color": colours.observed, "strokeWidth": 2},
         "encoding": {"x": x, "y": y, "detail": piece}},
    ]  # fmt: skip
    return _whole(PANEL_PX + (AXIS_PX if axis else 0), colours) | {"layer": layers}


def _ends(low: float, high: float, colours: Palette) -> Spec:
    """The two ends of the scale, in words, with a line across."""
    first, last = (f"{MINUS}1.0", "+1.0") if low < 0 else ("0", "100")
    return {
        "values": [low, high], "labelExpr": f"datum.value == {low:g} ? '{first}' : '{last}'",
        "title": None, "domain": False, "ticks": False, "grid": True, "gridColor": colours.line,
        "minExtent": 44, "maxExtent": 44,
    }  # fmt: skip


def _minute(colours: Palette, *, named: bool) -> Spec:
    axis: Spec = {
        "values": [-LAST_S, -LAST_S / 2, 0], "title": None, "grid": False, "domain": False,
        "labels": named, "ticks": named, "tickColor": colours.line, "tickSize": 4,
    }  # fmt: skip
    if named:
        words = f"datum.value == 0 ? 'now' : '{MINUS}' + abs(datum.value) + ' s'"
        axis |= {"labelExpr": words, "labelBound": False, "labelFlush": True}
    return axis


def _whole(height_px: int, colours: Palette) -> Spec:
    """What every chart of the page has in common."""
    return {
        "height": height_px, "background": "transparent",
        "padding": {"left": 2, "top": 2, "right": 2, "bottom": 2},
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {
            "font": FONT, "view": {"stroke": None},
            "axis": {"labelFont": FONT, "labelFontSize": SIZE_PX, "labelColor": colours.muted},
        },
    }  # fmt: skip


def expression_table(share: NDArray[np.float64]) -> pd.DataFrame:
    """Name and share of each of the eight expressions; 0 without any reading."""
    return pd.DataFrame({
        "name": [text.EXPRESSION_WORDS[name] for name in EXPRESSIONS],
        "share": np.nan_to_num(share, nan=0.0),
    })  # fmt: skip


def unit_table(units: NDArray[np.float64], names: Sequence[str]) -> pd.DataFrame:
    """Name and strength of the units in ``names``; 0 where not measured just now."""
    values = dict(zip(ACTION_UNITS, np.nan_to_num(units, nan=0.0).tolist(), strict=True))
    return pd.DataFrame({
        "name": [AU_WORDS[name] for name in names], "share": [values[name] for name in names],
    })  # fmt: skip


def bars(names: Sequence[str], colours: Palette) -> Spec:
    """Horizontal bars of 0..1 in a fixed order.

    Args:
        names: The words at the left, from top to bottom.
    """
    y = {"field": "name", "type": "nominal", "sort": list(names), "title": None,
         "axis": {"domain": False, "ticks": False, "title": None, "labelLimit": LABEL_PX,
                  "minExtent": LABEL_PX, "maxExtent": LABEL_PX,
                  "labelColor": colours.ink}}  # fmt: skip
    x = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1]},
         "axis": {"values": [0, 0.5, 1], "title": None, "domain": False, "ticks": False,
                  "grid": True, "gridColor": colours.grid}}  # fmt: skip
    mark = {"type": "bar", "color": alpha(colours.observed, 0.85), "height": {"band": 0.6}}
    return _whole(BAR_PX * len(names) + AXIS_PX, colours) | {
        "mark": mark, "encoding": {"x": x, "y": y},
    }  # fmt: skip


def expression_names() -> list[str]:
    """The eight expressions in words, in their order."""
    return [text.EXPRESSION_WORDS[name] for name in EXPRESSIONS]
