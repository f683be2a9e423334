"""The printed consent: what stands on it, on one page, and the same bytes for the same copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pypdfium2
import pytest
from report_reading import pages_text

from emocare.clinical import current_text
from emocare.domain.consent import Use
from emocare.domain.errors import ReportError
from emocare.domain.records import Patient, PatientId
from emocare.report.consent_copy import ConsentCopy, CopyPoint, render_consent

AT = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def copy(*, live: bool = False) -> ConsentCopy:
    """Everything agreed to but research; the video was taken back."""
    text = current_text()
    return ConsentCopy(
        clinic="Sjövik Clinic",
        patient=Patient(PatientId("p"), "P-0148", "Kowalska, Marta", None, None, "Dr A", AT),
        title=text.title, version=text.version, text_date=text.date, notice=text.notice,
        statement=text.statement(live=live), adults=text.adults, withdrawal=text.withdrawal,
        kept=text.kept,
        points=tuple(
            CopyPoint(p.words(live=live), p.help, p.after, p.use is not Use.RESEARCH,
                      AT if p.use is Use.VIDEO else None) for p in text.asked(live=live)
        ),
        given_at=AT, noted_by="Dr A. Lindqvist", adult_confirmed=True, generated_at=AT,
    )  # fmt: skip


def said(one: ConsentCopy) -> str:
    pages = pages_text(render_consent(one))
    assert len(pages) == 1, "one page to sign"
    return " ".join(pages[0].split())


def test_everything_stands_on_one_page() -> None:
    text = said(copy())
    for words in ("Version 2026-11-3 of 25 Nov 2026", "Kowalska, Marta", "P-0148", "Sjövik Clinic",
                  "confirmed to be an adult", "25 Nov 2026, 09:30, noted by Dr A. Lindqvist",
                  "This is an emotion-recognition system", "people of 18 years or older",
                  "withdrawn 25 Nov 2026", "not agreed", "I can withdraw each point",
                  "Every video of mine", "gives me a certificate", "signature of the patient",
                  "signature of the clinician"):  # fmt: skip
        assert words in text, words
    assert text.count("not agreed") == 1


def test_the_words_for_a_camera_ask_for_no_video() -> None:
    text = said(copy(live=True))
    assert "The video is not stored." in text and "Keep this video" not in text


def test_a_form_that_is_not_filled_in_says_nothing_of_agreement() -> None:
    empty = replace(copy(), given_at=None, adult_confirmed=False,
                    points=tuple(replace(p, agreed=False, withdrawn_at=None)
                                 for p in copy().points))  # fmt: skip
    text = said(empty)
    assert "not agreed" not in text and "Agreed not yet" in text and "What I agree to" in text


def test_the_same_copy_gives_the_same_bytes_with_embedded_fonts() -> None:
    pdf = render_consent(copy())
    assert pdf == render_consent(copy())
    assert b"Helvetica" not in pdf
    assert pypdfium2.PdfDocument(pdf).get_metadata_value("Title") == "Consent, Kowalska, Marta"


def test_hostile_and_long_names_fit() -> None:
    odd = replace(copy().patient, name="مارتا <b>x</b> " + "W" * 180, code="<&>")
    assert "<&>" in " ".join(pages_text(render_consent(replace(copy(), patient=odd))))
    with pytest.raises(ReportError, match="time zone"):
        replace(copy(), generated_at=AT.replace(tzinfo=None))
