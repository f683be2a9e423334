"""The face collections in memory: decoded pictures, their framing and whatever is known of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import framing, measures
from emocare.learning.recipe import ACTION_UNITS, EXPRESSIONS, LANDMARKS

Floats = NDArray[np.floating]
TRAIN, VALIDATION, TEST = 0, 1, 2
VOTES_WEIGHT = 0.4
"""Share of the crowd's votes in a soft label; the rest is the out-of-fold teacher."""


@dataclass(slots=True)
class FaceSet:
    """N pictures and what is known of each; NaN stands for "not known" and is masked in the loss.

    Attributes:
        pictures: N grey uint8 arrays of any size.
        to_picture: (N, 2, 3) affine from fractions of the canonical crop to picture coordinates.
        landmarks: (N, 70, 2) in fractions of the canonical crop.
        rotation: (N, 3, 3) head to camera, relative to the canonical crop.
        expressions: (N, 8) soft labels.
        action_units: (N, 14) in 0..1.
        gaze_down: (N,) in 0..1.
        eye_openness: (N, 2) eye aspect ratio of the subject's left and right eye.
        presence: (N,) 1 for a face, 0 for none.
        occlusion: (N, 2) whether mouth and eyes are covered.
        trust: (N,) weight of the measurements (landmarks, units, eyes) in the loss.
    """

    pictures: list[NDArray[np.uint8]]
    to_picture: Floats
    landmarks: Floats = field(init=False)
    rotation: Floats = field(init=False)
    expressions: Floats = field(init=False)
    action_units: Floats = field(init=False)
    gaze_down: Floats = field(init=False)
    eye_openness: Floats = field(init=False)
    presence: Floats = field(init=False)
    occlusion: Floats = field(init=False)
    trust: Floats = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.pictures)
        self.landmarks = unknown(count, LANDMARKS, 2)
        self.rotation = unknown(count, 3, 3)
        self.expressions = unknown(count, len(EXPRESSIONS))
        self.action_units = unknown(count, len(ACTION_UNITS))
        self.gaze_down = unknown(count)
        self.eye_openness = unknown(count, 2)
        self.presence = unknown(count)
        self.occlusion = unknown(count, 2)
        self.trust = np.ones(count, np.float32)

    def __len__(self) -> int:
        return len(self.pictures)


def unknown(*shape: int) -> Floats:
    """An array of "not known"."""
    return np.full(shape, np.nan, np.float32)


def archive(data: Path, name: str) -> dict[str, NDArray]:
    """Read `name` from the data folder; `data` may also be that very file."""
    path = data if data.is_file() else data / name
    with np.load(path) as stored:
        return {key: stored[key] for key in stored.files}


def decode(stored: dict[str, NDArray], key: str, index: int) -> NDArray[np.uint8]:
    """Decode picture `index` of an archive to grey uint8 (H, W)."""
    offset = stored["offset"]
    return cv2.imdecode(stored[key][offset[index] : offset[index + 1]], cv2.IMREAD_GRAYSCALE)


def hash_split(text: str) -> int:
    """TRAIN, VALIDATION or TEST by the SHA-1 of a text: tenths 1 and 0 are held out."""
    tenth = int(hashlib.sha1(text.encode()).hexdigest(), 16) % 10
    return {0: TEST, 1: VALIDATION}.get(tenth, TRAIN)


def person(name: str) -> str:
    """The name of a file without its number and extension."""
    return re.sub(r"_?\d*\.\w+$", "", name)


def majority_labels(votes: NDArray) -> NDArray[np.intp]:
    """Label (N,) of each row of ten votes by the FER+ majority protocol, -1 where there is none.

    Single votes are dropped; the largest of the ten must hold more than half of what remains and
    be one of the eight expressions (Barsoum et al. 2016).
    """
    kept = np.where(votes > 1, votes, 0).astype(np.int64)
    best = kept.argmax(axis=1)
    clear = (2 * kept.max(axis=1) > kept.sum(axis=1)) & (best < len(EXPRESSIONS))
    return np.where(clear, best, -1)


def soft_labels(votes: NDArray, teacher: Floats, votes_weight: float) -> Floats:
    """Blend votes (N, 10) and teacher probabilities (N, 8); NaN where the crowd saw nothing."""
    kept = np.where(votes > 1, votes, 0).astype(np.float32)[:, : len(EXPRESSIONS)]
    total = kept.sum(axis=1, keepdims=True)
    teacher = teacher.astype(np.float32)
    teacher = teacher / teacher.sum(axis=1, keepdims=True)
    blend = votes_weight * kept / np.maximum(total, 1) + (1 - votes_weight) * teacher
    readable = (total[:, 0] >= 3) & (votes[:, 9] < 4)
    return np.where(readable[:, None], blend, np.nan).astype(np.float32)


def load_ferplus(
    data: Path, split: int, limit: int | None = None, votes_weight: float = VOTES_WEIGHT
) -> FaceSet:
    """Load one split of FER+; everything but pictures and majority labels only for training."""
    stored = archive(data, "ferplus.npz")
    rows = np.flatnonzero(stored["split"] == split)[:limit]
    whole = np.array([[48.0, 0.0, 0.0], [0.0, 48.0, 0.0]])
    faces = FaceSet(
        [decode(stored, "webp", i) for i in rows], np.repeat(whole[None], len(rows), axis=0)
    )
    votes = stored["votes"][rows]
    if split != TRAIN:
        labels = majority_labels(votes)
        faces.expressions[labels >= 0] = np.eye(len(EXPRESSIONS))[labels[labels >= 0]]
        return faces
    faces.expressions[:] = soft_labels(votes, stored["teacher"][rows], votes_weight)
    no_face = votes[:, 9] >= 5
    faces.presence[:] = np.where(no_face, 0, np.where(votes[:, 9] >= 2, np.nan, 1))
    seen = stored["found"][rows] & ~no_face
    points = stored["landmarks"][rows].astype(np.float32)
    fill_measures(faces, seen, points, stored["blendshapes"][rows], stored["blendshape_names"])
    faces.occlusion[seen] = 0
    faces.trust[:] = 0.5
    return faces


def fill_measures(
    faces: FaceSet, seen: NDArray[np.bool_], points: Floats, shapes: NDArray, names: NDArray
) -> None:
    """Fill landmarks (already in crop fractions), units, gaze and eyes of the `seen` rows."""
    coefficients = shapes.astype(np.float32) / 255.0
    faces.landmarks[seen] = points[seen]
    faces.action_units[seen] = measures.action_units(coefficients, list(names))[seen]
    faces.gaze_down[seen] = measures.gaze_down(coefficients, list(names))[seen]
    faces.eye_openness[seen] = measures.eye_openness(points)[seen]


def head_rows(stored: dict[str, NDArray], split: int, limit: int | None) -> NDArray[np.intp]:
    """Rows of faces.npz: the people of one split whose face the teacher found."""
    splits = np.array([hash_split(person(str(name))) for name in stored["names"]])
    return np.flatnonzero((splits == split) & stored["found"])[:limit]


def load_gaze(data: Path, split: int, limit: int | None = None) -> Floats:
    """Gaze (N, 2) up and aside of the faces that `load_faces` gives, in their order."""
    stored = archive(data, "faces.npz")
    shapes = stored["blendshapes"][head_rows(stored, split, limit)].astype(np.float32) / 255.0
    return measures.gaze_up_and_side(shapes, list(stored["blendshape_names"]))


def load_ferplus_gaze(data: Path, split: int, limit: int | None = None) -> Floats:
    """Gaze (N, 2) up and aside of the faces that `load_ferplus` gives; NaN where none was found."""
    stored = archive(data, "ferplus.npz")
    rows = np.flatnonzero(stored["split"] == split)[:limit]
    shapes = stored["blendshapes"][rows].astype(np.float32) / 255.0
    gaze = measures.gaze_up_and_side(shapes, list(stored["blendshape_names"]))
    gaze[~stored["found"][rows]] = np.nan
    return gaze


def load_faces(data: Path, split: int, limit: int | None = None) -> FaceSet:
    """Load the people of one split of the head crops whose face the teacher found."""
    stored = archive(data, "faces.npz")
    rows = head_rows(stored, split, limit)
    height_width = stored["source_hw"][rows].astype(np.float64)
    longer = height_width.max(axis=1)
    true_pixels = stored["landmarks"][rows, :, :2].astype(np.float64) * 128.0
    frames = [framing.frame_landmarks(points) for points in true_pixels]
    squash = (longer[:, None] / height_width[:, ::-1])[:, :, None]
    to_true = np.stack([frame.matrix() for frame in frames])
    faces = FaceSet([decode(stored, "jpeg", i) for i in rows], to_true * squash)
    points = np.stack(
        [framing.apply(framing.invert(m), p) for m, p in zip(to_true, true_pixels, strict=True)]
    )
    seen = np.ones(len(rows), bool)
    fill_measures(
        faces,
        seen,
        points.astype(np.float32),
        stored["blendshapes"][rows],
        stored["blendshape_names"],
    )
    for k, frame in enumerate(frames):
        faces.rotation[k] = measures.turn_in_image(stored["pose"][rows[k], :3, :3], -frame.roll_deg)
    if split == TRAIN:
        faces.expressions[:] = stored["teacher"][rows].astype(np.float32)
    faces.presence[:] = 1
    faces.occlusion[:] = 0
    return faces


def load_masked(data: Path, split: int, limit: int | None = None) -> FaceSet:
    """Load faces whose mouth is covered; only presence and that cover are known."""
    stored = archive(data, "masked_faces.npz")
    count = len(stored["offset"]) - 1
    rows = [i for i in range(count) if hash_split(str(i)) == split][:limit]
    pictures = [decode(stored, "jpeg", i) for i in rows]
    frames = []
    for picture in pictures:
        height, width = picture.shape
        side = 1.05 * float(np.sqrt(height * width))
        frames.append(framing.Framing(width / 2, height / 2, side, 0.0).matrix())
    faces = FaceSet(pictures, np.stack(frames))
    faces.presence[:] = 1
    faces.occlusion[:, 0] = 1
    return faces


def load_scenes(data: Path, split: int, limit: int | None = None) -> FaceSet:
    """Load pictures without a face; the crop is drawn anew at every use."""
    stored = archive(data, "scenes.npz")
    count = len(stored["offset"]) - 1
    rows = [i for i in range(count) if hash_split(str(i)) == split][:limit]
    pictures = [decode(stored, "jpeg", i) for i in rows]
    whole = [
        np.array([[p.shape[1], 0.0, 0.0], [0.0, p.shape[1], 0.0]], dtype=np.float64)
        for p in pictures
    ]
    scenes = FaceSet(pictures, np.stack(whole))
    scenes.presence[:] = 0
    return scenes
