"""What ``start.py audit`` says; set-up, start and tests are run by test_readme."""

from __future__ import annotations

import json
import subprocess

import pytest

import start


def answers(monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str) -> None:
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, code, out, err)
    )


@pytest.mark.parametrize(
    ("err", "words"),
    [("/x/python: No module named pip_audit", "is not installed"),
     ("Traceback\nConnectionError: no route", "perhaps without a network (ConnectionError"),
     ("", "no message")],
)  # fmt: skip
def test_an_audit_that_cannot_be_made_says_so_and_is_no_failure(
    err: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, 1, "", err)
    assert start.main(["audit"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Nothing was checked: ") and words in said


@pytest.mark.parametrize(("faults", "code"), [([], 0), ([{"id": "PYSEC-1"}], 1)])
def test_known_faults_are_named(
    faults: list[dict[str, str]], code: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    found = {"dependencies": [{"name": "av", "version": "1", "vulns": faults}]}
    answers(monkeypatch, code, json.dumps(found), "")
    assert start.main(["audit"]) == code
    said = capsys.readouterr().out
    assert said.endswith(f"1 packages looked up, {len(faults)} known faults.\n")
    assert ("av 1: PYSEC-1" in said) is bool(faults)
