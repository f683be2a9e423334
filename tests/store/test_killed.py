"""A process that is killed at any touch of the disk: the next start finds everything."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.made_up import ROOT

SHARED = Path("/dev/shm")


MOST = 4
"""Points of each step here; ``soak kills`` takes all."""


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a killed process loses nothing that the system has,
    and waiting for a disk is most of the time."""
    if not SHARED.is_dir():
        yield tmp_path / "places"
        return
    with tempfile.TemporaryDirectory(dir=SHARED, prefix="emocare-killed-") as name:
        yield Path(name) / "places"


@pytest.mark.skipif(sys.platform == "win32", reason="forks, and uses SIGKILL")
@pytest.mark.parametrize(
    ("step", "fewest"),
    [("convert", 10), ("rotate", 15), ("backup", 10), ("restore", 15), ("erase", 5), ("expire", 5)],
)
def test_killed_at_any_point_nothing_is_lost(places: Path, step: str, fewest: int) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.killed", step, str(places), str(MOST)],
                          cwd=ROOT, text=True, capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, killed = map(int, done.stdout.split())
    assert count >= fewest, "the step hardly touches the disk"
    assert killed >= MOST - 2
