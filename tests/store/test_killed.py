"""A process that is killed at any touch of the disk: the next start finds everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.made_up import ROOT


@pytest.mark.timeout(1800)
@pytest.mark.skipif(sys.platform == "win32", reason="forks, and uses SIGKILL")
@pytest.mark.parametrize(
    ("step", "fewest"),
    [("convert", 10), ("rotate", 15), ("backup", 10), ("restore", 15), ("erase", 5), ("expire", 5)],
)
def test_killed_at_any_point_nothing_is_lost(tmp_path: Path, step: str, fewest: int) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.killed", step, str(tmp_path / "places")],
                          cwd=ROOT, text=True, capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= fewest, "the process was hardly ever killed"
