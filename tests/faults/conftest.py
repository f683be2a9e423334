"""Whole applications in a folder of their own; disks that are full or cannot be written."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.records import Patient
from emocare.settings import Settings
from tests.killed import Place
from tests.services.fakes import ScriptedReader

DISK_MB = 24


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Folders of one installation."""
    return Place(tmp_path / "here")


@pytest.fixture
def settings(place: Place, tmp_path: Path) -> Settings:
    """Of that installation."""
    return Settings(
        data_dir=place.database.parent, key_dir=str(place.root / "key"), key_holder="file",
        backup_dir=str(place.root / "backups"), samples_dir=tmp_path / "samples",
        clinic="Test clinic", clinician="Dr Test",
    )  # fmt: skip


@pytest.fixture
def start(settings: Settings) -> Callable[..., App]:
    """Starts the application with a reader in place of the networks."""

    def started(**changes: object) -> App:
        return build_app(replace(settings, **changes), ScriptedReader().loaded)  # type: ignore[arg-type]

    return started


@pytest.fixture
def app(start: Callable[..., App]) -> Iterator[App]:
    """It runs."""
    with start() as running:
        yield running


@pytest.fixture
def patient(app: App) -> Patient:
    return app.people.add("P-1", "Ada Example")


class Disk:
    """A small disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Until not one byte more goes."""
        number = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (1 << 20, 4096, 1):
                while True:
                    try:
                        os.write(number, bytes(size))
                    except OSError as error:
                        assert error.errno == errno.ENOSPC
                        break
        finally:
            os.close(number)

    def free(self) -> None:
        """Somebody makes room."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Real: mounted, so that the system itself says that nothing more fits."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with suppress(FileNotFoundError):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs",
                               str(folder)], capture_output=True, check=False)  # fmt: skip
        if done.returncode == 0:
            try:
                yield Disk(folder)
            finally:
                subprocess.run(["umount", "-l", str(folder)], check=True)
            return
    pytest.skip("a small disk can only be mounted by who administers a Linux")
