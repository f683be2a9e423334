"""E-DAIC (AVEC 2019): interviews with features of OpenFace 2 and PHQ-8."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from emocare.domain.readings import Readings
from emocare.learning.licensed import files, openface
from emocare.learning.licensed.recordings import Entry, LicensedSet, Split
from emocare.learning.licensed.scales import PHQ8

NAME, TITLE = "e-daic", "E-DAIC"
ACCESS = "On request from the USC Institute for Creative Technologies."
LABELS: dict[Split, str] = {split: f"{split.value}_split.csv" for split in Split}
COLUMNS = ("Participant_ID", "Gender", "PHQ_Score")
GENDERS = {"0": "male", "1": "female"}
BASIC = ("frame", "timestamp", "confidence", "success")
POSE = ("pose_Rx", "pose_Ry", "pose_Rz")
GAZE = tuple(f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz")
UNITS = (*openface.INTENSITIES.values(), "AU28_c")
REMEDY = "Unpack the session there as it was published."


def load(path: Path, splits: Sequence[Split]) -> LicensedSet:
    """The sessions of the official splits.

    Args:
        path: Folder with ``train_split.csv`` and so on, or with a folder ``labels`` that holds
            them; sessions as ``300_P/features/300_OpenFace2.1.0_Pose_gaze_AUs.csv``.
        splits: Only the label files of these are opened.

    Raises:
        InputError: A file or a column is missing or wrong.
    """
    folder = files.folder_of(path, TITLE)
    entries = []
    for split in splits:
        for entry in _entries(folder, split):
            files.require_columns(_file(folder, entry.id, split), (*BASIC, *POSE, *GAZE, *UNITS))
            entries.append(entry)
    return LicensedSet(NAME, TITLE, PHQ8, tuple(entries), {}, ACCESS)


def _entries(folder: Path, split: Split) -> list[Entry]:
    name = LABELS[split]
    path = files.existing(
        folder, (name, f"labels/{name}"), "Put the official split files beside the sessions."
    )
    table = files.read_table(path, COLUMNS)
    return [
        Entry(id=id, person=id, split=split, label=files.number(path, id, "PHQ_Score", score),
              read=partial(read_session, folder, id, split),
              sex=files.sex_of(path, id, gender, GENDERS))
        for id, gender, score in zip(*(table[name] for name in COLUMNS), strict=True) if id
    ]  # fmt: skip


def _file(folder: Path, id: str, split: Split) -> Path:
    name = f"{id}_OpenFace2.1.0_Pose_gaze_AUs.csv"
    places = (f"{id}_P/features/{name}", f"{id}_P/{name}", name)
    return files.existing(folder, (*places, *(f"{split.value}/{one}" for one in places)), REMEDY)


def read_session(folder: Path, id: str, split: Split) -> Readings:
    """The readings of one session; gaze is turned from the camera's axes into the head's.

    Raises:
        InputError: A file or a column is missing or wrong.
    """
    table = files.read_numbers(_file(folder, id, split), (*BASIC, *POSE, *GAZE, *UNITS))
    angles = [table[name] for name in POSE]
    eyes = [np.stack([table[f"gaze_{eye}_{axis}"] for axis in "xyz"], axis=1) for eye in (0, 1)]
    gaze = openface.gaze_in_head(np.mean(eyes, axis=0), openface.rotation(*angles))
    return openface.readings_from(
        table, {**openface.head_pose(*angles), **openface.gaze_columns(gaze)}
    )
