"""Training of the face detector from scratch on a CPU, resumable after every epoch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emocare.learning import (
    detector_network,
    detector_pictures,
    environment,
    face_sets,
    training,
)
from emocare.learning.batches import Batch, BatchWorker, EpochMaker
from emocare.learning.detector_maps import target_maps
from emocare.learning.detector_network import DetectorNetwork
from emocare.learning.detector_pictures import SIDE, Sources
from emocare.learning.detector_recipe import MEAN, MULTIPLE, STD, STRIDE
from emocare.learning.face_trunk import count_parameters
from emocare.learning.training import Log, Losses, Plan, Trainer

BATCH = 32
STEPS = 200
"""Batches of an epoch; pictures are made anew each time, so an epoch is only a pace."""
DEFAULT_EPOCHS = 40
CHECKPOINT = "detector.pt"
HARD = "hard.npy"
MINE_EVERY = 4
"""Epochs between two searches for scenes that fool the network."""
FOOLED = 0.15
"""Heat from which a place without a face counts as one that fools it."""


def loss(network: nn.Module, batch: Batch) -> Losses:
    """The parts of the loss of one batch."""
    with torch.autocast("cpu", torch.bfloat16):
        raw = network.raw(normalise(batch.pictures))
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


def prepare(out: Path, data: Path, limit: int | None) -> EpochMaker:
    """Load the collections; the result makes the batches of an epoch from its seed."""
    return partial(make_epoch, load_sources(data, limit), out, STEPS if limit is None else 2)


def make_epoch(sources: Sources, out: Path, steps: int, seed: int) -> Iterator[Batch]:
    """The batches of one epoch, with what was last found to fool the network among them."""
    hard = np.load(out / HARD) if (out / HARD).exists() else None
    return make_batches(sources, 4000 + seed, hard, steps)


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
    trainer = Trainer(DetectorNetwork, plan, STEPS)
    if resume and checkpoint.exists():
        trainer.resume(checkpoint, log)
    else:
        (out / HARD).unlink(missing_ok=True)
    log(f"{count_parameters(trainer.network):,} parameters")
    scenes = face_sets.load_scenes(data, face_sets.TRAIN, limit).pictures
    held_out = list(make_batches(load_sources(data, limit, face_sets.VALIDATION), 1, None, 6))
    with BatchWorker(data, limit, trainer.epoch, partial(prepare, out)) as worker:
        while trainer.progress < 1.0:
            parts = trainer.run_epoch(worker.epoch(), loss)
            kept = validate(trainer.average, held_out)
            trainer.save(checkpoint)
            mined = ""
            if trainer.epoch % MINE_EVERY == 0:
                started = time.monotonic()
                hard = mine(trainer.average, scenes)
                np.save(out / f"part-{HARD}", hard)
                (out / f"part-{HARD}").replace(out / HARD)
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
    """Train the detector and return its checkpoint; arguments as for the face network."""
    if environment.is_ready():
        plan = Plan(epochs or DEFAULT_EPOCHS, minutes)
        return run(data, out, plan, resume=resume, limit=limit, log=log)
    given = {"epochs": epochs, "minutes": minutes, "limit": limit}
    words = [str(data), str(out), *training.as_arguments(resume, given)]
    training.run_apart("train_detector", words, log)
    return out / CHECKPOINT


if __name__ == "__main__":
    train(**training.parse_arguments(__doc__), log=training.say)
