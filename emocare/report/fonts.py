"""The fonts shipped in ``report/fonts``, registered with reportlab when first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from emocare.domain.errors import ReportError

FOLDER = Path(__file__).resolve().parent / "fonts"

REGULAR = "Inter-Regular"
BOLD = "Inter-SemiBold"
FALLBACK = "DejaVuSans"
FALLBACK_BOLD = "DejaVuSans-Bold"
EAST_ASIAN = "DroidSansFallback"


@dataclass(frozen=True, slots=True)
class Script:
    """A writing system whose letters change with their neighbours.

    Attributes:
        font: Font file without ".ttf".
        first: First code point of its block.
        last: Last code point of its block.
    """

    font: str
    first: int
    last: int


SCRIPTS: tuple[Script, ...] = (
    Script("NotoSansDevanagari", 0x0900, 0x097F),
    Script("NotoSansBengali", 0x0980, 0x09FF),
    Script("NotoSansGurmukhi", 0x0A00, 0x0A7F),
    Script("NotoSansGujarati", 0x0A80, 0x0AFF),
    Script("NotoSansTamil", 0x0B80, 0x0BFF),
    Script("NotoSansTelugu", 0x0C00, 0x0C7F),
    Script("NotoSansKannada", 0x0C80, 0x0CFF),
    Script("NotoSansMalayalam", 0x0D00, 0x0D7F),
    Script("NotoSansThai", 0x0E00, 0x0E7F),
)


class _PlainFont(TTFont):  # type: ignore[misc]
    """A font whose text arrives ready to draw and must not be shaped again.

    reportlab leaves a word alone when its font has no ``hbFont``. Arabic reaches DejaVu already
    joined and in visual order; shaping it once more would turn it round.
    """

    def hbFont(self, fontSize: float = 10) -> Any:
        """Always absent."""
        raise AttributeError("this font draws text as it is")


class _ShapedFont(TTFont):  # type: ignore[misc]
    """A font whose glyphs without a character have fixed private codes.

    reportlab numbers such glyphs in the order in which documents use them, so that the bytes of
    one document would depend on the documents before it. Here all are numbered once.
    """

    def number_glyphs(self) -> None:
        """Gives every glyph without a character its private code, in the order of the font."""
        shaper = self.hbFont()
        for glyph in range(self.hbFace.glyph_count):
            if glyph not in self.face.glyphToChar:
                width = self.pdfScale(shaper.get_glyph_h_advance(glyph))
                self.hbAddPrivate(shaper.glyph_to_string(glyph), glyph, width)


def missing() -> list[str]:
    """The fonts whose files are not there."""
    names = [REGULAR, BOLD, FALLBACK, FALLBACK_BOLD, EAST_ASIAN, *(one.font for one in SCRIPTS)]
    return [name for name in names if not (FOLDER / f"{name}.ttf").is_file()]


@cache
def load(name: str) -> TTFont:
    """Registers the font file ``name`` and gives its font; repeated calls give the same one.

    Raises:
        ReportError: The file is missing or damaged.
    """
    path = str(FOLDER / f"{name}.ttf")
    try:
        if name in (FALLBACK, FALLBACK_BOLD, EAST_ASIAN):
            font = _PlainFont(name, path)
        else:
            font = _ShapedFont(name, path)
            font.number_glyphs()
    except (TTFError, OSError) as error:
        raise ReportError(
            f"The font {name} of the report is missing or damaged, so no report can be made. "
            "Install Emo-Care again; nothing that was stored is lost."
        ) from error
    pdfmetrics.registerFont(font)
    return font


@cache
def load_text_fonts() -> None:
    """Registers the two weights every report uses, as the family of the bold mark-up."""
    for name in (REGULAR, BOLD):
        load(name)
        pdfmetrics.registerFontFamily(name, REGULAR, BOLD, REGULAR, BOLD)


def text_width(text: str, font: str, size: float) -> float:
    """Width of unshaped text in points."""
    return float(load(font).stringWidth(text, size))


@cache
def characters(name: str) -> frozenset[int]:
    """The code points that the font ``name`` can draw, its private glyph codes left out."""
    codes: dict[int, int] = load(name).face.charToGlyph
    return frozenset(c for c, glyph in codes.items() if glyph and not 0xE000 <= c <= 0xF8FF)
