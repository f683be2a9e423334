"""What is observed, while it is observed: six dimensions, expressions, Action Units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from emocare.domain.faces import ACTION_UNITS
from emocare.domain.live import LivePhase, LiveView, Trail
from emocare.domain.readings import Segment
from emocare.domain.summary import DIMENSIONS
from emocare.ui import live_quality
from emocare.ui.charts import live as charts
from emocare.ui.text import live as text
from emocare.ui.text import sequence as network_text
from emocare.ui.theme import Palette
from emocare.ui.wording import DIMENSION_WORDS, number

CHART_WIDTH = "stretch"
UNMEASURED = ("au05", "au06", "au09")
"""Units that the reader of this engine never measures."""
SHOWN_UNITS = tuple(name for name in ACTION_UNITS if name not in UNMEASURED)

NO_TRAIL = Trail(*(np.empty(0) for _ in range(4)))

Ranges = Mapping[str, tuple[float, float] | None]


def panels(view: LiveView, typical: Ranges, colours: Palette, *, network: bool = False) -> None:
    """The six dimensions over the last minute, each with its value and interval now.

    Args:
        network: Draw the sequence network's lines in place of the formulas'; those have no
            typical range.
    """
    with st.grid(2, min_column_width=250, gap="xsmall"):
        for i, name in enumerate(DIMENSIONS):
            with st.container(border=True, gap="xxsmall", height="stretch"):
                trail = _trail(view, name, network)
                _heading(name, trail, network_nothing(view) if network else nothing(view))
                behind = None if network else typical.get(name)
                spec = charts.panel(name, behind, colours, axis=i >= len(DIMENSIONS) - 2)
                st.vega_lite_chart(
                    charts.trail_table(trail), spec, theme=None,
                    width=CHART_WIDTH, key=f"live_{name}", alt=_alt(name),
                )  # fmt: skip


def _trail(view: LiveView, name: str, network: bool) -> Trail:
    return view.model_trails.get(name, NO_TRAIL) if network else view.trails[name]


def note(view: LiveView, *, network: bool = False) -> str:
    """The line under the panels."""
    if network and view.phase is not LivePhase.CHECK:
        return network_text.PANELS_NETWORK
    if view.phase is LivePhase.CHECK:
        return text.PANELS_CHECK
    if view.part.segment is Segment.BASELINE and not view.protocol_done:
        return text.PANELS_BASELINE
    return text.PANELS_NOTE


def _heading(name: str, trail: Trail, nothing_words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{DIMENSION_WORDS[name]}**", width="content")
        st.space("stretch")
        now = charts.latest(trail)
        if now is None:
            st.markdown(f":gray[{nothing_words}]", width="content")
            return
        digits = 2 if name in charts.SIGNED else 0
        value, low, high = (_signed(part, digits) for part in now)
        st.markdown(f"**{value}** :gray[:small[{text.RANGE.format(low=low, high=high)}]]",
                    width="content")  # fmt: skip


def nothing(view: LiveView) -> str:
    """Why a dimension has no value at the moment."""
    if any(charts.latest(view.trails[name]) is not None for name in DIMENSIONS):
        slow = view.readings_per_s < live_quality.LEAST_READINGS
        return text.TOO_SLOW if slow else text.NOT_YET
    begun = any(np.isfinite(view.trails[name].value).any() for name in DIMENSIONS)
    return text.NO_PICTURE if begun else text.NOT_YET


def network_nothing(view: LiveView) -> str:
    """Why the sequence network has no value at the moment."""
    begun = any(np.isfinite(trail.value).any() for trail in view.model_trails.values())
    return text.NO_PICTURE if begun else network_text.NETWORK_WAITS


def _signed(value: float, digits: int) -> str:
    return f"+{number(value, digits)}" if digits and value > 0.005 else number(value, digits)


def _alt(name: str) -> str:
    return text.PANEL_ALT.format(name=DIMENSION_WORDS[name])


def details(view: LiveView, colours: Palette) -> None:
    """The share of the eight expressions over the last minute, and the Action Units now."""
    with st.grid(2, min_column_width=250, gap="xsmall"):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{text.EXPRESSIONS_TITLE}**")
            names = charts.expression_names()
            st.vega_lite_chart(
                charts.expression_table(view.expression_share), charts.bars(names, colours),
                theme=None, width=CHART_WIDTH, key="live_expressions", alt=text.EXPRESSIONS_ALT,
            )  # fmt: skip
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{text.UNITS_TITLE}**")
            table = charts.unit_table(view.action_units, SHOWN_UNITS)
            st.vega_lite_chart(
                table, charts.bars(table["name"].tolist(), colours), theme=None,
                width=CHART_WIDTH, key="live_units", alt=text.UNITS_ALT,
            )  # fmt: skip
