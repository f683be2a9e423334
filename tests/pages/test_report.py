"""Report: preview, check list, signing, amending, downloads."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.errors import ReportError
from emocare.domain.records import ReportState, SessionRecord
from emocare.domain.summary import Band
from tests.pages.conftest import Open, again, words
from tests.services.entrance_tools import GOOD
from tests.ui.scenes import Scene, readings


@pytest.fixture
def record(scene: Scene) -> SessionRecord:
    person = scene.patient("P-1", "Ada Lang")
    made = scene.session(person, readings(90))
    scene.answers(person, made, [2, 2, 2, 2, 1, 2, 1, 1, 0], difficulty=1)
    return made


@pytest.fixture
def reviewed(scene: Scene, record: SessionRecord) -> SessionRecord:
    scene.app.reviews.save(record.id, Band.MODERATE, "agree", ("crying",), "Less withdrawn.")
    return record


def signed(page: AppTest) -> AppTest:
    page.text_input[0].set_value("Dr A. Lindqvist")
    page.text_input[1].set_value("psychiatrist")
    page.text_input[2].set_value("SE-118 203")
    page.checkbox[0].check()
    return press(again(page), "Sign report")


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def test_without_a_session_it_asks_for_one(open_page: Open, scene: Scene) -> None:
    page = open_page("report")
    assert not page.exception
    assert page.title[0].value == "Report"
    assert "Nothing has been recorded yet." in words(page)


def test_a_missing_impression_blocks_signing_and_says_so(
    open_page: Open, scene: Scene, record: SessionRecord
) -> None:
    page = open_page("report", session=record.id)
    assert not page.exception
    text = words(page)
    assert "Your own impression is missing" in text
    assert "It cannot be signed yet: Your own impression is missing." in text
    assert next(b for b in page.button if b.label == "Sign report").disabled


def test_pages_are_pictures_with_a_description(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = open_page("report", session=reviewed.id)
    picture = (page.get("imgs") or page.get("image"))[0].proto.imgs[0]
    assert picture.alt.startswith("Page 1 of")
    assert "Draft" in words(page)
    assert "Until signed every page is marked DRAFT." in words(page)


def test_signing_needs_the_tick(open_page: Open, scene: Scene, reviewed: SessionRecord) -> None:
    page = open_page("report", session=reviewed.id)
    page.text_input[1].set_value("psychiatrist")
    page = press(page, "Sign report")
    assert "Tick that you have read the report, then sign." in words(page)
    assert scene.app.reports.current(reviewed.id).state is ReportState.DRAFT


def test_signing_needs_a_role(open_page: Open, scene: Scene, reviewed: SessionRecord) -> None:
    page = again(open_page("report", session=reviewed.id))
    page.checkbox[0].check()
    page = press(page, "Sign report")
    assert page.error and "password" not in page.error[0].value
    assert scene.app.reports.current(reviewed.id).state is ReportState.DRAFT


@pytest.mark.parametrize(("password", "says"), [
    ("", "your password once more"), ("a wrong one", "not your password")
])  # fmt: skip
def test_signing_needs_the_password_again(
    open_page: Open, scene: Scene, reviewed: SessionRecord, password: str, says: str
) -> None:
    page = open_page("report", session=reviewed.id)
    page.text_input[1].set_value("psychiatrist")
    page.checkbox[0].check()
    page = press(again(page, password), "Sign report")
    assert says in page.error[0].value
    assert scene.app.reports.current(reviewed.id).state is ReportState.DRAFT
    page = press(again(page), "Sign report")
    assert scene.app.reports.current(reviewed.id).state is ReportState.SIGNED
    assert GOOD not in repr(page.session_state), "nobody finds it typed in"


def test_signed_it_says_who_and_shows_the_fingerprint(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = signed(open_page("report", session=reviewed.id))
    assert not page.exception and not page.error
    report = scene.app.reports.current(reviewed.id)
    assert report.state is ReportState.SIGNED
    text = words(page)
    assert "Signed by **Dr A. Lindqvist**, psychiatrist" in text
    assert report.sha256[:4] in text and report.sha256[-4:] in text
    assert "Sign report" not in [b.label for b in page.button]


def test_the_download_is_the_filed_file(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = signed(open_page("report", session=reviewed.id))
    labels = [b.label for b in page.get("download_button")]
    assert labels == ["PDF", "CSV", "Tables", "FHIR"]
    assert scene.app.reports.current(reviewed.id).pdf.startswith(b"%PDF")


def test_fhir_carries_a_pseudonym_until_the_name_is_chosen(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = open_page("report", session=reviewed.id)
    assert page.segmented_control(key="fhir_identity").value is False
    names = [b.proto.id for b in page.get("download_button")]
    page.segmented_control(key="fhir_identity").set_value(True).run()
    assert not page.exception and len(page.get("download_button")) == len(names)


def test_amending_needs_a_reason_and_keeps_the_old_version(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = signed(open_page("report", session=reviewed.id))
    page = page.button(key="amend").click().run()
    assert "Version 1 stays as it is" in words(page) and "Your password" in words(page)
    scene.app.reports.amend(reviewed.id, "Wrong date")
    page = open_page("report", session=reviewed.id)
    assert "Draft v2" in words(page)
    assert "Earlier versions" in [e.label for e in page.expander]


def test_the_patient_copy_is_another_document(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    page = open_page("report", session=reviewed.id)
    page.segmented_control(key="report_audience").set_value("patient").run()
    assert not page.exception
    copy = scene.app.reports.current(reviewed.id, "patient")
    assert copy is not None and copy.sha256 != scene.app.reports.current(reviewed.id).sha256


def test_a_report_that_cannot_be_made_says_why(
    open_page: Open, scene: Scene, reviewed: SessionRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise ReportError("A font is missing. Install Emo-Care again.")

    monkeypatch.setattr(type(scene.app.reports), "draft", fails)
    page = open_page("report", session=reviewed.id)
    assert not page.exception
    assert "The report could not be made. A font is missing." in words(page)
    assert "Try again" in [b.label for b in page.button]


def test_an_open_alert_is_named_before_signing(
    open_page: Open, scene: Scene, reviewed: SessionRecord
) -> None:
    person = scene.app.people.get(reviewed.patient_id)
    scene.answers(person, reviewed, [1, 1, 1, 1, 1, 1, 1, 1, 2])
    text = words(open_page("report", session=reviewed.id))
    assert "Safety alert not reviewed: every page will carry a watermark" in text
    assert "Safety alert" in text
