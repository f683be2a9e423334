"""The fingerprint of a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from emocare.domain.errors import InputError


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file's bytes as 64 hexadecimal digits.

    The file is read in pieces, so its size does not matter.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read ({error.strerror}): check that it is still there and "
            "that you may open it."
        ) from error
