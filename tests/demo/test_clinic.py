"""What is in the demo clinic: dates, courses, alert, abstention, care, reports."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from emocare.app import App
from emocare.domain.care import CareKind
from emocare.domain.errors import InputError
from emocare.domain.readings import COLUMNS, TEXT_COLUMNS
from emocare.domain.records import AlertState, Patient, ReportState, Response
from emocare.domain.summary import GateDecision
from emocare.services import demo_people as people
from emocare.services.demo import _day
from emocare.services.demo_folder import MARK
from emocare.services.demo_people import GAD_7, PEOPLE, PHQ_9, MadeUpVisit
from emocare.services.demo_sessions import SIMULATOR, of_clip, simulated
from emocare.services.workplace import now
from emocare.settings import ROOT
from emocare.ui.text import demo as text


@pytest.fixture
def app(shared: App) -> App:
    """Only looked at here."""
    return shared


CLIPS = (people.LONG_CLIP, people.DARK_CLIP)


def patient(app: App, key: str) -> Patient:
    return app.people.get(people.person(key).id)


def course(app: App, key: str, form: str = PHQ_9) -> list[Response]:
    """One person's answers to a form, oldest first."""
    found = app.questionnaires.responses(people.person(key).id)
    return [r for r in reversed(found) if r.instrument == form]


def flags(response: Response) -> list[str]:
    assert response.result.change is not None
    return list(response.result.change["flags"])


def test_eight_people_with_visits_over_a_year(app: App) -> None:
    everybody = app.people.overview()
    assert len(everybody) == 8
    assert all(row.patient.code.startswith("DEMO-") for row in everybody)
    first = min(r.started_at for r in app.recordings.sessions())
    last = max(r.started_at for r in app.recordings.sessions())
    assert timedelta(days=330) < now() - first < timedelta(days=366)
    assert timedelta(0) < now() - last < timedelta(days=1)
    for row in everybody:
        assert 4 <= row.sessions <= 6
        waits = row.patient.id == people.person(people.DARK).id
        assert len(row.totals) == row.sessions - waits
    assert all(r.started_at.astimezone().weekday() < 5 for r in app.recordings.sessions()
               if now() - r.started_at > timedelta(days=1))  # fmt: skip


def test_days_are_counted_from_today() -> None:
    today = now().astimezone().date()
    for days in range(1, 30):
        assert timedelta(days) <= today - _day(days) <= timedelta(days + 2)
        assert _day(days).weekday() < 5


def test_every_session_has_readings_and_what_the_networks_say(app: App) -> None:
    for record in app.recordings.sessions():
        assert record.summary is not None
        assert len(app.recordings.readings(record.id)) > 100
        if record.summary.gate.decision is GateDecision.UNRELIABLE:
            assert record.summary.severity_model is None
        else:
            assert record.summary.severity_model is not None
            assert record.summary.behaviour_index is not None


@pytest.mark.parametrize("key", [people.FILMED, people.WORSENING])
def test_the_networks_say_what_an_analysis_would_let_them_say(app: App, key: str) -> None:
    """Analysing the stored rows again gives the same summary, to the last digit."""
    record = app.recordings.session(app.demo.last_visit(key).session_id)
    summary = record.summary
    assert summary is not None and summary.severity_model is not None
    reading = app.recordings.sequence(record.id)
    assert reading is not None
    assert reading.models == summary.sequence_models
    assert reading.severity == summary.severity_model.estimate
    assert reading.attention.sum() == pytest.approx(1.0)
    assert len(reading.moments) > 1 and len(reading.trajectories) > 3
    assert app.recordings.recompute(record.id) == summary


def test_a_simulated_visit_does_not_claim_a_network_read_it(app: App) -> None:
    records = [r for r in app.recordings.sessions() if r.clip_path is None]
    assert records
    for record in records:
        assert record.summary is not None
        assert [model.id for model in record.summary.face_models] == [SIMULATOR]


def test_one_improves_one_worsens_one_stays(app: App) -> None:
    totals = [r.result.total for r in course(app, people.IMPROVING)]
    assert totals == sorted(totals, reverse=True)
    assert "REMISSION" in flags(course(app, people.IMPROVING)[-1])
    assert "WORSENING_MCID" in flags(course(app, people.WORSENING)[-1])
    assert all(flags(r) == [] for r in course(app, people.STEADY)[1:])


@pytest.mark.parametrize("form", [PHQ_9, GAD_7])
def test_answers_follow_the_severity(form: str) -> None:
    totals = [sum(people.answers(form, MadeUpVisit(0, theta)))
              for theta in np.linspace(0.0, 4.0, 41)]  # fmt: skip
    assert totals == sorted(totals)
    assert totals[0] == 0
    assert totals[-1] == round(people.TOTALS[form][-1])
    assert all(0 <= points <= 3 for theta in (0.5, 2.0, 4.0)
               for points in people.answers(form, MadeUpVisit(0, theta)))  # fmt: skip


def test_the_band_answered_is_the_band_simulated(app: App) -> None:
    bands = ("normal", "mild", "moderate", "severe")
    for who in PEOPLE:
        answered = [visit for visit in who.visits if visit.answered]
        for visit, response in zip(answered, course(app, who.key), strict=True):
            assert response.result.band == bands[int(visit.theta)], (who.key, visit)


def test_one_alert_waits_for_somebody(app: App) -> None:
    alerts = app.alerts.open()
    assert [(a.patient_id, a.code, a.state) for a in alerts] == [
        (people.person(people.ALARMED).id, "SI_ITEM9_POSITIVE", AlertState.RAISED)
    ]


def test_one_abstains_and_the_questionnaire_is_asked_for(app: App) -> None:
    record = app.recordings.session(app.demo.last_visit(people.DARK).session_id)
    assert record.summary is not None
    assert record.summary.gate.decision is GateDecision.UNRELIABLE
    assert app.questionnaires.of_session(record.id) == []
    offer = app.questionnaires.needed(record.id)
    assert offer is not None and offer.instrument == PHQ_9
    assert offer.reasons


def test_the_film_lies_beside_its_session(app: App) -> None:
    record = app.recordings.session(app.demo.last_visit(people.FILMED).session_id)
    assert app.recordings.clip(record.id) == app.settings.samples_dir / "session.mp4"
    assert record.consent is not None
    assert record.consent.keep_video
    assert record.summary is not None
    assert record.summary.gate.decision is GateDecision.RELIABLE
    assert record.summary.source.duration_s == pytest.approx(190.0, abs=0.5)
    assert "smile" in {event.type for event in record.summary.events.list}


def test_care_journal_and_reports(app: App) -> None:
    better = people.person(people.IMPROVING).id
    kinds = {entry.kind for entry in app.care.entries(better)}
    assert kinds == set(CareKind)
    writing = people.person(people.WRITING).id
    assert len(app.journal.shared_entries(writing)) == 1
    assert app.journal.unshared_count(writing) == 1
    signed = app.reports.current(app.demo.last_visit(people.IMPROVING).session_id)
    assert signed is not None and signed.state is ReportState.SIGNED
    assert app.reports.current(app.demo.last_visit(people.NEARLY_WELL).session_id) is None


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_every_page_of_a_report_says_so(app: App) -> None:
    signed = app.reports.current(app.demo.last_visit(people.IMPROVING).session_id)
    assert signed is not None
    pages = pages_of(signed.pdf)
    assert len(pages) > 1
    assert all(MARK in page for page in pages)
    assert text.MARK == MARK


def test_every_page_of_a_printed_consent_says_so(app: App) -> None:
    pages = pages_of(app.consents.printed(people.person(people.IMPROVING).id))
    assert pages and all(MARK in page for page in pages)


def test_the_bundle_is_test_data(app: App) -> None:
    place = app.demo.last_visit(people.WORSENING)
    bundle = json.loads(app.exports.fhir(place.session_id, named=False))
    assert "HTEST" in {label["code"] for label in bundle["meta"]["security"]}


def test_the_same_person_and_visit_give_the_same_readings() -> None:
    who = people.person(people.STEADY)
    once, again = (simulated(who, who.visits[1]).readings for _ in range(2))
    other = simulated(who, who.visits[2]).readings
    for name in COLUMNS:
        if name in TEXT_COLUMNS:
            assert list(once.text(name)) == list(again.text(name))
        else:
            np.testing.assert_array_equal(once[name], again[name])
    assert len(other) != len(once) or not np.allclose(other["au12"], once["au12"], equal_nan=True)


def test_everybody_has_the_same_identifier_at_every_start(app: App) -> None:
    found = {row.id for row in app.people.everybody()}
    assert found == {who.id for who in PEOPLE}
    ids = [who.session_id(n) for who in PEOPLE for n in range(len(who.visits))]
    assert len(set(ids)) == len(ids)
    assert {r.id for r in app.recordings.sessions()} == set(ids)


@pytest.mark.parametrize("name", CLIPS)
def test_what_is_kept_of_a_clip_is_of_this_clip_and_this_network(name: str) -> None:
    """Fails after a change of a clip or the face network: run sample_videos/make_readings.py."""
    made = of_clip(ROOT / "sample_videos", name)
    content = (ROOT / "sample_videos" / f"{name}.mp4").read_bytes()
    assert made.source.sha256 == hashlib.sha256(content).hexdigest()
    manifest = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))
    installed = {(m["id"], m["version"], m["files"]["weights"]["sha256"])
                 for m in manifest["models"]}  # fmt: skip
    assert {(m.id, m.version, m.sha256) for m in made.models} <= installed
    assert "face" in {model.id for model in made.models}


def test_a_damaged_file_of_readings_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Install Emo-Care again"):
        of_clip(tmp_path, "session")
    (tmp_path / "readings").mkdir()
    (tmp_path / "readings" / "session.npz").write_bytes(b"no archive")
    with pytest.raises(InputError, match="Install Emo-Care again"):
        of_clip(tmp_path, "session")
