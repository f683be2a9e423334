"""The t quantile and the AR(1) interval against published and specified numbers (section 3.5)."""

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.uncertainty import (
    Spread,
    band_probabilities,
    normal_cdf,
    spread,
    t_quantile,
    with_model,
)

CONFIG = AnalysisConfig()
TEST_SERIES = np.array(
    [28, 30, 35, 33, 29, 31, 36, 38, 34, 30, 27, 29, 33, 35, 31, 30, 32, 34], dtype=float
)


@pytest.mark.parametrize(
    ("p", "df", "t"),
    [(0.95, 1, 6.313752), (0.95, 2, 2.919986), (0.95, 3, 2.353363), (0.95, 4, 2.131847),
     (0.95, 5, 2.015048), (0.95, 10, 1.812461), (0.95, 17, 1.739607), (0.95, 30, 1.697261),
     (0.95, 120, 1.657651), (0.95, 1e7, 1.644854), (0.975, 10, 2.228139), (0.995, 5, 4.032143),
     (0.90, 7, 1.414924)],
)  # fmt: skip
def test_t_quantile_agrees_with_the_printed_table(p: float, df: float, t: float) -> None:
    assert t_quantile(p, df) == pytest.approx(t, abs=1.1e-6)


def test_t_quantile_of_one_degree_is_the_cauchy_quantile() -> None:
    for p in (0.55, 0.75, 0.95, 0.999):
        assert t_quantile(p, 1) == pytest.approx(np.tan(np.pi * (p - 0.5)), rel=1e-9)


def test_t_quantile_of_two_degrees_has_a_closed_form() -> None:
    for p in (0.6, 0.9, 0.95, 0.99):
        a = 2 * p - 1
        assert t_quantile(p, 2) == pytest.approx(a * np.sqrt(2 / (1 - a * a)), rel=1e-9)


def test_t_quantile_falls_smoothly_between_whole_degrees() -> None:
    degrees = np.linspace(1, 30, 117)
    quantiles = [t_quantile(0.95, float(df)) for df in degrees]
    assert np.all(np.diff(quantiles) < 0)
    assert np.all(np.diff(quantiles, 2) > 0)


def test_t_quantile_is_symmetric_and_refuses_nonsense() -> None:
    assert t_quantile(0.05, 4.2) == -t_quantile(0.95, 4.2)
    assert t_quantile(0.5, 4.2) == pytest.approx(0.0, abs=1e-12)
    for p, df in ((0.0, 3), (1.0, 3), (0.9, 0)):
        with pytest.raises(ValueError, match="expected"):
            t_quantile(p, df)


def test_normal_cdf() -> None:
    assert normal_cdf(0.0) == 0.5
    assert normal_cdf(1.644854) == pytest.approx(0.95, abs=1e-6)
    assert normal_cdf(-1.959964) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(
    ("tau", "half", "low", "high"), [(5.0, 8.75, 23.2, 40.7), (8.0, 13.49, 18.5, 45.4)]
)
def test_the_worked_example(tau: float, half: float, low: float, high: float) -> None:
    found = spread(TEST_SERIES, np.ones(17, bool), CONFIG)
    assert found.r1 == pytest.approx(0.373, abs=5e-4)
    assert found.phi == pytest.approx(0.551, abs=5e-4)
    assert found.ess == pytest.approx(5.21, abs=5e-3)
    assert found.half_width == pytest.approx(2.99, abs=5e-3)
    total = with_model(found.half_width or 0.0, tau)
    assert total == pytest.approx(half, abs=5e-3)
    assert (31.94 - total, 31.94 + total) == pytest.approx((low, high), abs=0.06)


@pytest.mark.parametrize(
    ("value", "sd", "expected"),
    [(50, 8, (0.001, 0.265, 0.704, 0.030)), (24, 5, (0.579, 0.421, 0.0, 0.0))],
)
def test_band_probabilities(value: float, sd: float, expected: tuple[float, ...]) -> None:
    chances = band_probabilities(value, 1.645 * sd, CONFIG.band_edges)
    assert chances == pytest.approx(expected, abs=5e-4)
    assert sum(chances) == pytest.approx(1.0)


def test_fewer_than_six_windows_give_nothing() -> None:
    found = spread(TEST_SERIES[:5], np.ones(4, bool), CONFIG)
    assert found == Spread(5, None, None, None, None)


def test_windows_that_do_not_vary() -> None:
    found = spread(np.full(12, 7.3), np.ones(11, bool), CONFIG)
    assert (found.r1, found.half_width) == (0.0, 0.0)
    assert found.phi == pytest.approx(1 / 8)


def test_only_neighbours_count_for_the_correlation() -> None:
    joined = spread(TEST_SERIES, np.ones(17, bool), CONFIG)
    broken = np.ones(17, bool)
    broken[8] = False
    y = TEST_SERIES - TEST_SERIES.mean()
    expected = (y[:-1] * y[1:])[broken].sum() / (y @ y)
    assert spread(TEST_SERIES, broken, CONFIG).r1 == pytest.approx(expected)
    assert spread(TEST_SERIES, broken, CONFIG).r1 != joined.r1


def test_the_interval_covers_like_the_specification_says() -> None:
    """N 36, phi 0.3: 89 % of 90 % intervals hold the mean, where a naive one holds far fewer."""
    rng = np.random.default_rng(4)
    held, naive = 0, 0
    for _ in range(600):
        noise = rng.standard_normal(60)
        y = np.zeros(60)
        for i in range(1, 60):
            y[i] = 0.3 * y[i - 1] + noise[i]
        y = y[-36:]
        half = spread(y, np.ones(35, bool), CONFIG).half_width or 0.0
        held += abs(y.mean()) <= half
        naive += abs(y.mean()) <= 1.645 * y.std() / 6
    assert 0.86 < held / 600 < 0.93
    assert naive < held
