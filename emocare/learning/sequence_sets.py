"""Simulated people as the sequence networks are given them: seconds, truth, padded batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emocare.domain.summary import BANDS
from emocare.simulation.effects import Cohort, Split, load_effects
from emocare.simulation.latent import own_unit
from emocare.simulation.oracle import oracle
from emocare.simulation.session import simulate
from emocare.temporal.tokens import FEATURES, tokenise

Floats = NDArray[np.floating]
Log = Callable[[str], None]
CHUNK = 50


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """Sessions end to end.

    Attributes:
        offset: (N + 1,) rows of session i are offset[i] to offset[i + 1].
        values: (R, F) float32 seconds in the order of ``FEATURES``.
        z: (R, 6) float32 true dimensions in the middle of the second, in standard deviations.
        mean_z: (R, 6) float32 true mean so far, of the own unit, turned back into those of z.
        theta: (N,) latent severity.
        band: (N,) its band.
        oracle: (N, 4) posterior of the bands given the true course of the dimensions.
        age, female: (N,) years and sex, for figures by group.
    """

    offset: NDArray[np.int64]
    values: NDArray[np.float32]
    z: NDArray[np.float32]
    mean_z: NDArray[np.float32]
    theta: Floats
    band: NDArray[np.int64]
    oracle: Floats
    age: Floats
    female: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.theta)

    def rows(self, session: int) -> slice:
        """Rows of one session."""
        return slice(int(self.offset[session]), int(self.offset[session + 1]))


def load_set(
    cohort: Cohort, split: Split, folder: Path, log: Log, people: int | None = None,
    workers: int = 2,
) -> SequenceSet:  # fmt: skip
    """Simulates a split, or reads it where it was simulated from the same effect sizes before.

    Args:
        folder: Where it is kept.
        people: Only the first; None for all.
        workers: Processes.
    """
    effects = load_effects(cohort)
    count = people or effects.people(split)
    path = folder / f"{cohort.value}-{split.value}-{count}-{effects.sha256[:12]}.npz"
    if not path.is_file():
        log(f"simulating {count} people: {cohort.value}, {split.value}")
        folder.mkdir(parents=True, exist_ok=True)
        parts = _simulate_all(cohort, split, count, workers)
        waiting = path.with_suffix(".part.npz")
        with waiting.open("wb") as file:
            np.savez(file, allow_pickle=False, **parts)
        waiting.rename(path)
    with np.load(path) as stored:
        return SequenceSet(**{name: stored[name] for name in stored.files})


def _simulate_all(
    cohort: Cohort, split: Split, count: int, workers: int
) -> dict[str, NDArray[np.generic]]:
    starts = range(0, count, CHUNK)
    jobs = [(cohort, split, range(k, min(k + CHUNK, count))) for k in starts]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            parts = list(pool.map(_simulate_some, jobs))
    else:
        parts = [_simulate_some(job) for job in jobs]
    rows = [row for part in parts for row in part]
    length = [len(row["values"]) for row in rows]
    joined = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    return {"offset": np.concatenate([[0], np.cumsum(length)]).astype(np.int64), **joined}


def _simulate_some(
    job: tuple[Cohort, Split, range],
) -> list[dict[str, NDArray[np.generic]]]:
    cohort, split, numbers = job
    return [_one(cohort, split, number) for number in numbers]


def _one(cohort: Cohort, split: Split, number: int) -> dict[str, NDArray[np.generic]]:
    effects = load_effects(cohort)
    scale = effects.tables["scale"]
    made = simulate(cohort, split, number)
    tokens = tokenise(made.readings)
    rows = np.clip(((tokens.t_s - 0.5) * 30.0).astype(np.int64), 0, len(made.course.z) - 1)
    z = made.course.z[rows]
    mean = np.cumsum(own_unit(z, scale), axis=0) / np.arange(1, len(z) + 1)[:, None]
    return {
        "values": tokens.values, "z": z.astype(np.float32),
        "mean_z": standardised(mean, scale).astype(np.float32),
        "theta": np.array([made.person.theta]),
        "band": np.array([BANDS.index(made.person.band)]),
        "oracle": oracle(made.course, effects)[None],
        "age": np.array([made.person.age]), "female": np.array([made.person.sex == "f"]),
    }  # fmt: skip


def standardised(values: Floats, scale: dict[str, float]) -> Floats:
    """(..., 6) own units back into standard deviations: the inverse of ``own_unit``."""
    z = np.empty_like(values)
    signed = np.clip(values[..., :2], -0.9999, 0.9999)
    z[..., :2] = np.arctanh(signed) / scale["signed_slope"]
    share = np.clip(values[..., 2:] / 100.0, 1e-4, 1.0 - 1e-4)
    z[..., 2:] = (np.log(share / (1.0 - share)) - scale["percent_shift"]) / scale["percent_slope"]
    return z


@dataclass(frozen=True, slots=True)
class Batch:
    """Sessions padded at the end to one length.

    Attributes:
        values: (B, T, F) float32.
        here: (B, T) True where the session has a second.
        sessions: (B,) numbers of the sessions.
        z, mean_z: (B, T, 6) float32.
    """

    values: NDArray[np.float32]
    here: NDArray[np.bool_]
    sessions: NDArray[np.int64]
    z: NDArray[np.float32]
    mean_z: NDArray[np.float32]


def batch_of(data: SequenceSet, sessions: Sequence[int]) -> Batch:
    """The sessions side by side."""
    longest = max(int(data.offset[s + 1] - data.offset[s]) for s in sessions)
    count = len(sessions)
    values = np.zeros((count, longest, len(FEATURES)), np.float32)
    here = np.zeros((count, longest), bool)
    z, mean_z = np.zeros((2, count, longest, 6), np.float32)
    for k, session in enumerate(sessions):
        rows = data.rows(session)
        length = rows.stop - rows.start
        values[k, :length], here[k, :length] = data.values[rows], True
        z[k, :length], mean_z[k, :length] = data.z[rows], data.mean_z[rows]
    return Batch(values, here, np.array(sessions, np.int64), z, mean_z)


def batches(
    data: SequenceSet, size: int, rng: np.random.Generator | None
) -> Iterator[Batch]:
    """All sessions once, those of like length together; in random order with ``rng``."""
    length = np.diff(data.offset).astype(np.float64)
    if rng is not None:
        length += rng.uniform(0.0, 20.0, len(length))
    order = np.argsort(length, kind="stable")
    groups = [order[k : k + size] for k in range(0, len(order), size)]
    if rng is not None:
        rng.shuffle(groups)
    for group in groups:
        yield batch_of(data, [int(s) for s in group])
