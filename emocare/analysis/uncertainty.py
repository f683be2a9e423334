"""How sure a session's number is, from how its windows vary (section 3.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig

Z90 = 1.645
"""Half-width of a 90 % interval in standard deviations, as written in the specification."""
MAX_PHI = 0.9


@dataclass(frozen=True, slots=True)
class Spread:
    """How the window series varies.

    Attributes:
        windows: Number of valid windows N.
        r1: Lag-one correlation over adjacent windows; None with fewer than six windows.
        phi: The same corrected for small samples, 0..0.9; None likewise.
        ess: Effective sample size, at least 2; None likewise.
        half_width: h, half-width of the 90 % interval of the mean; None likewise.
    """

    windows: int
    r1: float | None
    phi: float | None
    ess: float | None
    half_width: float | None


def spread(series: Floats, adjacent: Flags, config: AnalysisConfig) -> Spread:
    """r1, phi, ESS and h of an AR(1) series of windows (section 3.5).

    Args:
        series: (N,) value of each valid window.
        adjacent: (N-1,) whether a window and the next are neighbours in one task.
        config: Fewest windows.
    """
    n = len(series)
    if n < config.min_windows:
        return Spread(n, None, None, None, None)
    y = series - series.mean()
    power = float(y @ y)
    flat = power <= 1e-18 * max(1.0, float(series @ series))
    r1 = 0.0 if flat else float((y[:-1] * y[1:])[adjacent].sum()) / power
    phi = float(np.clip((n * r1 + 1) / (n - 4), 0.0, MAX_PHI))
    ess = max(2.0, n * (1 - phi) / (1 + phi))
    variance = 0.0 if flat else power / n / (1 - 1 / ess)
    return Spread(n, r1, phi, ess, t_quantile(0.95, ess - 1) * math.sqrt(variance / ess))


def with_model(half_width: float, tau: float) -> float:
    """H = sqrt(h^2 + (1.645 tau)^2)."""
    return math.hypot(half_width, Z90 * tau)


def band_probabilities(
    value: float, half_width: float, edges: tuple[float, float, float]
) -> tuple[float, float, float, float]:
    """P(band) of normal, mild, moderate, severe from Normal(value, H / 1.645)."""
    sd = half_width / Z90
    below = [normal_cdf((edge - value) / sd) for edge in edges]
    return below[0], below[1] - below[0], below[2] - below[1], 1.0 - below[2]


def normal_cdf(x: float) -> float:
    """P(Z <= x) of the standard normal distribution."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t for any df > 0 and 0 < p < 1, to about 1e-10.

    Found by bisection on the distribution function, which is the regularised incomplete beta
    function of df / (df + t^2).
    """
    if not (0.0 < p < 1.0 and df > 0):
        raise ValueError(f"expected 0 < p < 1 and df > 0, got p {p} and df {df}")
    if p < 0.5:
        return -t_quantile(1.0 - p, df)
    low, high = 0.0, 1.0
    while _t_cdf(high, df) < p:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def _t_cdf(t: float, df: float) -> float:
    """P(T <= t) for t >= 0."""
    return 1.0 - 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _beta_fraction(a, b, x) / a
    return 1.0 - math.exp(log_front) * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (modified Lentz)."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    result = d
    for m in range(1, 500):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + top * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + top / c
            c = c if abs(c) > tiny else tiny
            result *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return result
