"""Training of the face network's trunk from scratch on a CPU, resumable after every epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from emocare.learning import environment, face_losses, face_sets, framing, training
from emocare.learning.batches import Batch, BatchWorker
from emocare.learning.face_trunk import FaceTrunk, count_parameters
from emocare.learning.recipe import SIZE
from emocare.learning.training import Log, Losses, Plan, Trainer, normalise

CHECKPOINT = "face.pt"
STEPS_PER_EPOCH = 340


def loss(network: nn.Module, batch: Batch) -> Losses:
    """The parts of the loss of one batch."""
    with torch.autocast("cpu", torch.bfloat16):
        raw = network.raw(normalise(batch.pictures))
    return face_losses.losses(raw, face_losses.split_targets(torch.from_numpy(batch.targets)))


def labelled_crops(faces: face_sets.FaceSet) -> tuple[np.ndarray, np.ndarray]:
    """Canonical crops (N, 1, S, S) of the faces that have a label, and these labels (N,)."""
    crops = [
        framing.cut(picture, frame, SIZE)
        for picture, frame in zip(faces.pictures, faces.to_picture, strict=True)
    ]
    labelled = np.isfinite(faces.expressions[:, 0])
    return np.stack(crops)[labelled][:, None], faces.expressions[labelled].argmax(axis=1)


def validate(trunk: FaceTrunk, faces: face_sets.FaceSet) -> float:
    """Majority accuracy of the trunk on the FER+ validation images."""
    images, labels = labelled_crops(faces)
    right = 0
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(images), 256):
            logits = trunk.raw(normalise(images[start : start + 256]))["expressions"]
            right += int((logits.argmax(dim=1).numpy() == labels[start : start + 256]).sum())
    return right / len(images)


def run(data: Path, out: Path, plan: Plan, *, resume: bool, limit: int | None, log: Log) -> Path:
    """Train in this process; see `train`."""
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    trainer = Trainer(FaceTrunk, plan, STEPS_PER_EPOCH)
    if resume:
        trainer.resume(checkpoint, log)
    log(f"trunk: {count_parameters(trainer.network):,} parameters")
    held_out = face_sets.load_ferplus(data, face_sets.VALIDATION, limit)
    with BatchWorker(data, limit, trainer.epoch) as worker:
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
    """Train the trunk and return its checkpoint.

    Args:
        data: folder with the collections.
        out: folder for the checkpoint, not to be committed.
        resume: go on from the checkpoint if there is one.
        epochs: length of the whole training; ignored when `minutes` is given.
        minutes: length of the whole training by the clock, earlier runs included.
        limit: use only the first pictures of each collection (for trying things out).
        log: receives one line per epoch.
    """
    if environment.is_ready():
        return run(data, out, Plan(epochs, minutes), resume=resume, limit=limit, log=log)
    given = {"epochs": epochs, "minutes": minutes, "limit": limit}
    words = [str(data), str(out), *training.as_arguments(resume, given)]
    training.run_apart("train_face", words, log)
    return out / CHECKPOINT


if __name__ == "__main__":
    train(**training.parse_arguments(__doc__), log=training.say)
