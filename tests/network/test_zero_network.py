"""Nothing of the main job leaves this machine, and nothing of it needs another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

pytestmark = pytest.mark.timeout(900)


def run(program: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python where every address but this machine's is refused."""
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)]),
        "REFUSED_ADDRESSES": str(folder / "refused.txt"),
    }  # fmt: skip
    return subprocess.run([sys.executable, *program], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=800)  # fmt: skip


def test_from_upload_to_report_no_other_machine_is_asked(tmp_path: Path) -> None:
    done = run(["-m", "tests.network.whole_job", str(tmp_path)], tmp_path)
    assert done.stdout.endswith("done\n"), done.stderr[-2000:]
    assert not (tmp_path / "refused.txt").exists()


@pytest.mark.parametrize(
    "attempt",
    ["socket.create_connection(('192.0.2.1', 80), 1)", "socket.getaddrinfo('example.org', 80)",
     "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))"],
)  # fmt: skip
def test_an_attempt_is_refused_and_noted(attempt: str, tmp_path: Path) -> None:
    done = run(["-c", f"import socket; {attempt}"], tmp_path)
    assert "PermissionError" in done.stderr
    assert (tmp_path / "refused.txt").read_text(encoding="utf-8").startswith("socket.")


def test_this_machine_is_allowed(tmp_path: Path) -> None:
    talk = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname()); socket.getaddrinfo('localhost', 80); print(1)"
    )
    assert run(["-W", "ignore", "-c", talk], tmp_path).stdout == "1\n"
    assert not (tmp_path / "refused.txt").exists()
