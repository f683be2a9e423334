"""From a ``Report`` to the bytes of its PDF, and from those bytes to pictures."""

from __future__ import annotations

import hashlib
import io
from functools import partial

import pypdfium2
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from emocare.report.blocks import Together
from emocare.report.content import Report
from emocare.report.fonts import REGULAR, load_text_fonts
from emocare.report.page import FOOTER_TOP, ReportCanvas, header_height
from emocare.report.sections import (
    answers,
    closing,
    front,
    observed,
    quality,
    safety,
    sequence,
)
from emocare.report.shaping import clean
from emocare.report.style import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, TEXT_WIDTH

MAX_PAGES = 5
"""A longer report is set again with tables that may run over to the next page."""


def render_pdf(report: Report) -> bytes:
    """Draws the report on A4 pages.

    Args:
        report: Everything that is to be said; the same report always gives the same bytes.

    Returns:
        A compressed PDF with embedded fonts, bookmarks and document properties.

    Raises:
        ReportError: A time has no zone.
    """
    load_text_fonts()
    pdf, pages = _build(report, sections(report))
    if pages > MAX_PAGES:
        loose = [part for f in sections(report)
                 for part in (f.loose() if isinstance(f, Together) else (f,))]  # fmt: skip
        pdf, _ = _build(report, loose)
    return pdf


def _build(report: Report, story: list[Flowable]) -> tuple[bytes, int]:
    """The file and its number of pages."""
    target = io.BytesIO()
    top = header_height(report) + 30
    frame = Frame(MARGIN, FOOTER_TOP + 8, TEXT_WIDTH, PAGE_HEIGHT - top - FOOTER_TOP - 8,
                  leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)  # fmt: skip
    document = BaseDocTemplate(
        target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="en",
        initialFontName=REGULAR, title=clean(f"Session report {report.report_id} "
                                             f"v{report.version}, {report.patient.name}"),
        author=clean(f"{report.patient.clinician}, {report.clinic}"),
        subject=clean(f"Session {report.session.id} of patient {report.patient.code}"),
        creator="Emo-Care", producer=f"Emo-Care {report.provenance.app_version}",
    )  # fmt: skip
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(story, canvasmaker=partial(ReportCanvas, report=report))
    return target.getvalue(), document.page


def sections(report: Report) -> list[Flowable]:
    """Every section of the report in its order (clinical specification 5.1)."""
    answered = [
        *safety.crisis_box(report), *safety.safety_box(report), *front.title(report),
        *front.facts(report), *front.voices(report), *answers.questionnaires(report),
        *answers.changes(report),
    ]  # fmt: skip
    if not report.faces:
        return [*answered, *closing.method(report), *closing.limits(report),
                *closing.decision(report)]  # fmt: skip
    return [
        *answered, *observed.dimensions(report), *observed.over_time(report),
        *observed.index(report), *observed.units(report), *sequence.sequence(report),
        *quality.session_quality(report),
        *closing.method(report), *closing.limits(report), *closing.decision(report),
    ]  # fmt: skip


def pages_as_png(pdf: bytes, scale: float = 2.2) -> list[bytes]:
    """Each page as a PNG, drawn from the very bytes that are filed.

    Args:
        pdf: A PDF file.
        scale: Pixels per point.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        pictures = []
        for page in document:
            buffer = io.BytesIO()
            page.render(scale=scale).to_pil().save(buffer, format="PNG")
            pictures.append(buffer.getvalue())
        return pictures
    finally:
        document.close()


def sha256_of_pdf(pdf: bytes) -> str:
    """Fingerprint of the filed bytes, 64 hexadecimal digits."""
    return hashlib.sha256(pdf).hexdigest()
