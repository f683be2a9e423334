"""The configuration travels with results and comes back equal."""

import json
from dataclasses import replace

import pytest

from emocare.analysis.config import HASH_KEY, AnalysisConfig
from emocare.domain.errors import InputError


def test_goes_through_json_and_comes_back_equal() -> None:
    values = {"f1": (0.4, 0.1)}
    config = AnalysisConfig(protocol="guided", reference="site-2026", reference_values=values)
    text = json.dumps(config.to_dict(), allow_nan=False)
    assert AnalysisConfig.from_dict(json.loads(text)) == config


def test_hash_follows_every_value_and_is_stable() -> None:
    config = AnalysisConfig()
    assert config.hash == AnalysisConfig().hash
    assert replace(config, smile_level=0.36).hash != config.hash
    assert replace(config, gate={**config.gate, "fps": (14.0, 5.0)}).hash != config.hash


def test_the_stored_hash_is_not_a_field() -> None:
    stored = {**AnalysisConfig().to_dict(), HASH_KEY: "abc"}
    assert AnalysisConfig.from_dict(stored) == AnalysisConfig()


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(InputError, match="smile_levle"):
        AnalysisConfig.from_dict({"smile_levle": 0.4})


def test_unknown_protocol_and_reference_are_refused() -> None:
    with pytest.raises(InputError, match="Protocol"):
        AnalysisConfig(protocol="chat")
    with pytest.raises(InputError, match="not shipped"):
        AnalysisConfig(reference="site-2026")


def test_tau_is_small_only_with_a_site_reference_and_the_protocol() -> None:
    site = {"reference": "site-2026", "reference_values": {"f1": (0.4, 0.1)}}
    assert AnalysisConfig().tau == 8.0
    assert AnalysisConfig(protocol="guided").tau == 8.0
    assert AnalysisConfig(**site).tau == 8.0
    assert AnalysisConfig(protocol="guided", **site).tau == 5.0


def test_weights_are_those_of_the_specification() -> None:
    config = AnalysisConfig()
    assert sum(config.items.values()) == pytest.approx(1.0)
    for name, weights in config.dimensions.items():
        assert sum(weights.values()) == pytest.approx(1.0), name
