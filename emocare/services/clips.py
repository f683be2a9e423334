"""Clips on this machine: staged under generated names in a private folder, deleted when done."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from emocare.domain.errors import AccessDenied, InputError, VideoTooLong, VideoUnreadable
from emocare.services import acting
from emocare.services.workplace import new_id

NOT_STAGED = "This video was not added by you. Add it again."
PIECE = 1024 * 1024
"""Bytes copied at a time; an upload is never held whole in memory."""

NAME_LIMIT = 120
"""Longest file name that is kept for showing."""

PLAIN_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
"""What is kept of a name on the disk."""

FREE_RESERVE = 64 * 1024**2
"""Bytes that must stay free on the disk, so that the database can still write."""


def clean_name(name: str) -> str:
    """What may be shown and stored of a file name that came from outside.

    Path parts, control, formatting and unassigned characters are dropped, and the rest is cut
    to ``NAME_LIMIT`` characters. The name is never used to open a file.
    """
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(ch for ch in last if not unicodedata.category(ch).startswith("C"))
    kept = " ".join(kept.split()).strip(". ")
    if not kept:
        return "video"
    stem, dot, suffix = kept.rpartition(".")
    if dot and len(suffix) <= 8:
        return f"{stem[: NAME_LIMIT - len(suffix) - 1]}.{suffix}"
    return kept[:NAME_LIMIT]


class Clips:
    """The private folder (0700) in which clips lie while they are analysed or kept."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._staged_by: dict[Path, str | None] = {}

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self._folder

    def prepare(self) -> None:
        """Makes the folder, readable by its owner only.

        Raises:
            InputError: It cannot be made.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
        except OSError as error:
            raise _staging_error(error) from error

    def stage(self, name: str, stream: BinaryIO) -> Path:
        """Copies an upload piece by piece into the private folder under a generated name.

        Args:
            name: File name as given; only its suffix is used, if it is a plain one.
            stream: Read from its present position to its end.

        Returns:
            Path of the copy, readable by its owner only.

        Raises:
            VideoUnreadable: The upload is empty.
            VideoTooLong: It is larger than the limit.
            InputError: Disk full or folder not writable. Nothing is left behind.
        """
        self.prepare()
        suffix = Path(clean_name(name)).suffix.lower()
        target = self._folder / f"{new_id()}{suffix if PLAIN_SUFFIX.fullmatch(suffix) else ''}"
        try:
            size = self._copy(stream, target)
        except BaseException:
            with suppress(FileNotFoundError):
                target.unlink()
            raise
        if size == 0:
            target.unlink()
            raise VideoUnreadable(f"{clean_name(name)} is empty (0 bytes). Choose another file.")
        actor = acting.current()
        self._staged_by[target] = None if actor is None else actor.account_id
        return target

    def require_staged(self, path: Path, samples: Path) -> None:
        """Refuses a file that who is signed in has not staged and that is no sample.

        The program itself and the command line open every file they can read.

        Raises:
            AccessDenied: Somebody else staged it, it is the clip of a session, or it lies
                elsewhere on this machine.
        """
        actor = acting.current()
        if actor is None or actor.account_id is None:
            return
        if self._staged_by.get(path) != actor.account_id and path.resolve().parent != (
            samples.resolve()
        ):
            raise AccessDenied(NOT_STAGED)

    def is_staged(self, path: Path) -> bool:
        """Whether the file was staged and waits to be submitted or discarded."""
        return path in self._staged_by

    def used(self, path: Path) -> None:
        """Notes that a staged file is the clip of a session from now on."""
        self._staged_by.pop(path, None)

    def owns(self, path: Path) -> bool:
        """Whether the file lies in the private folder, so that it may be deleted."""
        return path.resolve().parent == self._folder.resolve()

    def delete(self, path: Path) -> bool:
        """Deletes a file of the private folder; any other file is left alone.

        Returns:
            True when the file is gone and was ours.
        """
        if not self.owns(path):
            return False
        path.unlink(missing_ok=True)
        self._staged_by.pop(path, None)
        return True

    def delete_strangers(self, wanted: set[Path]) -> int:
        """Deletes every file of the private folder that no session refers to.

        One that cannot be deleted stays: it must not keep the application from starting, which
        says it (``services.startup``).

        Returns:
            How many files were deleted.
        """
        deleted = 0
        for path in self.strangers(wanted):
            with suppress(OSError):
                path.unlink()
                deleted += 1
        return deleted

    def strangers(self, wanted: set[Path]) -> list[Path]:
        """Files of the private folder that are none of ``wanted``."""
        if not self._folder.is_dir():
            return []
        keep = {path.resolve() for path in wanted}
        return [p for p in self._folder.iterdir() if p.is_file() and p.resolve() not in keep]

    def _copy(self, stream: BinaryIO, target: Path) -> int:
        size = 0
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                while piece := stream.read(PIECE):
                    size += len(piece)
                    if size > self._max_bytes:
                        raise VideoTooLong(
                            f"The file is larger than {self._max_bytes / 1e9:.1f} GB. "
                            "Cut it into parts and add them one by one."
                        )
                    out.write(piece)
        except OSError as error:
            raise _staging_error(error) from error
        return size


def _staging_error(error: OSError) -> InputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InputError("Not enough disk space for this video. Free some space and add it again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return InputError(
            "The folder for videos cannot be written. Give this user the right to write in the "
            "data folder and try again."
        )
    return InputError(f"The video could not be copied: {error.strerror}. Try again.")
