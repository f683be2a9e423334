"""The networks as the services see them: loaded on first use, or refused with the reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import ModelError
from emocare.domain.faces import Face, FaceReader
from emocare.domain.sequence import SequenceReader
from emocare.domain.summary import NO_SEQUENCE_NETWORK, ModelRef


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


class SequenceEngine:
    """Loads both sequence networks on first use and keeps them; everything works without them.

    A refused load is tried again at the next use. Safe to use from any thread.
    """

    def __init__(self, load: Callable[[], SequenceReader] | None) -> None:
        """Args:
        load: Loads them; None where this installation has none.
        """
        self._load = load
        self._lock = threading.Lock()
        self._loaded: SequenceReader | None = None

    @property
    def installed(self) -> bool:
        """Whether there are sequence networks to load."""
        return self._load is not None

    def get(self) -> SequenceReader:
        """The loaded networks.

        Raises:
            ModelError: There are none, or the weights are missing, damaged or fail the self-test.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self.check()
            return self._loaded

    def check(self) -> SequenceReader:
        """Loads them anew, so that hash and self-test are done now; keeps what is in use.

        Raises:
            ModelError: As ``get``.
        """
        if self._load is None:
            raise ModelError(NO_SEQUENCE_NETWORK)
        return self._load()
