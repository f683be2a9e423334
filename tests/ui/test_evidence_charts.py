"""Dots with their intervals and the reliability diagram: full scales, printed numbers, words."""

from __future__ import annotations

from emocare.services.evidence import CalibrationPoint, Estimate
from emocare.ui.charts.evidence import calibration_figure, dots_figure
from emocare.ui.theme import DARK, LIGHT, alpha

ROWS = [
    ("Expressions, accuracy", Estimate("accuracy", 0.851, 0.838, 0.864, 3152)),
    ("Beard", Estimate("")),
    ("Gaze <b>down</b>", Estimate("gaze_down", 0.9, 0.88, 0.91)),
]
POINTS = [CalibrationPoint(0.4, 0.3, 0.2, 0.45, 20), CalibrationPoint(0.9, 0.92, 0.9, 0.95, 300)]


def texts(figure) -> list[str]:
    return [a.text for a in figure.layout.annotations]


def test_every_dot_has_its_interval_and_numbers_beside_it() -> None:
    figure = dots_figure(ROWS, LIGHT)
    bars = [t for t in figure.data if t.mode == "lines"]
    dots = next(t for t in figure.data if t.mode == "markers")
    assert [tuple(t.x) for t in bars] == [(0.838, 0.864), (0.88, 0.91)]
    assert list(dots.x) == [0.851, 0.9] and list(dots.y) == [0, 2]
    assert bars[0].line.color == alpha(LIGHT.observed, 0.32) and bars[0].line.width == 8
    printed = next(text for text in texts(figure) if "0.85" in text)
    assert "<b>0.85</b> 0.84–0.86" in printed and "n 3,152" in printed


def test_a_row_without_a_figure_says_so_in_words() -> None:
    figure = dots_figure(ROWS, LIGHT)
    words = [a for a in figure.layout.annotations if a.text == "not measured"]
    assert [a.y for a in words] == [1]
    assert len(dots_figure([ROWS[1]], DARK).data[0].x) == 0


def test_scales_are_full_and_fixed_and_labels_are_no_markup() -> None:
    figure = dots_figure(ROWS, DARK)
    assert tuple(figure.layout.xaxis.range) == (0, 1) and figure.layout.xaxis.fixedrange
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert "Gaze &lt;b&gt;down&lt;/b&gt;" in texts(figure)


def test_the_line_of_everybody_is_marked() -> None:
    figure = dots_figure(ROWS, LIGHT, everybody=0.8)
    assert "all" in texts(figure) and figure.layout.shapes[0].x0 == 0.8
    assert "all" not in texts(dots_figure(ROWS, LIGHT))


def test_calibration_has_band_line_and_diagonal() -> None:
    figure = calibration_figure(POINTS, LIGHT)
    band, diagonal, line = figure.data
    assert band.fill == "toself" and list(band.y) == [0.45, 0.95, 0.9, 0.2]
    assert (tuple(diagonal.x), tuple(diagonal.y)) == ((0, 1), (0, 1))
    assert diagonal.line.dash == "dot"
    assert list(line.y) == [0.3, 0.92] and "n 300" in line.customdata[1]
    assert tuple(figure.layout.xaxis.range) == tuple(figure.layout.yaxis.range) == (0, 1)
