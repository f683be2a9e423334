"""One demo clinic for all tests of this folder; whoever changes something takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emocare import cli
from emocare.app import App, build_app
from emocare.domain.accounts import Role
from emocare.settings import Settings, load_settings
from emocare.ui import context

# The guided start is walked in the same browser, and pages are opened in the same way, as
# everywhere else.
from tests.browser.conftest import chromium  # noqa: F401
from tests.pages.conftest import open_page  # noqa: F401


def demo_settings(folder: Path) -> Settings:
    """As ``start.py --demo`` gives them to the app."""
    return load_settings({"EMOCARE_DATA_DIR": str(folder), "EMOCARE_DEMO": "true"})


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``python -m emocare demo`` made; nobody writes into it."""
    folder = tmp_path_factory.mktemp("demo") / "clinic"
    assert cli.main(["demo", str(folder)]) == 0
    return folder


def copied(made: Path, to: Path) -> Path:
    """The folder of a demo and its key, in another place."""
    shutil.copytree(made.with_name("clinic-key"), to / "clinic-key")
    return Path(shutil.copytree(made, to / "clinic"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return copied(made, tmp_path)


@pytest.fixture(scope="session")
def shared(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The demo clinic, opened once, for tests that change nothing that others look at."""
    with build_app(demo_settings(copied(made, tmp_path_factory.mktemp("shared")))) as opened:
        yield opened


@pytest.fixture
def app(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The demo clinic behind the pages, which its physician opens."""
    with build_app(demo_settings(folder)) as opened:
        monkeypatch.setattr(context, "_shared_app", lambda: opened)
        come_as(opened, Role.PHYSICIAN, monkeypatch)
        yield opened


def come_as(app: App, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the token of a visitor where the cookie of the browser would be."""
    token = app.demo_entrance.enter(role)
    monkeypatch.setattr(context, "token", lambda: token)
