"""An open store with one person and one recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emocare.store import Store
from tests.store.made_up import clinic


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Closed at the end."""
    with clinic(tmp_path / "emocare.duckdb") as opened:
        yield opened
