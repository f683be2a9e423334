"""Choosing the patient's part of the picture: by dragging, by a preset, or by four numbers."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from emocare.domain.frames import Box, Frame
from emocare.ui import text, theme
from emocare.ui.charts.region import box_of, region_figure
from emocare.ui.wording import key_of, plain

REGIONS = "upload_regions"
HEIGHT_PX = 300
PLAIN_CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False,
               "showTips": False}  # fmt: skip


def chosen(path: Path) -> Box | None:
    """The part chosen for this clip, None for the whole picture."""
    return _regions().get(str(path))


def forget(path: Path) -> None:
    """Drops what was chosen for this clip."""
    _regions().pop(str(path), None)


def pick(path: Path, name: str, first: Frame) -> None:
    """Draws the first picture and the ways to choose a part of it."""
    height, width = first.rgb.shape[:2]
    box = chosen(path)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{text.REGION}**", width="content")
            st.space("stretch")
            if st.button(text.REGION_RESET, icon=":material/restart_alt:", disabled=box is None,
                         key="region_reset"):  # fmt: skip
                _set(path, None)
        st.caption(text.REGION_HINT)
        # A new key with each box: the drawn selection is taken off and the box stays as a shape.
        key = f"region_{key_of(path, box)}"
        event = st.plotly_chart(
            region_figure(first, box, theme.palette(), HEIGHT_PX), key=key, theme=None,
            on_select="rerun", selection_mode="box", config=PLAIN_CHART,
            alt=text.REGION_ALT.format(name=name),
        )  # fmt: skip
        dragged = box_of(event["selection"], first)
        if dragged is not None and dragged != box:
            _set(path, dragged)
        st.caption(_words(box, width, height))
        _without_a_mouse(path, width, height, box)


def _words(box: Box | None, width: int, height: int) -> str:
    if box is None:
        return text.REGION_WHOLE.format(width=width, height=height)
    return text.REGION_NOW.format(x1=round(box.x1), x2=round(box.x2), y1=round(box.y1),
                                  y2=round(box.y2), width=width, height=height)  # fmt: skip


def _without_a_mouse(path: Path, width: int, height: int, box: Box | None) -> None:
    presets = (None, Box(0, 0, width / 2, height), Box(width / 2, 0, width, height))
    with st.container(horizontal=True):
        for label, preset in zip(text.REGION_PRESETS, presets, strict=True):
            if st.button(label, key=f"preset_{label}"):
                _set(path, preset)
    with st.expander(text.REGION_NUMBERS):
        start = box or Box(0, 0, width, height)
        limits = (width, height, width, height)
        fields = st.columns(4, vertical_alignment="bottom")
        edges = [
            field.number_input(label, 0, limit, round(value), key=f"edge_{i}_{key_of(path, box)}")
            for i, (field, label, limit, value) in enumerate(
                zip(fields, text.REGION_EDGES, limits, (start.x1, start.y1, start.x2, start.y2),
                    strict=True))
        ]  # fmt: skip
        if st.button(text.REGION_USE, key="region_use"):
            if edges[2] > edges[0] and edges[3] > edges[1]:
                _set(path, Box(*map(float, edges)))
            else:
                st.error(plain(text.REGION_WRONG), icon=":material/error:")


def _set(path: Path, box: Box | None) -> None:
    if box is None:
        forget(path)
    else:
        _regions()[str(path)] = box
    st.rerun()


def _regions() -> dict[str, Box]:
    regions: dict[str, Box] = st.session_state.setdefault(REGIONS, {})
    return regions
