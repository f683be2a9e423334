"""From a value to z and u with the provisional reference (section 3.4)."""

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.measures import FEATURES
from emocare.analysis.reference import composite_reference, load_reference, reference_sha256
from emocare.domain.errors import InputError


def z_of(name: str, value: float) -> float:
    return float(load_reference(AnalysisConfig())[name].z(np.array([value]))[0])


def test_every_feature_has_a_reference() -> None:
    assert set(load_reference(AnalysisConfig())) == set(FEATURES)


@pytest.mark.parametrize(
    ("perclos", "z", "u"),
    [(0.061, 0.0, 0.0), (0.10, 1.03, 0.34), (0.122, 1.53, 0.51), (0.20, 3.05, 1.0)],
)
def test_perclos_anchors(perclos: float, z: float, u: float) -> None:
    found = z_of("f10", perclos)
    assert found == pytest.approx(z, abs=0.02)
    assert np.clip(found / 3, 0, 1) == pytest.approx(u, abs=0.005)


def test_less_smiling_is_worse_and_more_looking_down_too() -> None:
    assert z_of("f1", 0.0) == pytest.approx(0.40 / 0.14)
    assert z_of("f1", 0.5) < 0
    assert z_of("f7", 0.5) > 0
    assert z_of("f4", 0.01) > 0 > z_of("f4", 0.5)


def test_zero_rates_have_a_value() -> None:
    for name in FEATURES:
        assert np.isfinite(z_of(name, 0.0)), name


@pytest.mark.parametrize("name", FEATURES)
def test_the_raw_mean_has_z_zero_and_one_raw_sd_about_one(name: str) -> None:
    reference = load_reference(AnalysisConfig())[name]
    assert z_of(name, reference.raw_mean) == pytest.approx(0.0, abs=1e-6)
    step = reference.raw_sd / 100
    assert abs(z_of(name, reference.raw_mean + step)) == pytest.approx(0.01, rel=0.05)


def test_a_site_reference_replaces_only_what_it_names() -> None:
    config = AnalysisConfig(reference="site", reference_values={"f1": (0.5, 0.2)})
    table = load_reference(config)
    assert (table["f1"].mu, table["f1"].sigma, table["f1"].sign) == (0.5, 0.2, -1)
    assert table["f2"] == load_reference(AnalysisConfig())["f2"]


@pytest.mark.parametrize("values", [{"f99": (0.5, 0.2)}, {"f1": (0.5, 0.0)}])
def test_a_senseless_site_reference_is_refused(values: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(InputError, match="known feature and sigma"):
        load_reference(AnalysisConfig(reference="site", reference_values=values))


def test_typical_people_score_thirteen_from_noise_alone() -> None:
    weights = {"a": 0.45, "b": 0.2, "c": 0.35}
    z = np.random.default_rng(0).standard_normal((200_000, 3))
    scores = 100 * np.clip(z / 3, 0, 1) @ np.array([*weights.values()])
    mean, sd = composite_reference(weights)
    assert mean == pytest.approx(scores.mean(), abs=0.1)
    assert sd == pytest.approx(scores.std(), abs=0.1)


def test_the_hash_names_the_values() -> None:
    shipped = reference_sha256(AnalysisConfig())
    own = reference_sha256(AnalysisConfig(reference="site-1", reference_values={"f1": (0.5, 0.1)}))
    assert len(shipped) == 64 and own != shipped
    assert shipped == reference_sha256(AnalysisConfig(protocol="guided"))
