"""Every kind of form and visit as bundle and as tables."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from emocare.app import App, build_app
from emocare.domain.live import MarkerKind
from emocare.domain.records import Patient, Response, SessionId
from emocare.domain.summary import Band
from emocare.report.fhir import CONFIRMED_LOINC, check_bundle, codes
from emocare.services.data_dictionary import TABLES
from emocare.services.export_tables import ENCODING, table_csv
from emocare.settings import Settings
from tests.clinical.test_words import SLEEP, STRESS
from tests.services.conftest import record
from tests.services.fakes import ScriptedReader
from tests.services.live_tools import Camera, started
from tests.services.test_care import CALM, answered
from tests.services.test_questionnaire_policy import clinic, words
from tests.services.test_session_exports import kinds

SCALES = ("depression", "anxiety", "stress")
DASS = (3, 0, 2, 1, 1, 0, 1, 3, 0, 2, 3, 2, 1, 2, 0, 1, 1, 3, 0, 1, 2)
FORMS: dict[str, tuple[int | None, ...]] = {
    "DASS-21": DASS, "K10": (1, 2, 3, 4, 5, 1, 2, 3, 4, 5), "K6": (4, 3, 2, 1, 0, 4),
    "PHQ-2": (2, 2), "WHO-5": (1, 2, 3, 4, 5),
}  # fmt: skip


def bundle_of(app: App, session_id: SessionId, *, named: bool = False) -> dict[str, Any]:
    """The bundle as written, which the library and the value sets let pass."""
    from fhir.resources.R4B.bundle import Bundle

    text = app.exports.fhir(session_id, named=named)
    found: dict[str, Any] = json.loads(text)
    assert json.loads(Bundle.model_validate_json(text).model_dump_json()) == found
    assert check_bundle(found) == []
    targets = {e["fullUrl"]: e["resource"]["resourceType"] for e in found["entry"]}
    assert len(targets) == len(found["entry"])
    used = re.findall(r'"reference": "([^"]+)", "type": "(\w+)"', json.dumps(found))
    assert used and all(targets[url] == kind for url, kind in used)
    loinc = re.findall(r'"system": "http://loinc.org", "code": "([^"]+)"', json.dumps(found))
    assert set(loinc) <= CONFIRMED_LOINC
    return found


def local(resource: dict[str, Any]) -> str:
    """The code of this project."""
    return next((c["code"] for c in resource["code"].get("coding", [])
                 if c["system"].startswith("urn:emo-care:")), "")  # fmt: skip


def totals_in(bundle: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {local(o): o for o in kinds(bundle, "Observation") if "/total" in local(o)}


def rows(app: App, session_id: SessionId, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = app.exports.tables(session_id).table(table).to_pylist()
    return found


def asked(app: App, patient: Patient, *names: str) -> tuple[SessionId, list[Response]]:
    """Forms of a visit without a recording."""
    visit = app.questionnaires.open_visit(patient.id)
    return visit.id, [answered(app, patient, FORMS[name], name, visit.id) for name in names]


# Forms


def test_a_form_with_scales_has_a_total_for_each(app: App, patient: Patient) -> None:
    visit, (response,) = asked(app, patient, "DASS-21")
    expected = {s.name: s for s in response.result.scales}
    assert tuple(expected) == SCALES
    bundle = bundle_of(app, visit)
    totals = totals_in(bundle)
    assert set(totals) == {f"DASS-21/total/{name}" for name in SCALES}
    members = []
    for name in SCALES:
        found, score = totals[f"DASS-21/total/{name}"], expected[name]
        assert found["valueQuantity"]["value"] == score.total
        assert found["code"]["text"] == f"DASS-21 {name} total, at most 42"
        assert found["interpretation"][0]["text"] == f"DASS-21 {name}: {score.native_band}"
        assert len(found["hasMember"]) == 7
        members += [m["reference"] for m in found["hasMember"]]
    assert len(set(members)) == 21, "each item counts in one scale"
    (report,) = kinds(bundle, "DiagnosticReport")
    results = {r["reference"] for r in report["result"]}
    assert {f"urn:uuid:{o['id']}" for o in totals.values()} <= results
    for name, score in expected.items():
        assert f"DASS-21 {name} {score.total} of 42, native {score.native_band}" in (
            report["conclusion"]
        )
    table = rows(app, visit, "totals")
    assert [(r["scale"], r["total"], r["maximum"], r["native_band"]) for r in table] == [
        (s.name, s.total, 42, s.native_band) for s in response.result.scales]  # fmt: skip


def test_a_scale_with_too_few_answers_has_no_total_and_the_others_have(
    app: App, patient: Patient
) -> None:
    visit = app.questionnaires.open_visit(patient.id)
    depression = (3, 5, 10)
    answers = tuple(None if n in depression else 1 for n in range(1, 22))
    answered(app, patient, answers, "DASS-21", visit.id)
    totals = totals_in(bundle_of(app, visit.id))
    missing = totals["DASS-21/total/depression"]
    assert "valueQuantity" not in missing and "dataAbsentReason" in missing
    assert missing["note"][0]["text"] == "4 of 7 items were answered."
    assert "component" not in totals["DASS-21/total/stress"]
    table = {r["scale"]: r for r in rows(app, visit.id, "totals")}
    assert table["depression"]["total"] is None and table["depression"]["native_band"] is None
    assert (table["depression"]["lowest"], table["depression"]["highest"]) == (8, 26)
    assert table["anxiety"]["total"] == table["stress"]["total"] == 14


def test_forms_with_one_total(app: App, patient: Patient) -> None:
    names = ("K10", "K6", "PHQ-2", "WHO-5")
    visit, responses = asked(app, patient, *names)
    bundle = bundle_of(app, visit)
    totals = totals_in(bundle)
    assert set(totals) == {f"{name}/total" for name in names}
    (report,) = kinds(bundle, "DiagnosticReport")
    table = {r["instrument"]: r for r in rows(app, visit, "totals")}
    for response in responses:
        total = response.result.total
        assert totals[f"{response.instrument}/total"]["valueQuantity"]["value"] == total
        row = table[response.instrument]
        assert (row["total"], row["scale"]) == (total, None)
        assert f"{response.instrument} {total} of {row['maximum']}" in report["conclusion"]
    loinc = [c["code"] for c in totals["PHQ-2/total"]["code"]["coding"]
             if c["system"] == codes.LOINC]  # fmt: skip
    assert loinc == ["55758-7"]
    assert totals["PHQ-2/total"]["interpretation"][-1]["text"] == "PHQ-2: screen positive"
    assert "PHQ-2 4 of 6, screen positive" in report["conclusion"]
    assert report["conclusion"].startswith("No questionnaire that leads")
    assert table["K10"]["maximum"] == 50 and table["K6"]["maximum"] == 24


def test_a_clinics_own_words_are_passed_on_and_may_be_gone_later(settings: Settings) -> None:
    words(settings, "isi.en.toml", SLEEP)
    words(settings, "pss-10.en.toml", STRESS)
    with clinic(settings) as app:
        ada = app.people.add("P-1", "Ada")
        visit = app.questionnaires.open_visit(ada.id)
        answered(app, ada, (4,) * 7, "ISI", visit.id)
        answered(app, ada, (0, 1, 2, 3, 4, 0, 1, 2, 3, 4), "PSS-10", visit.id)
        bundle = bundle_of(app, visit.id)
        items = {local(o): o for o in kinds(bundle, "Observation")}
        own, common = items["ISI/4"], items["ISI/3"]
        assert (own["code"]["text"], common["code"]["text"]) == ("q4", "q3")
        assert own["valueCodeableConcept"]["text"] == "o"
        assert common["valueCodeableConcept"]["text"] == "z"
        said = [o["valueCodeableConcept"]["coding"][0]["code"] for o in (own, common)]
        assert said == ["ISI/4/4", "ISI/4"], "a code means one answer"
        (form,) = [q for q in kinds(bundle, "Questionnaire") if q["name"] == "ISI"]
        assert form["copyright"] == "A made-up notice."
        table = rows(app, visit.id, "items")
        assert [r["answer_text"] for r in table if r["instrument"] == "ISI"] == list("zzzozzz")
        reverse = [r for r in table if r["instrument"] == "PSS-10"]
        assert [r["counted"] for r in reverse] == [0, 1, 2, 1, 0, 0, 3, 2, 3, 4]
        assert sum(r["counted"] for r in reverse) == totals_in(bundle)["PSS-10/total"][
            "valueQuantity"]["value"]  # fmt: skip
        ordinals = [items[f"PSS-10/{n}"]["valueCodeableConcept"]["coding"][0]["extension"][0][
            "valueDecimal"] for n in range(1, 11)]  # fmt: skip
        assert ordinals == [r["counted"] for r in reverse]
    (settings.data_dir / "instruments" / "isi.en.toml").unlink()
    with clinic(settings) as app:
        bundle = bundle_of(app, visit.id)
        assert totals_in(bundle)["ISI/total"]["valueQuantity"]["value"] == 28
        assert [r["answer"] for r in rows(app, visit.id, "items")
                if r["instrument"] == "ISI"] == [4] * 7  # fmt: skip
        app.exports.write_person(ada.id, settings.data_dir / "out", named=False)


def test_the_language_asked_in_stays_known_where_its_words_are_gone(settings: Settings) -> None:
    lines = ", ".join(f'"fråga {n}"' for n in range(1, 7))
    words(settings, "k6.sv.toml", f"""
instrument = "K6"
language = "sv"
version = "official Swedish"
stem = "inledning"
notice = "upphovsrätt"
options = ["a", "b", "c", "d", "e"]
items = [{lines}]
""")
    with clinic(settings) as app:
        ada = app.people.add("P-1", "Ada")
        visit = app.questionnaires.open_visit(ada.id)
        draft = app.questionnaires.draft(ada.id, visit.id, "K6", "sv")
        for index in range(6):
            draft = app.questionnaires.answer(draft, index, 1)
        app.questionnaires.finish(draft)
        (response,) = kinds(bundle_of(app, visit.id), "QuestionnaireResponse")
        asked_in = "urn:emo-care:questionnaire:K6:sv|official Swedish"
        assert (response["language"], response["questionnaire"]) == ("sv", asked_in)
        assert response["item"][0]["text"] == "fråga 1"
    (settings.data_dir / "instruments" / "k6.sv.toml").unlink()
    with clinic(settings) as app:
        (response,) = kinds(bundle_of(app, visit.id), "QuestionnaireResponse")
        assert (response["language"], response["questionnaire"]) == ("en", asked_in)
        assert "fråga" not in response["item"][0]["text"]


def test_answers_of_the_question_on_daily_life_have_codes_of_their_own(
    app: App, patient: Patient
) -> None:
    visit = app.questionnaires.open_visit(patient.id)
    draft = app.questionnaires.draft(patient.id, visit.id, "PHQ-9")
    for index, value in enumerate(CALM):
        draft = app.questionnaires.answer(draft, index, value)
    app.questionnaires.finish(draft, difficulty=1)
    words_of: dict[tuple[str, str], set[str]] = {}
    for form in kinds(bundle_of(app, visit.id), "Questionnaire"):
        for item in form["item"]:
            for option in item["answerOption"]:
                code = option["valueCoding"]
                words_of.setdefault((code["system"], code["code"]), set()).add(code["display"])
    assert all(len(said) == 1 for said in words_of.values()), words_of


# Visits without a face


def speaks_of_faces(bundle: dict[str, Any]) -> bool:
    return bool(re.search(r"\bfac(e|ial)\b", json.dumps(bundle), re.I))


def no_face_in_the_tables(app: App, session_id: SessionId) -> None:
    for name in ("drivers", "events", "readings"):
        assert rows(app, session_id, name) == []
    assert {r["source"] for r in rows(app, session_id, "dimensions")} == {"self_report"}
    (session,) = rows(app, session_id, "session")
    measured = [c.name for c in TABLES["session"][5:]]
    assert [session[name] for name in measured] == [None] * len(measured)


def test_a_visit_without_a_recording_says_nothing_of_a_face(app: App, patient: Patient) -> None:
    visit, _ = asked(app, patient, "K10")
    bundle = bundle_of(app, visit)
    assert not speaks_of_faces(bundle) and not kinds(bundle, "Consent")
    (report,), (encounter,) = kinds(bundle, "DiagnosticReport"), kinds(bundle, "Encounter")
    assert "effectivePeriod" not in report
    assert encounter["period"] == {"start": report["effectiveDateTime"]}
    no_face_in_the_tables(app, visit)
    (session,) = rows(app, visit, "session")
    assert session["protocol"] == "questionnaire" and session["state"] == "ready"


def test_a_visit_without_answers_has_no_results(app: App, patient: Patient) -> None:
    visit = app.questionnaires.open_visit(patient.id)
    bundle = bundle_of(app, visit.id)
    assert kinds(bundle, "Observation") == []
    (report,) = kinds(bundle, "DiagnosticReport")
    assert "result" not in report and report["conclusion"].startswith("No valid questionnaire")


def test_where_faces_are_not_analysed_an_earlier_one_is_not_passed_on(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        ada = app.people.add("P-1", "Ada")
        session = record(app, ada)
        answered(app, ada, CALM, session_id=session.id)
        assert speaks_of_faces(bundle_of(app, session.id))
    with build_app(replace(settings, facial_module_enabled=False), reader.loaded) as app:
        bundle = bundle_of(app, session.id)
        assert {local(o) for o in kinds(bundle, "Observation")}.isdisjoint(
            {"facial-behaviour-index"})  # fmt: skip
        (report,) = kinds(bundle, "DiagnosticReport")
        assert "acial" not in report["conclusion"] and "effectivePeriod" not in report
        (device,) = kinds(bundle, "Device")
        told = {p["type"]["coding"][0]["code"] for p in device.get("property", [])}
        assert told <= {"commit"}
        no_face_in_the_tables(app, session.id)


# Live sessions


def test_a_live_session_with_what_was_marked(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    before = camera.run.record.started_at
    camera.show(40.0)
    camera.run.exclude_last()
    camera.run.mark(MarkerKind.NOTE, "=cmd|x and Ada cries")
    camera.show(30.0)
    ended = camera.run.stop()
    bundle = bundle_of(app, ended.id)
    (encounter,) = kinds(bundle, "Encounter")
    assert ended.summary is not None and ended.started_at >= before
    start, end = (datetime.fromisoformat(encounter["period"][k]) for k in ("start", "end"))
    assert start == ended.started_at.replace(microsecond=0)
    assert (end - start) == timedelta(seconds=round(ended.summary.source.duration_s))
    (report,) = kinds(bundle, "DiagnosticReport")
    assert report["encounter"]["reference"] == f"urn:uuid:{encounter['id']}"
    assert report["effectivePeriod"] == encounter["period"]
    excluded = [r["excluded"] for r in rows(app, ended.id, "readings")]
    (session,) = rows(app, ended.id, "session")
    assert sum(excluded) == 201 and session["left_out_s"] == pytest.approx(10.0, abs=0.1)
    found = app.exports.tables(ended.id, named=True).table("markers")
    assert [(r["kind"], r["made_by"]) for r in found.to_pylist()] == [
        ("excluded", "Dr Test"), ("note", "Dr Test")]  # fmt: skip
    assert [r["until_s"] is None for r in found.to_pylist()] == [False, True]
    cells = list(csv.DictReader(io.StringIO(table_csv(found).decode(ENCODING))))
    assert [row["text"] for row in cells] == ["", "'=cmd|x and Ada cries"]
    nobody = rows(app, ended.id, "markers")
    assert [(r["kind"], r["text"], r["made_by"]) for r in nobody] == [
        ("excluded", None, None), ("note", None, None)]  # fmt: skip
    assert "cmd" not in json.dumps(bundle)


def test_of_a_session_that_was_continued_the_end_is_not_known(app: App, patient: Patient) -> None:
    first = started(app, patient)
    first.show(5.0)
    first.run.lost("The browser was closed.")
    first.run._thread.join()
    (encounter,) = kinds(bundle_of(app, first.run.session_id), "Encounter")
    assert encounter["status"] == "in-progress"
    run = app.live.resume(first.run.session_id)
    camera = Camera(run, first.clock)
    run.begin()
    camera.show(5.0)
    run.stop()
    bundle = bundle_of(app, run.session_id)
    (encounter,) = kinds(bundle, "Encounter")
    assert encounter["status"] == "finished" and set(encounter["period"]) == {"start"}


def test_seconds_left_out_after_the_signature_change_what_was_signed(
    app: App, patient: Patient
) -> None:
    session = record(app, patient)
    app.reviews.save(session.id, Band.MILD, "agree", [], "")
    app.reports.draft(session.id)
    app.reports.sign(session.id, "Dr Test", "psychiatrist", "")

    def status() -> str:
        (report,) = kinds(bundle_of(app, session.id), "DiagnosticReport")
        return str(report["status"])

    app.live.add_marker(session.id, MarkerKind.TEARFUL, 2.0)
    assert status() == "final"
    marker = app.live.add_marker(session.id, MarkerKind.EXCLUDED, 2.0, 4.0)
    assert status() == "preliminary"
    app.live.remove_marker(session.id, marker.id)
    assert status() == "preliminary", "nobody has looked whether it is as it was"
