"""For every test: no key goes into the keyring of the computer; what may run side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import Seen, compared

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
"""Before anything asks for a keyring; processes that tests start inherit it."""


TOGETHER = {"browser", "demo"}
"""Folders whose tests share what takes long to make, or must not run beside each other."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Where tests run side by side, those of a file stay together, and one browser at a time.

    Said as soon as there is the test: the groups are read before any hook of a conftest that sees
    all of them.
    """
    folder = item.path.parent.name
    name = folder if folder in TOGETHER else item.path.as_posix()
    item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seen]:
    """To which a test of a fault hands what the user reads; compared with docs/reliability.md."""
    marker = request.node.get_closest_marker("fault")
    assert marker is not None, "this test carries no @fault"
    found = Seen(marker.kwargs["at_most"], tmp_path)
    yield found
    compared(request, found)
