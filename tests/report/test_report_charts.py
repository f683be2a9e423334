"""What the charts draw: scales, marks, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from report_builder import NOW, START, ZONE, gad7, indices, phq9, summary, timeline, totals
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String

from emocare.domain.summary import DIMENSIONS, Band, Estimate
from emocare.domain.timeline import Timeline
from emocare.report import charts, trajectories, trends
from emocare.report.content import TotalPoint
from emocare.report.style import PETROL, SAFETY, VIOLET, VIOLET_BAND

WIDTH = 495.0


def shapes(drawing: Drawing, kind: type) -> list:  # type: ignore[type-arg]
    return [shape for shape in drawing.contents if isinstance(shape, kind)]


def said(drawing: Drawing) -> list[str]:
    return [shape.text for shape in shapes(drawing, String)]


def squares(drawing: Drawing) -> list:  # type: ignore[type-arg]
    return [r for r in shapes(drawing, Rect) if r.strokeColor == PETROL]


def test_nothing_in_any_chart_is_red() -> None:
    drawings = [
        charts.total_scale(phq9(), WIDTH), charts.index_scale(summary().behaviour_index, WIDTH),
        trends.totals_chart(phq9(), totals("PHQ-9", (19, 13)), WIDTH, 110, ZONE),
        trends.index_chart(indices((58.0, None, 38.0)), WIDTH, 96, ZONE),
        trajectories.session_chart(timeline(), summary().dimensions, {}, WIDTH),
        charts.unit_bars(summary().action_units, WIDTH),
    ]  # fmt: skip
    for drawing in drawings:
        for shape in drawing.contents:
            for name in ("fillColor", "strokeColor"):
                assert getattr(shape, name, None) != SAFETY


def test_the_square_stands_inside_its_native_step() -> None:
    drawing = charts.total_scale(phq9(), WIDTH)
    (mark,) = squares(drawing)
    assert (mark.x + mark.width / 2) / WIDTH == pytest.approx(13.5 / 28)
    assert "moderate 10–14" in said(drawing)


def test_a_prorated_total_is_hollow_with_its_range() -> None:
    questionnaire = phq9((1, 1, 1, 1, 0, 0, 0, None, 0), total=5, possible_range=(4, 7))
    drawing = charts.total_scale(questionnaire, 280.0)
    (mark,) = squares(drawing)
    assert mark.fillColor != PETROL
    (line,) = [part for part in shapes(drawing, Line) if part.strokeColor == PETROL]
    assert (line.x1 / 10, line.x2 / 10) == (pytest.approx(4.5), pytest.approx(7.5))


def test_a_form_without_a_total_draws_no_square() -> None:
    assert squares(charts.total_scale(phq9(total=None), WIDTH)) == []


def test_index_without_an_interval_draws_no_bar() -> None:
    index = summary().behaviour_index
    assert index is not None
    with_bar = charts.index_scale(index, WIDTH)
    without = charts.index_scale(replace(index, ci90=None, band=Band.INDETERMINATE), WIDTH)
    bars = [[r for r in shapes(d, Rect) if r.fillColor == VIOLET_BAND] for d in (with_bar, without)]
    assert [len(found) for found in bars] == [1, 0]
    assert bars[0][0].width == pytest.approx(WIDTH * 0.22)


def test_dimension_scale_draws_only_what_there_is() -> None:
    nothing = charts.dimension_scale(None, None, (0, 100), 116)
    assert shapes(nothing, Circle) == [] and squares(nothing) == []
    both = charts.dimension_scale(67.0, Estimate(46.0, None, None), (0, 100), 116)
    assert len(shapes(both, Circle)) == 1 and len(squares(both)) == 1


def test_totals_chart_has_steps_marks_and_dashes() -> None:
    drawing = trends.totals_chart(phq9(), totals("PHQ-9", (19, 18, 13)), WIDTH, 110, ZONE)
    assert {"19", "18", "13", "27", "Moderately severe (severe)", "Minimal (normal)"} <= set(
        said(drawing)
    )
    dashes = [part for part in shapes(drawing, Line) if part.strokeDashArray]
    heights = {round(part.y1, 3) for part in dashes}
    frame = trends.Frame(START, NOW, 0, 27, 22, WIDTH - 112, 20, 105)
    assert heights == {round(frame.y(14), 3), round(frame.y(24), 3)}
    assert len(squares(drawing)) == 3
    (line,) = shapes(drawing, PolyLine)
    assert len(line.points) == 6


def test_a_form_that_could_not_be_scored_is_named_and_not_joined() -> None:
    points = totals("PHQ-9", (19, None, 13))
    drawing = trends.totals_chart(phq9(), points, WIDTH, 110, ZONE)
    assert "no total" in said(drawing)
    assert len(squares(drawing)) == 2


def test_years_are_printed_where_they_change() -> None:
    points = totals("GAD-7", (14, 13, 12, 11, 10, 9, 9, 9, 9, 9, 9, 9))
    drawing = trends.totals_chart(gad7(), points, WIDTH, 80, ZONE)
    assert [text for text in said(drawing) if text in ("2025", "2026")] == ["2025", "2026"]


def test_many_visits_keep_their_dates_apart() -> None:
    points = tuple(TotalPoint("PHQ-9", START + timedelta(days=3 * i), 10) for i in range(60))
    drawing = trends.totals_chart(phq9(), points, WIDTH, 110, ZONE)
    dates = [s for s in shapes(drawing, String) if s.y == pytest.approx(11.0)]
    places = sorted(s.x for s in dates)
    assert min(np.diff(places)) >= trends.DATE_ROOM
    assert max(places) == pytest.approx(max(r.x + r.width / 2 for r in squares(drawing)))


def test_the_index_line_breaks_at_gaps_and_changes_of_method() -> None:
    points = indices((58.0, 55.0, 52.0, 50.0, None, 44.0, 44.0, 38.0))
    drawing = trends.index_chart(points, WIDTH, 96, ZONE)
    joined = [len(line.points) // 2 for line in shapes(drawing, PolyLine)]
    assert joined == [2, 3]
    dotted = [part for part in shapes(drawing, Line) if part.strokeDashArray]
    assert len(dotted) == 1
    assert len(shapes(drawing, Circle)) == 7


def test_gaps_of_a_trajectory_stay_gaps() -> None:
    chart = trajectories.session_chart(timeline(), summary().dimensions, {"anxiety": 50.0}, WIDTH)
    lines = [p for p in shapes(chart, PolyLine) if p.strokeColor == VIOLET]
    bands = [p for p in shapes(chart, Polygon) if p.fillColor == VIOLET_BAND]
    assert len(lines) == len(bands) == 3 * len(DIMENSIONS)
    assert len(squares(chart)) == 1


def test_a_dimension_without_values_says_so() -> None:
    chart = trajectories.session_chart(timeline(empty=True), {}, {}, WIDTH)
    assert shapes(chart, PolyLine) == []
    assert said(chart).count("not measured") == 2 * len(DIMENSIONS)


def test_a_session_without_length_can_be_drawn() -> None:
    none = Timeline(0.0, {}, np.zeros(0), {}, (), (), (), ())
    assert "0:00" in said(trajectories.quality_chart(none, WIDTH))


def test_units_that_are_not_measured_have_no_row() -> None:
    drawing = charts.unit_bars(summary().action_units, WIDTH)
    assert "AU12 smile" in said(drawing)
    assert not [text for text in said(drawing) if text.startswith(("AU5", "AU6", "AU9"))]
