"""The course of a training on face crops: epochs judged by the FER+ validation pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emocare.learning import environment, face_sets, framing, training
from emocare.learning.batches import Batch, BatchWorker, EpochMaker
from emocare.learning.face_trunk import count_parameters
from emocare.learning.recipe import SIZE
from emocare.learning.training import Log, Losses, Plan, Trainer, normalise


@dataclass(frozen=True, slots=True)
class Course:
    """What one trunk's training consists of.

    Attributes:
        module: where it lives in this package; it is started as a process of its own.
        checkpoint: name of its file.
        make: makes the network.
        steps_per_epoch: roughly.
        prepare: loads, in the worker process, what is drawn from.
        loss: parts of the loss of one batch.
        logits: expression logits (N, 8) of crops.
    """

    module: str
    checkpoint: str
    make: Callable[[], nn.Module]
    steps_per_epoch: int
    prepare: Callable[[Path, int | None], EpochMaker]
    loss: Callable[[nn.Module, Batch], Losses]
    logits: Callable[[nn.Module, Tensor], Tensor]

    def train(
        self,
        data: Path,
        out: Path,
        *,
        resume: bool,
        epochs: int | None,
        minutes: float | None,
        limit: int | None,
        log: Log,
    ) -> Path:
        """Train and return the checkpoint.

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
            plan = Plan(epochs, minutes)
            return self._run(data, out, plan, resume=resume, limit=limit, log=log)
        given = {"epochs": epochs, "minutes": minutes, "limit": limit}
        words = [str(data), str(out), *training.as_arguments(resume, given)]
        training.run_apart(self.module, words, log)
        return out / self.checkpoint

    def _run(
        self, data: Path, out: Path, plan: Plan, *, resume: bool, limit: int | None, log: Log
    ) -> Path:
        out.mkdir(parents=True, exist_ok=True)
        checkpoint = out / self.checkpoint
        trainer = Trainer(self.make, plan, self.steps_per_epoch)
        if resume:
            trainer.resume(checkpoint, log)
        log(f"{self.module}: {count_parameters(trainer.network):,} parameters")
        crops, labels = labelled_crops(face_sets.load_ferplus(data, face_sets.VALIDATION, limit))
        with BatchWorker(data, limit, trainer.epoch, self.prepare) as worker:
            while trainer.progress < 1.0:
                parts = trainer.run_epoch(worker.epoch(), self.loss)
                accuracy = self.accuracy(trainer.average, crops, labels)
                trainer.save(checkpoint)
                log(trainer.line(parts, accuracy))
        return checkpoint

    def accuracy(
        self, network: nn.Module, crops: NDArray[np.uint8], labels: NDArray[np.intp]
    ) -> float:
        """Share of crops (N, 1, S, S) whose likeliest expression is their label (N,)."""
        right = 0
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for start in range(0, len(crops), 256):
                logits = self.logits(network, normalise(crops[start : start + 256]))
                right += int((logits.argmax(dim=1).numpy() == labels[start : start + 256]).sum())
        return right / len(crops)


def labelled_crops(faces: face_sets.FaceSet) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Canonical crops (N, 1, S, S) of the faces that have a label, and these labels (N,)."""
    crops = [
        framing.cut(picture, frame, SIZE)
        for picture, frame in zip(faces.pictures, faces.to_picture, strict=True)
    ]
    labelled = np.isfinite(faces.expressions[:, 0])
    return np.stack(crops)[labelled][:, None], faces.expressions[labelled].argmax(axis=1)
