from __future__ import annotations

import csv
import errno
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from emocare.app import App
from emocare.domain.errors import InputError
from emocare.domain.readings import COLUMNS, FrameReading, FrameStatus, Readings
from emocare.domain.records import Patient, SessionId, SessionState
from emocare.domain.summary_json import summary_from_dict
from emocare.services import exports
from tests.services.conftest import consent, record, times
from tests.services.fakes import face_at
from tests.services.test_care import ITEM9, answered


def test_the_parquet_has_every_column_in_its_order(tmp_path: Path) -> None:
    rows = [
        FrameReading(0.0, FrameStatus.OK, face=face_at(0.0), track_id=1, n_faces=1, valence=0.1,
                     arousal=0.2),
        FrameReading(0.1, FrameStatus.NO_FACE),
        FrameReading(0.2, FrameStatus.TOO_DARK, face=face_at(0.2), track_id=1),
    ]  # fmt: skip
    path = tmp_path / "r.parquet"
    pq.write_table(exports.readings_table(Readings.from_frames(rows, landmarks=True)), path)
    table = pq.read_table(path)
    assert table.column_names == [*COLUMNS, "landmarks_px"]
    assert table["status"].to_pylist() == ["OK", "NO_FACE", "TOO_DARK"]
    assert table["au05"].null_count == 3 and table["au12"].null_count == 2
    assert table["yaw_deg"].null_count == 1, "pose is filled on every tracked frame"
    assert table["n_faces"].to_pylist() == [1, 0, 0]
    landmarks = table["landmarks_px"].to_pylist()
    assert landmarks[1] is None and len(landmarks[0]) == 140
    np.testing.assert_allclose(
        np.array(landmarks[2], np.float32).reshape(70, 2), face_at(0.2).landmarks_px
    )
    bare = exports.readings_table(Readings.from_frames(rows))
    assert bare.column_names == list(COLUMNS)
    assert exports.readings_table(Readings.from_frames([])).num_rows == 0


def test_the_summary_can_be_read_back_and_holds_no_nan(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    for session in (record(app, patient), record(app, patient, times(1))):
        folder = tmp_path / session.id
        paths = app.recordings.export(session.id, folder)
        assert [path.name for path in paths] == ["readings.parquet", "summary.json"]

        def refuse(constant: str) -> None:
            raise AssertionError(constant)

        told = json.loads(paths[1].read_text("utf-8"), parse_constant=refuse)
        assert told["schema"] == 1
        assert summary_from_dict(told) == session.summary


def test_an_export_needs_a_summary_and_a_folder(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    recording = app.recordings.begin(patient.id, "camera", consent())
    with pytest.raises(InputError, match="no summary"):
        app.recordings.export(recording.record.id, tmp_path)
    recording.close()
    (tmp_path / "plain").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        app.recordings.export(recording.record.id, tmp_path / "plain" / "x")


def test_a_full_disk_leaves_the_results_of_before(
    app: App, patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = record(app, patient)
    old = app.recordings.export(session.id, tmp_path / "old")

    def full(_: object, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "Error writing bytes to file")

    before = [path.read_bytes() for path in old]
    monkeypatch.setattr(exports.pq, "write_table", full)
    for name in ("old", "new"):
        with pytest.raises(InputError, match="cannot be written: No space left on device"):
            app.recordings.export(session.id, tmp_path / name)
    assert [path.read_bytes() for path in old] == before
    assert sorted(path.name for path in (tmp_path / "old").iterdir()) == [
        "readings.parquet", "summary.json"
    ]  # fmt: skip
    assert not (tmp_path / "new").exists()


def test_the_table_holds_answers_and_cannot_run_as_a_formula(
    app: App, patient: Patient
) -> None:
    session = record(app, patient)
    answered(app, patient, ITEM9, session_id=session.id)
    answered(app, patient, (1,) * 21, "DASS-21", session.id)
    rows = list(csv.DictReader(io.StringIO(app.reports.csv(session.id))))
    found = {(row["section"], row["name"]): row for row in rows}
    assert found["PHQ-9", "total"]["value"] == "4"
    assert found["PHQ-9", "item_9"]["value"] == "1"
    assert ("DASS-21", "total") not in found, "it has a total for each scale only"
    assert (found["DASS-21", "total_anxiety"]["value"],
            found["DASS-21", "total_anxiety"]["note"]) == ("14", "moderate")  # fmt: skip
    assert found["PHQ-9", "alert"]["value"] == "SI_ITEM9_POSITIVE:elevated"
    assert session.summary is not None and session.summary.behaviour_index is not None
    index = found["behaviour_index", "value"]
    assert float(index["value"]) == session.summary.behaviour_index.value
    assert float(index["low"]) < float(index["value"]) < float(index["high"])
    failed = replace(session, id=SessionId("=1+1"), state=SessionState.FAILED, summary=None,
                     error="@cmd")  # fmt: skip
    text = exports.session_csv(failed, [])
    assert "'=1+1" in text and "'@cmd" in text
