"""Seconds and stretches from time stamps: frames never count by their index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

SINGLE_FRAME_S = 0.04
"""What a lone frame, which has no interval, counts for."""


def durations(t_s: Floats, gap_s: float) -> Floats:
    """Seconds each frame stands for, (T,): up to the next frame, the last one the median.

    A pause counts for at most ``gap_s`` (or 2.5 median intervals at very low rates), so time in
    which no frame came is nobody's.
    """
    if len(t_s) < 2:
        return np.full(len(t_s), SINGLE_FRAME_S)
    steps = np.diff(t_s)
    usual = float(np.median(steps))
    return np.append(np.minimum(steps, max(gap_s, 2.5 * usual)), usual)


def frame_rate(t_s: Floats, gap_s: float) -> float:
    """Frames per second outside pauses longer than ``gap_s``; 0 with fewer than two frames.

    At rates whose usual interval is itself longer than ``gap_s`` nothing is a pause.
    """
    if len(t_s) < 2:
        return 0.0
    steps = np.diff(t_s)
    steps = steps[steps <= max(gap_s, 2.5 * float(np.median(steps)))]
    return float(len(steps) / steps.sum())


def stretches(t_s: Floats, gap_s: float) -> Ints:
    """(T,) number of the stretch without a pause longer than ``gap_s`` each frame is in."""
    if len(t_s) == 0:
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.cumsum(np.diff(t_s) > gap_s)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of frames in which something holds.

    Attributes:
        first: (R,) index of the first frame.
        last: (R,) index of the last frame.
        onset_s: (R,) half-way to the frame before, or the first frame where that is too far.
        offset_s: (R,) likewise towards the frame after.
        open_start: (R,) True where the frame before was seen, so the onset is known.
        open_end: (R,) True where the frame after was seen.
    """

    first: Ints
    last: Ints
    onset_s: Floats
    offset_s: Floats
    open_start: Flags
    open_end: Flags

    @property
    def length_s(self) -> Floats:
        """(R,) seconds."""
        return self.offset_s - self.onset_s

    def where(self, keep: Flags) -> Runs:
        """The runs where ``keep`` (R,) is True."""
        return Runs(self.first[keep], self.last[keep], self.onset_s[keep], self.offset_s[keep],
                    self.open_start[keep], self.open_end[keep])  # fmt: skip


def runs(t_s: Floats, holds: Flags, gap_s: float) -> Runs:
    """Runs of ``holds`` (T,) that no pause longer than ``gap_s`` interrupts.

    Edges lie half-way between the frames on either side, so that lengths do not depend on the
    frame rate: a single frame at 30 a second lasts 0.033 s.
    """
    if len(t_s) == 0 or not holds.any():
        none_i, none_f, none_b = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool)
        return Runs(none_i, none_i, none_f, none_f, none_b, none_b)
    breaks = np.diff(t_s) > gap_s
    joined = holds[1:] & holds[:-1] & ~breaks
    first = np.flatnonzero(holds & ~np.concatenate([[False], joined]))
    last = np.flatnonzero(holds & ~np.concatenate([joined, [False]]))
    apart_before = np.concatenate([[True], breaks])
    apart_after = np.concatenate([breaks, [True]])
    before = np.where(apart_before[first], first, first - 1)
    after = np.where(apart_after[last], last, last + 1)
    return Runs(
        first, last, (t_s[first] + t_s[before]) / 2, (t_s[last] + t_s[after]) / 2,
        ~apart_before[first], ~apart_after[last],
    )  # fmt: skip


def weighted_quantile(values: Floats, weights: Floats, q: float) -> float | None:
    """Quantile ``q`` of ``values`` (N,) held for ``weights`` seconds each; None without any."""
    usable = np.isfinite(values)
    if not usable.any():
        return None
    x, w = values[usable], weights[usable]
    order = np.argsort(x, kind="stable")
    middle = np.cumsum(w[order]) - w[order] / 2
    return float(np.interp(q * w.sum(), middle, x[order]))


def weighted_mean(values: Floats, weights: Floats) -> float | None:
    """Time-weighted mean of the finite ``values`` (N,); None without any.

    Sums here and elsewhere are numpy's own, not a product of matrices: those run in as many
    threads as happen to be free, and a recomputed summary must be equal to the last digit.
    """
    usable = np.isfinite(values)
    if not usable.any():
        return None
    return float((values[usable] * weights[usable]).sum() / weights[usable].sum())


def weighted_rows_mean(rows: Floats, weights: Floats) -> Floats | None:
    """(K,) time-weighted mean of the rows of (N, K) that are finite; None without any."""
    usable = np.isfinite(rows).all(axis=1)
    if not usable.any():
        return None
    w = weights[usable]
    return np.asarray((rows[usable] * w[:, None]).sum(axis=0) / w.sum())


def share(holds: Flags, usable: Flags, weights: Floats) -> float | None:
    """Share of the usable time in which ``holds``; None without usable time."""
    total = float(weights[usable].sum())
    return float(weights[usable & holds].sum()) / total if total > 0 else None
