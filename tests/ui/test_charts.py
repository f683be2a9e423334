"""What is drawn, and what is not: gaps stay gaps, scales stay fixed, boxes stay in the picture."""

from __future__ import annotations

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from emocare.domain.frames import Box, Frame
from emocare.domain.readings import Segment
from emocare.domain.summary import DIMENSIONS, Event, EventType, GateDecision
from emocare.domain.timeline import QualityStretch, SegmentSpan, Timeline, Trajectory
from emocare.ui.charts.region import box_of, region_figure
from emocare.ui.charts.rows import Row, stack, time_axis
from emocare.ui.charts.session import Show, caption, measured_units, session_figure
from emocare.ui.theme import DARK, LIGHT, alpha, css, palette


def line(values: list[float]) -> Trajectory:
    value = np.array(values, float)
    return Trajectory(np.arange(len(values)) * 5.0 + 5, value, value - 5, value + 5, (10.0, 30.0))


@pytest.fixture
def session() -> Timeline:
    gap = [20.0, 22.0, np.nan, np.nan, 25.0, 24.0]
    return Timeline(
        duration_s=40.0, dimensions={name: line(gap) for name in DIMENSIONS},
        cell_t_s=np.arange(40.0),
        action_units={"AU12": np.r_[np.full(10, np.nan), np.linspace(0, 1, 30)],
                      "AU05": np.full(40, np.nan)},
        quality=(QualityStretch(0, 10, GateDecision.UNRELIABLE, "NO_FACE"),
                 QualityStretch(10, 30, GateDecision.RELIABLE, None),
                 QualityStretch(30, 40, GateDecision.LIMITED, "TOO_DARK")),
        segments=(SegmentSpan(Segment.BASELINE, 0, 20), SegmentSpan(Segment.NEUTRAL_TALK, 20, 40)),
        events=(Event(EventType.SMILE, 12, 13, 14), Event(EventType.BLINK, 15, 15.1, 15.2)),
        moments=(),
    )  # fmt: skip


def rows(figure: go.Figure) -> list[go.layout.YAxis]:
    """The y axes from the top of the figure down."""
    axes = [figure.layout[name] for name in figure.layout if name.startswith("yaxis")]
    return sorted(axes, key=lambda axis: -axis.domain[1])


def bands(figure: go.Figure) -> list[go.Scatter]:
    return [t for t in figure.data if t.type == "scatter" and t.fill == "toself"]


def test_gaps_are_never_bridged(session: Timeline) -> None:
    figure = session_figure(session, {}, Show.ALL, LIGHT)
    lines = [t for t in figure.data if t.type == "scatter" and t.mode == "lines" and t.fill is None]
    assert len(lines) == 6
    assert all(t.connectgaps is False for t in lines)
    assert [v is None for v in lines[0].y] == [False, False, True, True, False, False]
    band = bands(figure)[0]
    assert list(band.x).count(None) == 2


def test_scales_are_full_and_fixed(session: Timeline) -> None:
    figure = session_figure(session, {}, Show.ALL, LIGHT)
    axes = rows(figure)
    assert all(axis.fixedrange for axis in axes)
    assert [tuple(axis.range) for axis in axes[2:4]] == [(-1, 1), (-1, 1)]
    assert [tuple(axis.range) for axis in axes[4:8]] == [(0, 100)] * 4
    assert figure.layout.dragmode is False


def test_quality_bars_differ_in_height_and_colour(session: Timeline) -> None:
    bar = next(t for t in session_figure(session, {}, Show.ALL, DARK).data if t.type == "bar")
    assert list(bar.y) == [0.28, 1.0, 0.6]
    assert len(set(bar.marker.color)) == 3
    assert bar.customdata[0] == "Unreliable: no face, 0:00 to 0:10"


def test_petrol_is_for_answers_alone(session: Timeline) -> None:
    figure = session_figure(session, {"anhedonia": 67.0, "valence": None}, Show.ALL, LIGHT)
    squares = [a for a in figure.layout.annotations if a.text == "■"]
    assert [(a.y, a.font.color) for a in squares] == [(67.0, LIGHT.answered)]
    assert all(LIGHT.answered not in str(trace.to_plotly_json()) for trace in figure.data)


def test_units_never_measured_have_no_row(session: Timeline) -> None:
    assert measured_units(session) == ["au12"]
    heat = session_figure(session, {}, Show.ACTION_UNITS, LIGHT).data[-1]
    assert heat.type == "heatmap" and list(heat.z[0][:10]) == [None] * 10


def test_an_unreliable_session_shows_quality_alone(session: Timeline) -> None:
    figure = session_figure(session, {}, Show.ALL, LIGHT, quality_only=True)
    assert not bands(figure) and "heatmap" not in {t.type for t in figure.data}
    assert "Violet" not in caption(session, quality_only=True)


def test_caption_names_only_the_events_there_are(session: Timeline) -> None:
    assert "▲ smile" in caption(session)
    assert "blink" not in caption(session) and "yawn" not in caption(session)


def test_tasks_are_named_when_there_are_several(session: Timeline) -> None:
    texts = [a.text for a in session_figure(session, {}, Show.ALL, LIGHT).layout.annotations]
    assert "Neutral" in texts and "Talk" in texts


@pytest.mark.parametrize("duration", [3.0, 40.0, 211.0, 1800.0, 7200.0])
def test_time_axis_has_few_labels(duration: float) -> None:
    ticks = time_axis(duration, LIGHT)["tickvals"]
    assert 2 <= len(ticks) <= 9
    assert ticks[0] == 0 and ticks[-1] <= duration


def test_rows_stack_without_overlap(session: Timeline) -> None:
    figure = session_figure(session, {}, Show.ALL, LIGHT)
    domains = [tuple(axis.domain) for axis in rows(figure)]
    for above, below in itertools.pairwise(domains):
        assert above[0] > below[1] or above[0] == pytest.approx(below[1])


def frame(width: int = 640, height: int = 480) -> Frame:
    return Frame(0.0, np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(
    ("x", "y", "box"),
    [
        ([100, 300], [50, 400], Box(100, 50, 300, 400)),
        ([300, 100], [400, 50], Box(100, 50, 300, 400)),
        ([-50, 900], [-10, 700], Box(0, 0, 640, 480)),
    ],
)
def test_a_dragged_box_is_cut_to_the_picture(x: list[float], y: list[float], box: Box) -> None:
    assert box_of({"box": [{"x": x, "y": y}]}, frame()) == box


@pytest.mark.parametrize(
    "selection", [None, {}, {"box": []}, {"box": [{"x": [1, 5], "y": [1, 9]}]}]
)
def test_no_box_or_a_slip_of_the_hand_chooses_nothing(selection: dict | None) -> None:
    assert box_of(selection, frame()) is None


def test_region_picture_can_be_selected_and_is_sent_small() -> None:
    figure = region_figure(frame(1920, 1080), Box(0, 0, 100, 100), LIGHT, 300)
    assert figure.layout.dragmode == "select"
    assert len(figure.data[0].x) > 500
    assert figure.layout.xaxis.range == (0, 1920)
    assert figure.layout.images[0].source.startswith("data:image/jpeg;base64,")
    assert len(figure.layout.images[0].source) < 60_000


def test_palettes_name_the_same_roles() -> None:
    assert palette("dark") is DARK and palette("light") is LIGHT
    assert len(LIGHT.heat) == len(DARK.heat) == 10
    assert alpha("#0B5A6B", 0.5) == "rgba(11,90,107,0.5)"
    assert DARK.answered in css(DARK) and LIGHT.answered not in css(DARK)


def test_stack_gives_each_row_an_axis() -> None:
    plot = stack([Row("a", "A", 20, 5, (0, 1)), Row("b", "B", 40, 0, (0, 2))], 10.0, LIGHT)
    assert plot.axis == {"a": "y", "b": "y2"}
    assert plot.figure.layout.height == 20 + 5 + 40 + 8 + 46
