"""Runs every command that the README shows, so that none of them can go stale."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]

pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv").exists(), reason="the README's set-up (.venv) was not made by start.py"
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "EMOCARE_DATA_DIR": str(tmp_path / "data")}


def test_the_first_screen_shows_the_two_commands() -> None:
    assert COMMANDS[:2] == ["python start.py", "python start.py test"]


def test_start_says_its_address_and_serves(environment: dict[str, str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "start.py", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if f"http://127.0.0.1:{port}" in line and "ready" in line:
                break
        else:
            pytest.fail("".join(lines))
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the app outlived start.py"


def test_start_test_runs_tests(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "start.py", "test", "tests/domain", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.parametrize("command", [c for c in COMMANDS if "start.py" not in c])
def test_command(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    assert command.startswith("python -m emocare "), command
    words = command.split()[1:]
    words = [w.replace("build/", f"{tmp_path}/") for w in words]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=280,
    )  # fmt: skip
    # doctor ends with 1 where it has a finding, for example a machine without a camera.
    assert done.returncode in ({0, 1} if words[2] == "doctor" else {0}), done.stdout + done.stderr
    assert done.stdout.strip(), "the command said nothing"
    assert "Traceback" not in done.stderr


def test_every_command_of_the_table_exists(environment: dict[str, str]) -> None:
    table = re.findall(r"^\| `([a-z ]+)`", (ROOT / "README.md").read_text("utf-8"), re.M)
    shown = subprocess.run(
        [sys.executable, "-m", "emocare", "--help"], cwd=ROOT, env=environment,
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert table
    for name in table:
        assert name.split()[0] in shown
