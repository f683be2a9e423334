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
