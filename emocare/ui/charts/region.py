"""A picture on which the patient's part is chosen by dragging a box."""

from __future__ import annotations

import base64
import io

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from emocare.domain.frames import Box, Frame
from emocare.ui.theme import Palette

WIDEST_PX = 960
"""The picture is sent at most this wide; the box is always in pixels of the recording."""

GRID = 48
"""Invisible points along the longer side: a box selects points, an empty plot selects nothing."""


def region_figure(frame: Frame, region: Box | None, colours: Palette, height_px: int) -> go.Figure:
    """The frame with an invisible grid, the chosen box drawn on it, and dragging set to select."""
    height, width = frame.rgb.shape[:2]
    figure = go.Figure()
    xs, ys = _grid(width, height)
    figure.add_scatter(x=xs, y=ys, mode="markers", marker=dict(size=1, opacity=0),
                       hoverinfo="skip", selected=dict(marker=dict(opacity=0)),
                       unselected=dict(marker=dict(opacity=0)))  # fmt: skip
    figure.add_layout_image(
        source=_data_uri(frame.rgb), x=0, y=0, sizex=width, sizey=height, xref="x", yref="y",
        sizing="stretch", layer="below",
    )  # fmt: skip
    if region is not None:
        figure.add_shape(
            type="rect", x0=region.x1, y0=region.y1, x1=region.x2, y1=region.y2,
            line=dict(color="#FFFFFF", width=5),
        )  # fmt: skip
        figure.add_shape(
            type="rect", x0=region.x1, y0=region.y1, x1=region.x2, y1=region.y2,
            line=dict(color=colours.observed, width=3),
        )  # fmt: skip
    hidden = dict(visible=False, fixedrange=True)
    figure.update_layout(
        height=height_px, margin=dict(l=0, r=0, t=0, b=0), dragmode="select",
        selectdirection="any", paper_bgcolor=colours.panel, plot_bgcolor=colours.panel,
        xaxis=hidden | dict(range=[0, width], constrain="domain"),
        yaxis=hidden | dict(range=[height, 0], scaleanchor="x", constrain="domain"),
        newselection=dict(line=dict(color=colours.observed, width=3)), showlegend=False,
    )  # fmt: skip
    return figure


def box_of(selection: dict[str, object] | None, frame: Frame) -> Box | None:
    """The dragged box, cut to the picture; None without one or when it is smaller than a face.

    Args:
        selection: ``event.selection`` of the chart, with ``box`` entries of x and y pairs.
        frame: The picture that was shown.
    """
    boxes = (selection or {}).get("box") or []
    if not isinstance(boxes, list) or not boxes:
        return None
    height, width = frame.rgb.shape[:2]
    x = sorted(min(max(float(v), 0.0), float(width)) for v in boxes[-1]["x"][:2])
    y = sorted(min(max(float(v), 0.0), float(height)) for v in boxes[-1]["y"][:2])
    if x[1] - x[0] < 24 or y[1] - y[0] < 24:
        return None
    return Box(round(x[0]), round(y[0]), round(x[1]), round(y[1]))


def _grid(width: int, height: int) -> tuple[list[float], list[float]]:
    step = max(width, height) / GRID
    xs = np.arange(step / 2, width, step)
    ys = np.arange(step / 2, height, step)
    mesh_x, mesh_y = np.meshgrid(xs, ys)
    return mesh_x.ravel().tolist(), mesh_y.ravel().tolist()


def _data_uri(rgb: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(rgb)
    if picture.width > WIDEST_PX:
        picture = picture.resize((WIDEST_PX, round(picture.height * WIDEST_PX / picture.width)))
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
