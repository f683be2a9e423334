"""For every test: no key goes into the keyring of the computer; what may run side by side."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
"""Before anything asks for a keyring; processes that tests start inherit it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, those of a file stay together, and one browser at a time."""
    for item in items:
        folder = item.path.parent.name
        name = folder if folder == "browser" else item.path.as_posix()
        item.add_marker(pytest.mark.xdist_group(name))
