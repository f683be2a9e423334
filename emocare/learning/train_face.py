"""Training of the face network from scratch on a CPU, resumable after every epoch."""

from __future__ import annotations

import argparse
import math
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from emocare.learning import environment, face_losses, face_sets, framing
from emocare.learning.batches import Batch, BatchWorker
from emocare.learning.face_network import FaceNetwork, count_parameters
from emocare.learning.recipe import MEAN, SIZE, STD

Log = Callable[[str], None]
PEAK_RATE = 3e-3
DECAY = 0.05
WARM_UP = 0.04
"""Share of the training in which the rate rises."""
AVERAGE = 0.998
"""Memory of the running average of the weights, per step (about 1.5 epochs)."""
DEFAULT_EPOCHS = 50
CHECKPOINT = "face.pt"
USUAL_STEPS = 340
"""Batches of an epoch, about: how far one has come is not known before its end."""


@dataclass(slots=True)
class Plan:
    """How long to train: by epochs or by minutes of wall clock, whichever is given."""

    epochs: int | None
    minutes: float | None
    rate: float = PEAK_RATE

    def progress(self, epochs_done: float, seconds: float) -> float:
        """Share of the training that is done, 0..1."""
        if self.minutes is not None:
            return min(1.0, seconds / (60.0 * self.minutes))
        return min(1.0, epochs_done / (self.epochs or DEFAULT_EPOCHS))

    def rate_at(self, progress: float) -> float:
        """Learning rate: linear warm-up, then half a cosine down to a hundredth."""
        if progress < WARM_UP:
            return self.rate * (0.05 + 0.95 * progress / WARM_UP)
        fall = 0.5 + 0.5 * math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))
        return self.rate * (0.01 + 0.99 * fall)


class Trainer:
    """Network, its running average, optimiser and clock."""

    def __init__(self, plan: Plan, build: Callable[[], nn.Module] = FaceNetwork) -> None:
        torch.manual_seed(7)
        torch.set_num_threads(2)
        self.plan = plan
        self.network = build().to(memory_format=torch.channels_last)
        self.average = build().to(memory_format=torch.channels_last).eval()
        self.average.load_state_dict(self.network.state_dict())
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1 and p.requires_grad]
        groups = [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0}]
        self.optimiser = torch.optim.AdamW(groups, lr=plan.rate)
        self.epoch = 0
        self.step_count = 0
        self.seconds = 0.0
        self.commit = current_commit()

    def step(self, batch: Batch, progress: float) -> dict[str, float]:
        """One step of the optimiser; returns the parts of the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(progress)
        self.network.train()
        parts = self.losses(batch)
        total = torch.stack(list(parts.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step_count += 1
        self.follow()
        return {name: float(part.detach()) for name, part in parts.items()}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The parts of the loss that a batch gives."""
        with torch.autocast("cpu", torch.bfloat16):
            raw = self.network.raw(normalise(batch.pictures))
        return face_losses.losses(raw, face_losses.split_targets(torch.from_numpy(batch.targets)))

    @torch.no_grad()
    def follow(self) -> None:
        """Move the running average towards the network."""
        keep = min(AVERAGE, (1 + self.step_count) / (10 + self.step_count))
        ours, theirs = self.average.state_dict(), self.network.state_dict()
        for name, value in ours.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], 1 - keep)
            else:
                value.copy_(theirs[name])

    def save(self, path: Path) -> None:
        """Write everything needed to go on to `path`, atomically."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": self.epoch,
            "step_count": self.step_count,
            "seconds": self.seconds,
            "commit": self.commit,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Go on from `path`."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.step_count = state["epoch"], state["step_count"]
        self.seconds = state["seconds"]
        self.commit = state["commit"]


def current_commit() -> str:
    """The commit the working tree stands on."""
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def normalise(pictures: np.ndarray) -> Tensor:
    """Turn uint8 crops (N, 1, S, S) into the network's input."""
    image = torch.from_numpy(pictures).float().div_(255.0).sub_(MEAN).div_(STD)
    return image.to(memory_format=torch.channels_last)


def validate(network: FaceNetwork, faces: face_sets.FaceSet) -> float:
    """Majority accuracy on the FER+ validation images."""
    crops = [
        framing.cut(picture, frame, SIZE)
        for picture, frame in zip(faces.pictures, faces.to_picture, strict=True)
    ]
    labelled = np.isfinite(faces.expressions[:, 0])
    images = np.stack(crops)[labelled][:, None]
    labels = faces.expressions[labelled].argmax(axis=1)
    right = 0
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(images), 256):
            logits = network.raw(normalise(images[start : start + 256]))["expressions"]
            right += int((logits.argmax(dim=1).numpy() == labels[start : start + 256]).sum())
    return right / len(images)


def run(data: Path, out: Path, plan: Plan, *, resume: bool, limit: int | None, log: Log) -> Path:
    """Train in this process; see `train`."""
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    trainer = Trainer(plan)
    if resume and checkpoint.exists():
        trainer.load(checkpoint)
        log(f"going on after epoch {trainer.epoch}, {trainer.seconds / 60:.1f} min")
    log(f"{count_parameters(trainer.network):,} parameters")
    held_out = face_sets.load_ferplus(data, face_sets.VALIDATION, limit)
    with BatchWorker(data, limit, trainer.epoch) as worker:
        while plan.progress(trainer.epoch, trainer.seconds) < 1.0:
            parts = run_epoch(trainer, worker)
            accuracy = validate(trainer.average, held_out)
            trainer.save(checkpoint)
            shown = " ".join(f"{name}={value:.3f}" for name, value in parts.items())
            log(
                f"epoch {trainer.epoch} {trainer.seconds / 60:.1f} min "
                f"validation {100 * accuracy:.2f} % {shown}"
            )
    return checkpoint


def run_epoch(
    trainer: Trainer, worker: BatchWorker, usual_steps: int = USUAL_STEPS
) -> dict[str, float]:
    """Train one epoch and return the mean parts of the loss; time counts from its first batch."""
    sums: dict[str, float] = {}
    steps = 0
    started = None
    for batch in worker.epoch():
        started = started or time.monotonic()
        seconds = trainer.seconds + time.monotonic() - started
        progress = trainer.plan.progress(
            trainer.epoch + steps / max(steps + 1, usual_steps), seconds
        )
        for name, value in trainer.step(batch, progress).items():
            sums[name] = sums.get(name, 0.0) + value
        steps += 1
    trainer.seconds += time.monotonic() - (started or time.monotonic())
    trainer.epoch += 1
    return {name: value / max(steps, 1) for name, value in sums.items()}


def train(
    data: Path,
    out: Path,
    *,
    resume: bool,
    epochs: int | None,
    minutes: float | None,
    limit: int | None,
    log: Log,
    rate: float = PEAK_RATE,
) -> Path:
    """Train the face network and return its checkpoint.

    glibc reads its allocator settings when a process starts, so unless this one has them the
    training runs in a process of its own.

    Args:
        data: folder with the collections.
        out: folder for the checkpoint, not to be committed.
        resume: go on from the checkpoint if there is one.
        epochs: length of the whole training; ignored when `minutes` is given.
        minutes: length of the whole training by the clock, earlier runs included.
        limit: use only the first pictures of each collection (for trying things out).
        log: receives one line per epoch.
        rate: highest learning rate.
    """
    if environment.is_ready():
        return run(data, out, Plan(epochs, minutes, rate), resume=resume, limit=limit, log=log)
    arguments = [str(data), str(out), "--rate", str(rate)]
    arguments += ["--resume"] if resume else []
    for name, value in (("epochs", epochs), ("minutes", minutes), ("limit", limit)):
        arguments += [f"--{name}", str(value)] if value is not None else []
    environment.run_training("emocare.learning.train_face", arguments, log)
    return out / CHECKPOINT


def main() -> None:
    """Entry of the training process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    given = vars(parser.parse_args())

    def log(line: str) -> None:
        print(line, flush=True)

    train(**given, log=log)


if __name__ == "__main__":
    main()
