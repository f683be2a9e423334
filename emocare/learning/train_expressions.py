"""Training of the expression trunk on a CPU, resumable after every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from emocare.learning import augment, environment, face_losses, face_sets, framing, training
from emocare.learning.batches import BATCH, Batch, BatchWorker, noise_bank
from emocare.learning.expression_trunk import ExpressionTrunk
from emocare.learning.face_sets import FaceSet
from emocare.learning.face_trunk import count_parameters
from emocare.learning.recipe import EXPRESSIONS, SIZE
from emocare.learning.train_face import labelled_crops
from emocare.learning.training import Log, Losses, Plan, Trainer, normalise

CHECKPOINT = "expressions.pt"
STEPS_PER_EPOCH = 248
VOTES_WEIGHT = 0.3
"""Share of the crowd in a soft label: less than for the first trunk, so that the two differ."""
HEADS_SHARE = 0.5
"""Share of the head crops (labelled by the teacher alone) drawn in an epoch."""
PATCH = 0.2
"""Probability of greying out a small rectangle."""


def loss(network: nn.Module, batch: Batch) -> Losses:
    """Cross entropy against the soft labels of a batch."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(normalise(batch.pictures))
    return {"expressions": face_losses.expression_loss(logits, torch.from_numpy(batch.targets))}


def prepare(data: Path, limit: int | None) -> Callable[[int], Iterator[Batch]]:
    """Load what is drawn from; the result makes the batches of an epoch from its seed."""
    ferplus = face_sets.load_ferplus(data, face_sets.TRAIN, limit, VOTES_WEIGHT)
    return partial(make_batches, ferplus, face_sets.load_faces(data, face_sets.TRAIN, limit))


def make_batches(ferplus: FaceSet, heads: FaceSet, seed: int) -> Iterator[Batch]:
    """Batches of all labelled FER+ faces and a share of the head crops, in random order."""
    rng = np.random.default_rng(seed)
    noise = noise_bank(rng)
    ours = np.flatnonzero(np.isfinite(ferplus.expressions[:, 0]))
    theirs = np.flatnonzero(np.isfinite(heads.expressions[:, 0]))
    theirs = rng.permutation(theirs)[: round(HEADS_SHARE * len(theirs))]
    sets = (ferplus, heads)
    pairs = np.stack(
        [np.repeat([0, 1], [len(ours), len(theirs)]), np.concatenate([ours, theirs])], axis=1
    )
    plan = rng.permutation(pairs)
    for start in range(0, len(plan) - BATCH + 1, BATCH):
        pictures = np.empty((BATCH, 1, SIZE, SIZE), np.uint8)
        targets = np.empty((BATCH, len(EXPRESSIONS)), np.float32)
        for k, (which, row) in enumerate(plan[start : start + BATCH]):
            pictures[k, 0] = draw(sets[which], int(row), rng, noise)
            targets[k] = sets[which].expressions[row]
        yield Batch(pictures, targets)


def draw(
    faces: FaceSet, row: int, rng: np.random.Generator, noise: np.ndarray
) -> np.ndarray:
    """One crop (SIZE, SIZE) uint8 under chance: place, turn, mirror, light, camera."""
    example = augment.Example.of(faces, row)
    augment.draw_geometry(example, rng)
    crop = framing.cut(example.picture, example.to_picture, SIZE, cv2.BORDER_REPLICATE)
    if rng.random() < PATCH:
        crop = augment.draw_patch(crop, rng)
    fine = example.picture.shape[0] > 48
    return augment.draw_camera(augment.draw_light(crop, rng), rng, noise, fine)


def validate(trunk: ExpressionTrunk, faces: FaceSet) -> float:
    """Majority accuracy of the trunk alone on the FER+ validation images."""
    images, labels = labelled_crops(faces)
    right = 0
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(images), 256):
            logits = trunk(normalise(images[start : start + 256]))
            right += int((logits.argmax(dim=1).numpy() == labels[start : start + 256]).sum())
    return right / len(images)


def run(data: Path, out: Path, plan: Plan, *, resume: bool, limit: int | None, log: Log) -> Path:
    """Train in this process; see `train`."""
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    trainer = Trainer(ExpressionTrunk, plan, STEPS_PER_EPOCH)
    if resume:
        trainer.resume(checkpoint, log)
    log(f"expression trunk: {count_parameters(trainer.network):,} parameters")
    held_out = face_sets.load_ferplus(data, face_sets.VALIDATION, limit)
    with BatchWorker(data, limit, trainer.epoch, prepare) as worker:
        while trainer.progress < 1.0:
            parts = trainer.run_epoch(worker.epoch(), loss)
            accuracy = validate(trainer.average, held_out)
            trainer.save(checkpoint)
            log(trainer.line(parts, accuracy))
    return checkpoint


def train(
    data: Path,
    out: Path,
    *,
    resume: bool,
    epochs: int | None,
    minutes: float | None,
    limit: int | None,
    log: Log,
) -> Path:
    """Train the expression trunk and return its checkpoint; arguments as for `train_face.train`."""
    if environment.is_ready():
        return run(data, out, Plan(epochs, minutes), resume=resume, limit=limit, log=log)
    given = {"epochs": epochs, "minutes": minutes, "limit": limit}
    words = [str(data), str(out), *training.as_arguments(resume, given)]
    training.run_apart("train_expressions", words, log)
    return out / CHECKPOINT


if __name__ == "__main__":
    train(**training.parse_arguments(__doc__), log=training.say)
