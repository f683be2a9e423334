"""What the sequence network says of severity, and when it takes the headline from the face."""

from __future__ import annotations

import pytest

from emocare.domain.severity import BANDS, Band, SeverityEstimate

Four = tuple[float, float, float, float]


def peaked(band: Band, top: float = 0.7) -> SeverityEstimate:
    """This band with this probability, the others equal."""
    shares = [(1 - top) / 3] * 4
    shares[BANDS.index(band)] = top
    normal, mild, moderate, severe = shares
    return SeverityEstimate((normal, mild, moderate, severe))


def test_the_likeliest_band_and_its_probability() -> None:
    estimate = SeverityEstimate((0.1, 0.2, 0.45, 0.25))
    assert (estimate.band, estimate.probability) == (Band.MODERATE, 0.45)


@pytest.mark.parametrize("probabilities", [(0.5, 0.5, 0.5, 0.5), (0.25, 0.25, 0.25, 0.0)])
def test_probabilities_sum_to_one(probabilities: Four) -> None:
    with pytest.raises(ValueError, match="sum 1"):
        SeverityEstimate(probabilities)


@pytest.mark.parametrize("index", BANDS)
@pytest.mark.parametrize("network", BANDS)
def test_two_bands_apart_is_doubt(index: Band, network: Band) -> None:
    why = peaked(network).doubt(index)
    apart = abs(BANDS.index(index) - BANDS.index(network)) >= 2
    assert (why is not None) is apart
    assert why is None or (index in why and network in why)


@pytest.mark.parametrize(
    ("top", "doubted"), [(0.59, True), (0.5999, True), (0.60, False), (0.61, False)]
)
def test_under_sixty_percent_is_doubt(top: float, doubted: bool) -> None:
    why = peaked(Band.MILD, top).doubt(Band.MILD)
    assert (why is not None) is doubted
    assert why is None or "below 0.60" in why
