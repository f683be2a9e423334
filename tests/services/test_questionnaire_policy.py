"""What a clinic's settings and files make of the questionnaires, in a real installation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from emocare.app import App, build_app
from emocare.clinical import load_instrument
from emocare.clinical.instruments import loading
from emocare.domain.errors import InputError
from emocare.domain.records import Patient, Response, SessionId
from emocare.domain.summary import Band
from emocare.services.questionnaires_draft import LEFT_ALONE
from emocare.services.workplace import now
from emocare.settings import Settings, load_settings
from tests.clinical.test_words import SLEEP, STRESS
from tests.services.fakes import ScriptedReader


@contextmanager
def clinic(settings: Settings, **changed: object) -> Iterator[App]:
    with build_app(replace(settings, **changed), ScriptedReader().loaded) as app:  # type: ignore[arg-type]
        yield app


def answer(
    app: App, patient: Patient, name: str, values: list[int | None],
    session_id: SessionId | None = None, mode: str = "self",
) -> Response:  # fmt: skip
    draft = app.questionnaires.draft(patient.id, session_id, name)
    for index, value in enumerate(values):
        if not draft.answered[index]:
            draft = app.questionnaires.answer(draft, index, value)
    return app.questionnaires.finish(draft, mode=mode)


def words(settings: Settings, name: str, content: str) -> None:
    folder = settings.data_dir / "instruments"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def test_what_is_offered(settings: Settings) -> None:
    with clinic(settings) as app:
        assert app.questionnaires.names() == (
            "PHQ-9", "GAD-7", "DASS-21", "GAD-2", "K10", "K6", "PHQ-2", "PHQ-4", "PHQ-8", "WHO-5",
        )  # fmt: skip
    with clinic(settings, packs="") as app:
        assert not {"DASS-21", "WHO-5"} & set(app.questionnaires.names())
        ada = app.people.add("P-1", "Ada")
        with pytest.raises(InputError, match="WHO-5 is switched off"):
            app.questionnaires.draft(ada.id, None, "WHO-5")
    with clinic(settings, packs="who5, PHQ-9, XYZ") as app:
        service = app.questionnaires
        assert "WHO-5" in service.names() and "DASS-21" not in service.names()
        assert service.offered.faults() == [
            f"Setting packs: '{name}' is no content pack here. There are: DASS-21, WHO-5."
            for name in ("PHQ-9", "XYZ")
        ]


def test_a_deleted_pack_is_gone_and_nothing_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(loading.PACKS / "who-5", packs / "who-5")
    monkeypatch.setattr(loading, "PACKS", packs)
    load_instrument.cache_clear()
    try:
        with clinic(settings) as app:
            assert "WHO-5" in app.questionnaires.names()
            assert "DASS-21" not in app.questionnaires.names()
            assert app.questionnaires.staff_notes(date(2026, 11, 22)) == []
            with pytest.raises(InputError, match="Unknown instrument 'DASS-21'"):
                app.questionnaires.form("DASS-21")
    finally:
        load_instrument.cache_clear()


def test_answers_of_a_pack_that_was_switched_off_stay(settings: Settings) -> None:
    with clinic(settings) as app:
        ada = app.people.add("P-1", "Ada")
        visit = app.questionnaires.open_visit(ada.id)
        answer(app, ada, "DASS-21", [1] * 21, visit.id)
    with clinic(settings, packs="WHO-5") as app:
        (response,) = app.questionnaires.of_session(visit.id)
        assert app.questionnaires.offered.printed(response).name == "DASS-21"
        assert app.reports.draft(visit.id).pdf.startswith(b"%PDF")


def test_nobody_looks_the_same_day(settings: Settings) -> None:
    with clinic(settings, same_day_review=False) as app:
        ada = app.people.add("P-1", "Ada")
        assert app.questionnaires.names()[:2] == ("PHQ-8", "GAD-7")
        assert "PHQ-9" not in app.questionnaires.names()
        with pytest.raises(InputError, match=r"setting same_day_review.*Use PHQ-8"):
            app.questionnaires.draft(ada.id, None, "PHQ-9")
        answer(app, ada, "PHQ-2", [3, 3])
        assert app.questionnaires.follow_ups(ada.id) == ["PHQ-8"]
        full = app.questionnaires.draft(ada.id, None, "PHQ-8")
        assert (full.answers[:2], full.position, full.carried) == ((3, 3), 2, 2)


def test_words_of_the_clinic(settings: Settings) -> None:
    words(settings, "pss-10.en.toml", STRESS)
    words(settings, "isi.en.toml", SLEEP.replace('"q7"', '"q7", "q8"'))
    words(settings, "bdi.toml", "x = 1")
    with clinic(settings) as app:
        service = app.questionnaires
        assert "PSS-10" in service.names() and "ISI" not in service.names()
        assert service.offered.faults() == service.staff_notes(date(2026, 11, 22))
        assert [note.split(":")[0] for note in service.offered.faults()] == [
            "bdi.toml", "isi.en.toml"]  # fmt: skip
        ada = app.people.add("P-1", "Ada")
        response = answer(app, ada, "PSS-10", [0] * 9 + [None])
        assert (response.language, response.version) == ("en", "licensed copy 2026")
        assert response.result.total == 18
        with pytest.raises(InputError, match=r"isi\.en\.toml: items: ISI has 7"):
            service.draft(ada.id, None, "ISI")
    (settings.data_dir / "instruments" / "isi.en.toml").unlink()
    with clinic(settings) as app, pytest.raises(InputError, match="its words are not here"):
        app.questionnaires.form("ISI")


def test_a_translation_is_offered_stored_and_printed(settings: Settings) -> None:
    lines = ", ".join(f'"fråga {n}"' for n in range(1, 7))
    words(settings, "k6.sv.toml", f"""
instrument = "K6"
language = "sv"
version = "official Swedish"
stem = "inledning"
notice = "upphovsrätt"
options = ["aldrig", "lite", "ibland", "mest", "alltid"]
items = [{lines}]
""")
    with clinic(settings) as app:
        service = app.questionnaires
        ada = app.people.add("P-1", "Ada")
        assert service.offered.languages("K6") == ("en", "sv")
        draft = service.draft(ada.id, None, "K6", "sv")
        draft = service.answer(draft, 0, 4)
        # After a crash the form goes on in its own language.
        draft = service.draft(ada.id, None, "K6")
        assert (draft.language, draft.resumed) == ("sv", True)
        for index in range(1, 6):
            draft = service.answer(draft, index, 0)
        response = service.finish(draft, mode="interviewer")
        assert (response.language, response.version, response.mode) == (
            "sv", "official Swedish", "interviewer")  # fmt: skip
        assert service.offered.printed(response).items[0].text == "fråga 1"
        (settings.data_dir / "instruments" / "k6.sv.toml").unlink()
        assert service.offered.printed(response).items[0].text == "nervous?"


def test_crisis_numbers_of_the_clinic(settings: Settings) -> None:
    path = settings.data_dir / "crisis_resources.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        'verified_on = 2025-01-01\n[country.US]\nemergency = "911"\n'
        'lines = [{ name = "County line", number = "555 0100" }]\n', encoding="utf-8",
    )  # fmt: skip
    with clinic(settings, country="US") as app:
        service = app.questionnaires
        assert service.crisis_card().lines[0].number == "555 0100"
        (note,) = service.staff_notes(date(2026, 11, 22))
        assert "last checked on 2025-01-01" in note
        assert service.staff_notes(date(2026, 1, 1)) == []
        path.write_text("country = 1\n", encoding="utf-8")
        assert [line.number for line in service.crisis_card().lines] == ["988", "741741"]
        (note,) = service.staff_notes(date(2026, 11, 22))
        assert "The shipped crisis numbers are shown instead." in note
        visit = service.open_visit(app.people.add("P-1", "Ada").id)
        assert app.reports.draft(visit.id, "patient").pdf.startswith(b"%PDF")


def test_the_norms_of_the_site_reach_the_score(settings: Settings) -> None:
    with clinic(settings, norms="PHQ-9 6.0 0.84") as app:
        ada = app.people.add("P-1", "Ada")
        answer(app, ada, "PHQ-9", [2] * 8 + [0])
        later = answer(app, ada, "PHQ-9", [0] * 9)
        assert later.result.change is not None and later.result.change["rci"] == -4.71
        assert app.questionnaires.responses(ada.id)[0].result == later.result
    with pytest.raises(InputError, match="Setting norms"), clinic(settings, norms="PHQ-9 0 0"):
        pytest.fail("it started")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"EMOCARE_JURISDICTION": "US-IL"}, False),
        ({"EMOCARE_JURISDICTION": "us-il "}, False),
        ({"EMOCARE_JURISDICTION": "SE"}, True),
        ({"EMOCARE_JURISDICTION": "US-IL", "EMOCARE_FACIAL_MODULE_ENABLED": "true"}, True),
        ({"EMOCARE_FACIAL_MODULE_ENABLED": "false"}, False),
    ],
)
def test_where_faces_are_not_analysed(
    given: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    found = load_settings({"EMOCARE_DATA_DIR": str(tmp_path), **given})
    assert found.facial_module_enabled is expected


def test_an_answer_at_risk_does_not_wait_for_the_last_screen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser closes on the crisis card: the form is finished once it was left alone."""
    with clinic(settings) as app:
        service, ada = app.questionnaires, app.people.add("P-1", "Ada")
        ben = app.people.add("P-2", "Ben")
        for person, values in ((ada, [0] * 8 + [2]), (ben, [0] * 9)):
            draft = service.draft(person.id, None, "PHQ-9")
            for index, value in enumerate(values):
                draft = service.answer(draft, index, value)
        open_end = service.answer(service.draft(ben.id, None, "PHQ-8"), 0, 3)
        assert service.finish_left_alone() == [] and app.alerts.open() == []
    later = now() + LEFT_ALONE + timedelta(seconds=1)
    monkeypatch.setattr("emocare.services.questionnaires.now", lambda: later)
    with clinic(settings) as app:
        (response,) = app.questionnaires.finish_left_alone()
        assert (response.patient_id, response.answers[8]) == (ada.id, 2)
        assert [alert.level for alert in app.alerts.open()] == ["high"]
        assert app.questionnaires.finish_left_alone() == []
        assert app.questionnaires.draft(ben.id, None, "PHQ-8").answers == open_end.answers


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def test_a_visit_without_a_recording_has_a_whole_report(settings: Settings) -> None:
    """Scales, bands of rival tables, reversed items without words, alerts; signed at the end."""
    with clinic(settings) as app:
        ada = app.people.add("P-1", "Ada")
        visit = app.questionnaires.open_visit(ada.id)
        answer(app, ada, "PHQ-9", [2] * 8 + [1], visit.id)
        answer(app, ada, "DASS-21", [1] * 20 + [None], visit.id, "interviewer")
        answer(app, ada, "K10", [3] * 10, visit.id)
        app.reviews.save(visit.id, Band.SEVERE, None, (), "A note.")
        assert [item.text for item in app.reports.checklist(visit.id)] == [
            "Your own impression is noted", "A valid questionnaire leads",
            "Safety alert not reviewed: every page will carry a watermark",
        ]  # fmt: skip
        draft = app.reports.draft(visit.id)
        first = pages_of(draft.pdf)[0]
        assert "Answer: Several days." in first and "NOT YET REVIEWED" in first
        assert "Recording none: questionnaires only" in first
        assert "DASS-21 depression 14 of 42 (native: moderate), prorated, possible 12 to 18, " \
               "band uncertain" in first  # fmt: skip
        assert "DASS-21 stress 14 of 42 (native: normal)" in first
        whole = " ".join(pages_of(draft.pdf))
        assert "The Australian Bureau of Statistics uses" in whole
        assert "asked by an interviewer" in whole
        signed = app.reports.sign(visit.id, "Dr A", "psychiatrist", "SE-1")
        assert "Signed electronically" in " ".join(pages_of(signed.pdf))
        assert "DASS-21" in app.reports.csv(visit.id)


def test_packs_may_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('packs = ["WHO-5"]\n', encoding="utf-8")
    assert load_settings({"EMOCARE_DATA_DIR": str(tmp_path)}).packs == "WHO-5"
