"""The one Action Unit figure that stands for all: the units that really move, and gaze down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.learning import face_sets, measures, metrics
from emocare.learning.face_graph import Outputs
from emocare.learning.recipe import ACTION_UNITS

Floats = NDArray[np.floating]
LEVEL, SEEN = 0.3, 0.02
"""A unit counts when the teacher sees it above the level in at least this share of faces."""
GAZE_DOWN = "gaze_down"
DEFINITION = (
    f"mean Pearson r over the units that the teacher sees above {LEVEL} in at least "
    f"{100 * SEEN:.0f} % of all faces it found, and gaze down"
)


def teacher_columns(faces: face_sets.FaceSet) -> Floats:
    """Teacher values (N, K + 1) of every unit and of gaze down."""
    return np.column_stack([faces.action_units, faces.gaze_down])


def read_columns(read: Outputs) -> Floats:
    """What the network read, in the same columns."""
    return np.column_stack([read["action_units"][:, : len(ACTION_UNITS)], read["gaze_down"]])


def unit_headline(
    data: Path, faces: face_sets.FaceSet, read: Outputs, people: list[NDArray]
) -> dict[str, Any]:
    """The headline figure with its columns and the share of faces in which each unit is seen.

    Args:
        data: the data folder, for how often the teacher sees each unit in all its faces.
        faces: the held-out people.
        read: what the network read of them.
        people: their rows by person.
    """
    shares = shares_seen(data)
    moving = moving_columns(shares)
    truth, said = teacher_columns(faces)[:, moving], read_columns(read)[:, moving]
    names = [*ACTION_UNITS, GAZE_DOWN]

    def measure(rows: NDArray) -> float:
        return metrics.mean_pearson(said[rows], truth[rows])

    return {
        "definition": DEFINITION,
        "columns": [names[k] for k in moving],
        "mean_r": metrics.figure(measure, people),
        "share_of_faces_seen": {
            name: round(float(share), 4) for name, share in zip(names, shares, strict=True)
        },
    }


def shares_seen(data: Path) -> Floats:
    """Share (K + 1,) of all faces the teacher found in which it sees each unit, and gaze down."""
    stored = face_sets.archive(data, "faces.npz")
    shapes = stored["blendshapes"][stored["found"]].astype(np.float32) / 255.0
    names = [str(name) for name in stored["blendshape_names"]]
    columns = np.column_stack(
        [measures.action_units(shapes, names), measures.gaze_down(shapes, names)]
    )
    return (columns > LEVEL).mean(axis=0)


def moving_columns(shares: Floats) -> list[int]:
    """Numbers of the columns of the headline: units seen often enough, and always gaze down."""
    return [k for k, share in enumerate(shares) if share >= SEEN or k == len(shares) - 1]
