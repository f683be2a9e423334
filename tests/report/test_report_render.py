"""The file itself: the same bytes, every page marked, five pages at most."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from report_builder import (
    NOW,
    alert,
    indices,
    make_report,
    signed,
    totals,
    unreliable,
)
from report_reading import pages_text, whole_text

from emocare.domain.records import AlertState, ReportState
from emocare.report.content import Audience, Report, VersionEntry
from emocare.report.page import WATERMARK
from emocare.report.render import pages_as_png, render_pdf, sha256_of_pdf
from emocare.report.words import DISCLAIMER

HERE = Path(__file__).resolve().parent
LONG_NOTE = (
    "Sleep still broken, wakes at four and does not fall asleep again. Less withdrawn than in "
    "October, in her own words; met her sister twice. Appetite low, weight stable. Denies plans "
    "or intent when asked directly; thoughts come in the evening and pass. Works half days. "
    "Sertraline 100 mg since 14 October, no side effects apart from dry mouth. "
)


def long_report() -> Report:
    """Thirteen visits, two alerts, long names, long identifiers, a long note."""
    report = make_report()
    assert report.review is not None
    patient = replace(
        report.patient, code="P-0148-2026-REGION-NORRLAND",
        name="Maria Magdalena Konstancja von Hohenzollern-Sigmaringen-Wiśniewska de la Santísima "
             "Trinidad",
    )  # fmt: skip
    return signed(replace(
        report, patient=patient, alerts=(alert(AlertState.RESOLVED, "high"), alert()),
        clinic="Sjövik Clinic for Psychiatry, Psychotherapy and Psychosomatic Medicine",
        review=replace(report.review, note=LONG_NOTE * 4),
        totals=(*totals("PHQ-9", (19, 18, 20, 16, 14, 15, 11, 12, 13, 14, 12, 11, 13)),
                *totals("GAD-7", (14, 15, 13, 12, 11, 11, 8, 9, 9, 10, 9, 8, 9))),
        indices=indices((58.0, 55.0, 52.0, None, 47.0, 44.0, 44.0, 40.0, 38.0, 39.0, 41.0, 36.0,
                         38.0)),
    ))  # fmt: skip


def amended() -> Report:
    """The second version of a signed report."""
    report = signed(make_report())
    history = (
        VersionEntry(1, ReportState.AMENDED, NOW, "Dr Anna Lindqvist", None, "4c1d90ae" * 8),
        VersionEntry(2, ReportState.SIGNED, NOW, "Dr Anna Lindqvist", "Wrong date corrected"),
    )
    return replace(report, version=2, versions=history)


def patient_copy(**changes: object) -> Report:
    return make_report(audience=Audience.PATIENT, **changes)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(make_report(), id="full"),
        pytest.param(long_report(), id="long"),
        pytest.param(make_report(alerts=(alert(),)), id="open-alert"),
        pytest.param(unreliable(), id="unreliable"),
        pytest.param(make_report(questionnaires=(), totals=(), self_report={}), id="no-answers"),
        pytest.param(patient_copy(alerts=(alert(AlertState.RESOLVED),)), id="patient"),
        pytest.param(amended(), id="amended"),
    ],
)
def test_every_page_is_marked_and_there_are_at_most_five(report: Report) -> None:
    pages = pages_text(render_pdf(report))
    assert 1 < len(pages) <= 5
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert DISCLAIMER in text
        assert report.clinic in text and report.patient.name in text
        assert report.patient.code in text and "born 3 May 1984" in text
        assert f"Session {report.session.id}" in text
        assert f"Report {report.report_id} v{report.version}" in text
        assert "Generated 21 Nov 2026, 11:02 UTC+01:00" in text
        assert (WATERMARK in text) is report.unreviewed


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (make_report(), "DRAFT, not signed"),
        (signed(make_report()), "SIGNED 21 Nov 2026, 11:05"),
        (amended(), "SIGNED 21 Nov 2026, 11:05, amends version 1"),
        (replace(amended(), state=ReportState.AMENDED), "AMENDED, replaced by a later version"),
        (make_report(made_up=True), "DRAFT, not signed · Made-up data"),
    ],
)
def test_the_status_stands_on_every_page(report: Report, status: str) -> None:
    assert all(status in text for text in pages_text(render_pdf(report)))


def test_long_identifiers_stand_on_their_own_lines() -> None:
    report = make_report(report_id="5e0c7a9d42f84a1bb03f6c2d19e7a8f4")
    assert all("Report 5e0c7a9d42f84a1bb03f6c2d19e7a8f4 v1" in text
               for text in pages_text(render_pdf(report)))  # fmt: skip


def test_the_same_report_gives_the_same_bytes_whatever_came_before() -> None:
    report = make_report(clinic="श्री अस्पताल")
    first = render_pdf(report)
    render_pdf(make_report(clinic="कृष्ण मूर्ति ज्योत्स्ना শ্রীকৃষ্ণ"))
    assert render_pdf(report) == first


def test_another_process_gives_the_same_bytes() -> None:
    code = ("from report_builder import make_report\n"
            "from emocare.report.render import render_pdf, sha256_of_pdf\n"
            "print(sha256_of_pdf(render_pdf(make_report(clinic='श्री अस्पताल'))))")  # fmt: skip
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo",
                   "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parents[1])))}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == sha256_of_pdf(render_pdf(make_report(clinic="श्री अस्पताल")))


def test_a_changed_word_changes_the_fingerprint() -> None:
    report = make_report()
    assert report.review is not None
    other = replace(report, review=replace(report.review, note="Another note."))
    assert sha256_of_pdf(render_pdf(report)) != sha256_of_pdf(render_pdf(other))


def test_fonts_are_embedded_and_nothing_is_active() -> None:
    pdf = render_pdf(make_report(alerts=(alert(),)))
    assert pdf.startswith(b"%PDF-1.")
    assert b"Helvetica" not in pdf and b"/Type1" not in pdf
    assert pdf.count(b"/FontFile2") == pdf.count(b"/Type /FontDescriptor") > 0
    assert not re.search(rb"/(JavaScript|JS|OpenAction|Launch|URI|AA)\b", pdf)
    assert b"/FlateDecode" in pdf and b"/Lang (en)" in pdf


def test_document_properties() -> None:
    document = pypdfium2.PdfDocument(render_pdf(make_report()))
    found = document.get_metadata_dict()
    titles = [bookmark.get_title() for bookmark in document.get_toc()]
    places = [bookmark.get_dest().get_index() for bookmark in document.get_toc()]
    document.close()
    assert found["Title"] == "Session report R-0412 v1, Marta Kowalska"
    assert found["Author"] == "Dr A. Lindqvist, Sjövik Clinic"
    assert found["Subject"] == "Session S-2026-0148-12 of patient P-0148"
    assert found["CreationDate"] == "D:20261121110200+01'00'"
    assert titles[0] == "Questionnaire: PHQ-9" and titles[-1] == "Clinician's conclusion"
    assert places == sorted(places) and places[-1] > places[0] == 0


def _colours(pdf: bytes) -> set[tuple[str, ...]]:
    """Every fill and stroke colour that the pages set."""
    found: set[tuple[str, ...]] = set()
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(_ascii85(packed)).decode("latin-1")
        except (zlib.error, ValueError):
            continue  # a font, not a page
        found |= {tuple(m) for m in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", content)}
    return found


def _ascii85(packed: bytes) -> bytes:
    return base64.a85decode(packed.strip().removesuffix(b"~>"))


def test_red_is_used_for_safety_alone() -> None:
    def red(pdf: bytes) -> bool:
        colours = _colours(pdf)
        assert len(colours) > 8
        return any(float(r) > 0.6 and float(g) < 0.25 and float(b) < 0.25 for r, g, b in colours)

    assert not red(render_pdf(make_report()))
    assert red(render_pdf(make_report(alerts=(alert(),))))


def test_pages_are_pictures_of_the_filed_bytes() -> None:
    pictures = pages_as_png(render_pdf(make_report()), scale=1.0)
    assert len(pictures) == 5
    first = Image.open(io.BytesIO(pictures[0]))
    assert first.format == "PNG" and first.size == (596, 842)
    assert sum(count > 0 for count in first.convert("L").histogram()) > 50


def test_nothing_is_drawn_outside_the_margins() -> None:
    for picture in pages_as_png(render_pdf(long_report()), scale=1.0):
        page = Image.open(io.BytesIO(picture)).convert("L")
        edges = (page.crop((0, 0, 44, 842)), page.crop((552, 0, 596, 842)),
                 page.crop((0, 0, 596, 20)), page.crop((0, 826, 596, 842)))  # fmt: skip
        assert all(edge.getextrema() == (255, 255) for edge in edges)


def test_endless_words_and_notes_are_still_set() -> None:
    report = make_report(alerts=(alert(AlertState.RESOLVED),))
    assert report.review is not None
    endless = "Wort" * 200
    closed = replace(report.alerts[0].alert, note=LONG_NOTE * 18)
    report = replace(
        report, clinic=endless, patient=replace(report.patient, name=endless, code=endless),
        alerts=(replace(report.alerts[0], alert=closed),),
        review=replace(report.review, note=LONG_NOTE * 20 + endless),
    )  # fmt: skip
    text = whole_text(render_pdf(report))
    assert text.count("Sertraline 100 mg") == 38
    assert "Page 1 of" in text
