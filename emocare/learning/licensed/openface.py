"""What OpenFace writes -> readings: scales, signs and what counts as measured.

OpenFace's camera looks along +z with x to the right and y down in the image, and a head that looks
into the camera has the rotation 0. Its rotation is R = Rx Ry Rz (function
``Euler2RotationMatrix`` of its sources), so the nose, (0, 0, -1) in the head, points to
(-sin Ry, ..), (.., sin Rx, ..): a positive Ry turns the head to the subject's own right and a
positive Rx lowers it. Both signs are ours turned round; Rz is clockwise in the image, as ours.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from emocare.domain.readings import Readings
from emocare.learning.licensed.tables import readings_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIN_CONFIDENCE = 0.6
HIGHEST_INTENSITY = 5.0
INTENSITIES: dict[str, str] = {
    f"au{unit}": f"AU{unit}_r" for unit in ("01", "02", "04", "05", "06", "07", "09", "10", "12",
                                            "14", "15", "17", "20", "26", "45")
}  # fmt: skip
"""Column of readings -> intensity 0..5. Older versions of OpenFace lack AU07 and AU45."""
PRESENCES: dict[str, str] = {"au28": "AU28_c", "au45": "AU45_c"}
"""Column of readings -> presence 0 or 1, taken as it is where there is no intensity."""
FULL_GAZE_DEG = 30.0
"""Turn of the eyes in the head that counts as 1; the rule "looking down" then begins at 15."""


def measured_rows(success: Floats, confidence: Floats) -> Flags:
    """Rows (T,) in which OpenFace followed the face and was sure enough of it."""
    return np.asarray((success == 1) & (confidence >= MIN_CONFIDENCE))


def action_units(table: Mapping[str, Floats]) -> dict[str, Floats]:
    """Action Units on our scale of 0..1; units that are not in the table are left out."""
    units = {
        name: np.clip(table[column], 0.0, 1.0)
        for name, column in PRESENCES.items() if column in table
    }  # fmt: skip
    for name, column in INTENSITIES.items():
        if column in table:
            units[name] = np.clip(table[column] / HIGHEST_INTENSITY, 0.0, 1.0)
    return units


def head_pose(rx: Floats, ry: Floats, rz: Floats) -> dict[str, Floats]:
    """OpenFace's rotation in radians (T,) as yaw, pitch and roll in degrees with our signs."""
    return {"yaw_deg": -np.degrees(ry), "pitch_deg": -np.degrees(rx), "roll_deg": np.degrees(rz)}


def rotation(rx: Floats, ry: Floats, rz: Floats) -> Floats:
    """Rotation matrices (T, 3, 3) from the head to the camera, R = Rx Ry Rz."""
    s1, s2, s3 = np.sin(rx), np.sin(ry), np.sin(rz)
    c1, c2, c3 = np.cos(rx), np.cos(ry), np.cos(rz)
    rows = [
        [c2 * c3, -c2 * s3, s2],
        [c1 * s3 + c3 * s1 * s2, c1 * c3 - s1 * s2 * s3, -c2 * s1],
        [s1 * s3 - c1 * c3 * s2, c3 * s1 + c1 * s2 * s3, c1 * c2],
    ]
    return np.moveaxis(np.array(rows), -1, 0)


def gaze_in_head(gaze: Floats, to_camera: Floats) -> Floats:
    """Gaze vectors (T, 3) of the camera's axes in those of the head.

    Args:
        to_camera: (T, 3, 3) of ``rotation``.
    """
    return np.asarray(np.einsum("tji,tj->ti", to_camera, gaze))


def gaze_columns(gaze: Floats) -> dict[str, Floats]:
    """Gaze down, up and aside from vectors (T, 3) in the axes of the head.

    A straight look is (0, 0, -1). The angles are divided by ``FULL_GAZE_DEG`` and cut at 1; aside
    is positive to the subject's own left, which is +x.
    """
    down = np.degrees(np.arctan2(gaze[:, 1], -gaze[:, 2])) / FULL_GAZE_DEG
    aside = np.degrees(np.arctan2(gaze[:, 0], -gaze[:, 2])) / FULL_GAZE_DEG
    return {"gaze_down": np.clip(down, 0.0, 1.0), "gaze_up": np.clip(-down, 0.0, 1.0),
            "gaze_side": np.clip(aside, -1.0, 1.0)}  # fmt: skip


def readings_from(table: Mapping[str, Floats], further: Mapping[str, Floats]) -> Readings:
    """Readings of one recording.

    Args:
        table: Columns ``timestamp``, ``confidence``, ``success`` and Action Units by OpenFace's
            names, each (T,).
        further: Columns of readings that are there already.
    """
    ok = measured_rows(table["success"], table["confidence"])
    columns = {**action_units(table), **further, "face_conf": table["confidence"]}
    return readings_of(table["timestamp"], ok, columns)
