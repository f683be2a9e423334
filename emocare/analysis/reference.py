"""The reference table: what is typical for each feature, and the way from a value to z and u."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emocare.analysis.config import AnalysisConfig
from emocare.domain.errors import InputError

CLIPPED_MEAN = 0.132853
"""Mean of clip(z / 3, 0, 1) for z ~ N(0, 1): what a typical person scores from noise alone."""
CLIPPED_SD = 0.193980
"""Standard deviation of the same."""


@dataclass(frozen=True, slots=True)
class FeatureReference:
    """What is typical for one feature, between persons, per session (section 3.4).

    Attributes:
        name: Word of the specification, such as "smile_time".
        transform: "asin_sqrt" for proportions, "ln" for speeds and rates, or "identity".
        eps: Added before the logarithm so that zero has a value.
        sign: +1 or -1, so that a positive z means worse.
        mu: Mean in the transformed unit.
        sigma: Standard deviation in the transformed unit.
    """

    name: str
    transform: str
    eps: float
    sign: int
    mu: float
    sigma: float

    def transformed(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """T(value), any shape; NaN stays NaN."""
        if self.transform == "asin_sqrt":
            return np.arcsin(np.sqrt(np.clip(value, 0.0, 1.0)))
        return np.log(value + self.eps) if self.transform == "ln" else value

    def z(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance from typical in standard deviations, any shape; + means worse."""
        return self.sign * (self.transformed(value) - self.mu) / self.sigma

    @property
    def raw_mean(self) -> float:
        """The reference mean in the feature's own unit."""
        if self.transform == "asin_sqrt":
            return math.sin(self.mu) ** 2
        return math.exp(self.mu) - self.eps if self.transform == "ln" else self.mu

    @property
    def raw_sd(self) -> float:
        """The reference standard deviation in the feature's own unit (delta method)."""
        if self.transform == "asin_sqrt":
            return abs(math.sin(2 * self.mu)) * self.sigma
        return math.exp(self.mu) * self.sigma if self.transform == "ln" else self.sigma


Reference = Mapping[str, FeatureReference]


def load_reference(config: AnalysisConfig) -> Reference:
    """The table ``config`` names: the shipped one, with the site's own mu and sigma if given.

    Raises:
        InputError: The site's values name an unknown feature or a sigma that is not positive.
    """
    shipped = _shipped()
    if config.reference_values is None:
        return shipped
    table = dict(shipped)
    for name, (mu, sigma) in config.reference_values.items():
        if name not in table or not sigma > 0:
            raise InputError(
                f"Reference {config.reference!r}: expected a known feature and sigma > 0, "
                f"got {name!r} with sigma {sigma}."
            )
        old = table[name]
        table[name] = FeatureReference(old.name, old.transform, old.eps, old.sign, mu, sigma)
    return table


def reference_sha256(config: AnalysisConfig) -> str:
    """SHA-256 (hex) of the table ``config`` names, over its rows as sorted JSON."""
    rows = {name: asdict(row) for name, row in load_reference(config).items()}
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


@cache
def _shipped() -> Reference:
    text = Path(__file__).with_name("reference_v0.json").read_text(encoding="utf-8")
    return {name: FeatureReference(**row) for name, row in json.loads(text)["features"].items()}


def composite_reference(weights: Mapping[str, float]) -> tuple[float, float]:
    """Mean and SD of 100 sum w u / sum w in typical people, whose z are N(0, 1).

    Independence of the features is assumed, so the SD is a lower bound [engineering].
    """
    total = sum(weights.values())
    spread = math.sqrt(sum(w * w for w in weights.values())) / total
    return 100 * CLIPPED_MEAN, 100 * CLIPPED_SD * spread
