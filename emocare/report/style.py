"""Colours, type and spacing of the report: one petrol for answers, one violet for the face.

All lengths are points (1/72 inch). The page is A4.
"""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from emocare.report.fonts import BOLD, REGULAR, load_text_fonts

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 50.0
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN
GUTTER = 14.0

INK = HexColor("#0F1820")
MUTED = HexColor("#55626E")
LINE = HexColor("#D5DCE1")
GRID = HexColor("#E7ECEF")
PANEL = HexColor("#F2F5F6")
PETROL = HexColor("#0B5A6B")
VIOLET = HexColor("#6B4FA0")
VIOLET_BAND = HexColor("#DAD2E8")
DONE = HexColor("#1B6E53")
ATTENTION = HexColor("#A15C00")
SAFETY = HexColor("#B3261E")
SAFETY_GROUND = HexColor("#FBF1F0")
NOT_MEASURED = HexColor("#C3CBD1")
TYPICAL = HexColor("#E3E7EA")
STEPS = tuple(HexColor(c) for c in ("#F6F8F9", "#E9EEF1", "#DBE3E8", "#CBD6DD"))
"""The four severity bands: one grey-blue in four lightness steps, the word always beside."""


@cache
def text_style(
    size: float = 8.6,
    *,
    leading: float = 1.42,
    colour: str = "ink",
    bold: bool = False,
    align: str = "left",
) -> ParagraphStyle:
    """A paragraph style in the report's type.

    Args:
        size: Letter height in points.
        leading: Line distance in letter heights.
        colour: "ink", "muted", "petrol", "violet", "attention", "safety" or "done".
        bold: Semi-bold.
        align: "left", "right" or "centre".
    """
    load_text_fonts()
    return ParagraphStyle(
        f"{size}-{leading}-{colour}-{bold}-{align}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * leading,
        textColor=_COLOURS[colour],
        alignment={"left": TA_LEFT, "right": TA_RIGHT, "centre": TA_CENTER}[align],
        shaping=1,
        splitLongWords=1,
    )


_COLOURS: dict[str, Color] = {
    "ink": INK, "muted": MUTED, "petrol": PETROL, "violet": VIOLET,
    "attention": ATTENTION, "safety": SAFETY, "done": DONE,
}  # fmt: skip
