"""For every test: what may run side by side."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, those of a file stay together, and one browser at a time."""
    for item in items:
        folder = item.path.parent.name
        name = folder if folder == "browser" else item.path.as_posix()
        item.add_marker(pytest.mark.xdist_group(name))
