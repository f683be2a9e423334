"""People, questionnaires, alerts, reviews and reports of one visit, end to end."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from emocare.app import App, build_app
from emocare.domain.alert_life import AlertAction
from emocare.domain.errors import (
    AnswerOutOfRange,
    ChangedElsewhere,
    InputError,
    NotFound,
    ReportError,
)
from emocare.domain.records import (
    AlertState,
    Patient,
    ReportState,
    Response,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import Band
from emocare.services.next_steps import KINDS
from emocare.services.workplace import now
from emocare.settings import Settings
from tests.services.conftest import consent, record, times
from tests.services.fakes import ScriptedReader, never

CALM = (0, 1, 1, 0, 1, 0, 1, 0, 0)
ITEM9 = (0, 1, 1, 1, 0, 0, 0, 0, 1)


def answered(
    app: App, patient: Patient, answers: tuple[int | None, ...], instrument: str = "PHQ-9",
    session_id: SessionId | None = None,
) -> Response:  # fmt: skip
    """A finished form."""
    draft = app.questionnaires.draft(patient.id, session_id, instrument)
    for index, value in enumerate(answers):
        draft = app.questionnaires.answer(draft, index, value)
    return app.questionnaires.finish(draft)


def text_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return pages


@pytest.fixture
def short(app: App, patient: Patient) -> SessionRecord:
    """A session of four seconds: unreliable, because too short."""
    return record(app, patient, times(4))


# People


def test_people_are_found_by_name_and_number(app: App) -> None:
    ada = app.people.add("MRN 7", "Ada Nowak", date(1980, 2, 3), "female")
    app.people.add("MRN 8", "Zoë Kowalska")
    assert [row.patient.name for row in app.people.overview()] == ["Ada Nowak", "Zoë Kowalska"]
    assert [row.patient for row in app.people.overview("nowak 7")] == [ada]
    assert [row.patient.code for row in app.people.overview("zoe")] == ["MRN 8"]
    assert app.people.overview("nobody") == []
    assert app.people.by_code("mrn 7") == ada
    changed = app.people.update(ada.id, "MRN 9", "Ada Nowak-Bell")
    assert app.people.get(ada.id) == changed and changed.created_at == ada.created_at


def test_the_overview_knows_sessions_totals_and_states(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    answered(app, patient, CALM)
    answered(app, patient, ITEM9)
    row = app.people.overview()[0]
    assert (row.sessions, row.totals) == (1, [4, 4])
    assert row.last_session is not None and row.last_session.id == short.id
    assert row.last_response is not None and row.last_response.answers == ITEM9
    assert row.states == ["Safety alert", "Unreliable"]


def test_next_steps_come_most_pressing_first(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    other = app.people.add("P-2", "Ben Example")
    record(app, other, times(1))
    response = answered(app, other, ITEM9)
    steps = app.people.next_steps(limit=3)
    assert [(step.kind, step.patient.code) for step in steps.items] == [
        ("safety", "P-2"), ("review", "P-1"), ("review", "P-2")
    ]  # fmt: skip
    assert steps.more == 1
    assert app.people.next_steps(9).items[3].kind == "questionnaire"
    assert "not yet acknowledged" in steps.items[0].detail
    assert all(step.minutes > 0 for step in steps.items)
    app.reviews.save(short.id, Band.MILD, "agree", [], "")
    kinds = [(s.kind, s.patient.code) for s in app.people.next_steps(9).items]
    assert ("report", "P-1") in kinds and ("review", "P-1") not in kinds
    assert set(KINDS) >= {kind for kind, _ in kinds}
    assert response.result.total == 4


def test_a_later_recording_that_failed_hides_no_review(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    failed = app.recordings.begin(patient.id, "camera", consent())
    failed.stop(SessionState.FAILED, "Nothing could be read.")
    steps = app.people.next_steps().items
    assert (steps[0].kind, steps[0].session_id) == ("review", short.id)


# Questionnaires


def test_an_unreliable_face_offers_the_questionnaire_with_the_reason(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    offer = app.questionnaires.needed(short.id)
    assert offer is not None and offer.instrument == "PHQ-9"
    assert any("need 60 s" in reason for reason in offer.reasons)
    answered(app, patient, CALM, session_id=short.id)
    assert app.questionnaires.needed(short.id) is None


def test_a_reliable_face_offers_nothing_but_asks(app: App, patient: Patient) -> None:
    ready = record(app, patient)
    assert app.questionnaires.needed(ready.id) is None
    headline = app.questionnaires.headline(ready.id)
    assert headline.ask_questionnaire


def test_a_room_without_a_face_offers_it_too(settings: Settings) -> None:
    with build_app(settings, ScriptedReader(never).loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        session = record(app, patient, times(20))
        offer = app.questionnaires.needed(session.id)
        assert offer is not None
        assert any("a face was seen 0 %" in reason for reason in offer.reasons)
        headline = app.questionnaires.headline(session.id)
        assert (headline.band, headline.source) == (None, "none")
        assert headline.flags == ("FACE_UNRELIABLE_USE_QUESTIONNAIRE", "QUESTIONNAIRE_REQUIRED")


def test_every_answer_is_kept_at_once(settings: Settings, reader: ScriptedReader) -> None:
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
        assert (draft.position, draft.resumed, draft.complete) == (0, False, False)
        draft = app.questionnaires.answer(draft, 0, 2)
        draft = app.questionnaires.answer(draft, 1, None)
        assert draft.position == 2 and draft.answered[:3] == (True, True, False)
    with build_app(settings, reader.loaded) as app:
        back = app.questionnaires.draft(patient.id, None, "phq9")
        assert back == replace(draft, resumed=True)
        with pytest.raises(InputError, match="Question 3 is not answered yet"):
            app.questionnaires.finish(back)
        for index in range(2, 9):
            back = app.questionnaires.answer(back, index, 1)
        response = app.questionnaires.finish(back, difficulty=2, mode="interviewer")
        assert response.result.total == 10 and response.result.prorated
        assert (response.mode, response.difficulty, response.language) == ("interviewer", 2, "en")


def test_finishing_twice_gives_one_response(app: App, patient: Patient) -> None:
    draft = app.questionnaires.draft(patient.id, None, "GAD-7")
    for index in range(7):
        draft = app.questionnaires.answer(draft, index, 1)
    first = app.questionnaires.finish(draft)
    assert app.questionnaires.finish(draft) == first
    assert app.questionnaires.responses(patient.id) == [first]
    with pytest.raises(ChangedElsewhere, match="finished in another window"):
        app.questionnaires.answer(draft, 0, 3)
    fresh = app.questionnaires.draft(patient.id, None, "GAD-7")
    assert not fresh.resumed and fresh.response_id != first.id


def test_the_next_form_is_compared_with_the_last(app: App, patient: Patient) -> None:
    answered(app, patient, (2, 2, 2, 2, 2, 2, 2, 2, 0))
    answered(app, patient, (None,) * 3 + (0,) * 6)
    later = answered(app, patient, (1, 1, 1, 1, 0, 0, 0, 0, 0))
    assert later.result.change is not None
    assert later.result.change["delta"] == -12
    assert "REMISSION" in later.result.change["flags"]


def test_the_questionnaire_leads_for_fourteen_days(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = {"days": -15}
    monkeypatch.setattr(
        "emocare.services.questionnaires.now", lambda: now() + timedelta(days=at["days"])
    )
    answered(app, patient, (3,) * 8 + (0,))
    session = record(app, patient, times(4))
    assert app.questionnaires.headline(session.id).source == "none"
    assert app.questionnaires.of_session(session.id) == []
    at["days"] = -13
    answered(app, patient, CALM)
    headline = app.questionnaires.headline(session.id)
    assert (headline.source, headline.band) == ("questionnaire", Band.NORMAL)
    assert len(app.questionnaires.of_session(session.id)) == 1


def test_answers_given_while_the_recording_is_read_are_of_that_visit(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the menu, for no session in particular: the same day counts, the day after does not."""
    session = record(app, patient, times(4))
    after = {"hours": 30}
    monkeypatch.setattr(
        "emocare.services.questionnaires.now", lambda: now() + timedelta(hours=after["hours"])
    )
    answered(app, patient, (3,) * 8 + (0,))
    assert app.questionnaires.headline(session.id).source == "none"
    after["hours"] = 1
    answered(app, patient, CALM)
    assert app.questionnaires.headline(session.id).source == "questionnaire"
    assert len(app.questionnaires.of_session(session.id)) == 1


@pytest.mark.parametrize(
    ("index", "value"), [(9, 0), (-1, 0), (0, 4), (0, -1), (0, True), (0, 1.0), (0, "2")]
)
def test_answers_that_do_not_exist(
    app: App, patient: Patient, index: int, value: object
) -> None:
    draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
    with pytest.raises(AnswerOutOfRange):
        app.questionnaires.answer(draft, index, value)  # type: ignore[arg-type]


# Alerts and the report


def test_item_nine_reaches_page_one_and_stays_until_it_is_resolved(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    answered(app, patient, ITEM9, session_id=short.id)
    (alert,) = app.alerts.open()
    assert (alert.code, alert.level, alert.state) == (
        "SI_ITEM9_POSITIVE", "elevated", AlertState.RAISED
    )  # fmt: skip
    first = text_of(app.reports.draft(short.id).pdf)
    assert "hurting yourself" in first[0] and "NOT YET REVIEWED" in first[0]
    assert all("UNREVIEWED SAFETY ALERT" in page for page in first)
    with pytest.raises(InputError, match="Acknowledge the alert first"):
        app.alerts.resolve(alert.id, AlertAction.SAFETY_PLAN)
    seen = app.alerts.acknowledge(alert.id)
    assert seen.state is AlertState.ACKNOWLEDGED and seen.acknowledged_by == "Dr Test"
    with pytest.raises(InputError, match="already acknowledged"):
        app.alerts.acknowledge(alert.id)
    second = text_of(app.reports.draft(short.id).pdf)
    assert "hurting yourself" in second[0] and "Dr Test" in second[0]
    assert not any("UNREVIEWED SAFETY ALERT" in page for page in second)
    with pytest.raises(InputError):
        app.alerts.resolve(alert.id, "forgot about it")
    done = app.alerts.resolve(alert.id, "safety_plan", " with her sister ")
    assert (done.state, done.note) == (AlertState.RESOLVED, "with her sister")
    assert app.alerts.open(patient.id) == [] and app.alerts.all(patient.id) == [done]
    assert "Safety plan made" in text_of(app.reports.draft(short.id).pdf)[0]


def test_an_open_alert_of_an_older_form_is_on_a_later_report(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "emocare.services.questionnaires.now", lambda: now() - timedelta(days=40)
    )
    answered(app, patient, ITEM9)
    session = record(app, patient, times(4))
    assert "hurting yourself" in text_of(app.reports.draft(session.id).pdf)[0]


def test_an_alert_survives_a_restart(settings: Settings, reader: ScriptedReader) -> None:
    with build_app(settings, reader.loaded) as app:
        answered(app, app.people.add("P-1", "Ada Example"), ITEM9)
    with build_app(settings, reader.loaded) as app:
        assert [alert.code for alert in app.alerts.open()] == ["SI_ITEM9_POSITIVE"]


def test_the_check_list_blocks_and_informs(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    app.reports.draft(short.id)
    blocking = [i.text for i in app.reports.checklist(short.id) if i.blocking and not i.done]
    assert blocking == ["Your own impression is missing"]
    with pytest.raises(ReportError, match="own impression is missing"):
        app.reports.sign(short.id, "Dr Test", "physician", "L-1")
    answered(app, patient, ITEM9, session_id=short.id)
    texts = [item.text for item in app.reports.checklist(short.id)]
    assert "Safety alert not reviewed: every page will carry a watermark" in texts
    assert "The face reading is unreliable" in texts


def test_what_is_signed_never_changes(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    app.reviews.save(short.id, Band.MILD, "partly", ["sedative", "crying"], "Tired today.")
    draft = app.reports.draft(short.id)
    assert draft.state is ReportState.DRAFT and draft.version == 1
    assert app.reports.draft(short.id) == draft, "nothing changed, so nothing is made anew"
    signed = app.reports.sign(short.id, "Dr Ada Test", "physician", "L-42")
    assert signed.state is ReportState.SIGNED and signed.id == draft.id
    assert signed.sha256 == hashlib.sha256(signed.pdf).hexdigest()
    pages = " ".join(text_of(signed.pdf))
    assert "Dr Ada Test" in pages and "L-42" in pages and "Sedative" in pages
    assert "Tired today." in pages and "DRAFT" not in pages
    app.reviews.save(short.id, Band.SEVERE, "disagree", [], "Changed my mind.")
    answered(app, patient, CALM, session_id=short.id)
    assert app.reports.current(short.id) == signed
    for forbidden in (
        lambda: app.reports.draft(short.id),
        lambda: app.reports.sign(short.id, "Dr Eve", "physician", "L-1"),
    ):
        with pytest.raises(ReportError):
            forbidden()
    assert app.reports.current(short.id) == signed


def test_amending_makes_a_new_version_and_keeps_the_old_bytes(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    with pytest.raises(ReportError, match="Only a signed report"):
        app.reports.amend(short.id, "too early")
    app.reviews.save(short.id, Band.MILD, None, [], "")
    app.reports.draft(short.id)
    first = app.reports.sign(short.id, "Dr Test", "physician", "")
    with pytest.raises(ReportError, match="needs a reason"):
        app.reports.amend(short.id, "  ")
    draft = app.reports.amend(short.id, "Wrong date")
    assert (draft.version, draft.state, draft.amendment_reason) == (
        2, ReportState.DRAFT, "Wrong date"
    )  # fmt: skip
    newest, oldest = app.reports.versions(short.id)
    assert (newest, oldest.state, oldest.pdf) == (draft, ReportState.AMENDED, first.pdf)
    second = app.reports.sign(short.id, "Dr Test", "physician", "")
    assert second.version == 2 and "Wrong date" in " ".join(text_of(second.pdf))


def test_signing_waits_when_the_record_changed_under_the_draft(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    app.reviews.save(short.id, Band.MILD, None, [], "")
    old = app.reports.draft(short.id)
    answered(app, patient, CALM, session_id=short.id)
    with pytest.raises(ReportError, match="has changed since"):
        app.reports.sign(short.id, "Dr Test", "physician", "")
    renewed = app.reports.current(short.id)
    assert renewed is not None and renewed.sha256 != old.sha256
    assert app.reports.sign(short.id, "Dr Test", "physician", "").state is ReportState.SIGNED


def test_the_patient_copy_follows_the_file(
    app: App, patient: Patient, short: SessionRecord
) -> None:
    answered(app, patient, CALM, session_id=short.id)
    app.reviews.save(short.id, Band.MILD, None, [], "")
    copy = app.reports.draft(short.id, "patient")
    assert copy.state is ReportState.DRAFT
    assert "555 0100" in " ".join(text_of(copy.pdf)), "the clinic's number is on the crisis card"
    app.reports.draft(short.id)
    signed = app.reports.sign(short.id, "Dr Test", "physician", "")
    copy = app.reports.draft(short.id, "patient")
    assert (copy.state, copy.signed_at) == (ReportState.SIGNED, signed.signed_at)
    assert app.reports.draft(short.id, "patient") == copy
    app.reports.amend(short.id, "Typo")
    app.reports.sign(short.id, "Dr Test", "physician", "")
    newer = app.reports.draft(short.id, "patient")
    assert (newer.version, newer.state) == (2, ReportState.SIGNED)
    assert [r.state for r in app.reports.versions(short.id, "patient")] == [
        ReportState.SIGNED, ReportState.AMENDED
    ]  # fmt: skip


def test_pages_and_files_come_from_the_filed_bytes(
    app: App, patient: Patient, short: SessionRecord, tmp_path: Path
) -> None:
    report = app.reports.draft(short.id)
    assert app.reports.pages(report)[0].startswith(b"\x89PNG")
    written = app.exports.write_report(
        short.id, pdf=tmp_path / "r.pdf", fhir=None, csv=tmp_path / "r.csv", named=True
    )
    assert written[0].read_bytes() == report.pdf
    assert written[1].read_text("utf-8-sig").startswith("section,name,value")
    with pytest.raises(InputError, match="cannot be written"):
        app.exports.write_report(short.id, pdf=tmp_path / "no" / "folder" / "r.pdf", fhir=None,
                                 csv=None, named=True)  # fmt: skip
    with pytest.raises(NotFound):
        app.exports.write_report(SessionId("none"), pdf=tmp_path / "x.pdf", fhir=None, csv=None,
                                 named=True)  # fmt: skip


def test_a_report_of_every_kind_of_session_can_be_made(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    recording = app.recordings.begin(patient.id, "camera", record(app, patient).consent)
    recording.stop(SessionState.FAILED, "The camera was unplugged.")
    pages = text_of(app.reports.draft(recording.record.id).pdf)
    assert "unplugged" in " ".join(pages)
    answered(app, patient, CALM)
    answered(app, patient, (1,) * 7, "GAD-7")
    for _ in range(2):
        last = record(app, patient)
    pages = text_of(app.reports.draft(last.id).pdf)
    assert all("does not diagnose" in page for page in pages)


# Reviews


def test_reviews_count_up(app: App, short: SessionRecord) -> None:
    assert app.reviews.latest(short.id) is None
    app.reviews.save(short.id, None, None, [], "")
    second = app.reviews.save(short.id, Band.SEVERE, "agree", ["autism", "autism"], " note ")
    assert (second.version, second.confounders, second.note) == (2, ("autism",), "note")
    assert app.reviews.latest(short.id) == second


