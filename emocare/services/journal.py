"""What a half-made recording needs to be summarised after the process was killed.

One small file per running recording in the private folder. It is written when the recording
starts and removed when it ends, so a file that is found at the start of the application means
that the process before was killed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emocare.domain.errors import StoreError
from emocare.domain.records import SessionId
from emocare.domain.summary import ModelRef
from emocare.store.conversion import keep

_log = logging.getLogger(__name__)

SUFFIX = ".running.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Source, networks and configuration of a running recording."""

    source_name: str
    sha256: str | None
    models: tuple[ModelRef, ...]
    config: Mapping[str, Any]


class Journal:
    """The files of the running recordings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, session_id: SessionId, provenance: Provenance) -> None:
        """Notes that this recording runs; replaces an older note at once or not at all.

        Raises:
            StoreError: The disk is full or the folder cannot be written.
        """
        part = self._folder / f"{session_id}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.touch(mode=0o600)
            part.write_text(json.dumps(asdict(provenance)), encoding="utf-8")
            keep(part)
            part.replace(self._file(session_id))
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise StoreError(
                f"The recording cannot begin: nothing can be written in {self._folder} "
                f"({error.strerror}). Free some space or allow writing to this folder, and try "
                "again."
            ) from error

    def read(self, session_id: SessionId) -> Provenance | None:
        """The note of this recording; None when there is none, or it is damaged."""
        file = self._file(session_id)
        if not file.is_file():
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            models = tuple(ModelRef(**model) for model in found.pop("models"))
            return Provenance(models=models, **found)
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("the note of a broken-off recording is damaged")
            return None

    def remove(self, session_id: SessionId) -> None:
        """Notes that it has ended."""
        self._file(session_id).unlink(missing_ok=True)

    def _file(self, session_id: SessionId) -> Path:
        return self._folder / f"{session_id}{SUFFIX}"
