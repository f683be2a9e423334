"""The command line on keys, back-ups, erasure and retention, from the first start on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emocare import cli
from emocare.app import build_app, vault_for
from emocare.domain.audit import AuditKind
from emocare.settings import load_settings
from tests.services.fakes import ScriptedReader

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of its own, whose key lies in a file."""
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMOCARE_KEY_HOLDER", "file")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and gives exit code, stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def add_patient(code: str = "P-1") -> None:
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        app.people.add(code, "Ada Example")


def test_a_key_is_made_shown_changed_and_recovered(run: Run, tmp_path: Path) -> None:
    code, out, err = run("key", "new")
    recovery = tmp_path / "data-key" / "recovery-key.txt"
    assert (code, out) == (0, "file\n") and str(recovery) in err
    assert run("key", "new", "--if-missing")[:2] == (0, "file\n")
    assert run("key", "new")[0] == 2
    add_patient()
    shown = json.loads(run("key", "show", "--json")[1])
    assert shown["holder"] == "file" and shown["recovery_file"] == str(recovery)
    kept = tmp_path / "paper.txt"
    code, out, _ = run("key", "rotate")
    assert code == 0 and "Make a back-up" in out and shown["id"] not in out
    kept.write_bytes(recovery.read_bytes())
    (tmp_path / "data-key" / "key.json").unlink()
    code, _, err = run("backup")
    assert code == 2 and "key recover" in err and err.count("\n") == 1
    assert "opens the database again" in run("key", "recover", "--recovery-key", kept)[1]
    code, out, _ = run("key", "show")
    assert code == 0 and "0 former keys" in out and "print it" in out
    recovery.unlink()
    assert "print it" not in run("key", "show")[1]


def test_a_back_up_is_made_and_restored(run: Run, tmp_path: Path) -> None:
    add_patient()
    code, out, _ = run("backup")
    assert code == 0 and "1 people" in out and "restored on trial" in out
    made = json.loads(run("backup", "--to", tmp_path / "disk", "--json")[1])
    assert made["rows"]["patients"] == 1 and Path(made["file"]).parent == tmp_path / "disk"
    add_patient("P-2")
    code, out, _ = run("restore", made["file"])
    assert code == 0 and "1 people" in out and "before-restore" in out
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        assert [one.code for one in app.people.everybody()] == ["P-1"]
        code, _, err = run("backup")
        assert code == 2 and "already open" in err and "“Back up now”" in err
        assert err.count("\n") == 1
    code, _, err = run("restore", tmp_path / "none")
    assert code == 2 and "There is no back-up" in err


def test_the_log_explains_the_restore(run: Run) -> None:
    add_patient()
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        app.audit.note("account a", AuditKind.CHANGE, "people.add")
        file = app.backups.make().file
        app.audit.note("account a", AuditKind.CHANGE, "reports.sign")
    assert run("restore", file)[0] == 0
    code, out, _ = run("verify-audit")
    assert code == 0 and "restored from the back-up of" in out and "ok: 2 rows" in out
    assert "Rows 2 to 2 of before" in out and "command line (" in out
    told = json.loads(run("verify-audit", "--json")[1])
    assert told["ok"] and [one["rows_gone"] for one in told["restores"]] == [1]


def test_another_computer_restores_with_the_recovery_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_patient()
    made = json.loads(run("backup", "--json")[1])
    paper = tmp_path / "paper.txt"
    paper.write_text(vault_for(load_settings()).keys()[0].recovery)
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "other"))
    assert run("restore", made["file"], "--recovery-key", tmp_path / "none")[0] == 2
    code, out, _ = run("restore", made["file"], "--recovery-key", paper)
    assert code == 0 and "1 people" in out and "kept" not in out
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        assert app.people.by_code("P-1").name == "Ada Example"


def test_erasing_asks_for_confirmation_and_certifies(run: Run, tmp_path: Path) -> None:
    add_patient()
    code, _, err = run("erase", "P-1")
    assert code == 2 and "--confirm" in err
    assert run("hold", "P-1")[:2] == (0, "P-1: no legal hold\n")
    assert "court order" in run("hold", "P-1", "--reason", "court order")[1]
    assert run("hold", "P-1")[0] == 1
    code, _, err = run("erase", "P-1", "--confirm")
    assert code == 2 and "legal hold" in err and err.count("\n") == 1
    assert run("hold", "P-1", "--lift", "--reason", "x")[0] == 2
    assert "1 holds were lifted" in run("hold", "P-1", "--lift")[1]
    file = tmp_path / "erased.txt"
    code = run("erase", "P-1", "--confirm", "--certificate", file)[0]
    assert code == 0 and "Certificate of erasure" in file.read_text("utf-8")
    assert run("erase", "P-1", "--confirm")[0] == 2
    add_patient("P-2")
    assert run("erase", "P-2", "--confirm", "--certificate", file)[0] == 2, "it is there already"
    assert "number P-2" in run("erase", "P-2", "--confirm")[1]


def test_retention_lists_and_removes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add_patient()
    assert run("retention")[:2] == (0, "No retention time is set: everything is kept.\n")
    monkeypatch.setenv("EMOCARE_KEEP_JOURNAL_DAYS", "30")
    code, out, _ = run("retention")
    assert code == 0 and out.startswith("0 journal entries of 0 people")
    assert json.loads(run("retention", "--json")[1])["classes"][0]["class"] == "journal"
    assert run("retention", "--apply")[1] == "Nothing was removed.\n"
    monkeypatch.setenv("EMOCARE_KEEP_JOURNAL_DAYS", "-1")
    assert "keep_journal_days" in run("retention")[2]


def test_the_doctor_tells_of_the_key_and_the_back_ups(run: Run, tmp_path: Path) -> None:
    add_patient()
    run("backup")
    found = {one["name"]: one for one in json.loads(run("doctor", "--json")[1])["checks"]}
    assert "encrypted" in found["database"]["detail"]
    assert "recovery-key.txt" in found["key"]["detail"] and "Print it" in found["key"]["remedy"]
    assert found["back-ups"]["ok"] and "0 hours old" in found["back-ups"]["detail"]
    (tmp_path / "data-key" / "key.json").write_text("{")
    found = {one["name"]: one for one in json.loads(run("doctor", "--json")[1])["checks"]}
    assert not found["key"]["ok"] and not found["database"]["ok"]
