"""``start.py --demo``: nothing of a clinic reaches it, and half a demo is never served."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

import start


def test_settings_of_a_clinic_do_not_reach_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EMOCARE_DATA_DIR", "EMOCARE_KEY_DIR", "EMOCARE_BACKUP_DIR", "EMOCARE_CLINIC",
                 "EMOCARE_PASSPHRASE"):  # fmt: skip
        monkeypatch.setenv(name, "/clinic")
    monkeypatch.setenv("EMOCARE_MODELS_DIR", "/models")
    mine = {name: value for name, value in start.demo_environment("/demo").items()
            if name.startswith("EMOCARE_")}  # fmt: skip
    assert mine == {"EMOCARE_MODELS_DIR": "/models", "EMOCARE_DATA_DIR": "/demo",
                    "EMOCARE_DEMO": "true"}  # fmt: skip
    making = start.demo_environment("/demo", making=True)
    assert making["EMOCARE_DATA_DIR"] == "/clinic", "so that it can refuse to start beside it"
    assert "EMOCARE_DEMO" not in making and "EMOCARE_KEY_DIR" not in making


@pytest.mark.parametrize("code", [0, 2])
def test_it_is_put_into_its_place_when_it_is_whole(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic = tmp_path / "clinic"

    def make(command: list[str], **_: Any) -> int:
        assert command[-1] == str(tmp_path / "new") and not clinic.exists()
        for name in ("new", "new-key"):
            (tmp_path / name).mkdir()
        return code

    monkeypatch.setattr(subprocess, "call", make)
    assert start.make_demo(clinic) == code
    assert clinic.exists() is clinic.with_name("clinic-key").exists() is (code == 0)
    assert (str(clinic) in capsys.readouterr().out) is (code == 0)


def test_a_demo_that_cannot_be_made_ends_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None:
            self.code: int | None = None

        def terminate(self) -> None:
            ended.append("terminated")
            self.code = -15

        def wait(self, timeout: float | None = None) -> int | None:
            return self.code

        def poll(self) -> int | None:
            return self.code

    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setattr(start.signal, "signal", lambda *_: None)
    assert start.run(8501, open_browser=True, environment={}, first=lambda: 2) == 2
    assert ended == ["terminated"]
