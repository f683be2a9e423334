"""Measuring the shipped graph on people and pictures it never saw, in a single pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.learning import (
    augment,
    expression_detail,
    face_sets,
    headline,
    measures,
    metrics,
)
from emocare.learning.face_graph import FaceGraph, Outputs, cut_all
from emocare.learning.recipe import ACTION_UNITS, EXPRESSIONS

Floats = NDArray[np.floating]
BLINK = ACTION_UNITS.index("au45")
SMILE = ACTION_UNITS.index("au12")
POSE = ("yaw", "pitch", "roll")
OUTER_CORNERS = (36, 45)
LOOSE_SHIFT, LOOSE_ZOOM, LOOSE_TURN_DEG = 0.04, 0.06, 5.0
"""Standard deviations of the framing error in the figures called "loose": a face being tracked."""


def evaluate_expressions(data: Path, models: Path) -> dict[str, Any]:
    """Expressions on the FER+ test images by the majority protocol.

    Args:
        data: the data folder, or ferplus.npz itself.
        models: folder with the manifest.
    """
    test = read_ferplus(data, models)
    labels, probabilities, guesses = test.labels, test.probabilities, test.guesses
    groups = metrics.single_rows(len(labels))

    def macro_f1(rows: NDArray) -> float:
        table = metrics.confusion(labels[rows], guesses[rows], len(EXPRESSIONS))
        return float(metrics.f1_per_class(table).mean())

    table = metrics.confusion(labels, guesses, len(EXPRESSIONS))
    f1 = metrics.f1_per_class(table)
    return {
        "data": "FER+ test (private test), majority protocol, single pass",
        "images": len(labels),
        "accuracy": metrics.figure(lambda rows: float((guesses == labels)[rows].mean()), groups),
        "macro_f1": metrics.figure(macro_f1, groups),
        "f1": {name: round(float(v), 4) for name, v in zip(EXPRESSIONS, f1, strict=True)},
        "ece_15_bins": round(metrics.calibration_error(probabilities, labels), 4),
        "confusion_rows_true_columns_read": table.tolist(),
        "per_class": expression_detail.class_figures(test),
        **expression_detail.calibration_figures(test),
        "failures": expression_detail.failure_figures(test),
    }


def read_ferplus(data: Path, models: Path) -> expression_detail.LabelledRead:
    """Read the labelled FER+ test images in a single pass."""
    faces = face_sets.load_ferplus(data, face_sets.TEST)
    stored = face_sets.archive(data, "ferplus.npz")
    votes = stored["votes"][stored["split"] == face_sets.TEST]
    labelled = np.flatnonzero(np.isfinite(faces.expressions[:, 0]))
    labels = faces.expressions[labelled].argmax(axis=1)
    return expression_detail.LabelledRead(
        labels=labels,
        probabilities=FaceGraph(models).read_set(faces)["expressions"][labelled],
        votes=votes[labelled, labels].astype(np.int64),
        contrast=np.array([faces.pictures[k].std() for k in labelled]),
    )


def test_people(data: Path) -> tuple[face_sets.FaceSet, list[NDArray]]:
    """Faces of the people held out for the test, and their rows by person."""
    stored = face_sets.archive(data, "faces.npz")
    people = [face_sets.person(str(name)) for name in stored["names"]]
    kept = [
        name
        for name, found in zip(people, stored["found"], strict=True)
        if found and face_sets.hash_split(name) == face_sets.TEST
    ]
    return face_sets.load_faces(data, face_sets.TEST), metrics.rows_by_name(kept)


def evaluate_action_units(data: Path, models: Path) -> dict[str, Any]:
    """Action Units and eyes against the teacher on held-out people of faces.npz."""
    faces, people = test_people(data)
    gaze = face_sets.load_gaze(data, face_sets.TEST)
    read = FaceGraph(models).read_set(faces)
    units = {
        unit: correlation(read["action_units"][:, k], faces.action_units[:, k], people)
        for k, unit in enumerate(ACTION_UNITS)
    }
    openness = [
        correlation(read["eye_openness"][:, k], faces.eye_openness[:, k], people) for k in (0, 1)
    ]
    error = np.abs(read["eye_openness"] - faces.eye_openness)
    return {
        "data": "faces.npz, held-out people; Pearson r with the teacher's blendshapes",
        "faces": len(faces),
        "people": len(people),
        "pearson_r": units,
        "mean_r": round(float(np.mean([unit["value"] for unit in units.values()])), 4),
        "headline": headline.unit_headline(data, faces, read, people),
        "mean_absolute_error": {
            unit: round(float(np.abs(read["action_units"] - faces.action_units)[:, k].mean()), 4)
            for k, unit in enumerate(ACTION_UNITS)
        },
        "gaze_down_r": correlation(read["gaze_down"], faces.gaze_down, people),
        "gaze_up_r": correlation(read["gaze_up"], gaze[:, 0], people),
        "gaze_side_r": correlation(read["gaze_side"], gaze[:, 1], people),
        "eye_openness_left_r": openness[0],
        "eye_openness_right_r": openness[1],
        "eye_openness_mean_absolute_error": round(float(error.mean()), 4),
    }


def correlation(x: Floats, y: Floats, groups: list[NDArray]) -> dict[str, float]:
    """Pearson's r with its interval over people."""
    return metrics.figure(lambda rows: metrics.pearson(x[rows], y[rows]), groups)


def evaluate_landmarks(data: Path, models: Path) -> dict[str, Any]:
    """Landmarks and head pose against the teacher on held-out people of faces.npz."""
    faces, people = test_people(data)
    graph = FaceGraph(models)
    exact = place_figures(graph.read_set(faces), faces, people)
    loosen(faces)
    loose = place_figures(graph.read(cut_all(faces, graph.size)), faces, people)
    return {
        "data": "faces.npz, held-out people; crops framed by the teacher's landmarks",
        "faces": len(faces),
        "people": len(people),
        **exact,
        "loose": {
            "framing": (
                f"crops with a random error: shift {LOOSE_SHIFT} of the side each way, zoom "
                f"{LOOSE_ZOOM}, turn {LOOSE_TURN_DEG} degrees (standard deviations, seed 0)"
            ),
            **loose,
        },
    }


def loosen(faces: face_sets.FaceSet) -> None:
    """Frame every face of a set a little wrong, its landmarks and rotation with it. In place."""
    rng = np.random.default_rng(0)
    for k in range(len(faces)):
        example = augment.Example.of(faces, k)
        shift = rng.normal(0, LOOSE_SHIFT, 2)
        augment.move(
            example,
            turn_deg=float(rng.normal(0, LOOSE_TURN_DEG)),
            zoom=float(np.exp(rng.normal(0, LOOSE_ZOOM))),
            shift=(float(shift[0]), float(shift[1])),
        )
        faces.to_picture[k] = example.to_picture
        faces.landmarks[k] = example.landmarks
        faces.rotation[k] = example.rotation


def place_figures(read: Outputs, faces: face_sets.FaceSet, people: list[NDArray]) -> dict[str, Any]:
    """Normalised mean error of the landmarks in per cent and pose errors in degrees."""
    left, right = OUTER_CORNERS
    ocular = np.linalg.norm(faces.landmarks[:, left] - faces.landmarks[:, right], axis=1)
    distance = np.linalg.norm(read["landmarks"] - faces.landmarks, axis=2)
    nme = 100 * distance.mean(axis=1) / ocular
    expected = 100 * read["landmark_error"].mean(axis=1) / ocular
    pose = measures.angles(faces.rotation.astype(np.float64))
    error = np.abs(read["pose"] - pose)
    turned = np.abs(pose[:, 0]) > 20
    return {
        "nme_percent_of_outer_interocular": metrics.figure(
            lambda rows: float(nme[rows].mean()), people, 3
        ),
        "expected_nme_percent": round(float(expected.mean()), 3),
        "expected_nme_r": correlation(np.log(expected), np.log(nme), people),
        "nme_eyes_percent": round(float((100 * distance[:, 36:48].mean(1) / ocular).mean()), 3),
        "failures_over_8_percent": round(float((nme > 8).mean()), 4),
        "pose_mae_deg": {
            name: metrics.figure(lambda rows, k=k: float(error[rows, k].mean()), people, 3)
            for k, name in enumerate(POSE)
        },
        "yaw_mae_beyond_20_deg": round(float(error[turned, 0].mean()), 3),
        "pose_pearson_r": {
            name: round(metrics.pearson(read["pose"][:, k], pose[:, k]), 4)
            for k, name in enumerate(POSE)
        },
    }


def evaluate_readability(data: Path, models: Path) -> dict[str, Any]:
    """Presence of a face and covers over the mouth, on held-out pictures.

    Args:
        data: the data folder.
        models: folder with the manifest.
    """
    graph = FaceGraph(models)
    rng = np.random.default_rng(0)
    heads = face_sets.load_faces(data, face_sets.TEST)
    masked = face_sets.load_masked(data, face_sets.TEST)
    scenes = face_sets.load_scenes(data, face_sets.TEST)
    for k in range(len(scenes)):
        example = augment.Example.of(scenes, k)
        augment.draw_scene(example, rng)
        scenes.to_picture[k] = example.to_picture
    on_heads, on_masked = graph.read_set(heads), graph.read_set(masked)
    on_scenes = graph.read_set(scenes)
    for k in range(len(heads)):
        example = augment.Example.of(heads, k)
        augment.draw_off_face(example, rng)
        heads.to_picture[k] = example.to_picture
    off_face = graph.read_set(heads)
    return {
        "data": "held-out people of faces.npz, held-out scenes.npz and masked_faces.npz",
        "faces": len(heads),
        "scenes": len(scenes),
        "masked": len(masked),
        "presence_share_of_faces_found": share(on_heads["presence"] >= 0.5),
        "presence_share_of_masked_faces_found": share(on_masked["presence"] >= 0.5),
        "presence_share_of_scenes_taken_for_a_face": share(on_scenes["presence"] >= 0.5),
        "presence_share_of_off_face_crops_taken_for_a_face": share(off_face["presence"] >= 0.5),
        "mouth_cover_share_of_masked_found": share(on_masked["occlusion"][:, 0] >= 0.5),
        "mouth_cover_share_of_bare_faces_taken_for_covered": share(
            on_heads["occlusion"][:, 0] >= 0.5
        ),
        "eye_cover_share_of_bare_faces_taken_for_covered": share(
            on_heads["occlusion"][:, 1] >= 0.5
        ),
    }


def share(flags: NDArray[np.bool_]) -> float:
    """Share of true flags, rounded."""
    return round(float(flags.mean()), 4)
