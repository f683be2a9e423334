"""The pieces every section is set from: paragraphs, headings, cards and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from emocare.report.flowables import RightToLeft
from emocare.report.fonts import BOLD, REGULAR
from emocare.report.shaping import (
    Writing,
    clean,
    decide,
    is_right_to_left,
    markup,
)
from emocare.report.style import GUTTER, LINE, MUTED, PANEL, TEXT_WIDTH, text_style

LEAST_START = 96.0
"""A section that may be parted begins only where this much room is left."""
Commands = list[tuple[object, ...]]
"""Commands of a reportlab ``TableStyle``."""
_FONT = ("FONTNAME", (0, 0), (-1, -1), REGULAR)
"""Without it an empty cell would name Helvetica, a font that is not embedded."""


class Heading(Paragraph):  # type: ignore[misc]
    """A section heading that is also a bookmark of the PDF."""

    def __init__(self, title: str, style: ParagraphStyle, aside: str = "") -> None:
        """``aside`` stands after the title on the same line, small and grey."""
        beside = ""
        if aside:
            beside = f' &nbsp; <font size="7.2" color="{MUTED.hexval()}">{markup(aside)}</font>'
        super().__init__(f"{markup(title, bold=True)}{beside}", style)
        self._title = clean(title)
        self.keepWithNext = True

    def draw(self) -> None:
        """Draws the line and notes its place for the bookmarks."""
        _, top = self.canv.absolutePosition(0, self.height)
        self.canv.note_section(self._title, top)
        super().draw()


def words_block(
    text: str, style: ParagraphStyle, *, flush_right: bool = True
) -> list[Flowable]:
    """Text written by a person, line by line, each line in its own direction.

    Args:
        text: Any text.
        style: Of its paragraphs.
        flush_right: Whether lines from right to left begin at the right edge, as prose does.
    """
    found: list[Flowable] = []
    for line in clean(text).split("\n"):
        if not line.strip():
            found.append(Spacer(1, style.leading / 2))
        elif is_right_to_left(line) and decide(line).writing is not Writing.TRANSLITERATED:
            found.append(RightToLeft(line, style, flush_right=flush_right))
        else:
            found.append(Paragraph(markup(line), style))
    return found


def text(content: str, **look: Any) -> Paragraph:
    """Plain text (never mark-up) in a style of ``text_style``."""
    style = text_style(**look)
    return Paragraph(markup(content, bold=style.fontName == BOLD), style)


def rich(content: str, **look: Any) -> Paragraph:
    """Mark-up that was made by ``markup`` or typed in the source, in a ``text_style``."""
    return Paragraph(content, text_style(**look))


def small(content: str, **look: Any) -> Paragraph:
    """A note under a chart or table."""
    return text(content, **({"size": 7.2, "colour": "muted"} | look))


def heading(content: str, aside: str = "") -> Heading:
    """A section heading, with a small remark beside it."""
    return Heading(content, _spaced(text_style(11.2, leading=1.3), 13, 4), aside)


def notes(entries: Sequence[tuple[str, str]], *, label_width: float = 66) -> Table:
    """Remarks under a table: a grey label and a sentence, without lines."""
    rows = [[text(name, size=7.4, colour="muted", leading=1.45), text(said, size=7.6)]
            for name, said in entries]  # fmt: skip
    style: Commands = [("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    return table(rows, [label_width, TEXT_WIDTH - label_width], style, lines=False, pad=1)


def columns(left: Sequence[Flowable], right: Sequence[Flowable]) -> Table:
    """Two columns of running text."""
    width = (TEXT_WIDTH - GUTTER) / 2
    style: Commands = [
        _FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]  # fmt: skip
    return Table([[list(left), "", list(right)]], colWidths=[width, GUTTER, width],
                 style=TableStyle(style), hAlign="LEFT")  # fmt: skip


def subheading(content: str) -> Paragraph:
    """A heading inside a section."""
    style = _spaced(text_style(8.6, bold=True, leading=1.3), 8, 3)
    paragraph = Paragraph(markup(content, bold=True), style)
    paragraph.keepWithNext = True
    return paragraph


def _spaced(style: ParagraphStyle, before: float, after: float) -> ParagraphStyle:
    return ParagraphStyle(f"{style.name}-spaced", parent=style, spaceBefore=before,
                          spaceAfter=after)  # fmt: skip


def gap(height: float) -> Spacer:
    """Empty room."""
    return Spacer(1, height)


class Together(KeepTogether):  # type: ignore[misc]
    """Parts that stand on one page; ``loose`` gives them singly when room is short."""

    def __init__(self, parts: Sequence[Flowable], *, partable: bool) -> None:
        super().__init__(list(parts))
        self._parts = tuple(parts)
        self._partable = partable

    def loose(self) -> tuple[Flowable, ...]:
        """The parts themselves where they may be parted, the first ones still kept in company."""
        if not self._partable:
            return (self,)
        self._parts[0].keepWithNext = False
        return (CondPageBreak(LEAST_START), *self._parts)


def together(parts: Sequence[Flowable], *, partable: bool = False) -> Together:
    """Parts that stand on one page; ``partable`` ones may run over when room is short."""
    return Together(parts, partable=partable)


def table(
    rows: Sequence[Sequence[object]], widths: Sequence[float], commands: Commands | None = None,
    *, header: bool = False, zebra: bool = False, lines: bool = True, pad: float = 2.6,
) -> Table:  # fmt: skip
    """A table across the text: cells are flowables or lists of them.

    Args:
        rows: Cells from left to right.
        widths: Column widths in points.
        commands: Further ``TableStyle`` commands, applied last.
        header: The first row is a head: on panel grey and repeated on the next page.
        zebra: Every other row on panel grey, as a guide for the eye, instead of lines.
        lines: Hairlines below the rows.
        pad: Room above and below each cell.
    """
    style: Commands = [
        _FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 5), ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), pad), ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
    ]  # fmt: skip
    first = 1 if header else 0
    if header:
        style.append(("BACKGROUND", (0, 0), (-1, 0), PANEL))
    if zebra:
        style += [("BACKGROUND", (0, r), (-1, r), PANEL) for r in range(first, len(rows), 2)]
    elif lines:
        style.append(("LINEBELOW", (0, first), (-1, -1), 0.4, LINE))
    style += commands or []
    return Table([list(row) for row in rows], colWidths=list(widths), style=TableStyle(style),
                 repeatRows=first, hAlign="LEFT", splitInRow=1)  # fmt: skip


def head(*names: str, right: Sequence[int] = ()) -> list[Paragraph]:
    """The cells of a table head; columns in ``right`` are set flush right."""
    return [text(name, size=7.2, colour="muted", align="right" if i in right else "left")
            for i, name in enumerate(names)]  # fmt: skip


def cards(left: Sequence[Flowable], right: Sequence[Flowable], colours: tuple[Color, Color]
          ) -> Table:  # fmt: skip
    """Two outlined cards of one height, each under a bar in its own colour."""
    width = (TEXT_WIDTH - GUTTER) / 2
    style: Commands = [
        _FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 12), ("RIGHTPADDING", (0, 0), (-1, -1), 12),
        ("TOPPADDING", (0, 0), (-1, -1), 11), ("BOTTOMPADDING", (0, 0), (-1, -1), 11),
    ]  # fmt: skip
    for column, colour in ((0, colours[0]), (2, colours[1])):
        style.append(("BOX", (column, 0), (column, 0), 0.7, LINE))
        style.append(("LINEABOVE", (column, 0), (column, 0), 3, colour, "butt"))
    return Table([[list(left), "", list(right)]], colWidths=[width, GUTTER, width],
                 style=TableStyle(style), hAlign="LEFT")  # fmt: skip


def box(
    parts: Sequence[Flowable], edge: Color, ground: Color | None = None, width: float = TEXT_WIDTH
) -> Table:
    """One outlined block with a thick left edge."""
    style: Commands = [
        _FONT, ("BOX", (0, 0), (-1, -1), 0.7, edge),
        ("LINEBEFORE", (0, 0), (0, -1), 4, edge, "butt"),
        ("LEFTPADDING", (0, 0), (-1, -1), 14), ("RIGHTPADDING", (0, 0), (-1, -1), 12),
        ("TOPPADDING", (0, 0), (-1, -1), 9), ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
    ]  # fmt: skip
    if ground is not None:
        style.append(("BACKGROUND", (0, 0), (-1, -1), ground))
    return Table([[list(parts)]], colWidths=[width], style=TableStyle(style), hAlign="LEFT",
                 splitInRow=1)  # fmt: skip


def pairs(
    facts: Sequence[tuple[str, object]], columns: int, *, label_width: float = 62,
    pad: float = 2.2,
) -> Table:  # fmt: skip
    """Label and value side by side, filled row by row, with hairlines between the rows.

    Args:
        facts: Label and a text or flowable.
        columns: Pairs in one row.
        label_width: Of each label column.
        pad: Room above and below each row.
    """
    value_width = TEXT_WIDTH / columns - label_width
    body = text_style(8, leading=1.3)
    rows: list[list[object]] = []
    for start in range(0, len(facts), columns):
        row: list[object] = []
        for name, value in facts[start : start + columns]:
            shown = value
            if isinstance(value, str):
                shown = words_block(value, body, flush_right=False)
            row += [text(name, size=7.6, colour="muted", leading=1.37), shown]
        rows.append(row + [""] * (2 * columns - len(row)))
    style: Commands = [("LEFTPADDING", (0, 0), (0, -1), 0)]
    return table(rows, [label_width, value_width] * columns, style, pad=pad)
