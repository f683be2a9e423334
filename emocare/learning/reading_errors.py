"""How the shipped face network errs, as a table that simulated people are read with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emocare.learning.evaluate import read_ferplus, test_people
from emocare.learning.face_graph import FaceGraph
from emocare.learning.measures import angles
from emocare.learning.recipe import ACTION_UNITS, EXPRESSIONS

Floats = NDArray[np.floating]
ROWS = 200
"""Most probability vectors kept of each expression."""
LEVELS = (0.0, 0.05, 0.2, 0.5)
"""Lower edges of the bins of a true intensity in which errors are kept apart."""
QUANTILES = 33
FEWEST = 40
"""A bin with fewer faces takes the errors of all faces."""
POSE_LIMIT_DEG = 20.0
"""Poses beyond it do not count: the gate leaves most of them out."""


def measure_reading_errors(data: Path, models: Path) -> dict[str, NDArray[np.generic]]:
    """The errors of the shipped face network on the people and pictures of its evaluation.

    Args:
        data: The data folder with ferplus.npz and faces.npz.
        models: Folder with the manifest.

    Returns:
        ``expressions`` (N, 8) float16 probabilities read and ``expression`` (N,) the expression
        that the crowd saw (FER+ test); ``units`` the names of the measured Action Units and
        gaze_down, ``levels`` (L,) lower edges of true intensity, ``unit_error`` (U, L, Q) and
        ``eye_error`` (Q,) quantiles of read minus true; ``pose_sd_deg`` (3,) standard deviation
        of the error of yaw, pitch, roll within 20 degrees (held-out people of faces.npz).
    """
    labelled = read_ferplus(data, models)
    rng = np.random.default_rng(0)
    kept = [
        np.sort(rng.permutation(np.flatnonzero(labelled.labels == k))[:ROWS])
        for k in range(len(EXPRESSIONS))
    ]
    rows = np.concatenate(kept)
    faces, _ = test_people(data)
    graph = FaceGraph(models)
    read = graph.read_set(faces)
    true = np.column_stack([faces.action_units, faces.gaze_down]).astype(np.float64)
    seen = np.column_stack([read["action_units"], read["gaze_down"]]).astype(np.float64)
    pose = angles(faces.rotation.astype(np.float64))
    frontal = np.abs(pose).max(axis=1) <= POSE_LIMIT_DEG
    eye = (read["eye_openness"] - faces.eye_openness).mean(axis=1)
    return {
        "expression": labelled.labels[rows].astype(np.int8),
        "expressions": labelled.probabilities[rows].astype(np.float16),
        "units": np.array([*ACTION_UNITS, "gaze_down"]),
        "levels": np.array(LEVELS),
        "unit_error": by_level(true, seen - true).astype(np.float32),
        "eye_error": _quantiles(eye).astype(np.float32),
        "pose_sd_deg": (read["pose"] - pose)[frontal].std(axis=0).astype(np.float32),
        "graph_sha256": np.array(graph.spec["files"]["graph"]["sha256"]),
    }


def by_level(true: Floats, error: Floats) -> Floats:
    """(U, L, Q) quantiles of ``error`` (N, U) in the bins of ``true`` (N, U)."""
    edges = (*LEVELS[1:], np.inf)
    table = np.empty((true.shape[1], len(LEVELS), QUANTILES))
    for unit in range(true.shape[1]):
        for level, (low, high) in enumerate(zip(LEVELS, edges, strict=True)):
            inside = (true[:, unit] >= low) & (true[:, unit] < high)
            chosen = inside if inside.sum() >= FEWEST else np.ones(len(true), bool)
            table[unit, level] = _quantiles(error[chosen, unit])
    return table


def _quantiles(error: Floats) -> Floats:
    return np.quantile(error, (np.arange(QUANTILES) + 0.5) / QUANTILES)
