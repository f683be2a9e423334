"""D-Vlog: landmarks of vlogs, one set a second, and whether a vlog was annotated as depression.

In the published arrays each row holds 68 landmarks, and a row of zeros says that no face was
found. Copies of it are described with all x before all y; in case a copy alternates x and y, the
order is read off the jaw, whose points run from left to right in the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning.licensed import files, landmarks
from emocare.learning.licensed.files import Floats
from emocare.learning.licensed.recordings import Entry, LicensedSet, Split
from emocare.learning.licensed.scales import VLOG
from emocare.learning.licensed.tables import readings_of

Value = TypeVar("Value")
NAME, TITLE = "d-vlog", "D-Vlog"
ACCESS = "On request from the authors of the data set."
LABELS = "labels.csv"
COLUMNS = ("index", "label", "gender", "fold")
FOLDS = {"train": Split.TRAIN, "valid": Split.DEV, "test": Split.TEST}
CLASSES = {"normal": 0.0, "depression": 1.0}
WIDTH = 2 * landmarks.COUNT
JAW = 17
SECONDS_A_ROW = 1.0


def load(path: Path, splits: Sequence[Split]) -> LicensedSet:
    """The vlogs of the published folds; each vlog counts as a person, for nobody is named.

    Args:
        path: Folder with ``labels.csv`` and ``0/0_visual.npy``, or with ``dvlog-dataset`` that
            holds the latter.
        splits: Only vlogs of these are read.

    Raises:
        InputError: A file or a column is missing or wrong.
    """
    folder = files.folder_of(path, TITLE)
    path = files.existing(folder, (LABELS, f"dvlog-dataset/{LABELS}"),
                          "Put the label file beside the vlogs.")  # fmt: skip
    table = files.read_table(path, COLUMNS)
    entries = []
    for id, label, gender, fold in zip(*(table[name] for name in COLUMNS), strict=True):
        split = _known(path, id, "fold", fold, FOLDS)
        label_value = _known(path, id, "label", label, CLASSES)
        if split not in splits:
            continue
        visual = _file(folder, id)
        _shape(visual)
        entries.append(Entry(id=id, person=id, split=split, label=label_value,
                             read=partial(read_vlog, visual),
                             sex=files.sex_of(path, id, gender)))  # fmt: skip
    return LicensedSet(NAME, TITLE, VLOG, tuple(entries), {}, ACCESS)


def _known(path: Path, id: str, column: str, value: str, known: dict[str, Value]) -> Value:
    if value not in known:
        raise InputError(
            f"{path}: {column} of {id} is {value!r}, expected one of {', '.join(known)}. "
            "Correct the file."
        )
    return known[value]


def _file(folder: Path, id: str) -> Path:
    name = f"{id}/{id}_visual.npy"
    return files.existing(folder, (name, f"dvlog-dataset/{name}"),
                          "Unpack the vlog there as it was published.")  # fmt: skip


def _shape(path: Path) -> Floats:
    """The array of a vlog, mapped and not read.

    Raises:
        InputError: It is no array of rows with 136 numbers.
    """
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} cannot be read as an array. Copy it again.") from error
    if found.ndim != 2 or found.shape[1] != WIDTH or not len(found):
        raise InputError(
            f"{path} has the shape {found.shape}, expected (seconds, {WIDTH}). Copy it again."
        )
    return np.asarray(found)


def read_vlog(path: Path) -> Readings:
    """The readings of one vlog: only what ratios of landmarks give.

    Raises:
        InputError: It is no array of rows with 136 numbers.
    """
    flat = np.asarray(_shape(path), np.float64)
    ok = np.isfinite(flat).all(axis=1) & (flat != 0).any(axis=1)
    points = landmarks_of(np.where(ok[:, None], flat, 0.0), ok)
    t_s = SECONDS_A_ROW * np.arange(len(flat), dtype=np.float64)
    return readings_of(t_s, ok, landmarks.shape_measures(points))


def landmarks_of(flat: Floats, ok: NDArray[np.bool_]) -> Floats:
    """Landmarks (T, 68, 2) of rows (T, 136) whose order of x and y is found by the jaw.

    Args:
        ok: (T,) rows with a face; the order is judged on these.
    """
    blocks = flat.reshape(-1, 2, landmarks.COUNT).transpose(0, 2, 1)
    pairs = flat.reshape(-1, landmarks.COUNT, 2)
    return max((blocks, pairs), key=lambda points: _rightward(points[ok]))


def _rightward(points: Floats) -> float:
    """Share of steps along the jaw that go to the right in the image."""
    return float(np.mean(np.diff(points[:, :JAW, 0], axis=1) > 0)) if len(points) else 0.0
