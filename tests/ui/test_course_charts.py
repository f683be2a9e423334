"""The course as it is drawn: fixed scales, breaks, thresholds, treatment, nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from emocare.app import App, build_app
from emocare.domain.care import LifeEvent, Medication
from emocare.domain.records import Patient
from emocare.services.course import Course
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import course_parts, course_table
from emocare.ui.charts.course import course_figure, steps_of
from emocare.ui.charts.dated import MOST_LABELS
from emocare.ui.theme import DARK, LIGHT
from tests.ui.scenes import MODEL, Scene, SteadyReader
from tests.ui.year import Year, odd_course, whole_year

TODAY = date.today()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    settings = Settings(data_dir=tmp_path / "data", samples_dir=tmp_path / "samples")
    with build_app(settings, lambda: LoadedFace(SteadyReader(), (MODEL,))) as made:
        yield made


@pytest.fixture
def patient(app: App) -> Patient:
    return app.people.add("P-1", "Marta Kowalska")


def forms(app: App, course: Course) -> dict[str, Any]:
    return {one.instrument: app.courses.form(one) for one in course.instruments}


def drawn(app: App, patient: Patient, since: date | None = None) -> go.Figure:
    course = app.courses.of(patient.id)
    figure = course_figure(course, forms(app, course), since, TODAY, LIGHT)
    assert figure is not None
    return figure


def notes(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def lines(figure: go.Figure, colour: str, dash: str | None = None) -> list[go.Scatter]:
    return [t for t in figure.data if t.mode == "lines" and t.line.color == colour
            and t.line.dash == dash]  # fmt: skip


def test_scales_are_full_and_fixed(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    figure = drawn(app, patient)
    axes = [figure.layout[name] for name in figure.layout if name.startswith("yaxis")]
    ranges = [tuple(a.range) for a in sorted(axes, key=lambda a: -a.domain[1])]
    assert ranges == [(0, 1), (0, 1), (-1, 1), (0, 27), (0, 21), (0, 100)]
    assert all(a.fixedrange for a in axes) and figure.layout.xaxis.fixedrange
    assert figure.layout.dragmode is False


def test_totals_are_printed_and_thresholds_dashed(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    figure = drawn(app, patient)
    assert [t for t in notes(figure) if t in {"19", "18", "20", "16", "11"}] != []
    dashed = lines(figure, LIGHT.answered, "dash")
    assert [tuple(t.y) for t in dashed] == [(14, 14), (24, 24), (10, 10), (18, 18)]


def test_a_total_past_the_threshold_is_printed_below_the_line(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    placed = {a.text: a.yshift for a in drawn(app, patient).layout.annotations
              if a.text in {"20", "16"} or (a.text == "11" and a.yref == "y4")}  # fmt: skip
    assert placed["20"] > 0 and placed["16"] > 0 and placed["11"] < 0


def test_the_facial_line_breaks_and_says_why(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    figure = drawn(app, patient)
    assert [len(t.x) for t in lines(figure, LIGHT.observed)] == [4, 3]
    assert all(t.connectgaps is False for t in lines(figure, LIGHT.observed))
    assert "engine 1.3 from here: not comparable" in notes(figure)
    assert notes(figure).count("no reliable face") == 1
    assert sum(shape.line.dash == "dot" for shape in figure.layout.shapes) == 1


def test_colour_says_who_speaks(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    course = app.courses.of(patient.id)
    figure = course_figure(course, forms(app, course), None, TODAY, DARK)
    assert figure is not None
    petrol = {t.yaxis for t in figure.data if t.line.color == DARK.answered}
    violet = {t.yaxis for t in figure.data if t.line.color == DARK.observed}
    assert petrol == {"y4", "y5"} and violet == {"y6"}


def test_treatment_stands_in_lanes_with_its_dose(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    figure = drawn(app, patient)
    for words in ("sertraline 50 mg", "sertraline 100 mg",
                  "Cognitive behavioural therapy, weekly"):  # fmt: skip
        assert words in notes(figure)
    upright = [s for s in figure.layout.shapes if s.type == "line" and s.line.dash == "solid"]
    # Begin of sertraline, of therapy, the new dose, the end of therapy; three rows of numbers.
    assert len({s.x0 for s in upright}) == 4
    assert {s.yref for s in upright} == {"y4", "y5", "y6"}


def test_missed_and_next_visits_are_words_at_the_foot(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    found = notes(drawn(app, patient))
    assert sum(words.startswith("missed<br>") for words in found) == 1
    assert sum(words.startswith("next<br>") for words in found) == 1
    assert "New job" in found


def test_odd_forms_are_drawn_differently(app: App, patient: Patient) -> None:
    odd_course(Scene(app), patient)
    figure = drawn(app, patient)
    marks = next(t for t in figure.data if t.mode == "markers"
                 and t.marker.color == LIGHT.answered)  # fmt: skip
    assert list(marks.marker.symbol) == ["square", "square-open", "square", "square"]
    assert list(marks.error_y.array) == [0, 3, 0, 0]
    assert list(marks.error_y.arrayminus) == [0, 3, 0, 0]
    assert "prorated, possible 10 to 16" in marks.customdata[1]
    assert "no total" in notes(figure)
    circles = next(t for t in figure.data if t.mode == "markers"
                   and t.marker.color == LIGHT.observed)  # fmt: skip
    assert list(circles.marker.symbol) == ["circle", "circle", "circle-open", "circle"]


def test_one_visit_has_no_line_and_no_threshold(app: App, patient: Patient) -> None:
    Year(app, patient).answer("PHQ-9", 12, 1)
    figure = drawn(app, patient)
    assert lines(figure, LIGHT.answered) == [] and lines(figure, LIGHT.answered, "dash") == []


def test_the_span_cuts_what_is_older(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    since = TODAY - timedelta(days=183)
    start = date.fromisoformat(str(drawn(app, patient, since).layout.xaxis.range[0])[:10])
    assert since - timedelta(days=20) < start
    course = app.courses.of(patient.id)
    future = TODAY + timedelta(days=900)
    assert course_figure(course, forms(app, course), future, TODAY, LIGHT) is None


@pytest.mark.parametrize("days", [3, 40, 200, 800, 4000])
def test_the_calendar_never_has_too_many_labels(app: App, patient: Patient, days: int) -> None:
    year = Year(app, patient)
    year.answer("PHQ-9", 12, days)
    year.answer("PHQ-9", 10, 0)
    axis = drawn(app, patient).layout.xaxis
    if axis.dtick is not None:
        months = float(str(axis.dtick).removeprefix("M"))
        assert days / 30.44 * 1.1 / months <= MOST_LABELS + 1
    else:
        assert axis.nticks == MOST_LABELS


def test_words_from_outside_are_no_markup(app: App, patient: Patient) -> None:
    app.care.add(patient.id, Medication("<b>x</b>", "1 mg", TODAY - timedelta(days=300)))
    app.care.add(patient.id, LifeEvent("<i>y</i>", TODAY - timedelta(days=200)))
    found = notes(drawn(app, patient))
    assert "&lt;b&gt;x&lt;/b&gt; 1 mg" in found and "&lt;i&gt;y&lt;/i&gt;" in found


def test_steps_of_one_severity_are_one_step(app: App) -> None:
    steps = steps_of(app.questionnaires.form("PHQ-9"))
    assert [(s.low, s.high, s.word) for s in steps] == [
        (0, 5, "normal"), (5, 10, "mild"), (10, 15, "moderate"), (15, 27, "severe")]  # fmt: skip
    wellbeing = steps_of(app.questionnaires.form("WHO-5"))
    assert [s.word for s in wellbeing] == [s.native for s in
                                           app.questionnaires.form("WHO-5").bands]  # fmt: skip


def test_the_table_holds_what_the_chart_shows(app: App, patient: Patient) -> None:
    whole_year(Scene(app), patient)
    course = app.courses.of(patient.id)
    rows = course_table.rows(course, forms(app, course))
    assert [r[0] for r in rows] == sorted((r[0] for r in rows), reverse=True)
    assert sum(r[1] == "PHQ-9" for r in rows) == 9
    severe = next(r for r in rows if r[1] == "PHQ-9" and r[2] == "19")
    assert severe[3] == "Severe, native: moderately severe"
    face = [r for r in rows if r[1] == "Facial index"]
    assert ("40.0 (31 to 49)" in [r[2] for r in face]) and ("–" in [r[2] for r in face])
    assert any(r[2] == "Missed" and r[4] == "as recorded" for r in rows)


def test_the_fact_is_said_in_words(app: App, patient: Patient) -> None:
    assert course_parts.fact(app.courses.of(patient.id)) == "No visit answered or recorded"
    whole_year(Scene(app), patient)
    assert course_parts.fact(app.courses.of(patient.id)) == "Nine visits answered, one missed"
