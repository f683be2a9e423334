"""What every training here shares: its length, the running average, the checkpoint, the epochs."""

from __future__ import annotations

import argparse
import math
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from emocare.learning import environment
from emocare.learning.recipe import MEAN, STD

Log = Callable[[str], None]
Losses = dict[str, Tensor]
T = TypeVar("T")
PEAK_RATE = 3e-3
DECAY = 0.05
WARM_UP = 0.04
"""Share of the training in which the rate rises."""
AVERAGE = 0.998
"""Memory of the running average of the weights, per step (one to two epochs)."""
DEFAULT_EPOCHS = 50
THREADS = 1
"""Of the trainer; the other core makes the pictures. On busy cores two threads mostly wait for
each other (measured: 2 s of processor time a step against 0.14 s)."""


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
    """A network, its running average, optimiser and clock.

    Args:
        make: makes the network; called twice, for the network and its average.
        plan: how long to train, how fast.
        steps_per_epoch: roughly; places a step within its epoch.
    """

    def __init__(self, make: Callable[[], nn.Module], plan: Plan, steps_per_epoch: int) -> None:
        torch.manual_seed(7)
        torch.set_num_threads(THREADS)
        self.plan = plan
        self.steps_per_epoch = steps_per_epoch
        self.network: Any = make().to(memory_format=torch.channels_last)
        self.average: Any = make().to(memory_format=torch.channels_last).eval()
        self.average.load_state_dict(self.network.state_dict())
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1 and p.requires_grad]
        groups = [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0}]
        self.optimiser = torch.optim.AdamW(groups, lr=plan.rate)
        self.epoch = 0
        self.step_count = 0
        self.seconds = 0.0
        self.commit = current_commit()

    @property
    def progress(self) -> float:
        """Share of the training that is done at the end of the last epoch."""
        return self.plan.progress(self.epoch, self.seconds)

    def step(self, loss: Callable[[nn.Module], Losses], progress: float) -> dict[str, float]:
        """One step of the optimiser; returns the parts of the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(progress)
        self.network.train()
        parts = loss(self.network)
        total = torch.stack(list(parts.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step_count += 1
        self.follow()
        return {name: float(part.detach()) for name, part in parts.items()}

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

    def run_epoch(
        self, batches: Iterable[T], loss: Callable[[nn.Module, T], Losses]
    ) -> dict[str, float]:
        """Train one epoch and return the mean parts of the loss.

        The clock starts with the first batch, so that loading the data does not count.
        """
        sums: dict[str, float] = {}
        steps = 0
        started = None
        for batch in batches:
            started = started or time.monotonic()
            seconds = self.seconds + time.monotonic() - started
            within = steps / max(steps + 1, self.steps_per_epoch)
            progress = self.plan.progress(self.epoch + within, seconds)
            parts = self.step(lambda network, batch=batch: loss(network, batch), progress)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            steps += 1
        self.seconds += time.monotonic() - (started or time.monotonic())
        self.epoch += 1
        return {name: value / max(steps, 1) for name, value in sums.items()}

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

    def resume(self, checkpoint: Path, log: Log) -> None:
        """Go on from a checkpoint if there is one."""
        if checkpoint.exists():
            self.load(checkpoint)
            log(f"going on after epoch {self.epoch}, {self.seconds / 60:.1f} min")

    def line(self, parts: dict[str, float], accuracy: float) -> str:
        """What is said of an epoch."""
        shown = " ".join(f"{name}={value:.3f}" for name, value in parts.items())
        return (
            f"epoch {self.epoch} {self.seconds / 60:.1f} min "
            f"validation {100 * accuracy:.2f} % {shown}"
        )


def current_commit() -> str:
    """The commit the working tree stands on."""
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def normalise(pictures: np.ndarray) -> Tensor:
    """Turn uint8 crops (N, 1, S, S) into the network's input."""
    image = torch.from_numpy(pictures).float().div_(255.0).sub_(MEAN).div_(STD)
    return image.to(memory_format=torch.channels_last)


def run_apart(module: str, arguments: list[str], log: Log) -> None:
    """Run a training module in a process of its own and pass its lines on.

    glibc reads its allocator settings when a process starts, so a process without them cannot
    train at full speed.

    Raises:
        subprocess.CalledProcessError: The training failed; its own output says why.
    """
    with subprocess.Popen(
        environment.training_command(module, arguments),
        env=environment.child_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stdout or ():
            log(line.rstrip())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)


def as_arguments(resume: bool, given: dict[str, float | int | None]) -> list[str]:
    """The words after `DATA OUT` of a training process."""
    words = ["--resume"] if resume else []
    for name, value in given.items():
        words += [f"--{name}", str(value)] if value is not None else []
    return words


def parse_arguments(about: str | None) -> dict[str, Any]:
    """What the main of a training module was given."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--limit", type=int)
    return vars(parser.parse_args())


def say(line: str) -> None:
    """Print a line at once; the process that waits reads it."""
    print(line, flush=True)
