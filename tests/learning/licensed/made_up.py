"""Made-up data sets of the published shape with a planted signal; none of it was measured.

A higher label smiles less, moves the head less and looks down more. Sex, age and chance have no
part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emocare.clinical import load_instrument, score
from emocare.domain.records import (
    PatientId,
    Response,
    ResponseId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.learning.licensed import daic_woz as daic_woz_loader
from emocare.services.export_answers import Answered
from emocare.services.export_tables import SessionTables
from tests.learning.schematic import face_points

Floats = NDArray[np.float64]
HZ = 5.0
SECONDS = 48.0
DAIC_UNITS = ("AU01_r", "AU02_r", "AU04_r", "AU05_r", "AU06_r", "AU09_r", "AU10_r", "AU12_r",
              "AU14_r", "AU15_r", "AU17_r", "AU20_r", "AU25_r", "AU26_r", "AU04_c", "AU12_c",
              "AU15_c", "AU23_c", "AU28_c", "AU45_c")  # fmt: skip
OPENFACE2_UNITS = tuple(f"AU{unit}" for unit in ("01", "02", "04", "05", "06", "07", "09", "10",
                        "12", "14", "15", "17", "20", "23", "25", "26", "45"))  # fmt: skip
OPENFACE2_HEADER = (
    "frame", "timestamp", "confidence", "success",
    *(f"pose_{kind}{axis}" for kind in "TR" for axis in "xyz"),
    *(f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz"), "gaze_angle_x", "gaze_angle_y",
    *(f"{unit}_r" for unit in OPENFACE2_UNITS),
    *(f"{unit}_c" for unit in (*OPENFACE2_UNITS[:-1], "AU28", OPENFACE2_UNITS[-1])),
)  # fmt: skip


def signal(severity: float, seed: int, seconds: float = SECONDS) -> dict[str, Floats]:
    """What a made-up person does.

    Args:
        severity: 0 to 1.

    Returns:
        timestamp, confidence, success, smile (0..5), yaw, pitch, roll (radians with our signs),
        down (radians below straight ahead in the head), and chance in 0..1.
    """
    rng = np.random.default_rng(seed)
    t = np.round(np.arange(0.0, seconds, 1 / HZ), 4)
    smile = 4.5 * (1 - severity) * (0.6 + 0.4 * np.sin(2 * np.pi * t / 8 + rng.uniform(0, 6)))
    wave = np.sin(2 * np.pi * t / 5 + rng.uniform(0, 6))
    success = np.ones(len(t))
    success[:5] = 0
    return {
        "timestamp": t, "confidence": np.where(success == 1, 0.95, 0.1), "success": success,
        "smile": np.clip(smile + rng.normal(0, 0.15, len(t)), 0, 5),
        "yaw": 0.25 * (1 - severity) * wave + rng.normal(0, 0.01, len(t)),
        "pitch": -0.2 * severity + rng.normal(0, 0.01, len(t)),
        "roll": rng.normal(0, 0.01, len(t)),
        "down": 0.45 * severity + rng.normal(0, 0.03, len(t)),
        "chance": rng.uniform(0, 1, len(t)),
    }  # fmt: skip


def write_spaced(path: Path, table: Mapping[str, Floats]) -> None:
    """A table as OpenFace writes it: a blank after each comma, in the header too."""
    frame = pd.DataFrame(dict(table))
    lines = [", ".join(frame.columns), *(", ".join(f"{v:.6g}" for v in row)
                                         for row in frame.to_numpy())]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def daic_session(folder: Path, id: str, severity: float, *, flat: bool = False,
                 points: bool = False, seconds: float = SECONDS) -> None:  # fmt: skip
    """The files of one session of DAIC-WOZ.

    Args:
        flat: Beside each other instead of in ``300_P``.
        points: Also the optional landmarks.
    """
    s = signal(severity, int(id), seconds)
    count = len(s["timestamp"])
    basic = {"frame": np.arange(1.0, count + 1), **{n: s[n] for n in ("timestamp", "confidence",
                                                                      "success")}}  # fmt: skip
    units = {name: 0.5 * s["chance"] for name in DAIC_UNITS}
    units |= {"AU12_r": s["smile"], "AU28_c": np.zeros(count), "AU45_c": (s["chance"] > 0.9) * 1.0}
    still = np.zeros(count)
    pose = {"Tx": still, "Ty": still, "Tz": still + 600, "Rx": -s["pitch"], "Ry": -s["yaw"],
            "Rz": s["roll"]}  # fmt: skip
    eye = {"x": still, "y": np.sin(s["down"]), "z": -np.cos(s["down"])}
    gaze = {f"{axis}_{kind}{k}": eye[axis] for kind in ("", "h") for k in (0, 1) for axis in "xyz"}
    place = folder if flat else folder / f"{id}_P"
    write_spaced(place / f"{id}_CLNF_AUs.txt", basic | units)
    write_spaced(place / f"{id}_CLNF_pose.txt", basic | pose)
    write_spaced(place / f"{id}_CLNF_gaze.txt", basic | gaze)
    if points:
        face = 100 + 80 * face_points()[:68]
        flat_points = {f"{axis}{k}": still + face[k, number]
                       for number, axis in enumerate("xy") for k in range(68)}  # fmt: skip
        write_spaced(place / f"{id}_CLNF_features.txt", basic | flat_points)


def severities(count: int) -> Floats:
    """Spread over 0..1 in an order without pattern."""
    return (np.arange(count) * 7 % count + 0.5) / count


def daic_woz(folder: Path, ids: Mapping[str, Sequence[int]], **how: bool) -> None:
    """A whole made-up DAIC-WOZ.

    Args:
        ids: "train", "dev", "test" -> sessions.
        how: As for ``daic_session``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    items = ("NoInterest", "Depressed", "Sleep", "Tired", "Appetite", "Failure", "Concentrating",
             "Moving")  # fmt: skip
    for split, people in ids.items():
        rows = []
        for id, severity in zip(people, severities(len(people)), strict=True):
            score = round(24 * severity)
            rows.append([id, int(score >= 10), score, id % 2, *[score // 8] * 8])
            daic_session(folder, str(id), severity, **how)
        binary, total = ("PHQ_Binary", "PHQ_Score") if split == "test" else (
            "PHQ8_Binary", "PHQ8_Score")  # fmt: skip
        head = ["Participant_ID", binary, total, "Gender", *(f"PHQ8_{one}" for one in items)]
        columns = 4 if split == "test" else len(head)
        name = "full_test_split" if split == "test" else f"{split}_split_Depression_AVEC2017"
        table = pd.DataFrame([row[:columns] for row in rows], columns=head[:columns])
        table.to_csv(folder / f"{name}.csv", index=False)


def e_daic_session(folder: Path, id: str, severity: float) -> None:
    """The file of one session of E-DAIC; OpenFace 2 gives gaze in the camera's axes."""
    s = signal(severity, int(id))
    count, still = len(s["timestamp"]), np.zeros(len(s["timestamp"]))
    table = dict.fromkeys(OPENFACE2_HEADER, still)
    table |= {name: 0.5 * s["chance"] for name in OPENFACE2_HEADER if name.endswith("_r")}
    table |= {"frame": np.arange(1.0, count + 1), "pose_Tz": still + 600, "AU12_r": s["smile"]}
    table |= {name: s[name] for name in ("timestamp", "confidence", "success")}
    rx, ry = -s["pitch"], -s["yaw"]
    table |= {"pose_Rx": rx, "pose_Ry": ry, "pose_Rz": s["roll"]}
    # The look in the head, turned by Rx Ry (the roll of these people is next to nothing).
    y, z = np.sin(s["down"]), -np.cos(s["down"])
    x2, z2 = np.sin(ry) * z, np.cos(ry) * z
    y3, z3 = np.cos(rx) * y - np.sin(rx) * z2, np.sin(rx) * y + np.cos(rx) * z2
    for eye in (0, 1):
        table |= {f"gaze_{eye}_x": x2, f"gaze_{eye}_y": y3, f"gaze_{eye}_z": z3}
    table |= {"gaze_angle_x": np.arctan2(x2, -z3), "gaze_angle_y": np.arctan2(y3, -z3)}
    write_spaced(folder / f"{id}_P" / "features" / f"{id}_OpenFace2.1.0_Pose_gaze_AUs.csv",
                 {name: table[name] for name in OPENFACE2_HEADER})  # fmt: skip


def e_daic(folder: Path, ids: Mapping[str, Sequence[int]], labels: str = "labels") -> None:
    """A whole made-up E-DAIC."""
    (folder / labels).mkdir(parents=True, exist_ok=True)
    for split, people in ids.items():
        rows = []
        for id, severity in zip(people, severities(len(people)), strict=True):
            score = round(24 * severity)
            rows.append([id, ("female", "male")[id % 2], int(score >= 10), score, 0, 20.0])
            e_daic_session(folder, str(id), severity)
        pd.DataFrame(rows, columns=["Participant_ID", "Gender", "PHQ_Binary", "PHQ_Score",
                                    "PCL-C (PTSD)", "PTSD Severity"]).to_csv(
            folder / labels / f"{split}_split.csv", index=False)  # fmt: skip


def d_vlog(folder: Path, folds: Mapping[str, int], *, pairs: bool = False) -> None:
    """A whole made-up D-Vlog; depressed vloggers open the mouth less.

    Args:
        folds: "train", "valid", "test" -> number of vlogs.
        pairs: x and y alternate instead of all x before all y.
    """
    rows, index = [], 0
    for fold, count in folds.items():
        for _ in range(count):
            label = index % 2
            rng = np.random.default_rng(index)
            points = np.repeat(face_points()[None, :68], 60, axis=0)
            wave = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(60) / 6 + rng.uniform(0, 6))
            points[:, 65:68, 1] += (0.12 - 0.10 * label) * wave[:, None]
            points += rng.normal(0, 0.002, points.shape)
            flat = points.reshape(60, -1) if pairs else points.transpose(0, 2, 1).reshape(60, -1)
            flat = (flat - flat.mean(axis=1, keepdims=True)) / flat.std(axis=1, keepdims=True)
            flat[:3] = 0.0
            place = folder / str(index)
            place.mkdir(parents=True, exist_ok=True)
            np.save(place / f"{index}_visual.npy", flat)
            rows.append([index, ("normal", "depression")[label], 60.0, "mf"[index // 2 % 2], fold])
            index += 1
    pd.DataFrame(rows, columns=["index", "label", "duration", "gender", "fold"]).to_csv(
        folder / "labels.csv", index=False)  # fmt: skip


def avec2014(folder: Path, visits: Mapping[str, Sequence[str]]) -> None:
    """Videos that are no videos, and their labels: for readers that are scripted.

    Args:
        visits: "Training", "Development", "Testing" -> for example "203_1".
    """
    for part, names in visits.items():
        labels = folder / "Final_Labels" / f"{part}_DepressionLabels"
        labels.mkdir(parents=True, exist_ok=True)
        for name, severity in zip(names, severities(len(names)), strict=True):
            (labels / f"{name}_Depression.csv").write_text(f"{round(63 * severity)}\n", "utf-8")
            for task in ("Freeform", "Northwind"):
                place = folder / "AVEC2014_AudioVisual" / "Video" / part / task
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{name}_{task}_video.mp4").write_text(f"{severity}", "utf-8")


def exported_session(folder: Path, id: str, patient: str, total: int | None) -> None:
    """A session as the product exports it, with the readings of a made-up person.

    Args:
        patient: The pseudonym: what identifies a person in the store is one.
        total: Of the PHQ-9, None for a session without one.
    """
    daic_session(folder.parent / "readings", "303", (total or 0) / 27)
    readings = daic_woz_loader.read_session(folder.parent / "readings", "303")
    at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    record = SessionRecord(
        SessionId(id), PatientId(patient), at, "free", "camera", SessionState.READY, None, None,
        None, None, None, None,
    )  # fmt: skip
    answered = []
    if total is not None:
        form = load_instrument("PHQ-9")
        answers = tuple(3 if k < total // 3 else total % 3 if k == total // 3 else 0
                        for k in range(9))  # fmt: skip
        result = score("PHQ-9", answers)
        assert result.total == total
        answered.append(Answered(Response(
            ResponseId(f"r-{id}"), PatientId(patient), SessionId(id), "PHQ-9", "1", "en", "self",
            answers, None, result, at), form))  # fmt: skip
    place = folder / id
    place.mkdir(parents=True, exist_ok=True)
    for name, content in SessionTables(record, answered, {}, readings).files():
        (place / name).write_bytes(content)
