"""Texts that are too long, that a spreadsheet would run, and names that are paths."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest

from emocare.app import App
from emocare.domain.errors import InputError, ReportError
from emocare.domain.records import Patient, SessionId, SessionState
from emocare.services import exports, texts
from emocare.services.data_dictionary import NUMBER, TABLES, TEXT, Column
from emocare.services.export_tables import ENCODING, schema, table_csv
from emocare.services.exports import FORMULA_STARTS
from tests.services.conftest import consent, record, times
from tests.services.test_care import ITEM9, answered

RUNS = tuple(f"{start}HYPERLINK(A1)" for start in (*FORMULA_STARTS, " =", "   @"))
NAMES = ("../../etc/passwd", "/etc/shadow", "..", "a\0b.mp4", "CON.mp4", "nul", "x" * 5000,
         "\u202egpj.mp4", "a.mp4:stream", "name.\u0130\u0131", "b.m p4", "\ud800.mp4",
         "c." + "m" * 90)  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("evil", RUNS)
def test_no_column_of_text_runs_as_a_formula(table: str, evil: str) -> None:
    columns: tuple[Column, ...] = tuple(c for c in TABLES[table] if c.kind in (TEXT, NUMBER))
    arrays = [pa.array([evil, None, "a"] if c.kind == TEXT else [-1.0, None, 2.0])
              for c in columns]  # fmt: skip
    made = pa.Table.from_arrays(arrays, schema=schema(columns))
    rows = list(csv.DictReader(io.StringIO(table_csv(made).decode(ENCODING), newline="")))
    for column in columns:
        cells = [row[column.name] for row in rows]
        wanted = [f"'{evil}", "", "a"] if column.kind == TEXT else ["-1", "", "2"]
        assert [cell.removesuffix(".0") for cell in cells] == wanted, column.name


@pytest.mark.parametrize("evil", RUNS)
def test_nothing_of_the_session_sheet_runs_as_a_formula(
    evil: str, app: App, patient: Patient
) -> None:
    session = record(app, patient, times(4))
    (response,) = [answered(app, patient, ITEM9)]
    evil_answers = replace(response, instrument=evil, result=replace(
        response.result, native_band=evil, alerts=(evil,)))  # fmt: skip
    failed = replace(session, id=SessionId(evil), state=SessionState.FAILED, error=evil)
    sheet = exports.session_csv(failed, [evil_answers])
    cells = [cell for row in csv.reader(io.StringIO(sheet, newline="")) for cell in row]
    assert cells.count(f"'{evil}") >= 4
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA_STARTS)
                and not _is_number(cell)]  # fmt: skip


def _is_number(cell: str) -> bool:
    try:
        return json.loads(cell) is not None
    except ValueError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_an_upload_lies_in_the_private_folder_whatever_it_is_called(
    name: str, app: App, patient: Patient
) -> None:
    folder = app.settings.clips_dir
    staged = app.recordings.stage_upload(name, BytesIO(b"x"), patient.id, consent())
    assert staged.parent == folder and staged.read_bytes() == b"x"
    assert len(staged.name) <= 41 and staged.name.isascii() and ":" not in staged.name
    app.recordings.discard_upload(staged)
    assert list(folder.iterdir()) == []


def test_only_what_lies_in_the_private_folder_is_deleted(app: App, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x")
    app.recordings.discard_upload(other)
    app.recordings.discard_upload(app.settings.clips_dir / ".." / ".." / "other.mp4")
    assert other.exists()


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [("1" * 41, "Ada", "The number has 41 characters; 40 fit"),
     ("P-2", "A" * 201, "The name has 201 characters; 200 fit")],
)  # fmt: skip
def test_a_person_with_an_endless_name(code: str, name: str, words: str, app: App) -> None:
    with pytest.raises(InputError, match=words):
        app.people.add(code, name)
    assert app.people.add("1" * 40, "A" * 200).name == "A" * 200


def test_a_signature_and_notes_that_do_not_fit() -> None:
    for words in (("n" * 121, "r", "l"), ("n", "r" * 121, "l"), ("n", "r", "l" * 61)):
        with pytest.raises(ReportError, match=r"fit\. Shorten it"):
            texts.check_signer(*words)
    texts.check_signer("n" * 120, "r" * 120, "l" * 60)


def test_the_note_of_an_alert_that_does_not_fit(app: App, patient: Patient) -> None:
    answered(app, patient, ITEM9)
    (alert,) = [a for a in app.alerts.open(patient.id) if "SI" in a.code]
    app.alerts.acknowledge(alert.id)
    with pytest.raises(InputError, match="The note has 2001 characters; 2000 fit"):
        app.alerts.resolve(alert.id, next(iter(app.alerts.ACTIONS)), "x" * 2001)
    assert app.alerts.resolve(alert.id, next(iter(app.alerts.ACTIONS)), "x" * 2000)
