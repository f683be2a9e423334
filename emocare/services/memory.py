"""Giving freed memory back, so that a long recording needs little more than a short one.

A recording keeps small rows between large pictures that come and go. The C library of Linux then
holds on to the space of the pictures, some hundred megabytes in twenty minutes, until it is asked.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

M_MMAP_THRESHOLD = -3
"""Number of that setting in glibc's malloc.h."""
PICTURE_BYTES = 512 * 1024
"""What is at least as large is a picture."""


def give_back() -> None:
    """Returns free memory of this process to the system where the C library can be asked (glibc).

    Takes some milliseconds. Does nothing elsewhere. Any thread.
    """
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def keep_pictures_apart() -> None:
    """From now on pictures get memory of their own, returned as soon as one is gone (glibc).

    Otherwise the C library raises the size from which it does so as pictures come and go, and
    takes them from the space between rows that stay. Any thread; does nothing elsewhere.
    """
    library = _library()
    if library is not None:
        library.mallopt(M_MMAP_THRESHOLD, PICTURE_BYTES)


@cache
def _library() -> ctypes.CDLL | None:
    """The C library of this process if it is one that can be asked."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
