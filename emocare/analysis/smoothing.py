"""Time-based filters over irregular time stamps. Nothing is carried across a pause."""

from __future__ import annotations

import numpy as np

from emocare.analysis.clock import Flags, Floats, stretches

BLOCK = 16384
"""Rows gathered at a time, so that hours of readings need no more memory than minutes."""


def sliding_median(t_s: Floats, values: Floats, width_s: float, gap_s: float) -> Floats:
    """Centred running median over ``width_s`` seconds.

    Args:
        t_s: (T,) increasing times.
        values: (T,) with NaN where nothing was measured; NaN rows stay NaN and take no part.
        width_s: Full width of the window.
        gap_s: Windows do not reach across a pause between measured rows longer than this.

    Returns:
        (T,) medians.
    """
    result = np.full(len(t_s), np.nan)
    measured = np.flatnonzero(np.isfinite(values))
    if len(measured) == 0:
        return result
    t, x = t_s[measured], values[measured]
    stretch = stretches(t, gap_s)
    slack = 1e-9
    low = np.maximum(
        np.searchsorted(t, t - width_s / 2 - slack), np.searchsorted(stretch, stretch)
    )
    high = np.minimum(
        np.searchsorted(t, t + width_s / 2 + slack, side="right"),
        np.searchsorted(stretch, stretch, side="right"),
    )
    smooth = np.empty(len(t))
    for start in range(0, len(t), BLOCK):
        part = slice(start, start + BLOCK)
        smooth[part] = _medians(x, low[part], high[part])
    result[measured] = smooth
    return result


def _medians(x: Floats, low: np.ndarray, high: np.ndarray) -> Floats:
    """Median of ``x[low[i]:high[i]]`` for each i; the windows are never empty."""
    count = high - low
    offsets = np.arange(int(count.max()))
    inside = offsets[None, :] < count[:, None]
    gathered = np.where(inside, x[np.minimum(low[:, None] + offsets, len(x) - 1)], np.inf)
    gathered.sort(axis=1)
    rows = np.arange(len(count))
    middle: Floats = (gathered[rows, (count - 1) // 2] + gathered[rows, count // 2]) / 2
    return middle


def resample(t_s: Floats, values: Floats, grid_s: Floats, gap_s: float) -> Floats:
    """Linear interpolation onto a grid, NaN in pauses.

    Args:
        t_s: (T,) increasing times.
        values: (T,) with NaN where nothing was measured.
        grid_s: (G,) increasing times.
        gap_s: Two measured rows further apart than this are not joined.

    Returns:
        (G,) values.
    """
    measured = np.isfinite(values)
    if measured.sum() < 2:
        return np.full(len(grid_s), np.nan)
    t, x = t_s[measured], values[measured]
    after = np.clip(np.searchsorted(t, grid_s - 1e-9), 1, len(t) - 1)
    near = t[after] - t[after - 1] <= gap_s
    inside = (grid_s >= t[0] - 1e-9) & (grid_s <= t[-1] + 1e-9)
    return np.where(near & inside, np.interp(grid_s, t, x), np.nan)


def low_pass(values: Floats, rate_hz: float, cut_hz: float) -> Floats:
    """Gaussian low-pass of an even series with NaN gaps, zero phase, -3 dB at ``cut_hz``.

    Gaps stay NaN; beside a gap the kernel is renormalised over what is there.
    """
    sigma_s = np.sqrt(np.log(2) / 2) / (np.sqrt(2) * np.pi * cut_hz)
    reach = int(np.ceil(4 * sigma_s * rate_hz))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / rate_hz / sigma_s) ** 2)
    usable = np.isfinite(values)
    if not usable.any():
        return np.array(values)
    total = _convolve(np.where(usable, values, 0.0), kernel)
    weight = _convolve(usable.astype(np.float64), kernel)
    return np.where(usable, total / np.where(usable, weight, 1.0), np.nan)


def band_pass(values: Floats, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Keeps ``low_hz`` to ``high_hz`` of an even series, per stretch without a gap.

    The line through a stretch's ends is taken away first, so slow movement does not leak in.
    Stretches shorter than two periods of ``low_hz`` become NaN.
    """
    result = np.full(len(values), np.nan)
    usable = np.isfinite(values)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], usable, [False]]).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        n = end - start
        if n < 2 * rate_hz / low_hz:
            continue
        x = values[start:end]
        x = x - np.linspace(x[0], x[-1], n)
        spectrum = np.fft.rfft(x)
        frequency = np.fft.rfftfreq(n, 1 / rate_hz)
        spectrum[(frequency < low_hz) | (frequency > high_hz)] = 0
        result[start:end] = np.fft.irfft(spectrum, n)
    return result


def speed(series: Floats, rate_hz: float) -> Floats:
    """Norm of the central difference of an even series (G, K), units per second; NaN at gaps."""
    result = np.full(len(series), np.nan)
    if len(series) > 2:
        result[1:-1] = np.linalg.norm(series[2:] - series[:-2], axis=1) * rate_hz / 2
    return result


def _convolve(x: Floats, kernel: Floats) -> Floats:
    reach = len(kernel) // 2
    return np.convolve(x, kernel)[reach : reach + len(x)]


def finite_rows(series: Floats) -> Flags:
    """(G,) True where every column of ``series`` (G, K) is finite."""
    return np.asarray(np.isfinite(series).all(axis=1))
