"""For every test: no key goes into the keyring of the computer; what may run side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.faults import Seen, compared

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
"""Before anything asks for a keyring; processes that tests start inherit it."""


TOGETHER = {"browser", "demo"}
"""Folders whose tests share what takes long to make, or must not run beside each other."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Where tests run side by side, those of a file stay together, and one browser at a time.

    Groups by a marker (``loadgroup``) would do the same, but xdist 3.8 writes them into a part of a
    test that pytest 9 does not have any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder = file.split("/")[-2]
        return folder if folder in TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """The scheduler of every run side by side."""
    return ByFile(config, log)


@pytest.fixture
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seen]:
    """To which a test of a fault hands what the user reads; compared with docs/reliability.md."""
    marker = request.node.get_closest_marker("fault")
    assert marker is not None, "this test carries no @fault"
    found = Seen(marker.kwargs["at_most"], tmp_path)
    yield found
    compared(request, found)
