"""The commands on accounts and on the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emocare import cli
from emocare.app import build_app, vault_for
from emocare.domain.accounts import Role
from emocare.settings import load_settings
from emocare.store import Store
from tests.services.entrance_tools import OTHER, quick
from tests.services.fakes import ScriptedReader

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command on an installation of its own: exit code, stdout, stderr."""
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOGNAME", "nurse")
    monkeypatch.setattr("emocare.cli.common.build_app",
                        lambda settings: build_app(
                            settings, ScriptedReader().loaded, hasher=quick()))

    def call(*words: str) -> tuple[int, str, str]:
        code = cli.main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def asked(run: Run, *words: str) -> dict[str, object]:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    return dict(json.loads(out))


ADD = ("user", "add", "m.berg", "--name", "Dr M. Berg", "--role", "physician")


def test_an_account_is_added_with_a_password_for_one_sign_in(run: Run) -> None:
    told = asked(run, *ADD, "--role", "administrator")
    assert told["roles"] == ["administrator", "physician"] and told["must_change"] is True
    with build_app(load_settings(), ScriptedReader().loaded, hasher=quick()) as app:
        step = app.entrance.sign_in("M.Berg", str(told["password"]))
        assert step.needs == "password"
        assert app.entrance.choose_password(step.ticket, OTHER).token


def test_the_list_shows_no_secret(run: Run) -> None:
    assert "no account yet" in run("user", "list")[1]
    password = asked(run, *ADD, "--role", "administrator")["password"]
    (one,) = asked(run, "user", "list")["users"]  # type: ignore[misc]
    assert one["login"] == "m.berg" and one["name"] == "Dr M. Berg"
    for said in (run("user", "list")[1], json.dumps(one)):
        assert "argon2" not in said and str(password) not in said
    assert "must change the password" in run("user", "list")[1]


def test_locking_and_taking_it_back(run: Run) -> None:
    asked(run, *ADD, "--role", "administrator")
    asked(run, "user", "add", "bo", "--name", "Bo", "--role", "physician")
    assert asked(run, "user", "lock", "bo")["locked"] is True
    assert "locked" in run("user", "list")[1]
    assert asked(run, "user", "lock", "bo", "--undo")["locked"] is False
    code, out, err = run("user", "lock", "m.berg")
    assert code == 2 and not out and "administer" in err and err.count("\n") == 1


def test_a_reset_gives_another_password(run: Run) -> None:
    old = asked(run, *ADD, "--role", "administrator")["password"]
    new = asked(run, "user", "reset", "m.berg")["password"]
    assert new != old
    assert str(run("user", "reset", "m.berg")[1]).startswith("Sign-in name: m.berg\nPassword")


@pytest.mark.parametrize("words", [
    ("user", "add", "a b", "--name", "X", "--role", "physician"),
    ("user", "add", "x1", "--name", "", "--role", "physician"),
    ("user", "add", "x1", "--name", "X", "--role", "owner"),
    ("user", "add", "x1", "--name", "X"),
    ("user", "add", "x1", "--name", "X", "--role", "patient"),
    ("user", "add", "x1", "--name", "X", "--role", "patient", "--patient", "P-99"),
    ("user", "add", "x1", "--name", "X", "--role", "physician", "--patient", "P-1"),
    ("user", "lock", "nobody"), ("user", "reset", "nobody"),
])  # fmt: skip
def test_bad_words_are_one_line(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert code == 2 and not out and err.count("\n") == 1 and "Traceback" not in err


def test_a_name_is_taken_once(run: Run) -> None:
    asked(run, *ADD)
    code, _, err = run("user", "add", "M.BERG", "--name", "X", "--role", "physician")
    assert code == 2 and "taken" in err


def test_the_account_of_a_patient(run: Run) -> None:
    with build_app(load_settings(), ScriptedReader().loaded, hasher=quick()) as app:
        patient = app.people.add("P-1", "Marta Kowalska")
    asked(run, "user", "add", "marta", "--name", "Marta Kowalska", "--role", "patient",
          "--patient", "p-1")  # fmt: skip
    with build_app(load_settings(), ScriptedReader().loaded, hasher=quick()) as app:
        account = app.accounts.by_login("marta")
        assert account.patient_id == patient.id and account.roles == {Role.PATIENT}


def test_commands_are_told_in_the_log_with_the_user(run: Run) -> None:
    asked(run, *ADD)
    with build_app(load_settings(), ScriptedReader().loaded, hasher=quick()) as app:
        row = app.audit.rows()[-1].entry
        assert (row.who, row.kind, row.what) == (
            "command line (nurse)", "configuration", "accounts.add")  # fmt: skip
        assert row.record == f"account:{app.accounts.by_login('m.berg').id}"


def test_verify_audit_finds_what_was_changed(run: Run) -> None:
    for name in ("ab", "cd", "ef"):
        asked(run, "user", "add", name, "--name", "X", "--role", "physician")
    told = asked(run, "verify-audit")
    assert told["ok"] is True and told["rows"] == 3 and told["findings"] == []
    assert run("verify-audit")[1].startswith("ok: 3 rows, last hash ")
    settings = load_settings()
    keys = vault_for(settings).keys()
    with Store.open(settings.database, keys=keys) as store, store._write() as cursor:
        cursor.execute("UPDATE audit SET who = 'nobody' WHERE number = 2")
    code, out, _ = run("verify-audit", "--json")
    found = json.loads(out)
    assert code == 1 and found["ok"] is False
    assert [one["row"] for one in found["findings"]] == [2]
    code, out, err = run("verify-audit")
    assert code == 1 and out.startswith("Row 2 was changed.\nFAULT") and not err


@pytest.mark.parametrize("words", [("user", "add"), ("user", "list"), ("user", "lock"),
                                   ("user", "reset"), ("verify-audit",)])  # fmt: skip
def test_help_has_an_example(run: Run, words: tuple[str, ...]) -> None:
    code, out, _ = run(*words, "--help")
    assert code == 0 and "Example: python -m emocare" in " ".join(out.split())
