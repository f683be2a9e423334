"""How the readings hold when pictures get worse: size, blur, light, and turned heads."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.learning import degrade, face_sets, headline, measures, metrics
from emocare.learning.evaluate import OUTER_CORNERS, test_people
from emocare.learning.face_graph import FaceGraph, Outputs, cut_all
from emocare.learning.face_sets import FaceSet

Floats = NDArray[np.floating]
Crops = NDArray[np.uint8]
FER_IMAGES, FACES = 800, 600
"""Size of the fixed subsample that every degradation is read on."""
YAW_EDGES_DEG = (0, 10, 20, 30, 90)
FEWEST = 30
"""With fewer pictures than this a figure is not given."""
SEED = 0


@dataclass(frozen=True, slots=True)
class Held:
    """The held-out pictures with what is known of them.

    Attributes:
        graph: The shipped graph.
        emotions: Labelled FER+ test images.
        labels: (N,) their classes.
        faces: Held-out people with the teacher's measurements.
        people: (M,) number of the person of each face.
        columns: Columns of the Action Unit headline.
    """

    graph: FaceGraph
    emotions: FaceSet
    labels: NDArray[np.integer]
    faces: FaceSet
    people: NDArray[np.integer]
    columns: list[int]


def load(data: Path, models: Path) -> Held:
    """The fixed subsample: images of FER+ and whole people of faces.npz, drawn with one seed."""
    rng = np.random.default_rng(SEED)
    emotions = face_sets.load_ferplus(data, face_sets.TEST)
    labelled = np.flatnonzero(np.isfinite(emotions.expressions[:, 0]))
    drawn = np.sort(rng.choice(labelled, min(FER_IMAGES, len(labelled)), replace=False))
    labels = emotions.expressions[drawn].argmax(axis=1)
    faces, groups = test_people(data)
    people = np.empty(len(faces), np.int64)
    for number, rows in enumerate(groups):
        people[rows] = number
    order = rng.permutation(len(groups))
    counts = np.cumsum([len(groups[k]) for k in order])
    taken = order[: int(np.searchsorted(counts, FACES)) + 1]
    rows = np.flatnonzero(np.isin(people, taken))
    columns = headline.moving_columns(headline.shares_seen(data))
    return Held(FaceGraph(models), part(emotions, drawn), labels, part(faces, rows),
                people[rows], columns)  # fmt: skip


def part(faces: FaceSet, rows: NDArray[np.integer]) -> FaceSet:
    """Some rows of a set."""
    chosen = FaceSet([faces.pictures[k] for k in rows], faces.to_picture[rows])
    for name in ("landmarks", "rotation", "expressions", "action_units", "gaze_down",
                 "eye_openness", "presence", "occlusion", "trust"):  # fmt: skip
        setattr(chosen, name, getattr(faces, name)[rows])
    return chosen


def evaluate_conditions(data: Path, models: Path) -> dict[str, Any]:
    """Expressions, Action Units and landmarks by size, blur, light and yaw.

    Args:
        data: the data folder.
        models: folder with the manifest.
    """
    held = load(data, models)
    return {
        "data": (
            f"fixed subsample (seed {SEED}): {len(held.labels)} labelled FER+ test images and "
            f"{len(held.faces)} faces of {len(np.unique(held.people))} held-out people of "
            "faces.npz; made worse artificially: blur as the standard deviation of a Gaussian; "
            f"less light with sensor noise of {degrade.NOISE:g} of 255 grey values; one side "
            "darker. FER+ images are 48 px wide, a face in them "
            f"about {degrade.FACE_PER_CROP * 48:.0f} px. Action Units: mean r over the columns of "
            f"the headline. A figure from fewer than {FEWEST} pictures is not given"
        ),
        "face_width_px": by_size(held),
        **by_condition(held),
        "yaw": by_yaw(held),
    }


def by_size(held: Held) -> list[dict[str, Any]]:
    """Every picture shrunk until the face has a given width; smaller ones are left out."""
    rows = []
    size = held.graph.size
    for width in degrade.SIZES_PX:
        found: dict[str, Any] = {"condition": f"{width} px wide"}
        for name, faces in (("emotions", held.emotions), ("faces", held.faces)):
            kept = np.flatnonzero(degrade.width_px(faces) >= width)
            crops = [
                degrade.shrunk_crop(faces.pictures[k], faces.to_picture[k], width, size)
                for k in kept
            ]
            read = held.graph.read(np.stack(crops)) if len(kept) >= FEWEST else None
            found |= emotion_row(held, read, kept) if name == "emotions" else face_row(
                held, read, kept)  # fmt: skip
        rows.append(found)
    return rows


def by_condition(held: Held) -> dict[str, list[dict[str, Any]]]:
    """Blur and light, worked on the crops."""
    size = held.graph.size
    emotions, faces = cut_all(held.emotions, size), cut_all(held.faces, size)
    found: dict[str, list[dict[str, Any]]] = {}
    for condition in degrade.conditions():
        rng = np.random.default_rng(SEED)
        worse = [np.stack([condition.change(crop, rng) for crop in crops])
                 for crops in (emotions, faces)]  # fmt: skip
        row = {
            "condition": condition.label,
            **emotion_row(held, held.graph.read(worse[0]), np.arange(len(emotions))),
            **face_row(held, held.graph.read(worse[1]), np.arange(len(faces))),
        }
        found.setdefault(condition.group, []).append(row)
    return found


def by_yaw(held: Held) -> list[dict[str, Any]]:
    """Turned heads as they are: faces by the teacher's yaw, FER+ images by the network's own."""
    emotions = held.graph.read_set(held.emotions)
    faces = held.graph.read_set(held.faces)
    said = np.abs(emotions["pose"][:, 0])
    true = np.abs(measures.angles(held.faces.rotation.astype(np.float64))[:, 0])
    rows = []
    for low, high in itertools.pairwise(YAW_EDGES_DEG):
        mine = np.flatnonzero((said >= low) & (said < high))
        theirs = np.flatnonzero((true >= low) & (true < high))
        label = f"{low} to {high} degrees" if high < 90 else f"{low} degrees and more"
        rows.append({
            "condition": label,
            **emotion_row(held, some(emotions, mine), mine),
            **face_row(held, some(faces, theirs), theirs),
        })  # fmt: skip
    return rows


def some(read: Outputs, rows: NDArray[np.integer]) -> Outputs:
    """Rows of what was read."""
    return {name: value[rows] for name, value in read.items()}


def emotion_row(held: Held, read: Outputs | None, kept: NDArray[np.integer]) -> dict[str, Any]:
    """Accuracy of the expressions of the kept images."""
    found: dict[str, Any] = {"images": len(kept), "expression_accuracy": None}
    if read is not None and len(kept) >= FEWEST:
        right = read["expressions"].argmax(axis=1) == held.labels[kept]
        found["expression_accuracy"] = metrics.figure(
            lambda rows: float(right[rows].mean()), metrics.single_rows(len(kept))
        )
    return found


def face_row(held: Held, read: Outputs | None, kept: NDArray[np.integer]) -> dict[str, Any]:
    """Action Units and landmarks of the kept faces."""
    found: dict[str, Any] = {
        "faces": len(kept), "action_unit_mean_r": None, "landmark_nme_percent": None,
    }  # fmt: skip
    if read is None or len(kept) < FEWEST:
        return found
    faces = part(held.faces, kept)
    said = headline.read_columns(read)[:, held.columns]
    true = headline.teacher_columns(faces)[:, held.columns]
    left, right = OUTER_CORNERS
    ocular = np.linalg.norm(faces.landmarks[:, left] - faces.landmarks[:, right], axis=1)
    distance = np.linalg.norm(read["landmarks"] - faces.landmarks, axis=2)
    nme = 100 * distance.mean(axis=1) / ocular

    def measure(rows: NDArray[np.integer]) -> Mapping[str, float]:
        return {
            "action_unit_mean_r": metrics.mean_pearson(said[rows], true[rows]),
            "landmark_nme_percent": float(nme[rows].mean()),
        }

    _, which = np.unique(held.people[kept], return_inverse=True)
    groups = [np.flatnonzero(which == k) for k in range(which.max() + 1)]
    return found | metrics.figures(measure, groups)
