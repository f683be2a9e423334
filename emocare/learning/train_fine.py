"""Training of the fine trunk on a CPU, resumable after every epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from emocare.learning import augment, face_losses, face_sets, framing, training
from emocare.learning.batches import BATCH, Batch, EpochMaker, noise_bank
from emocare.learning.crop_training import Course
from emocare.learning.face_sets import FaceSet
from emocare.learning.fine_trunk import FineTrunk, gaze_loss
from emocare.learning.recipe import EXPRESSIONS, SIZE
from emocare.learning.training import Losses, normalise

Floats = NDArray[np.floating]
VOTES_WEIGHT = 0.3
"""Share of the crowd in a soft label: less than for the first trunk, so that the two differ."""
HEADS_SHARE = 0.5
"""Share of the head crops (labelled by the teacher alone) drawn in an epoch."""
PATCH = 0.2
"""Probability of greying out a small rectangle."""
GAZE_WEIGHT = 0.25
"""Weight of the gaze beside the expressions; they are what this trunk is for."""
TARGET_WIDTH = len(EXPRESSIONS) + 3
"""Soft label, gaze up, gaze aside, trust in the gaze."""


@dataclass(frozen=True, slots=True)
class Source:
    """A set to draw from.

    Attributes:
        faces: the pictures and their soft labels.
        gaze: (N, 2) up and aside by the teacher; NaN where it saw no face.
        share: how much of the labelled ones an epoch draws.
    """

    faces: FaceSet
    gaze: Floats
    share: float


def loss(network: nn.Module, batch: Batch) -> Losses:
    """The parts of the loss of one batch."""
    targets = torch.from_numpy(batch.targets)
    soft, gaze, trust = torch.split(targets, [len(EXPRESSIONS), 2, 1], dim=1)
    with torch.autocast("cpu", torch.bfloat16):
        logits, seen = network(normalise(batch.pictures))
    return {
        "expressions": face_losses.expression_loss(logits, soft),
        "gaze": GAZE_WEIGHT * gaze_loss(seen, gaze, trust[:, 0]),
    }


def prepare(data: Path, limit: int | None) -> EpochMaker:
    """Load what is drawn from; the result makes the batches of an epoch from its seed."""
    split = face_sets.TRAIN
    ferplus = face_sets.load_ferplus(data, split, limit, VOTES_WEIGHT)
    heads = face_sets.load_faces(data, split, limit)
    sources = [
        Source(ferplus, face_sets.load_ferplus_gaze(data, split, limit), 1.0),
        Source(heads, face_sets.load_gaze(data, split, limit), HEADS_SHARE),
    ]
    return partial(make_batches, sources)


def make_batches(sources: list[Source], seed: int) -> Iterator[Batch]:
    """Batches of all labelled FER+ faces and a share of the head crops, in random order."""
    rng = np.random.default_rng(seed)
    noise = noise_bank(rng)
    pairs = []
    for k, source in enumerate(sources):
        rows = rng.permutation(np.flatnonzero(np.isfinite(source.faces.expressions[:, 0])))
        rows = rows[: round(source.share * len(rows))]
        pairs.append(np.stack([np.full(len(rows), k), rows], axis=1))
    plan = rng.permutation(np.concatenate(pairs))
    for start in range(0, len(plan) - BATCH + 1, BATCH):
        pictures = np.empty((BATCH, 1, SIZE, SIZE), np.uint8)
        targets = np.empty((BATCH, TARGET_WIDTH), np.float32)
        for k, (which, row) in enumerate(plan[start : start + BATCH]):
            pictures[k, 0], targets[k] = draw(sources[which], int(row), rng, noise)
        yield Batch(pictures, targets)


def draw(
    source: Source, row: int, rng: np.random.Generator, noise: NDArray[np.int8]
) -> tuple[NDArray[np.uint8], Floats]:
    """One crop (SIZE, SIZE) under chance (mirror, place, light, camera) and its target row."""
    example = augment.Example.of(source.faces, row)
    gaze = source.gaze[row].copy()
    if rng.random() < 0.5:
        augment.move(example, mirror=True)
        gaze[1] *= -1.0
    augment.draw_place(example, rng)
    crop = framing.cut(example.picture, example.to_picture, SIZE, cv2.BORDER_REPLICATE)
    if rng.random() < PATCH:
        crop = augment.draw_patch(crop, rng)
    fine = example.picture.shape[0] > 48
    crop = augment.draw_camera(augment.draw_light(crop, rng), rng, noise, fine)
    return crop, np.concatenate([example.expressions, gaze, [example.trust]]).astype(np.float32)


COURSE = Course(
    module="train_fine",
    checkpoint="fine.pt",
    make=FineTrunk,
    steps_per_epoch=248,
    prepare=prepare,
    loss=loss,
    logits=lambda network, crops: network(crops)[0],
)

if __name__ == "__main__":
    COURSE.train(**training.parse_arguments(__doc__), log=training.say)
