"""The face network as the services see it: loaded on first use, or refused with the reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import Face, FaceReader
from emocare.domain.summary import ModelRef


class StillReader(FaceReader, Protocol):
    """A face reader that also takes a picture as the crop of a face."""

    def read_crop(self, picture: NDArray[np.uint8]) -> Face:
        """Reads a whole picture, (H, W, 3) or (H, W) uint8, as the crop of one face."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedFace:
    """A face reader that passed its hash check and self-test, and the networks behind it."""

    reader: StillReader
    models: tuple[ModelRef, ...]


class FaceEngine:
    """Loads the face reader on first use and keeps it; questionnaires work without it.

    A refused load is tried again at the next use, so that a mended file needs no restart.
    Safe to use from any thread.
    """

    def __init__(self, load: Callable[[], LoadedFace]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: LoadedFace | None = None

    def get(self) -> LoadedFace:
        """The loaded reader.

        Raises:
            ModelError: The weights are missing, damaged or fail the self-test.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def check(self) -> LoadedFace:
        """Loads the reader anew, so that its hash and self-test are done now; keeps what is in use.

        Raises:
            ModelError: As ``get``.
        """
        return self._load()
