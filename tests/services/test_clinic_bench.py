"""The bench of a large clinic, on a very small one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emocare import cli
from emocare.app import App
from emocare.domain.summary import GateDecision
from emocare.services import clinic_bench
from emocare.store import Store

SMALL = clinic_bench.Size(patients=3, sessions=6, visits=2)


def test_every_question_is_timed(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocare.app import workplace_of

    monkeypatch.setattr(clinic_bench, "RUNS", 1)
    monkeypatch.setattr(clinic_bench, "RECORDING_S", 70.0)
    said: list[str] = []
    figures = clinic_bench.bench_clinic(tmp_path, workplace_of(app.settings), SMALL, said.append)
    assert (figures["patients"], figures["sessions"]) == (4, 8)
    assert len(figures["times_ms"]) == 5
    assert all(row["median"] > 0 for row in figures["times_ms"].values())
    assert figures["file_mb_without_readings"] > 0 and figures["readings_mb_per_10_minutes"] > 0
    assert "one person's course" in clinic_bench.table(figures)
    assert len(said) == 2
    with Store.open(tmp_path / "clinic.duckdb", keys=clinic_bench.KEYS) as store:
        counts = store.counts()
        assert (counts.patients, counts.sessions, counts.responses) == (4, 8, 16)
        assert set(store.latest_gates().values()) == {GateDecision.RELIABLE}
    assert app.people.everybody() == []


def test_the_command_prints_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(clinic_bench, "RUNS", 1)
    monkeypatch.setattr(clinic_bench, "RECORDING_S", 70.0)
    code = cli.main(["bench", "--clinic", "--patients", "2", "--sessions", "2", "--json"])
    printed = capsys.readouterr()
    assert code == 0
    assert json.loads(printed.out)["patients"] == 3
    assert "making up 2 people" in printed.err
    assert not (tmp_path / "data").exists()
