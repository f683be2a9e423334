"""What a file is, judged by its first bytes and never by its name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from emocare.domain.errors import InputError

HEAD_BYTES = 4096
ACCEPTED = "MP4, MOV, AVI, WebM or MKV"

_PICTURE = "a picture, not a recording"
_SOUND = "a sound recording without a picture"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE), (b"\xff\xd8\xff", _PICTURE), (b"GIF8", _PICTURE), (b"BM", _PICTURE),
    (b"II*\x00", _PICTURE), (b"MM\x00*", _PICTURE),
    (b"PK\x03\x04", "a ZIP archive"), (b"PK\x05\x06", "a ZIP archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"), (b"Rar!", "a RAR archive"), (b"\x1f\x8b", "an archive"),
    (b"%PDF", "a PDF document"), (b"ID3", _SOUND), (b"fLaC", _SOUND), (b"OggS", "an Ogg file"),
    (b"\xff\xfb", _SOUND), (b"\xff\xf1", _SOUND), (b"0&\xb2u", "a Windows Media file"),
    (b"FLV", "a Flash video"), (b"\x00\x00\x01\xba", "an MPEG program stream"),
)  # fmt: skip
_STILL_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_SOUND_BRANDS = (b"M4A ", b"M4B ")
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp")


@dataclass(frozen=True, slots=True)
class Content:
    """A recording's container.

    Attributes:
        format: Name of the demuxer ("mov", "avi", "matroska"). It is given to the decoder so
            that a text file can never be taken for a play list that opens other files.
        size_bytes: Size of the file.
        breaks_off: The container announces more bytes than the file has.
    """

    format: str
    size_bytes: int
    breaks_off: bool


def open_file(path: Path, error_type: type[InputError], what: str) -> BinaryIO:
    """Opens a plain, non-empty file for reading.

    Args:
        path: The file.
        error_type: Raised on failure.
        what: "recording" or "picture", for the message.

    Raises:
        InputError: As ``error_type``: missing, a folder, not permitted, not a plain file, empty.
    """
    name = printable(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise error_type(f"{name} is a folder: choose a single {what} in it.")
        if not stat.S_ISREG(status.st_mode):
            raise error_type(f"{name} is not a file on disk: save the {what} as a file first.")
        if status.st_size == 0:
            raise error_type(f"{name} is empty (0 bytes): copy it again or choose another {what}.")
        return path.open("rb")
    except (FileNotFoundError, ValueError) as error:
        # A name with a NUL character is no name of a file: ValueError.
        raise error_type(f"{name} was not found: check its name and folder.") from error
    except PermissionError as error:
        raise error_type(
            f"{name} may not be opened by this user: ask for permission to read it, or copy it to "
            "a folder of your own."
        ) from error
    except OSError as error:
        raise error_type(
            f"{name} cannot be read ({error.strerror}): copy it again or choose another {what}."
        ) from error


def recognise(file: BinaryIO) -> Content | str:
    """Tells a recording from anything else.

    Args:
        file: Open file; its position is moved.

    Returns:
        The container, or a few words that say what the file is instead.
    """
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head[4:8] in _MOV_BOXES:
        if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
            return _PICTURE
        if head[4:8] == b"ftyp" and head[8:12] in _SOUND_BRANDS:
            return _SOUND
        return Content("mov", size, _announced(_mov_extent, file, size) > size)
    if head[:4] == b"RIFF":
        if head[8:12] == b"AVI ":
            return Content("avi", size, 8 + int.from_bytes(head[4:8], "little") > size)
        return _PICTURE if head[8:12] == b"WEBP" else _SOUND
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return Content("matroska", size, _announced(_matroska_extent, file, size) > size)
    return _something_else(head)


def printable(path: Path) -> str:
    """The file's name without its folder, safe to print: no control characters, one line."""
    name = path.name.encode("utf-8", "replace").decode("utf-8") or str(path)
    return "".join(character if character.isprintable() else "?" for character in name)


def _something_else(head: bytes) -> str:
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    if len(head) > 188 and head[0] == 0x47 and head[188] == 0x47:
        return "an MPEG transport stream"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:4].lower() in (b"<!do", b"<htm"):
        return "a web page"
    try:
        head[: HEAD_BYTES - 4].decode("utf-8")
    except UnicodeDecodeError:
        return "not a recording, or damaged from its first byte"
    return "a text file" if b"\x00" not in head else "not a recording"


def _announced(walk: Callable[[BinaryIO, int], int], file: BinaryIO, size: int) -> int:
    file.seek(0)
    return walk(file, size)


def _mov_extent(file: BinaryIO, size: int) -> int:
    """End of the last top-level box; 0-sized boxes reach the end of the file."""
    position = 0
    while position + 8 <= size:
        file.seek(position)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return size
        position += length
    return position


def _matroska_extent(file: BinaryIO, size: int) -> int:
    """End of the first segment; a live recording does not announce one."""
    position = 0
    while position < size:
        file.seek(position)
        head = file.read(12)
        id_length = _vint_length(head, 4)
        if id_length is None:
            return size
        size_length = _vint_length(head[id_length:], 8)
        if size_length is None:
            return size
        field = head[id_length : id_length + size_length]
        unknown = (1 << (7 * size_length)) - 1
        length = int.from_bytes(field, "big") & unknown
        if length == unknown:
            return size
        position += id_length + size_length + length
        if head[:id_length] == b"\x18\x53\x80\x67":
            return position
    return position


def _vint_length(data: bytes, longest: int) -> int | None:
    """Length in bytes of a Matroska variable-length number, from its leading zero bits."""
    if not data or data[0] == 0:
        return None
    length = 9 - data[0].bit_length()
    return length if length <= longest else None
