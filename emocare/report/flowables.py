"""Two flowables of our own: prose from right to left, and a drawn check list."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from emocare.report.fonts import REGULAR, text_width
from emocare.report.shaping import joined_words, markup, markup_of, turned
from emocare.report.style import MUTED, text_style


class RightToLeft(Flowable):  # type: ignore[misc]
    """Arabic or Hebrew prose: broken into lines in reading order, then each line turned round."""

    def __init__(self, line: str, style: ParagraphStyle, *, flush_right: bool = True) -> None:
        super().__init__()
        self._flush_right = flush_right
        self._words = joined_words(line)
        self._style = style
        self._inner: Paragraph | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Breaks the lines for ``width``."""
        lines: list[list[str]] = [[]]
        for word in self._words:
            if lines[-1] and self._width([*lines[-1], word]) > width:
                lines.append([])
            lines[-1].append(word)
        shown = [markup_of(turned(line)) for line in lines]
        side = TA_RIGHT if self._flush_right else TA_LEFT
        style = ParagraphStyle(f"to-{side}", parent=self._style, alignment=side)
        self._inner = Paragraph("<br/>".join(shown), style)
        self.width, self.height = self._inner.wrap(width, height)
        return self.width, self.height

    def draw(self) -> None:
        """Draws what ``wrap`` laid out."""
        if self._inner is not None:
            self._inner.drawOn(self.canv, 0, 0)

    def _width(self, line: Sequence[str]) -> float:
        pieces = turned(line).words
        size: float = self._style.fontSize
        letters = sum(text_width(p.text, p.font, size) for p in pieces)
        return letters + max(len(pieces) - 1, 0) * text_width(" ", REGULAR, size)


class Ticks(Flowable):  # type: ignore[misc]
    """A check list in columns: a drawn square, crossed when it is ticked, and its words."""

    def __init__(self, entries: Sequence[tuple[str, bool]], columns: int = 2) -> None:
        super().__init__()
        self._cells = [_TickLine(words, ticked) for words, ticked in entries]
        self._columns = columns

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Lays the entries out row by row."""
        column = width / self._columns
        rows = [self._cells[i : i + self._columns]
                for i in range(0, len(self._cells), self._columns)]  # fmt: skip
        self._rows = [(row, max(cell.wrap(column, height)[1] for cell in row)) for row in rows]
        self._column = column
        self.width, self.height = width, sum(tall for _, tall in self._rows)
        return self.width, self.height

    def draw(self) -> None:
        """Draws the rows from the top."""
        y = self.height
        for row, tall in self._rows:
            y -= tall
            for i, cell in enumerate(row):
                cell.drawOn(self.canv, i * self._column, y + tall - cell.height)


class _TickLine(Flowable):  # type: ignore[misc]
    def __init__(self, words: str, ticked: bool) -> None:
        super().__init__()
        self._ticked = ticked
        self._words = Paragraph(markup(words, bold=ticked), text_style(8, bold=ticked))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        _, tall = self._words.wrap(width - 20, height)
        self.width, self.height = width, tall + 2
        return self.width, self.height

    def draw(self) -> None:
        self._words.drawOn(self.canv, 13, 1)
        canvas: Canvas = self.canv
        canvas.setStrokeColor(MUTED)
        canvas.setLineWidth(0.7)
        x, y, side = 0.5, self.height - 9.2, 6.4
        canvas.rect(x, y, side, side)
        if self._ticked:
            canvas.setLineWidth(1.2)
            canvas.line(x + 1.4, y + 1.4, x + side - 1.4, y + side - 1.4)
            canvas.line(x + 1.4, y + side - 1.4, x + side - 1.4, y + 1.4)
