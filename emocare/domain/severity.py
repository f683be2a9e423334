"""Severity: the bands, and what the sequence network says of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """The four severity bands and the face's fifth answer."""

    NORMAL = "normal"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    INDETERMINATE = "indeterminate"


BANDS: tuple[Band, ...] = (Band.NORMAL, Band.MILD, Band.MODERATE, Band.SEVERE)
"""The four bands from low to high."""
BANDS_APART = 2
"""Sequence network and index contradict each other from so many bands on."""
LEAST_PROBABILITY = 0.60
"""Of the network's likeliest band; below it a face does not lead."""
FACE_INDETERMINATE = "FACE_INDETERMINATE"
"""Flag of a headline that is null because of such a doubt."""


@dataclass(frozen=True, slots=True)
class SeverityEstimate:
    """Severity as the sequence network puts it: a posterior under the model it was trained on.

    Attributes:
        probabilities: Of normal, mild, moderate, severe (the order of ``BANDS``); sum 1.
    """

    probabilities: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        if len(self.probabilities) != len(BANDS) or abs(sum(self.probabilities) - 1.0) > 1e-3:
            raise ValueError(f"expected 4 probabilities of sum 1, got {self.probabilities}")

    @property
    def band(self) -> Band:
        """The likeliest band."""
        return BANDS[self.probabilities.index(self.probability)]

    @property
    def probability(self) -> float:
        """Of the likeliest band."""
        return max(self.probabilities)

    def doubt(self, index_band: Band) -> str | None:
        """Why a face of this band may not lead by itself (clinical specification 3.7).

        Args:
            index_band: One of the four, of the facial behaviour index.

        Returns:
            A sentence for a person; None where the network raises no doubt.
        """
        if abs(BANDS.index(self.band) - BANDS.index(index_band)) >= BANDS_APART:
            return (
                f"The facial index says {index_band} and the sequence network {self.band}, "
                f"{BANDS_APART} bands or more apart, so the face alone gives no band."
            )
        if self.probability < LEAST_PROBABILITY:
            return (
                f"The sequence network gives its likeliest band, {self.band}, a probability of "
                f"{self.probability:.2f}, below {LEAST_PROBABILITY:.2f}, so the face alone gives "
                "no band."
            )
        return None


@dataclass(frozen=True, slots=True)
class AttendedMoment:
    """A stretch that weighed much on the severity.

    Attributes:
        start_s: Begin on the media clock.
        end_s: End.
        share: Its share of all attention, 0..1.
    """

    start_s: float
    end_s: float
    share: float


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """What the sequence networks leave in a summary beside the dimensions.

    Attributes:
        estimate: Probabilities of the four bands.
        origin: What the networks were trained on, as a sentence for people.
        moments: Stretches that weighed most, most attended first.
        models: Identifiers of the sequence networks among ``Summary.models``.
    """

    estimate: SeverityEstimate
    origin: str
    moments: tuple[AttendedMoment, ...] = ()
    models: tuple[str, ...] = ()
