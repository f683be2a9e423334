from __future__ import annotations

import sys

import psutil
import pytest

from emocare.services import memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be asked")
def test_what_lies_free_between_kept_blocks_goes_back() -> None:
    """Small blocks that stay keep the large ones between them from being returned."""
    if memory._library() is None:
        pytest.skip("this C library cannot be asked")
    # Below the size from which the C library takes memory apart from its heap.
    pairs = [(bytearray(b"x" * 100_000), bytearray(b"x" * 2000)) for _ in range(2000)]
    kept = [small for _, small in pairs]
    del pairs
    before = psutil.Process().memory_info().rss
    memory.give_back()
    assert before - psutil.Process().memory_info().rss > 100e6
    assert len(kept) == 2000


def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    memory._library.cache_clear()
    assert memory._library() is None
    memory.give_back()
    memory._library.cache_clear()
