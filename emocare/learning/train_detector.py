"""Training of the face detector from scratch on a CPU, resumable after every epoch."""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emocare.learning import detector_network, detector_pictures, environment, face_sets, train_face
from emocare.learning.batches import Batch, BatchWorker, hand_over
from emocare.learning.detector_maps import target_maps
from emocare.learning.detector_network import DetectorNetwork
from emocare.learning.detector_pictures import SIDE, Sources
from emocare.learning.detector_recipe import MEAN, MULTIPLE, STD, STRIDE
from emocare.learning.face_network import count_parameters
from emocare.learning.train_face import Log, Plan, run_epoch

BATCH = 32
STEPS = 200
"""Batches of an epoch; pictures are made anew each time, so an epoch is only a pace."""
DEFAULT_EPOCHS = 40
PEAK_RATE = 3e-3
THREADS = 1
"""Of the trainer; the other core makes the pictures. On busy cores two threads wait for each other
most of the time (measured: 2 s of processor time a step against 0.14 s)."""
CHECKPOINT = "detector.pt"
HARD = "hard.npy"
MINE_EVERY = 4
"""Epochs between two searches for scenes that fool the network."""
FOOLED = 0.15
"""Heat from which a place without a face counts as one that fools it."""


class DetectorTrainer(train_face.Trainer):
    """The face training's clockwork around the detector."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan, DetectorNetwork)
        torch.set_num_threads(THREADS)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The parts of the loss that a batch gives."""
        with torch.autocast("cpu", torch.bfloat16):
            raw = self.network.raw(normalise(batch.pictures))
        return detector_network.losses(raw, torch.from_numpy(batch.targets))


def normalise(pictures: NDArray[np.uint8]) -> Tensor:
    """Turn uint8 pictures (N, 1, H, W) into the network's input."""
    image = torch.from_numpy(pictures).float().div_(255.0).sub_(MEAN).div_(STD)
    return image.to(memory_format=torch.channels_last)


def load_sources(data: Path, limit: int | None, split: int = face_sets.TRAIN) -> Sources:
    """The collections that the pictures are made of."""
    sets = [face_sets.load_faces(data, split, limit)]
    if split == face_sets.TRAIN:
        crowd = face_sets.load_ferplus(data, split, limit)
        rows = np.flatnonzero(np.isfinite(crowd.landmarks[:, 0, 0]))
        crowd.pictures = [crowd.pictures[k] for k in rows]
        crowd.to_picture, crowd.landmarks = crowd.to_picture[rows], crowd.landmarks[rows]
        sets.append(crowd)
    sets.append(face_sets.load_masked(data, split, limit))
    shares = [0.58, 0.3, 0.12] if len(sets) == 3 else [0.85, 0.15]
    return Sources(sets, shares, face_sets.load_scenes(data, split, limit).pictures)


def make_batches(
    sources: Sources, seed: int, hard: NDArray[np.floating] | None, steps: int = STEPS
) -> Iterator[Batch]:
    """The batches of one epoch."""
    rng = np.random.default_rng(seed)
    noise = np.clip(rng.normal(0, 16, (4 * SIDE, 4 * SIDE)), -127, 127).astype(np.int8)
    for _ in range(steps):
        drawn = [detector_pictures.draw_picture(sources, rng, noise, hard) for _ in range(BATCH)]
        pictures = np.stack([one.picture for one in drawn])[:, None]
        maps = [target_maps(one.places, SIDE, SIDE) for one in drawn]
        yield Batch(pictures, np.stack(maps))


def _work(
    data: Path, limit: int | None, first_epoch: int, queue: multiprocessing.Queue, out: Path
) -> None:
    """Body of the worker: epochs without end; a None closes each."""
    cv2.setNumThreads(1)
    sources = load_sources(data, limit)
    steps = STEPS if limit is None else 2
    epoch = first_epoch
    while True:
        hard = np.load(out / HARD) if (out / HARD).exists() else None
        for batch in chain(make_batches(sources, 5000 + epoch, hard, steps), [None]):
            if not hand_over(batch, queue):
                return
        epoch += 1


def padded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its right and lower edges repeated up to a multiple of 32."""
    height, width = picture.shape
    below, right = -height % MULTIPLE, -width % MULTIPLE
    return cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE)


def mine(network: DetectorNetwork, scenes: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Places of scenes that the network takes for faces: rows of scene, x, y, spread in pixels."""
    found = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for k, scene in enumerate(scenes):
            out = network(normalise(padded(scene)[None, None]))
            heat, place = out["heat"][0, 0].float().numpy(), out["place"][0].float().numpy()
            for row, column in np.argwhere(heat > FOOLED):
                dx, dy, size = place[:3, row, column]
                spread = STRIDE * float(np.exp(np.clip(size, -1, 3)))
                x, y = STRIDE * (column + 0.5 + dx), STRIDE * (row + 0.5 + dy)
                found.append((k, x, y, spread))
    return np.array(found, np.float32).reshape(-1, 4)


def validate(network: DetectorNetwork, batches: list[Batch]) -> dict[str, float]:
    """Mean parts of the loss on pictures made of the validation split."""
    sums: dict[str, float] = {}
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches:
            raw = network.raw(normalise(batch.pictures))
            parts = detector_network.losses(raw, torch.from_numpy(batch.targets))
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + float(value) / len(batches)
    return sums


def run(data: Path, out: Path, plan: Plan, *, resume: bool, limit: int | None, log: Log) -> Path:
    """Train in this process; see `train`."""
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    trainer = DetectorTrainer(plan)
    if resume and checkpoint.exists():
        trainer.load(checkpoint)
        log(f"going on after epoch {trainer.epoch}, {trainer.seconds / 60:.1f} min")
    else:
        (out / HARD).unlink(missing_ok=True)
    log(f"{count_parameters(trainer.network):,} parameters")
    scenes = face_sets.load_scenes(data, face_sets.TRAIN, limit).pictures
    held_out = list(make_batches(load_sources(data, limit, face_sets.VALIDATION), 1, None, 6))
    with BatchWorker(data, limit, trainer.epoch, _work, (out,)) as worker:
        while plan.progress(trainer.epoch, trainer.seconds) < 1.0:
            parts = run_epoch(trainer, worker, STEPS)
            kept = validate(trainer.average, held_out)
            trainer.save(checkpoint)
            mined = ""
            if trainer.epoch % MINE_EVERY == 0:
                started = time.monotonic()
                hard = mine(trainer.average, scenes)
                np.save(out / HARD, hard)
                mined = f"{len(hard)} places fool it ({time.monotonic() - started:.0f} s)"
            shown = " ".join(f"{name}={parts[name]:.3f}/{kept[name]:.3f}" for name in parts)
            log(f"epoch {trainer.epoch} {trainer.seconds / 60:.1f} min {shown} {mined}".rstrip())
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
    """Train the detector and return its checkpoint; arguments as for the face network.

    glibc reads its allocator settings when a process starts, so unless this one has them the
    training runs in a process of its own.
    """
    if environment.is_ready():
        plan = Plan(epochs or DEFAULT_EPOCHS, minutes, PEAK_RATE)
        return run(data, out, plan, resume=resume, limit=limit, log=log)
    arguments = [str(data), str(out), *(["--resume"] if resume else [])]
    for name, value in (("epochs", epochs), ("minutes", minutes), ("limit", limit)):
        arguments += [f"--{name}", str(value)] if value is not None else []
    environment.run_training("emocare.learning.train_detector", arguments, log)
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
    given = vars(parser.parse_args())

    def log(line: str) -> None:
        print(line, flush=True)

    train(**given, log=log)


if __name__ == "__main__":
    main()
