"""DAIC-WOZ: clinical interviews with features of OpenFace (CLNF) and PHQ-8.

The file names, columns, excluded sessions and notes are those of the documentation that comes with
the set ("DAIC-WOZ Depression Database").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning.licensed import files, landmarks, openface
from emocare.learning.licensed.files import Floats
from emocare.learning.licensed.recordings import Entry, LicensedSet, Split
from emocare.learning.licensed.scales import PHQ8

NAME, TITLE = "daic-woz", "DAIC-WOZ"
ACCESS = "End-user licence agreement with the USC Institute for Creative Technologies."
LABELS: dict[Split, str] = {
    Split.TRAIN: "train_split_Depression_AVEC2017.csv",
    Split.DEV: "dev_split_Depression_AVEC2017.csv",
    Split.TEST: "full_test_split.csv",
}
"""test_split_Depression_AVEC2017.csv names the same people as the last, without their labels."""
COLUMNS: dict[Split, tuple[str, str, str]] = {
    Split.TRAIN: ("Participant_ID", "PHQ8_Score", "Gender"),
    Split.DEV: ("Participant_ID", "PHQ8_Score", "Gender"),
    Split.TEST: ("Participant_ID", "PHQ_Score", "Gender"),
}
GENDERS = {"0": "male", "1": "female"}
EXCLUDED = ("342", "394", "398", "460")
INTERRUPTED: dict[str, tuple[float, float]] = {"373": (352.0, 420.0), "444": (286.0, 387.0)}
"""Session -> seconds in which somebody else comes in; 5:52 to 7:00 and 4:46 to 6:27."""
NOTES: dict[str, str] = {
    **dict.fromkeys(INTERRUPTED, "interruption left out"),
    **dict.fromkeys(("451", "458", "480"), "interviewer missing from the transcript"),
    "402": "video ends about two minutes early",
}
BASIC = ("frame", "timestamp", "confidence", "success")
UNITS = ("AU01_r", "AU02_r", "AU04_r", "AU05_r", "AU06_r", "AU09_r", "AU10_r", "AU12_r", "AU14_r",
         "AU15_r", "AU17_r", "AU20_r", "AU25_r", "AU26_r", "AU04_c", "AU12_c", "AU15_c", "AU23_c",
         "AU28_c", "AU45_c")  # fmt: skip
POSE = ("Tx", "Ty", "Tz", "Rx", "Ry", "Rz")
GAZE = ("x_0", "y_0", "z_0", "x_1", "y_1", "z_1", "x_h0", "y_h0", "z_h0", "x_h1", "y_h1", "z_h1")
POINTS = (*(f"x{k}" for k in range(landmarks.COUNT)), *(f"y{k}" for k in range(landmarks.COUNT)))
REMEDY = "Unpack the session there as it was published."


def load(path: Path, splits: Sequence[Split]) -> LicensedSet:
    """The sessions of the official splits.

    Args:
        path: Folder with the split files; sessions as ``300_P/300_CLNF_AUs.txt`` or beside them.
        splits: Only the label files of these are opened.

    Raises:
        InputError: A file or a column is missing or wrong.
    """
    folder = files.folder_of(path, TITLE)
    entries, left_out = [], {}
    for split in splits:
        for entry in _entries(folder, split):
            if entry.id in EXCLUDED:
                left_out[entry.id] = "excluded by the publishers for technical reasons"
            else:
                _check(folder, entry.id)
                entries.append(entry)
    return LicensedSet(NAME, TITLE, PHQ8, tuple(entries), left_out, ACCESS)


def _entries(folder: Path, split: Split) -> list[Entry]:
    id_name, score_name, gender_name = COLUMNS[split]
    path = files.existing(
        folder, (LABELS[split],), "Put the official split files beside the sessions."
    )
    table = files.read_table(path, COLUMNS[split])
    found = []
    for id, score, gender in zip(
        table[id_name], table[score_name], table[gender_name], strict=True
    ):
        if not id:
            continue
        note = NOTES.get(id)
        found.append(Entry(
            id=id, person=id, split=split, label=files.number(path, id, score_name, score),
            read=partial(read_session, folder, id),
            sex=files.sex_of(path, id, gender, GENDERS),
            notes=() if note is None else (note,),
        ))  # fmt: skip
    return found


def _file(folder: Path, id: str, kind: str) -> Path:
    return files.existing(folder, _places(id, kind), REMEDY)


def _places(id: str, kind: str) -> tuple[str, ...]:
    """Where a file may lie; the documentation names that of the units .csv, copies have .txt."""
    names = [f"{id}_CLNF_{kind}.txt", f"{id}_CLNF_{kind}.csv"]
    return tuple(place + name for name in names for place in (f"{id}_P/", "", f"{id}/"))


def _check(folder: Path, id: str) -> None:
    """Refuses a session with a missing file or column before any is read."""
    for kind, names in (("AUs", UNITS), ("pose", POSE), ("gaze", GAZE)):
        files.require_columns(_file(folder, id, kind), (*BASIC, *names))


def read_session(folder: Path, id: str) -> Readings:
    """The readings of one session; seconds in which it was interrupted are excluded.

    Raises:
        InputError: A file or a column is missing or wrong.
    """
    units = files.read_numbers(_file(folder, id, "AUs"), (*BASIC, *UNITS))
    pose = _matched(units, _file(folder, id, "pose"), POSE)
    gaze = _matched(units, _file(folder, id, "gaze"), GAZE)
    vectors = [np.stack([gaze[f"{axis}_h{eye}"] for axis in "xyz"], axis=1) for eye in (0, 1)]
    further = {
        **_face(folder, id, units),
        **openface.head_pose(pose["Rx"], pose["Ry"], pose["Rz"]),
        **openface.gaze_columns(np.mean(vectors, axis=0)),
    }
    readings = openface.readings_from(units, further)
    return readings.with_excluded([INTERRUPTED[id]]) if id in INTERRUPTED else readings


def _face(folder: Path, id: str, units: dict[str, Floats]) -> dict[str, Floats]:
    """Box, eyes and mouth of the landmarks, where their file is there; it is optional."""
    path = files.first_of(folder, _places(id, "features"))
    if path is None:
        return {}
    flat = _matched(units, path, POINTS)
    points = np.stack(
        [np.stack([flat[f"{axis}{k}"] for k in range(landmarks.COUNT)], axis=1) for axis in "xy"],
        axis=2,
    )
    return {**landmarks.face_box(points), **landmarks.shape_measures(points)}


def _matched(units: dict[str, Floats], path: Path, names: Sequence[str]) -> dict[str, Floats]:
    """Columns of another file of the session on the frames of the Action Units.

    Frames that it lacks are NaN.
    """
    table = files.read_numbers(path, ("frame", *names))
    frames, first = np.unique(table["frame"], return_index=True)
    place = np.clip(np.searchsorted(frames, units["frame"]), 0, len(frames) - 1)
    there = frames[place] == units["frame"]
    if not there.any():
        raise InputError(f"{path} holds other frames than the Action Units. Copy it again.")
    return {name: np.where(there, table[name][first[place]], np.nan) for name in names}
