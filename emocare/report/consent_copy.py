"""The consent as a page to sign and to take home: the text, the boxes, withdrawal, signatures."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from emocare.domain.errors import ReportError
from emocare.domain.records import Patient
from emocare.report import words
from emocare.report.blocks import box, gap, pairs, small, table, text, together
from emocare.report.fonts import REGULAR, load_text_fonts
from emocare.report.page import FOOTER_TOP, date_document, draw_demo_band, draw_foot
from emocare.report.shaping import clean
from emocare.report.style import (
    INK,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PETROL,
    TEXT_WIDTH,
)

TOP = 40.0
_BOX, _STATE = 16.0, 118.0
"""Width of the column with the box, and of the one that says it in words."""


@dataclass(frozen=True, slots=True)
class CopyPoint:
    """One box.

    Attributes:
        label: Its words.
        help: What it means, may be empty.
        after: What happens when it is taken back, may be empty.
        agreed: Whether it is ticked.
        withdrawn_at: When it was taken back, None while it stands.
    """

    label: str
    help: str
    after: str
    agreed: bool
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentCopy:
    """Everything that is printed.

    Attributes:
        version: Of the text.
        text_date: Of the text.
        notice: That this is an emotion-recognition system.
        statement: What is agreed to.
        adults: For whom the product is, may be empty.
        withdrawal: How it is taken back, may be empty in an old text.
        kept: What stays and why, may be empty in an old text.
        points: The boxes.
        given_at: When it was agreed to, None for a form that is not filled in.
        noted_by: Who noted it, may be empty.
        adult_confirmed: Whether a clinician confirmed that the person is an adult.
        generated_at: With a time zone, the zone of every other time.
        made_up: Of a sample person.
        demo: In the demo clinic: every page says so above everything else.
    """

    clinic: str
    patient: Patient
    title: str
    version: str
    text_date: date
    notice: str
    statement: str
    adults: str
    withdrawal: str
    kept: str
    points: tuple[CopyPoint, ...]
    given_at: datetime | None
    noted_by: str
    adult_confirmed: bool
    generated_at: datetime
    made_up: bool = False
    demo: bool = False

    def __post_init__(self) -> None:
        if self.generated_at.tzinfo is None:
            raise ReportError("The copy's time has no time zone. Give one with a zone.")


def render_consent(copy: ConsentCopy) -> bytes:
    """Draws the copy on A4; the same copy always gives the same bytes."""
    load_text_fonts()
    target = io.BytesIO()
    frame = Frame(MARGIN, FOOTER_TOP + 8, TEXT_WIDTH, PAGE_HEIGHT - TOP - FOOTER_TOP - 8,
                  leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)  # fmt: skip
    document = BaseDocTemplate(
        target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="en",
        initialFontName=REGULAR, title=clean(f"Consent, {copy.patient.name}"),
        author=clean(copy.clinic), subject=f"Consent text, version {copy.version}",
        creator="Emo-Care", producer="Emo-Care",
    )  # fmt: skip
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(_story(copy), canvasmaker=_canvas(copy))
    return target.getvalue()


def _story(copy: ConsentCopy) -> list[Flowable]:
    story: list[Flowable] = [
        text(copy.title, size=19, bold=True, leading=1.2), gap(3),
        text(f"Version {copy.version} of {words.day(copy.text_date)}"
             f"{' · Made-up data' if copy.made_up else ''}", size=8.6, colour="muted"),
        gap(9), pairs(_facts(copy), 2, label_width=72, pad=1.8), gap(10),
        box([text(copy.notice, size=8.6, bold=True)], PETROL), gap(10),
        text(copy.statement, size=8.6), gap(6),
    ]  # fmt: skip
    if copy.adults:
        story += [text(copy.adults, size=8.6), gap(6)]
    agreed = "What I agree to" if copy.given_at is None else "What was agreed to"
    story += [*_heading(agreed), _points(copy), gap(6)]
    if copy.withdrawal:
        story += _withdrawal(copy)
    return [*story, together([gap(30), _signatures()])]


def _heading(content: str) -> list[Flowable]:
    return [gap(7), text(content, size=11.2, leading=1.3, bold=True), gap(4)]


def _facts(copy: ConsentCopy) -> list[tuple[str, object]]:
    patient = copy.patient
    born = words.NOT_RECORDED if patient.birth_date is None else words.day(patient.birth_date)
    if copy.adult_confirmed:
        born += " (confirmed to be an adult)"
    agreed = "not yet"
    if copy.given_at is not None:
        agreed = words.moment(words.local(copy.given_at, copy.generated_at.tzinfo))
        agreed += f", noted by {copy.noted_by}" if copy.noted_by else ""
    return [
        ("Patient", patient.name), ("Number", patient.code), ("Born", born),
        ("Clinic", copy.clinic or words.NOT_RECORDED), ("Agreed", agreed),
    ]  # fmt: skip


def _points(copy: ConsentCopy) -> Flowable:
    rows = []
    for point in copy.points:
        said = [text(point.label, size=8.6)]
        if point.help:
            said.append(small(point.help))
        state, colour = ("agreed", "done") if point.agreed else ("not agreed", "muted")
        if copy.given_at is None:
            state = ""
        if point.withdrawn_at is not None:
            at = words.local(point.withdrawn_at, copy.generated_at.tzinfo)
            state, colour = f"withdrawn {words.day(at)}", "attention"
        rows.append([_Tick(point.agreed), said, text(state, size=8.6, bold=True, colour=colour,
                                                     align="right")])  # fmt: skip
    return table(rows, [_BOX, TEXT_WIDTH - _BOX - _STATE, _STATE],
                 [("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)],
                 pad=3.2)  # fmt: skip


def _withdrawal(copy: ConsentCopy) -> list[Flowable]:
    rows = [[text(point.label, size=7.6, bold=True), text(point.after, size=7.6)]
            for point in copy.points if point.after]  # fmt: skip
    return [
        *_heading("Taking it back"), text(copy.withdrawal, size=8.6), gap(4),
        table(rows, [TEXT_WIDTH * 0.3, TEXT_WIDTH * 0.7],
              [("LEFTPADDING", (0, 0), (0, -1), 0)], pad=2.6), gap(6),
        text(copy.kept, size=8.6),
    ]  # fmt: skip


def _signatures() -> Flowable:
    under = [small("Place, date, signature of the patient"), "",
             small("Place, date, signature of the clinician")]  # fmt: skip
    wide = (TEXT_WIDTH - 30) / 2
    return table([under], [wide, 30, wide],
                 [("LINEABOVE", (0, 0), (0, 0), 0.7, INK), ("LINEABOVE", (2, 0), (2, 0), 0.7, INK),
                  ("LEFTPADDING", (0, 0), (-1, -1), 0)], lines=False, pad=3)  # fmt: skip


class _Tick(Flowable):  # type: ignore[misc]
    """A box, ticked or empty."""

    SIDE = 8.5

    def __init__(self, ticked: bool) -> None:
        super().__init__()
        self.ticked = ticked
        self.width = self.height = self.SIDE

    def wrap(self, *_: float) -> tuple[float, float]:
        """Its size."""
        return self.SIDE, self.SIDE + 1.5

    def draw(self) -> None:
        """The box, and in it two strokes."""
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.8)
        self.canv.rect(0, 0, self.SIDE, self.SIDE)
        if self.ticked:
            self.canv.setLineWidth(1.4)
            self.canv.lines([(1.7, 4.3, 3.6, 2.1), (3.6, 2.1, 7.0, 6.8)])


def _canvas(copy: ConsentCopy) -> Callable[..., Canvas]:
    """Makes canvases that write the foot of every page."""

    class Page(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            date_document(self._doc, copy.generated_at)

        def setFont(self, name: str, size: float, leading: float | None = None) -> None:
            """Every drawing begins by naming Helvetica, which is not embedded."""
            super().setFont(REGULAR if name == "Helvetica" else name, size, leading)

        def showPage(self) -> None:
            self.saveState()
            draw_foot(self, f"Page {self._pageNumber}", copy.generated_at,
                      f"Consent text, version {copy.version}")  # fmt: skip
            if copy.demo:
                draw_demo_band(self)
            self.restoreState()
            super().showPage()

    return Page
