"""Memory that the application and its reading process share: a few places for one picture each.

Through the pipe a picture would be copied piece by piece, at twice the cost of decoding it. The
memory has no name that another program could open, and no file on a disk where the system can do
without (Linux); on macOS it is a file that is deleted before anything is written, on Windows memory
under a name made up for once.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
import uuid

import numpy as np
from numpy.typing import NDArray

COUNT = 3
"""Pictures on their way. Each further one would be memory for nothing."""
SLOT_BYTES = 32 * 1024**2
"""Room for 3840x2160; larger pictures go through the pipe."""
COLOURS = 3


class Slots:
    """The places. Whoever made them says by ``word`` and ``inherited`` how to get at them."""

    def __init__(self, word: str = "") -> None:
        """Makes new ones, or opens those of ``word`` in the process that inherited them.

        Raises:
            OSError: The system has no memory for it.
        """
        self.inherited: tuple[int, ...] = ()
        size = COUNT * SLOT_BYTES
        if sys.platform == "win32":
            self.word = word or f"emocare-{uuid.uuid4().hex}"
            self._memory = mmap.mmap(-1, size, tagname=self.word)
            return
        descriptor = int(word) if word else _descriptor(size)
        self.word, self.inherited = str(descriptor), (descriptor,)
        self._memory = mmap.mmap(descriptor, size)

    def handed_over(self) -> None:
        """Closes what only the other process still needs."""
        for descriptor in self.inherited:
            os.close(descriptor)
        self.inherited = ()

    def put(self, place: int, rgb: NDArray[np.uint8]) -> None:
        """Copies a picture into a place in which it fits."""
        self._view(place, *rgb.shape[:2])[...] = rgb

    def take(self, place: int, height: int, width: int) -> NDArray[np.uint8]:
        """A copy of what is in a place, as (height, width, 3)."""
        return self._view(place, height, width).copy()

    def close(self) -> None:
        """Gives the memory back."""
        self.handed_over()
        self._memory.close()

    def _view(self, place: int, height: int, width: int) -> NDArray[np.uint8]:
        count = height * width * COLOURS
        flat = np.frombuffer(self._memory, np.uint8, count, place * SLOT_BYTES)
        return flat.reshape(height, width, COLOURS)


def fits(height: int, width: int) -> bool:
    """Whether a picture of this size has room in a place."""
    return height * width * COLOURS <= SLOT_BYTES


def _descriptor(size: int) -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("emocare")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor
