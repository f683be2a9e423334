"""Batches of augmented crops, made by one worker process while the trainer computes."""

from __future__ import annotations

import multiprocessing
import queue as queues
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import augment, face_sets
from emocare.learning.recipe import ACTION_UNITS, SIZE

BATCH = 128
AHEAD = 12
"""Finished batches kept waiting: enough to ride out a pause, little memory."""
BLINK = ACTION_UNITS.index("au45")


@dataclass(frozen=True, slots=True)
class Draw:
    """What to draw from: the set, how often per epoch, and how it is changed."""

    faces: face_sets.FaceSet
    rows: NDArray[np.intp]
    off_face: bool = False
    closing: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures (N, 1, SIZE, SIZE) uint8 and target rows (N, 172) float32."""

    pictures: NDArray[np.uint8]
    targets: NDArray[np.float32]


def load_draws(data: Path, limit: int | None) -> list[Draw]:
    """Load the training splits of every collection and say how each is drawn."""
    ferplus = face_sets.load_ferplus(data, face_sets.TRAIN, limit)
    useful = np.isfinite(ferplus.presence) | np.isfinite(ferplus.expressions[:, 0])
    heads = face_sets.load_faces(data, face_sets.TRAIN, limit)
    masked = face_sets.load_masked(data, face_sets.TRAIN, limit)
    scenes = face_sets.load_scenes(data, face_sets.TRAIN, limit)
    everyone = np.arange(len(heads))
    closed = np.flatnonzero((heads.action_units[:, BLINK] > 0.35) | (heads.gaze_down > 0.4))
    return [
        Draw(ferplus, np.flatnonzero(useful)),
        Draw(heads, everyone, closing=0.15),
        Draw(heads, closed),
        Draw(heads, everyone[::12], closing=1.0),
        Draw(masked, np.arange(len(masked))),
        Draw(scenes, np.arange(len(scenes))),
        Draw(heads, everyone[::6], off_face=True),
    ]


def epoch_plan(draws: list[Draw], rng: np.random.Generator) -> NDArray[np.intp]:
    """All (draw, row) pairs of an epoch (M, 2) in random order, the last batch filled up."""
    pairs = [np.stack([np.full(len(d.rows), k), d.rows], axis=1) for k, d in enumerate(draws)]
    plan = rng.permutation(np.concatenate(pairs))
    spare = -len(plan) % BATCH
    return np.concatenate([plan, plan[rng.integers(0, len(plan), spare)]])


def make_batches(draws: list[Draw], seed: int) -> Iterator[Batch]:
    """Make the batches of one epoch."""
    rng = np.random.default_rng(seed)
    noise = np.clip(rng.normal(0, 16, (4 * SIZE, 4 * SIZE)), -127, 127).astype(np.int8)
    plan = epoch_plan(draws, rng)
    for start in range(0, len(plan), BATCH):
        pictures = np.empty((BATCH, 1, SIZE, SIZE), np.uint8)
        targets = np.empty((BATCH, augment.TARGET_WIDTH), np.float32)
        for k, (which, row) in enumerate(plan[start : start + BATCH]):
            source = draws[which]
            example = augment.Example.of(source.faces, int(row))
            pictures[k, 0], targets[k] = augment.draw(
                example, rng, noise, off_face=source.off_face, closing=source.closing
            )
        yield Batch(pictures, targets)


def _work(data: Path, limit: int | None, first_epoch: int, queue: multiprocessing.Queue) -> None:
    """Body of the worker: epochs without end; a None closes each."""
    cv2.setNumThreads(1)
    draws = load_draws(data, limit)
    epoch = first_epoch
    while True:
        for batch in chain(make_batches(draws, seed=1000 + epoch), [None]):
            if not hand_over(batch, queue):
                return
        epoch += 1


def hand_over(batch: Batch | None, queue: multiprocessing.Queue) -> bool:
    """Wait for room in the queue; False when the trainer is gone, so that no orphan stays."""
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        try:
            queue.put(batch, timeout=5.0)
        except queues.Full:
            continue
        return True
    return False


class BatchWorker:
    """Owns the worker process; use as a context manager."""

    def __init__(
        self,
        data: Path,
        limit: int | None,
        first_epoch: int,
        work: Callable[..., None] = _work,
        further: tuple[object, ...] = (),
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._queue: multiprocessing.Queue = context.Queue(AHEAD)
        arguments = (data, limit, first_epoch, self._queue, *further)
        self._process = context.Process(target=work, args=arguments, daemon=True)

    def __enter__(self) -> BatchWorker:
        self._process.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.join()

    def epoch(self) -> Iterator[Batch]:
        """Batches until the end of the epoch."""
        while (batch := self._queue.get()) is not None:
            yield batch
