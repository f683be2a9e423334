"""What a camera and our own face network make of a simulated person, as a table of readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.readings import COLUMNS, P_COLUMNS, FrameStatus, Readings
from emocare.simulation.behaviour import UNITS, Behaviour
from emocare.simulation.effects import Effects
from emocare.simulation.latent import SEGMENTS, Course
from emocare.simulation.noise import GRID_HZ, Floats, smooth, stretches
from emocare.simulation.person import Person

TABLE = Path(__file__).with_name("reading_errors.npz")
MAX_YAW_DEG = 30.0
"""Beyond it the gate calls a face turned away (section 4.1)."""
VALENCE = (0.0, 0.80, 0.10, -0.70, -0.60, -0.65, -0.60, -0.50)
AROUSAL = (0.0, 0.40, 0.70, -0.35, 0.60, 0.30, 0.70, 0.10)
"""Weights of the expressions in the order of ``EXPRESSIONS`` (section 3.4)."""


@dataclass(frozen=True, slots=True)
class ReadingErrors:
    """How the face network erred in its evaluation.

    Attributes:
        expressions: Expression -> (n, 8) probabilities read where a crowd saw that expression.
        units: Names of the rows of ``unit_error``.
        levels: (L,) lower edges of true intensity.
        unit_error: (U, L, Q) quantiles of read minus true.
        eye_error: (Q,) quantiles of the error of the eye aspect ratio.
        pose_sd_deg: (3,) standard deviation of the error of yaw, pitch, roll.
        at: (Q,) normal scores of the quantiles.
    """

    expressions: tuple[Floats, ...]
    units: tuple[str, ...]
    levels: Floats
    unit_error: Floats
    eye_error: Floats
    pose_sd_deg: Floats
    at: Floats

    def unit(self, name: str, true: Floats, score: Floats) -> Floats:
        """(N,) ``true`` intensity as read: the error of its level at the normal ``score``."""
        row = self.units.index(name)
        level = np.searchsorted(self.levels, true, side="right") - 1
        error = np.zeros(len(true))
        for k in range(len(self.levels)):
            here = level == k
            error[here] = np.interp(score[here], self.at, self.unit_error[row, k])
        return np.clip(true + error, 0.0, 1.0)


@cache
def load_reading_errors() -> ReadingErrors:
    """The table that the evaluation of the shipped face network left (``reading_errors.npz``)."""
    with np.load(TABLE) as stored:
        table = dict(stored)
    rows = table["expressions"].astype(np.float64)
    rows /= rows.sum(axis=1, keepdims=True)
    count = len(table["eye_error"])
    return ReadingErrors(
        expressions=tuple(rows[table["expression"] == k] for k in range(len(EXPRESSIONS))),
        units=tuple(str(name) for name in table["units"]), levels=table["levels"],
        unit_error=table["unit_error"].astype(np.float64),
        eye_error=table["eye_error"].astype(np.float64),
        pose_sd_deg=table["pose_sd_deg"].astype(np.float64),
        at=np.array([NormalDist().inv_cdf((k + 0.5) / count) for k in range(count)]),
    )  # fmt: skip


def measure(
    rng: np.random.Generator, person: Person, course: Course, shown: Behaviour, effects: Effects
) -> Readings:
    """Films and reads the behaviour: frame rate, lost frames, lost faces, errors of reading."""
    camera = effects.tables["camera"]
    rows, t_s = _frames(rng, camera, len(course.segment))
    columns = _empty(len(rows), t_s)
    segments = np.array([segment.value for segment in SEGMENTS], dtype=object)
    columns["segment"] = segments[course.segment[rows]]
    status = _status(rng, camera, shown, rows)
    columns["status"] = status
    ok, seen = status == FrameStatus.OK.value, status != FrameStatus.NO_FACE.value
    columns["track_id"] = seen.astype(np.int64)
    columns["n_faces"] = seen.astype(np.int64)
    read = _read(rng, shown, effects.tables["reading"], person)
    for name, values in read.items():
        kept = ok if name in P_COLUMNS or name in ACTION_UNITS else seen
        columns[name] = np.where(kept, values[rows], np.nan)
    probabilities = np.column_stack([columns[name] for name in P_COLUMNS])
    columns["valence"] = probabilities @ np.array(VALENCE)
    columns["arousal"] = 0.7 * (probabilities @ np.array(AROUSAL))
    _place(rng, columns, seen, person)
    return Readings(columns)


def _frames(
    rng: np.random.Generator, camera: Mapping[str, Any], grid: int
) -> tuple[NDArray[np.int64], Floats]:
    """Grid index and time of every frame that arrives."""
    share = np.array(camera["fps_share"]) / sum(camera["fps_share"])
    fps = float(rng.choice(camera["fps"], p=share))
    times = np.arange(int(grid / GRID_HZ * fps)) / fps
    t_s = times + rng.uniform(0.0, 0.1 / fps, len(times))
    arrives = rng.random(len(times)) >= rng.uniform(*camera["dropped"])
    stalled = stretches(rng, camera["stalls_per_min"], tuple(camera["stall_s"]), grid)
    index = np.minimum((t_s * GRID_HZ).astype(np.int64), grid - 1)
    arrives &= ~stalled[index]
    return index[arrives], t_s[arrives]


def _status(
    rng: np.random.Generator, camera: Mapping[str, Any], shown: Behaviour, rows: NDArray[np.int64]
) -> NDArray[np.object_]:
    """(n,) status of every frame: face gone, turned away, too dark, covered, or measured."""
    grid = len(shown.openness)
    status = np.full(grid, FrameStatus.OK.value, dtype=object)
    covered = stretches(rng, camera["covered_per_min"], tuple(camera["covered_s"]), grid)
    status[covered] = FrameStatus.OCCLUDED.value
    if rng.random() < camera["dark_share"]:
        start, length = rng.integers(0, grid), rng.uniform(*camera["dark_s"])
        status[start : start + round(length * GRID_HZ)] = FrameStatus.TOO_DARK.value
    status[np.abs(shown.pose_deg[:, 0]) > MAX_YAW_DEG] = FrameStatus.TURNED_AWAY.value
    gone = stretches(rng, camera["away_per_min"], tuple(camera["away_s"]), grid)
    status[gone] = FrameStatus.NO_FACE.value
    return status[rows]


def _read(
    rng: np.random.Generator, shown: Behaviour, table: Mapping[str, Any], person: Person
) -> dict[str, Floats]:
    """Column -> (N,) as the face network reads it on the grid."""
    errors, grid = load_reading_errors(), len(shown.openness)
    scores = _scores(rng, table, grid, len(UNITS) + 2)
    read = {name: errors.unit(name, shown.units[name], scores[:, k]) for k, name in
            enumerate(UNITS)}  # fmt: skip
    read["gaze_down"] = errors.unit("gaze_down", shown.gaze_down, scores[:, -2])
    eye = np.interp(scores[:, -1], errors.at, errors.eye_error)
    ratio = shown.openness * person.open_eye
    spread = 0.15 * np.abs(eye).mean() * rng.standard_normal((2, grid))
    read["eye_openness_left"] = np.maximum(ratio + eye + spread[0], 0.0)
    read["eye_openness_right"] = np.maximum(ratio + eye + spread[1], 0.0)
    read["mouth_openness"] = np.maximum(shown.mouth + 0.01 * rng.standard_normal(grid), 0.0)
    read["gaze_side"] = np.clip(shown.gaze_side + 0.08 * smooth(rng, grid, 0.5)[:, 0], -1, 1)
    read["gaze_up"] = np.full(grid, 0.05)
    turn = _scores(rng, table, grid, 3) * errors.pose_sd_deg
    for k, name in enumerate(("yaw_deg", "pitch_deg", "roll_deg")):
        read[name] = shown.pose_deg[:, k] + turn[:, k]
    probabilities = _expressions(rng, shown, table, errors)
    return read | {name: probabilities[:, k] for k, name in enumerate(P_COLUMNS)}


def _scores(
    rng: np.random.Generator, table: Mapping[str, Any], grid: int, columns: int
) -> Floats:
    """(N, columns) normal scores: a part stays with the person, a part drifts, a part flickers."""
    person, slow = float(table["person_share"]), float(table["slow_share"])
    fixed = np.sqrt(person) * rng.standard_normal(columns)
    drift = np.sqrt(slow) * smooth(rng, grid, float(table["slow_s"]), columns)
    flicker = np.sqrt(1.0 - person - slow) * rng.standard_normal((grid, columns))
    return np.asarray(fixed + drift + flicker)


def _expressions(
    rng: np.random.Generator, shown: Behaviour, table: Mapping[str, Any], errors: ReadingErrors
) -> Floats:
    """(N, 8) probabilities: what was read of pictures of each expression, mixed as it is shown.

    A person is read like a few pictures of the evaluation for each expression, one after the
    other, so that a confusion stays for a while and comes back.
    """
    grid = len(shown.openness)
    weights = np.column_stack(
        [np.zeros(grid)] + [shown.intensity[name] for name in EXPRESSIONS[1:]]
    )
    total = weights.sum(axis=1, keepdims=True)
    weights = weights / np.maximum(total, 1.0)
    weights[:, 0] = 1.0 - weights[:, 1:].sum(axis=1)
    step = float(table["row_s"]) * GRID_HZ
    place = (np.arange(grid) + rng.uniform(0, step)) / step
    left = place.astype(np.int64)
    share = (place - left)[:, None]
    mixed = np.zeros((grid, len(EXPRESSIONS)))
    for k, rows in enumerate(errors.expressions):
        own = rng.integers(0, len(rows), int(table["rows_of_a_person"]))
        order = rng.choice(own, int(left[-1]) + 2)
        seen = (1.0 - share) * rows[order[left]] + share * rows[order[left + 1]]
        mixed += weights[:, [k]] * seen
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


def _empty(count: int, t_s: Floats) -> dict[str, NDArray[np.generic]]:
    columns: dict[str, NDArray[np.generic]] = {
        name: np.full(count, np.nan) for name in COLUMNS
    }
    columns |= {
        "t_s": t_s, "excluded": np.zeros(count, bool), "second_face_ratio": np.zeros(count)
    }
    return columns


def _place(
    rng: np.random.Generator, columns: dict[str, NDArray[np.generic]], seen: NDArray[np.bool_],
    person: Person,
) -> None:  # fmt: skip
    """Where the face is in a picture of 1280x720, and how well it can be seen."""
    count, width = len(seen), person.face_width_px
    middle = 640.0 + 8.0 * rng.standard_normal(count)
    fixed = {
        "face_x1_px": middle - width / 2, "face_x2_px": middle + width / 2,
        "face_y1_px": np.full(count, 360.0 - 0.62 * width),
        "face_y2_px": np.full(count, 360.0 + 0.62 * width),
        "sharpness": np.full(count, 220.0), "brightness": np.full(count, 120.0),
        "face_conf": np.full(count, 0.99), "clip_fraction": np.full(count, 0.01),
        "left_right_luminance_ratio": np.full(count, 0.9),
        "mouth_occluded": np.full(count, 0.02), "eyes_occluded": np.full(count, 0.02),
        "landmark_error": np.full(count, 0.023),
    }  # fmt: skip
    for name, values in fixed.items():
        columns[name] = np.where(seen, values, np.nan)
