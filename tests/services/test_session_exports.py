"""Tables with their dictionary, bundles from the store, and folders of whole sessions."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from emocare.app import App
from emocare.domain.errors import InputError, NotFound
from emocare.domain.records import Patient, SessionId, SessionRecord, SessionState
from emocare.domain.summary import Band
from emocare.report.fhir import check_bundle
from emocare.services.data_dictionary import NUMBER, TABLES, TEXT, WHOLE, dictionary_csv
from emocare.services.export_tables import ENCODING, SessionTables, table_csv
from emocare.services.exports import FORMULA_STARTS, safe_cell
from tests.services.conftest import consent, record, times
from tests.services.test_care import CALM, ITEM9, answered

GAD7 = (1, 0, 1, None, 0, 1, 0)


@pytest.fixture
def visit(app: App, patient: Patient) -> SessionRecord:
    """A session of 75 s with both forms, one answer missing, and the difficulty."""
    session = record(app, patient)
    draft = app.questionnaires.draft(patient.id, session.id, "PHQ-9")
    for index, value in enumerate(ITEM9):
        draft = app.questionnaires.answer(draft, index, value)
    app.questionnaires.finish(draft, difficulty=2)
    answered(app, patient, GAD7, "GAD-7", session.id)
    return session


@pytest.fixture
def unreadable(app: App, patient: Patient) -> SessionRecord:
    """Too short for anything to be said."""
    return record(app, patient, times(4))


# Dictionary


def test_every_column_is_explained() -> None:
    rows = list(csv.DictReader(io.StringIO(dictionary_csv())))
    assert [(r["table"], r["name"]) for r in rows] == [
        (table, c.name) for table, columns in TABLES.items() for c in columns]  # fmt: skip
    assert all(r["meaning"].endswith(".") and r["type"] for r in rows)
    assert {r["range"] for r in rows if r["name"] == "au12"} == {"0 to 1"}
    (index,) = [r for r in rows if r["name"] == "index"]
    assert "not a diagnosis" in index["meaning"] and index["range"] == "0 to 100"


def test_what_is_written_keeps_to_the_dictionary(
    app: App, patient: Patient, visit: SessionRecord, unreadable: SessionRecord
) -> None:
    for session in (visit, unreadable):
        tables = app.exports.tables(session.id)
        for name, columns in TABLES.items():
            table = tables.table(name)
            assert table.column_names == [c.name for c in columns]
            for column in columns:
                values = [v for v in table[column.name].to_pylist() if v is not None]
                if column.kind in (NUMBER, WHOLE):
                    assert column.low is None or all(v >= column.low for v in values), column
                    assert column.high is None or all(v <= column.high for v in values), column
                if column.kind == TEXT and column.values:
                    assert set(values) <= set(column.values), column


# Tables


def test_the_tables_say_what_was_answered_and_observed(app: App, visit: SessionRecord) -> None:
    tables = app.exports.tables(visit.id)
    items = tables.table("items").to_pylist()
    assert len(items) == 7 + 9 + 1
    assert [r["answer"] for r in items if r["instrument"] == "GAD-7"] == list(GAD7)
    assert [r["answer"] for r in items if r["instrument"] == "PHQ-9"] == [*ITEM9, 2]
    (phq9,) = [r for r in tables.table("totals").to_pylist() if r["instrument"] == "PHQ-9"]
    assert (phq9["total"], phq9["maximum"], phq9["prorated"]) == (4, 27, False)
    assert phq9["alerts"] == "SI_ITEM9_POSITIVE:elevated FUNCTIONAL_IMPAIRMENT"
    assert visit.summary is not None and visit.summary.behaviour_index is not None
    (session,) = tables.table("session").to_pylist()
    assert session["index"] == visit.summary.behaviour_index.value
    assert session["reference"] == "provisional-v0" and len(session["reference_sha256"]) == 64
    assert session["config_sha256"] == visit.summary.config["config_hash"]
    assert tables.table("events").num_rows == len(visit.summary.events.list) > 0
    assert tables.table("drivers").num_rows == 9
    readings = tables.table("readings")
    assert readings.num_rows == len(app.recordings.readings(visit.id))
    assert readings["au05"].null_count == readings.num_rows, "not measured is null"
    dimensions = {(r["source"], r["dimension"]): r for r in tables.table("dimensions").to_pylist()}
    assert len(dimensions) == 18
    assert dimensions["model", "valence"]["reason"] == session["model_reason"]
    assert dimensions["self_report", "anhedonia"]["value"] == 0.0
    assert dimensions["self_report", "arousal"]["reason"] == "Not answered."


def test_an_unreadable_face_is_empty_cells_with_reasons(
    app: App, unreadable: SessionRecord
) -> None:
    tables = app.exports.tables(unreadable.id)
    (session,) = tables.table("session").to_pylist()
    assert session["gate"] == "unreliable" and session["index"] is None
    assert "could not be measured" in session["index_reason"]
    faces = [r for r in tables.table("dimensions").to_pylist() if r["source"] == "face"]
    assert all(r["value"] is None and r["reason"] for r in faces)


def test_csv_and_parquet_hold_the_same(app: App, visit: SessionRecord) -> None:
    with zipfile.ZipFile(io.BytesIO(app.exports.tables(visit.id).zipped())) as archive:
        names = archive.namelist()
        assert names == ["data_dictionary.csv", *(f"{t}.{end}" for t in TABLES
                                                  for end in ("csv", "parquet"))]  # fmt: skip
        for table, columns in TABLES.items():
            kept = pq.read_table(io.BytesIO(archive.read(f"{table}.parquet")))
            types = pacsv.ConvertOptions(
                column_types={c.name: kept.schema.field(c.name).type for c in columns},
                strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True,
                timestamp_parsers=[pacsv.ISO8601],
            )  # fmt: skip
            text = archive.read(f"{table}.csv")
            assert text.startswith(b"\xef\xbb\xbf")
            again = pacsv.read_csv(io.BytesIO(text), convert_options=types)
            for column in columns:
                expected, found = kept[column.name].to_pylist(), again[column.name].to_pylist()
                if table == "readings" and column.kind == NUMBER:
                    np.testing.assert_allclose(
                        np.array(found, float), np.array(expected, float), rtol=1e-6,
                        err_msg=column.name,
                    )  # fmt: skip
                else:
                    assert found == expected, column
            assert kept.schema.field(columns[-1].name).metadata[b"meaning"].decode() == (
                columns[-1].meaning
            )


def test_the_same_session_gives_the_same_archive(app: App, visit: SessionRecord) -> None:
    assert app.exports.tables(visit.id).zipped() == app.exports.tables(visit.id).zipped()


def test_tables_name_nobody(app: App, patient: Patient, visit: SessionRecord) -> None:
    said = b"".join(content for _, content in app.exports.tables(visit.id).files()).decode(
        "utf-8", "replace")  # fmt: skip
    assert patient.name not in said and patient.code not in said
    assert visit.source_name not in TABLES["session"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_runs_as_a_formula(start: str, app: App, visit: SessionRecord) -> None:
    assert safe_cell(f"{start}cmd|x") == f"'{start}cmd|x"
    assert safe_cell(f"  {start}cmd|x") == f"'  {start}cmd|x"
    evil = replace(visit, id=SessionId(f"{start}1+1"), summary=None)
    table = SessionTables(evil, [], {}, None).table("session")
    (row,) = list(csv.reader(io.StringIO(table_csv(table).decode(ENCODING), newline="")))[1:]
    assert row[0] == f"'{start}1+1"


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(v) for v in (-1.5, 0, None, True, "a=b", "")] == [
        -1.5, 0, "", "true", "a=b", ""]  # fmt: skip
    assert table_csv(pa.table({"low": [-2.0]})).decode(ENCODING) == "low\r\n-2.0\r\n"


# Bundles from the store


def kinds(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def test_the_bundle_follows_the_report_from_draft_to_amended(
    app: App, visit: SessionRecord
) -> None:
    def now_said() -> dict[str, Any]:
        bundle = json.loads(app.exports.fhir(visit.id, named=True))
        assert check_bundle(bundle) == []
        (report,) = kinds(bundle, "DiagnosticReport")
        return report

    assert now_said()["status"] == "partial"
    app.reports.draft(visit.id)
    assert now_said()["status"] == "preliminary"
    app.reviews.save(visit.id, Band.MILD, "agree", [], "")
    app.reports.draft(visit.id)
    signed = app.reports.sign(visit.id, "Dr Test", "psychiatrist", "L-1")
    said = now_said()
    (form,) = said["presentedForm"]
    assert said["status"] == "final"
    assert base64.b64decode(form["data"]) == signed.pdf
    assert form["extension"][0]["valueString"] == signed.sha256
    assert base64.b64decode(form["hash"]) == hashlib.sha1(signed.pdf).digest()
    assert "Clinician's impression: mild." in said["conclusion"]
    assert said["conclusion"].startswith("Safety alert, not yet reviewed")
    app.reports.amend(visit.id, "Wrong date.")
    assert now_said()["status"] == "preliminary"
    app.reports.draft(visit.id)
    app.reports.sign(visit.id, "Dr Test", "psychiatrist", "L-1")
    assert now_said()["status"] == "amended"


def test_what_changed_after_the_signature_is_not_passed_on_as_signed(
    app: App, patient: Patient, visit: SessionRecord
) -> None:
    app.reviews.save(visit.id, Band.MILD, "agree", [], "")
    app.reports.draft(visit.id)
    app.reports.sign(visit.id, "Dr Test", "psychiatrist", "")
    answered(app, patient, CALM, session_id=visit.id)
    bundle = json.loads(app.exports.fhir(visit.id, named=False))
    (report,) = kinds(bundle, "DiagnosticReport")
    assert report["status"] == "preliminary"
    assert "has changed since the attached report was signed" in report["conclusion"]
    (origin,) = kinds(bundle, "Provenance")
    assert len(origin["agent"]) == 1, "nobody has verified it"


def test_a_bundle_has_the_confirmed_codes_of_the_shipped_forms(
    app: App, visit: SessionRecord
) -> None:
    bundle = json.loads(app.exports.fhir(visit.id, named=False))
    forms = {q["title"]: q for q in kinds(bundle, "Questionnaire")}
    assert {c["code"] for q in forms.values() for c in q["code"] if "loinc" in c["system"]} == {
        "44249-1", "69737-5"}  # fmt: skip
    (missing,) = [o for o in kinds(bundle, "Observation")
                  if any(c["code"] == "69734-2" for c in o["code"].get("coding", []))]  # fmt: skip
    assert missing["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"


def test_every_shipped_form_can_be_a_bundle(app: App, patient: Patient) -> None:
    session = record(app, patient, times(1))
    for name in app.questionnaires.names():
        form = app.questionnaires.form(name)
        answered(app, patient, (form.values[0],) * len(form.items), name, session.id)
    bundle = json.loads(app.exports.fhir(session.id, named=True))
    assert len(kinds(bundle, "QuestionnaireResponse")) == len(app.questionnaires.names())


def test_exporting_changes_nothing(app: App, visit: SessionRecord, tmp_path: Path) -> None:
    app.exports.write_all([visit.id], tmp_path, named=True)
    assert app.reports.current(visit.id) is None and app.recordings.session(visit.id) == visit


# Folders


def test_a_folder_holds_bundle_tables_and_named_the_signed_report(
    app: App, patient: Patient, visit: SessionRecord, tmp_path: Path
) -> None:
    tables = {f"{t}.{end}" for t in TABLES for end in ("csv", "parquet")}
    alone = {"fhir.json", "data_dictionary.csv", *tables}
    assert {p.name for p in app.exports.write_all([visit.id], tmp_path / "a", named=True)} == alone
    app.reviews.save(visit.id, Band.MILD, None, [], "")
    app.reports.draft(visit.id)
    signed = app.reports.sign(visit.id, "Dr Test", "psychiatrist", "")
    app.exports.write_all([visit.id], tmp_path / "b", named=False)
    assert {p.name for p in (tmp_path / "b" / visit.id).iterdir()} == alone
    app.exports.write_person(patient.id, tmp_path / "c", named=True)
    assert (tmp_path / "c" / visit.id / "report.pdf").read_bytes() == signed.pdf
    for path in (tmp_path / "b").rglob("*"):
        if path.is_file():
            assert patient.name.encode() not in path.read_bytes(), path.name


def test_a_person_takes_along_what_was_answered_for_no_session(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="nothing to export"):
        app.exports.write_person(patient.id, tmp_path, named=True)
    answered(app, patient, CALM)
    app.exports.write_person(patient.id, tmp_path / "p", named=True)
    folder = tmp_path / "p" / "questionnaires"
    (total,) = list(csv.DictReader(io.StringIO((folder / "totals.csv").read_text(ENCODING))))
    assert (total["session_id"], total["total"]) == ("", "4")
    assert pq.read_table(folder / "items.parquet").num_rows == 10
    assert (folder / "data_dictionary.csv").is_file()


def test_what_cannot_be_exported_is_said(
    app: App, patient: Patient, visit: SessionRecord, tmp_path: Path
) -> None:
    recording = app.recordings.begin(patient.id, "camera", consent())
    with pytest.raises(InputError, match="still being analysed"):
        app.exports.write_all([visit.id, recording.record.id], tmp_path / "x", named=True)
    assert not (tmp_path / "x").exists(), "nothing is written before everything was looked at"
    with pytest.raises(InputError, match="still being analysed"):
        app.exports.write_person(patient.id, tmp_path / "x", named=True)
    recording.stop(SessionState.FAILED, "Nothing could be read.")
    with pytest.raises(NotFound):
        app.exports.write_all([SessionId("none")], tmp_path, named=True)
    (tmp_path / "plain").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        app.exports.write_all([visit.id], tmp_path / "plain", named=True)
    with pytest.raises(InputError, match="Nothing to write"):
        app.exports.write_report(visit.id, pdf=None, fhir=None, csv=None, named=True)


def test_a_session_that_failed_can_be_exported(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    recording = app.recordings.begin(patient.id, "camera", consent())
    recording.stop(SessionState.FAILED, "Nothing could be read.")
    answered(app, patient, CALM)
    app.exports.write_all([recording.record.id], tmp_path, named=False)
    bundle = json.loads((tmp_path / recording.record.id / "fhir.json").read_text("utf-8"))
    assert len(kinds(bundle, "QuestionnaireResponse")) == 1
