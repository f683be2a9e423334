"""Files that nobody's camera would write, made from good ones by a seeded generator."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from tests.media.clips import CODECS, make_clip, steady

PICTURES = (".png", ".jpg", ".webp", ".bmp", ".tiff")
SAMPLE_S = 2.0
"""So much of each sample clip is taken over, undecoded."""
BOXES = (b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"mdhd", b"stsd", b"avc1", b"avcC", b"stts",
         b"ctts", b"stsc", b"stsz", b"stco", b"mdat", b"LIST", b"strh", b"strf", b"idx1", b"IHDR",
         b"IDAT", b"VP8 ", b"\x1a\x45\xdf\xa3", b"\x1f\x43\xb6\x75",
         b"\x16\x54\xae\x6b")  # fmt: skip
"""Marks of parts; the bytes around them are their sizes, counts and dimensions."""
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1",
            b"\0\xff\xff\xff", b"\xff\xff\xff\x7f")  # fmt: skip
NAMES = ("visit", "../../etc/passwd", "/dev/zero", "C:\\CON", "nul", "a\0b", "x" * 5000, " . ",
         "\u202egpj.exe", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\ud800", "", "-rf",
         "name:stream", "%00%2e%2e", "\n\r\t")  # fmt: skip

Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Mutant:
    """One file.

    Attributes:
        name: As which it is uploaded.
        how: What was done to it, one word.
        data: Its bytes.
    """

    name: str
    how: str
    data: bytes


def sources(samples: Path) -> dict[str, list[bytes]]:
    """Suffix -> good files: small clips and pictures, and the beginnings of the sample clips."""
    found: dict[str, list[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="emocare-fuzz-") as name:
        folder = Path(name)
        for suffix in CODECS:
            found[suffix] = [make_clip(folder / f"a{suffix}", steady(0.7)).read_bytes(),
                             make_clip(folder / f"b{suffix}", steady(0.3), width=320, height=240,
                                       faststart=False).read_bytes()]  # fmt: skip
        found[".mp4"].append(make_clip(folder / "talk.mp4", steady(0.3), sound_s=0.5).read_bytes())
        for number, sample in enumerate(sorted(samples.glob("*.mp4"))):
            suffix = (".mp4", ".mkv", ".mov")[number % 3]
            found[suffix].append(beginning(sample, folder / f"{number}{suffix}"))
    for suffix in PICTURES:
        found[suffix] = [_picture(suffix, 64, 48), _picture(suffix, 640, 480)]
    return found


def mutant(seed: int, good: Mapping[str, list[bytes]]) -> Mutant:
    """The file of this number, always the same."""
    random = np.random.default_rng([20_261_125, seed])
    suffix = str(random.choice(sorted(good)))
    data = bytearray(good[suffix][random.integers(len(good[suffix]))])
    how = str(random.choice(sorted(WAYS)))
    for _ in range(int(random.integers(1, 4)) if how != "truncated" else 1):
        data = WAYS[how](random, data, good)
    if random.random() < 0.1:
        suffix = str(random.choice(sorted(good)))
    stem = NAMES[random.integers(len(NAMES))]
    return Mutant(f"{stem}{suffix}", how, bytes(data))


Way = Callable[[Random, bytearray, Mapping[str, list[bytes]]], bytearray]


def _flipped(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    for at in random.integers(0, max(len(data), 1), int(2 ** random.integers(0, 9))):
        data[at % len(data)] ^= 1 << int(random.integers(8))
    return data


def _head(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    for at in random.integers(0, min(len(data), 2048), int(random.integers(1, 9))):
        data[at] = int(random.integers(256))
    return data


def _truncated(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    return data[: int(random.integers(0, len(data)))]


def _boxes(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    """An extreme number where a part says its size, count, length or dimension."""
    marks = [mark for mark in BOXES if mark in data]
    if not marks:
        return _head(random, data, good)
    mark = marks[random.integers(len(marks))]
    at = max(0, data.index(mark) + int(random.choice([-4, 4, 8, 12, 16, 20, 24, 28, 32])))
    data[at : at + 4] = EXTREMES[random.integers(len(EXTREMES))]
    return data


def _spliced(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    """Continues as another file, from a part's beginning where there is one."""
    others = good[str(random.choice(sorted(good)))]
    other = others[random.integers(len(others))]
    marks = [mark for mark in BOXES if mark in other]
    start = other.index(marks[random.integers(len(marks))]) if marks else 0
    return data[: int(random.integers(1, len(data)))] + other[max(0, start - 4) :]


def _repeated(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    start, end = sorted(int(n) for n in random.integers(0, len(data), 2))
    piece = data[start : min(end, start + 4096)]
    return data[:start] + piece * int(random.integers(2, 40)) + data[start:]


def _emptied(random: Random, data: bytearray, good: Mapping[str, list[bytes]]) -> bytearray:
    start = int(random.integers(0, len(data)))
    length = min(int(random.integers(1, 5000)), len(data) - start)
    data[start : start + length] = bytes(length)
    return data


WAYS: dict[str, Way] = {
    "flipped": _flipped, "head": _head, "truncated": _truncated, "boxes": _boxes,
    "spliced": _spliced, "repeated": _repeated, "emptied": _emptied,
}  # fmt: skip


def beginning(sample: Path, target: Path) -> bytes:
    """The first seconds of a clip, its packets as they are."""
    with av.open(str(sample)) as whole, av.open(str(target), "w") as part:
        pictures = whole.streams.video[0]
        stream = part.add_stream_from_template(pictures)
        for packet in whole.demux(pictures):
            if packet.dts is None or packet.dts * (packet.time_base or Fraction(1)) > SAMPLE_S:
                break
            packet.stream = stream
            part.mux(packet)
    return target.read_bytes()


def _picture(suffix: str, width: int, height: int) -> bytes:
    rows = np.linspace(0, 255, width * height * 3).reshape(height, width, 3)
    data = io.BytesIO(cv2.imencode(suffix, rows.astype(np.uint8))[1].tobytes())
    return data.getvalue()
