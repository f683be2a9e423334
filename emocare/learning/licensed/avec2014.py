"""AVEC 2014: German recordings of a text read aloud and of free speech, with BDI-II.

The videos are read by the reader of the product. Copies differ in their folders, so a video is
found by its name (``203_1_Freeform_video.mp4``), its split by the folder Training, Development or
Testing above it, and its label by ``203_1_Depression.csv``, a file that holds one number.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning.licensed import files
from emocare.learning.licensed.recordings import (
    Entry,
    LicensedSet,
    Split,
    without_shared_people,
)
from emocare.learning.licensed.scales import BDI2
from emocare.learning.licensed.tables import read_readings, write_readings

NAME, TITLE = "avec2014", "AVEC 2014"
ACCESS = "End-user licence agreement with the organisers of the challenge."
FOLDERS = {"training": Split.TRAIN, "train": Split.TRAIN, "development": Split.DEV,
           "dev": Split.DEV, "testing": Split.TEST, "test": Split.TEST}  # fmt: skip
VIDEO = re.compile(r"(?P<person>\d+)_(?P<visit>\d+)_(?P<task>Freeform|Northwind)_video")
SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".webm")
ORDER = (Split.TRAIN, Split.DEV, Split.TEST)


@dataclass(frozen=True, slots=True)
class VideoCache:
    """Reads videos, each once: the readings are kept as Parquet.

    Attributes:
        folder: Where they are kept.
        read: The reader of the product, one video -> its readings.
        reader_id: Names the networks; other networks read anew.
    """

    folder: Path
    read: Callable[[Path], Readings]
    reader_id: str

    def readings(self, video: Path) -> Readings:
        """The readings of a video, kept or new.

        Raises:
            InputError: The video cannot be read, or the readings cannot be kept.
        """
        found = video.stat()
        key = f"{video.name} {found.st_size} {found.st_mtime_ns} {self.reader_id}"
        digest = hashlib.sha256(key.encode()).hexdigest()
        kept = self.folder / f"{video.stem}-{digest[:16]}.parquet"
        if kept.is_file():
            return read_readings(kept)
        readings = self.read(video)
        write_readings(kept, readings)
        return readings


def load(path: Path, splits: Sequence[Split], cache: VideoCache) -> LicensedSet:
    """The videos of the official parts.

    A person who recurs in a later part is left out of the earlier one.

    Args:
        path: Folder with the videos and labels somewhere below.
        splits: Only videos and labels of these are opened.
        cache: Reads and keeps.

    Raises:
        InputError: There is no video, or a label is missing or wrong.
    """
    folder = files.folder_of(path, TITLE)
    videos = _videos(folder)
    if not videos:
        raise InputError(
            f"{folder} holds no video like Training/Freeform/203_1_Freeform_video.mp4. Give the "
            "folder of the data set as it was published."
        )
    labels = {file.name: file for file in sorted(folder.rglob("*_Depression.csv"))}
    later: dict[str, Split] = {}
    for split in ORDER:
        later |= {_name(video)[0]: split for video, found in videos if found is split}
    entries = []
    for video, split in videos:
        if split in splits:
            entries.append(_entry(folder, video, split, labels, cache))
    kept, left_out = without_shared_people(entries, later)
    return LicensedSet(NAME, TITLE, BDI2, kept, left_out, ACCESS)


def _videos(folder: Path) -> list[tuple[Path, Split]]:
    found = []
    for video in sorted(folder.rglob("*_video.*")):
        named = VIDEO.fullmatch(video.stem) and video.suffix.lower() in SUFFIXES
        parts = [part.lower() for part in video.relative_to(folder).parts[:-1]]
        split = next((FOLDERS[part] for part in parts if part in FOLDERS), None)
        if named and split is not None:
            found.append((video, split))
    return found


def _name(video: Path) -> tuple[str, str]:
    """Person and person with visit, the beginning of the label's name."""
    match = VIDEO.fullmatch(video.stem)
    assert match is not None  # only named videos are listed
    return match["person"], f"{match['person']}_{match['visit']}"


def _entry(
    folder: Path, video: Path, split: Split, labels: dict[str, Path], cache: VideoCache
) -> Entry:
    person, visit = _name(video)
    name = f"{visit}_Depression.csv"
    if name not in labels:
        raise InputError(
            f"{folder} holds no label {name} for {video.name}. Unpack the label files there."
        )
    text = labels[name].read_text("utf-8-sig", errors="replace").strip()
    label = files.number(labels[name], visit, "the BDI-II total", text)
    task = video.stem.removeprefix(f"{visit}_").removesuffix("_video")
    return Entry(id=video.stem, person=person, split=split, label=label,
                 read=partial(cache.readings, video), notes=(task,))  # fmt: skip
