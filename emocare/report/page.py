"""What stands on every page: who and what above, the disclaimer and the page number below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from emocare.domain.records import ReportState
from emocare.report import words
from emocare.report.content import Report
from emocare.report.fonts import BOLD, REGULAR, load_text_fonts, text_width
from emocare.report.shaping import markup
from emocare.report.style import (
    ATTENTION,
    INK,
    LINE,
    MARGIN,
    MUTED,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PANEL,
    SAFETY,
    TEXT_WIDTH,
    text_style,
)

WATERMARK = "UNREVIEWED SAFETY ALERT"
HEADER_TOP = PAGE_HEIGHT - 30
DEMO_TOP = PAGE_HEIGHT - 12
FOOTER_TOP = 46.0
_RIGHT = 184.0
"""Width of the right-hand column of the header."""
_Row = tuple[tuple[Paragraph, float], tuple[Paragraph, float]]


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading: its words, the number of its page from 0, and its height on the page."""

    title: str
    page: int
    top: float


class ReportCanvas(Canvas):  # type: ignore[misc]
    """A canvas that numbers its pages once it knows how many there are."""

    def __init__(self, *given: Any, report: Report, **named: Any) -> None:
        super().__init__(*given, **named)
        self._report = report
        self._sections: list[_Section] = []
        self._pages: list[Mapping[str, Any]] = []
        date_document(self._doc, report.generated_at)

    def note_section(self, title: str, top: float) -> None:
        """Keeps a heading for the bookmarks."""
        self._sections.append(_Section(title, len(self._pages), top))

    def setFont(self, name: str, size: float, leading: float | None = None) -> None:
        """Every drawing begins by naming Helvetica, which is not embedded and writes nothing."""
        super().setFont(REGULAR if name == "Helvetica" else name, size, leading)

    def showPage(self) -> None:
        """Keeps the page until the last one is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Writes header, footer, marks and bookmarks of every page, then the file."""
        sections = tuple(self._sections)
        for number, state in enumerate(self._pages):
            self.__dict__.update(state)
            draw_page(self, self._report, number + 1, len(self._pages))
            for section in (s for s in sections if s.page == number):
                key = f"page-{number}-{section.top:.0f}"
                self.bookmarkPage(key, fit="XYZ", left=0, top=section.top + 4, zoom=0)
                self.addOutlineEntry(section.title, key, 0)
            super().showPage()
        super().save()


def date_document(document: Any, made: datetime) -> None:
    """Writes the report's own time as creation date; invariant files would say 1 Jan 2000."""
    stamp = document._timeStamp
    minutes = round((made.utcoffset() or timedelta()).total_seconds() / 60)
    stamp.t = made.timestamp()
    stamp.YMDhms = made.timetuple()[:6]
    stamp.dhh = int(minutes / 60)
    stamp.dmm = abs(minutes) % 60


def header_height(report: Report) -> float:
    """Height of the header with its space below; longer names take more lines."""
    upper, lower = _header_rows(report)
    return max(t for _, t in upper) + max(t for _, t in lower) + 18


def draw_page(canvas: Canvas, report: Report, number: int, pages: int) -> None:
    """Header, footer and marks of one page."""
    load_text_fonts()
    canvas.saveState()
    _header(canvas, report)
    _footer(canvas, report, number, pages)
    if report.demo:
        draw_demo_band(canvas)
    if report.unreviewed:
        _watermark(canvas)
    canvas.restoreState()


def status_line(report: Report) -> str:
    """ "DRAFT, not signed", "SIGNED 21 Nov 2026, 11:20", "AMENDED, replaced by a later version"."""
    status = words.STATUS[report.state]
    if report.state is ReportState.DRAFT or report.signature is None:
        return f"{status}, not signed"
    if report.state is ReportState.AMENDED:
        return f"{status}, replaced by a later version"
    at = words.local(report.signature.signed_at, report.generated_at.tzinfo)
    amends = f", amends version {report.version - 1}" if report.version > 1 else ""
    return f"{status} {words.moment(at)}{amends}"


def _header_rows(report: Report) -> tuple[_Row, _Row]:
    """Clinic and status, then patient and identifiers, each with its height."""
    status = status_line(report) + (" · Made-up data" if report.made_up else "")
    colour = "done" if report.state is ReportState.SIGNED else "ink"
    patient = report.patient
    born = "birth date not recorded"
    if patient.birth_date is not None:
        born = f"born {words.day(patient.birth_date)}"
    code = words.shortened(patient.code)
    who = f"{markup(words.shortened(patient.name), bold=True)} {markup(f'· {code} · {born}')}"
    session = f"Session {words.shortened(report.session.id)}"
    own = f"Report {words.shortened(report.report_id)} v{report.version}"
    marks = f"{markup(session)} {markup('·')} {markup(own)}"
    if text_width(f"{session} · {own}", REGULAR, 7.4) > _RIGHT:
        marks = f"{markup(session)}<br/>{markup(own)}"
    clinic = markup(words.shortened(report.clinic), bold=True)
    upper = (Paragraph(clinic, text_style(9, leading=1.3)),
             Paragraph(markup(status, bold=True),
                       text_style(8.2, leading=1.4, align="right", colour=colour)))  # fmt: skip
    lower = (Paragraph(who, text_style(7.8, colour="muted", leading=1.35)),
             Paragraph(marks, text_style(7.4, colour="muted", leading=1.4, align="right")))
    return _wrapped(upper), _wrapped(lower)


def _wrapped(pair: tuple[Paragraph, Paragraph]) -> _Row:
    return (pair[0], pair[0].wrap(TEXT_WIDTH - _RIGHT - 8, PAGE_HEIGHT)[1]), (
        pair[1], pair[1].wrap(_RIGHT, PAGE_HEIGHT)[1])  # fmt: skip


def _header(canvas: Canvas, report: Report) -> None:
    y = HEADER_TOP + 3
    for row in _header_rows(report):
        for (paragraph, tall), x in zip(row, (MARGIN, MARGIN + TEXT_WIDTH - _RIGHT), strict=True):
            paragraph.drawOn(canvas, x, y - tall)
        y -= max(tall for _, tall in row) + 1
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.7)
    canvas.line(MARGIN, y - 4, MARGIN + TEXT_WIDTH, y - 4)


def _footer(canvas: Canvas, report: Report, number: int, pages: int) -> None:
    copy = "Copy for the patient" if report.audience.value == "patient" else "Copy for the file"
    draw_foot(canvas, f"Page {number} of {pages}", report.generated_at, copy)


def draw_foot(canvas: Canvas, page: str, made: datetime, copy: str) -> None:
    """The foot of a page: the disclaimer, when it was made, and the words at the right.

    Args:
        canvas: Of the page.
        page: Its number, in words.
        made: With a time zone.
        copy: What it is a copy of.
    """
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.7)
    canvas.line(MARGIN, FOOTER_TOP, MARGIN + TEXT_WIDTH, FOOTER_TOP)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 7.4)
    canvas.drawString(MARGIN, FOOTER_TOP - 11, words.DISCLAIMER)
    canvas.drawRightString(MARGIN + TEXT_WIDTH, FOOTER_TOP - 11, page)
    canvas.setFillColor(MUTED)
    canvas.setFont(REGULAR, 7.2)
    line = f"Generated {words.moment(made)} {words.zone(made)}"
    canvas.drawString(MARGIN, FOOTER_TOP - 21, line)
    canvas.drawRightString(MARGIN + TEXT_WIDTH, FOOTER_TOP - 21, copy)


def draw_demo_band(canvas: Canvas) -> None:
    """A band over the whole width above the header, so that no page passes for a patient's."""
    canvas.setFillColor(PANEL)
    canvas.rect(0, DEMO_TOP - 9, PAGE_WIDTH, PAGE_HEIGHT - DEMO_TOP + 9, stroke=0, fill=1)
    canvas.setFillColor(ATTENTION)
    canvas.setFont(BOLD, 8.2)
    canvas.drawCentredString(PAGE_WIDTH / 2, DEMO_TOP - 3, words.DEMO)


def _watermark(canvas: Canvas) -> None:
    """Across the page, light enough to read through, above everything so nothing hides it."""
    size = 46
    canvas.saveState()
    canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillColor(SAFETY)
    canvas.setFillAlpha(0.16)
    canvas.setFont(BOLD, size)
    canvas.drawString(-text_width(WATERMARK, BOLD, size) / 2, -size / 3, WATERMARK)
    canvas.restoreState()
