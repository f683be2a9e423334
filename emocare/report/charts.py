"""Small vector charts on fixed scales: where a value lies, and how sure it is.

Petrol squares are answers, violet circles with an interval are observations. Nothing is drawn for
a value that was not measured; the words beside the chart say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.colors import Color, white

from emocare.domain.records import ScaleScore, ScoreResult
from emocare.domain.severity import SeverityEstimate
from emocare.domain.summary import BANDS, ActionUnitSummary, Band, BehaviourIndex, Estimate
from emocare.report import words
from emocare.report.content import BandStep, Questionnaire
from emocare.report.fonts import BOLD, REGULAR, load_text_fonts, text_width
from emocare.report.style import (
    GRID,
    INK,
    LINE,
    MUTED,
    NOT_MEASURED,
    PETROL,
    STEPS,
    VIOLET,
    VIOLET_BAND,
)

SMALL = 6.8
"""Letter height of chart text."""
INDEX_STEPS: tuple[tuple[float, float, Band], ...] = (
    (0, 25, Band.NORMAL), (25, 45, Band.MILD), (45, 65, Band.MODERATE), (65, 100, Band.SEVERE),
)  # fmt: skip
DRIVER_SCALE = 22.0
"""Points of the longest driver bar: the largest weight of the index."""


def label(
    x: float, y: float, text: str, *, size: float = SMALL, colour: Color = MUTED,
    anchor: str = "start", bold: bool = False,
) -> String:  # fmt: skip
    """Text in a chart; ``anchor`` is "start", "middle" or "end"."""
    load_text_fonts()
    return String(x, y, text, fontName=BOLD if bold else REGULAR, fontSize=size,
                  fillColor=colour, textAnchor=anchor)  # fmt: skip


def square(x: float, y: float, size: float = 4.6, *, hollow: bool = False) -> Rect:
    """An answered value."""
    return Rect(x - size / 2, y - size / 2, size, size, fillColor=white if hollow else PETROL,
                strokeColor=PETROL, strokeWidth=0.9)  # fmt: skip


def dot(x: float, y: float, radius: float = 2.5) -> Circle:
    """An observed value."""
    return Circle(x, y, radius, fillColor=VIOLET, strokeColor=white, strokeWidth=0.6)


def stroke(
    x1: float, y1: float, x2: float, y2: float, colour: Color = LINE, width: float = 0.5,
    dash: Sequence[float] | None = None,
) -> Line:  # fmt: skip
    """A straight line."""
    return Line(x1, y1, x2, y2, strokeColor=colour, strokeWidth=width,
                strokeDashArray=list(dash) if dash else None)  # fmt: skip


def block(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    """A filled rectangle without outline."""
    return Rect(x, y, width, height, fillColor=colour, strokeColor=None, strokeWidth=0)


def step_colour(band: Band | None) -> Color:
    """Ground of a severity band; instruments without bands get the lightest."""
    return STEPS[BANDS.index(band)] if band in BANDS else STEPS[0]


def total_scale(questionnaire: Questionnaire, width: float) -> Drawing:
    """The total on the instrument's own scale: native steps, a square, the possible range."""
    result = questionnaire.response.result
    return scale_of(questionnaire.steps, questionnaire.maximum, result, width)


def scale_of(
    steps: Sequence[BandStep], maximum: int, result: ScoreResult | ScaleScore, width: float
) -> Drawing:
    """One total on its native steps, with its possible range where answers are missing."""
    top, height = 21.0, 7.0
    drawing = Drawing(width, 32)
    lowest = steps[0].low
    scale = width / (maximum - lowest + 1)
    for step in steps:
        x, span = (step.low - lowest) * scale, (step.high - step.low + 1) * scale
        drawing.add(block(x, top - height, span, height, step_colour(step.band)))
        drawing.add(stroke(x, top - height, x, top + 2, LINE))
        _step_words(drawing, step, x, span)
    middle = top - height / 2
    if result.prorated:
        low, high = ((v - lowest + 0.5) * scale for v in result.possible_range)
        drawing.add(stroke(low, middle, high, middle, PETROL, 1.6))
    if result.total is not None:
        drawing.add(square((result.total - lowest + 0.5) * scale, middle, 7,
                           hollow=result.prorated))  # fmt: skip
    return drawing


def _step_words(drawing: Drawing, step: BandStep, x: float, span: float) -> None:
    _fitting(drawing, step.native, f"{step.low}–{step.high}", x, span)


def _fitting(drawing: Drawing, word: str, numbers: str, x: float, span: float) -> None:
    """As many of the words under a step as fit."""
    for text, size in ((f"{word} {numbers}", SMALL), (f"{word} {numbers}", 6.2), (word, 6.2),
                       (numbers, 6.2)):  # fmt: skip
        if text_width(text, REGULAR, size) <= span - 6:
            drawing.add(label(x + 2, 5, text, size=size))
            return


def index_scale(index: BehaviourIndex, width: float) -> Drawing:
    """The facial index on 0 to 100 with its bands and its 90 % interval."""
    top, height = 21.0, 7.0
    drawing = Drawing(width, 32)
    for low, high, band in INDEX_STEPS:
        x, span = low / 100 * width, (high - low) / 100 * width
        drawing.add(block(x, top - height, span, height, step_colour(band)))
        drawing.add(stroke(x, top - height, x, top + 2, LINE))
        _fitting(drawing, words.OBSERVED[band].lower(), f"{low:.0f}–{high:.0f}", x, span)
    middle = top - height / 2
    if index.ci90 is not None:
        low, high = (v / 100 * width for v in index.ci90)
        drawing.add(Rect(low, middle - 2.4, max(high - low, 0.5), 4.8, fillColor=VIOLET_BAND,
                         strokeColor=VIOLET, strokeWidth=0.4))  # fmt: skip
    drawing.add(dot(index.value / 100 * width, middle, 3.6))
    return drawing


def dimension_scale(
    answered: float | None, observed: Estimate | None, limits: tuple[float, float], width: float
) -> Drawing:
    """Answer and observation of one dimension on one scale, not connected.

    Args:
        answered: Self-report value, None = not answered.
        observed: Face value with its interval, None = not measured.
        limits: Ends of the scale.
        width: Of the drawing.
    """
    low, high = limits
    drawing = Drawing(width, 12)
    inner, left = width - 8, 4.0

    def place(value: float) -> float:
        return left + inner * (min(max(value, low), high) - low) / (high - low)

    drawing.add(stroke(left, 6, left + inner, 6, LINE, 0.8))
    for mark in (low, (low + high) / 2, high):
        drawing.add(stroke(place(mark), 4, place(mark), 8, LINE, 0.6))
    if observed is not None:
        if observed.low is not None and observed.high is not None:
            start, end = place(observed.low), place(observed.high)
            drawing.add(block(start, 4.4, max(end - start, 0.5), 3.2, VIOLET_BAND))
        drawing.add(dot(place(observed.value), 6, 2.7))
    if answered is not None:
        drawing.add(square(place(answered), 6, 4.8))
    return drawing


def points_bar(points: float | None, width: float) -> Drawing:
    """Points of one driver as a bar on a scale fixed at the largest weight."""
    drawing = Drawing(width, 8)
    drawing.add(block(0, 2, width, 4, GRID))
    if points is not None and points > 0:
        drawing.add(block(0, 2, width * min(points / DRIVER_SCALE, 1), 4, VIOLET))
    return drawing


def probability_bars(estimate: SeverityEstimate, width: float) -> Drawing:
    """Probability of each severity band on a scale fixed at 0 to 1, the likeliest in bold."""
    pitch = 12.5
    drawing = Drawing(width, len(BANDS) * pitch)
    start, end = 52.0, width - 26
    for i, (band, probability) in enumerate(zip(BANDS, estimate.probabilities, strict=True)):
        y, likeliest = (len(BANDS) - 1 - i) * pitch + 3, band is estimate.band
        drawing.add(label(0, y, words.SEVERITY[band], size=7.2, colour=INK, bold=likeliest))
        drawing.add(Rect(start, y - 1, end - start, 7, fillColor=white, strokeColor=NOT_MEASURED,
                         strokeWidth=0.5))  # fmt: skip
        drawing.add(block(start, y - 1, (end - start) * probability, 7,
                          VIOLET if likeliest else NOT_MEASURED))  # fmt: skip
        drawing.add(label(width, y, words.number(probability, 2), size=7.2, colour=INK,
                          anchor="end", bold=likeliest))  # fmt: skip
    return drawing


def unit_bars(units: Mapping[str, ActionUnitSummary | None], width: float) -> Drawing:
    """Mean (bar) and 90th percentile (tick) of every measured Action Unit, in three columns."""
    present = [(name, unit) for name, unit in units.items() if unit is not None]
    across = 3
    rows = (len(present) + across - 1) // across
    pitch, gap = 11.5, 18.0
    drawing = Drawing(width, rows * pitch + 3)
    column = (width - gap * (across - 1)) / across
    for i, (name, unit) in enumerate(present):
        x = (i // rows) * (column + gap)
        y = (rows - 1 - i % rows) * pitch + 4
        _unit_row(drawing, words.unit_name(name), unit, x, y, column)
    return drawing


def _unit_row(
    drawing: Drawing, name: str, unit: ActionUnitSummary, x: float, y: float, width: float
) -> None:
    start, end = x + 70, x + width - 24
    drawing.add(label(x, y, name, colour=INK))
    drawing.add(block(start, y, end - start, 5, GRID))
    drawing.add(block(start, y, (end - start) * unit.mean, 5, VIOLET))
    peak = start + (end - start) * unit.p90
    drawing.add(stroke(peak, y - 1.4, peak, y + 6.4, INK, 0.9))
    drawing.add(label(x + width, y, words.percent(unit.active_fraction), colour=INK, anchor="end"))
