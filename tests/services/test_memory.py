from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emocare.services import memory

ROOT = Path(__file__).resolve().parents[2]
GIVE_BACK = """
import psutil
from emocare.services import memory

# Below the size from which the C library takes memory apart from its heap.
pairs = [(bytearray(b"x" * 100_000), bytearray(b"x" * 2000)) for _ in range(2000)]
kept = [small for _, small in pairs]
del pairs
before = psutil.Process().memory_info().rss
memory.give_back()
print(len(kept), before - psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be asked")
def test_what_lies_free_between_kept_blocks_goes_back() -> None:
    """Small blocks that stay keep the large ones between them from being returned.

    In a process of its own: in one that has free memory already, the blocks may lie elsewhere.
    """
    if memory._library() is None:
        pytest.skip("this C library cannot be asked")
    done = subprocess.run([sys.executable, "-c", GIVE_BACK], cwd=ROOT, text=True,
                          capture_output=True, check=True)  # fmt: skip
    kept, returned = map(int, done.stdout.split())
    assert kept == 2000 and returned > 100e6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be asked")
def test_a_picture_that_is_gone_leaves_nothing_behind() -> None:
    """Even after a larger one had come and gone, which moves the C library's own limit."""
    if memory._library() is None:
        pytest.skip("this C library cannot be asked")
    code = """
import psutil
from emocare.services import memory

memory.keep_pictures_apart()
del_me = bytearray(b"x" * 20_000_000)
del del_me
kept = []
before = psutil.Process().memory_info().rss
for _ in range(300):
    picture = bytearray(b"x" * 700_000)
    kept.append(bytearray(b"x" * 2000))
    del picture
print(psutil.Process().memory_info().rss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True,
                          capture_output=True, check=True)  # fmt: skip
    assert int(done.stdout) < 5e6


def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    memory._library.cache_clear()
    assert memory._library() is None
    memory.give_back()
    memory.keep_pictures_apart()
    memory._library.cache_clear()
