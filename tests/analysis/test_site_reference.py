"""A site's own reference: estimated between persons, compared, kept with its fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.reference import load_reference, reference_sha256
from emocare.analysis.site_reference import (
    MIN_SESSIONS,
    SiteReference,
    compare,
    estimate,
    method_sha256,
)
from emocare.domain.errors import InputError
from emocare.domain.summary import Feature, ModelRef

MODELS = (ModelRef("face", "1.0.0", "ab" * 32),)


def people(values: dict[str, list[float | None]]) -> list[dict[str, Feature]]:
    """One session of each person; features not named were not measured."""
    count = max(len(v) for v in values.values())
    empty = dict.fromkeys(load_reference(AnalysisConfig()), Feature(None, None, None, "no"))
    return [
        {**empty, **{name: Feature(v[i], None, None) for name, v in values.items() if i < len(v)}}
        for i in range(count)
    ]


def spread_about(name: str, mu: float, sigma: float, count: int = 400) -> list[float | None]:
    """Raw values whose transform is normal with this mean and SD."""
    drawn = np.random.default_rng(3).normal(mu, sigma, count)
    row = load_reference(AnalysisConfig())[name]
    if row.transform == "asin_sqrt":
        return [float(np.sin(t) ** 2) for t in drawn]
    return [float(np.exp(t) - row.eps) for t in drawn]


def site(**changes: object) -> SiteReference:
    built = SiteReference(
        "site-guided-v1", "guided", MODELS, method_sha256(AnalysisConfig(protocol="guided")), 400,
        "2026-11-25T10:00:00+00:00", "Dr Test",
        estimate(people({"f1": spread_about("f1", 0.5, 0.1), "f5": spread_about("f5", 1.9, 0.3)})),
    )  # fmt: skip
    return replace(built, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "mu", "sigma"), [("f1", 0.5, 0.1), ("f5", 1.9, 0.3)])
def test_mean_and_sd_are_those_of_the_people_in_the_transformed_unit(
    name: str, mu: float, sigma: float
) -> None:
    row = estimate(people({name: spread_about(name, mu, sigma, 4000)}))[name]
    assert row.n == 4000 and row.reason is None
    assert row.mu == pytest.approx(mu, abs=0.01)
    assert row.sigma == pytest.approx(sigma, rel=0.05)


def test_the_sd_is_that_of_a_sample() -> None:
    row = estimate(people({"f8": [0.0, 1.0] * (MIN_SESSIONS // 2)}))["f8"]
    assert row.mu == 0.5
    assert row.sigma == pytest.approx(np.std([0.0, 1.0] * (MIN_SESSIONS // 2), ddof=1))


def test_what_was_measured_too_seldom_keeps_its_provisional_values() -> None:
    values: list[float | None] = [0.1 * i for i in range(MIN_SESSIONS - 1)]
    row = estimate(people({"f8": [*values, None]}))["f8"]
    assert (row.n, row.mu, row.reason) == (29, None, "Measured in 29 sessions, 30 are needed.")
    assert estimate(people({"f8": [*values, 0.0]}))["f8"].mu is not None


def test_what_hardly_differs_between_people_keeps_its_provisional_values() -> None:
    row = estimate(people({"f13": [0.0] * 39 + [0.01]}))["f13"]
    assert row.n == 40 and row.mu is None and "hardly differ" in (row.reason or "")


def test_a_table_names_only_what_is_its_own() -> None:
    assert set(site().values) == {"f1", "f5"}
    config = AnalysisConfig("guided", site().id, site().values)
    assert site().table_sha256 == reference_sha256(config)
    assert load_reference(config)["f2"] == load_reference(AnalysisConfig())["f2"]
    assert config.tau == 5.0 and AnalysisConfig("free", site().id, site().values).tau == 8.0


def test_it_goes_through_its_file_and_comes_back_equal() -> None:
    text = json.dumps(site().to_dict(), allow_nan=False)
    assert SiteReference.from_dict(json.loads(text)) == site()


@pytest.mark.parametrize(
    "change",
    [{"sessions": 31}, {"id": "site-guided-v2"}, {"schema": 2}, {"sha256": "00"}, {"more": 1}],
)
def test_a_changed_file_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match="fingerprint"):
        SiteReference.from_dict({**site().to_dict(), **change})


def test_a_changed_number_is_refused() -> None:
    told = site().to_dict()
    told["features"]["f1"] = {**told["features"]["f1"], "mu": 0.9}
    with pytest.raises(InputError, match="fingerprint"):
        SiteReference.from_dict(told)


def test_it_fits_the_same_task_networks_and_analysis_only() -> None:
    assert site().fits("guided", MODELS)
    assert not site().fits("free", MODELS)
    assert not site().fits("guided", (replace(MODELS[0], version="1.0.1"),))
    assert not site(method_sha256="00").fits("guided", MODELS)


def test_the_method_does_not_depend_on_the_reference_but_on_every_threshold() -> None:
    own = AnalysisConfig("guided", site().id, site().values, wrong_person=True)
    assert method_sha256(own) == method_sha256(AnalysisConfig(protocol="guided"))
    assert method_sha256(replace(own, smile_level=0.4)) != method_sha256(own)


def test_the_comparison_says_how_far_and_which_way() -> None:
    rows = {row.feature: row for row in compare(site())}
    smile, speed, down = rows["f1"], rows["f5"], rows["f7"]
    # More smiling and quicker heads than assumed: on the side that does not mean worse.
    assert smile.shift == pytest.approx(-(0.5 - 0.40) / 0.14, abs=0.1)
    assert speed.shift == pytest.approx(-(1.9 - 1.79) / 0.40, abs=0.1)
    assert smile.spread == pytest.approx(0.1 / 0.14, abs=0.1)
    assert smile.mean == pytest.approx(np.sin(0.5) ** 2, abs=0.02)
    assert (down.mean, down.shift) == (None, None) and down.reason is not None
    assert not smile.large
    far = compare(site(features=estimate(people({"f1": spread_about("f1", 0.7, 0.1)}))))
    assert {row.feature for row in far if row.large} == {"f1"}
