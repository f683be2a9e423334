"""What a full collection after each run of a page has to visit."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Iterator

import pytest

from emocare.ui import collecting

NAME = "emocare_a_module_of_this_test"


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leaves the collector as it was found."""
    yield
    gc.unfreeze()
    sys.modules.pop(NAME, None)
    collecting._seen.cache_clear()


def test_what_modules_have_made_is_not_visited_again_until_another_is_loaded() -> None:
    collecting.spare_modules()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    later = [[] for _ in range(1000)]
    collecting.spare_modules()
    assert gc.get_freeze_count() <= frozen
    sys.modules[NAME] = types.ModuleType(NAME)
    collecting.spare_modules()
    assert gc.get_freeze_count() >= frozen + len(later) // 2


def test_garbage_of_a_run_is_still_found() -> None:
    collecting.spare_modules()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
