"""One demo clinic for all tests of this folder; whoever changes something takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emocare import cli
from emocare.app import App, build_app
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


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "clinic"))


@pytest.fixture
def app(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The demo clinic behind the pages."""
    with build_app(demo_settings(folder)) as opened:
        monkeypatch.setattr(context, "_shared_app", lambda: opened)
        yield opened
