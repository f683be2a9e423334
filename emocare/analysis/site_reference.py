"""A clinic's own reference: what is typical for each feature there, from its own sessions (3.4).

Means and standard deviations are taken between persons, one session each, in the transformed
unit of the feature. A feature that was measured too seldom, or hardly differs between people,
keeps its provisional values and says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from emocare.analysis.config import PROVISIONAL, AnalysisConfig
from emocare.analysis.reference import FeatureReference, load_reference, reference_sha256
from emocare.domain.errors import InputError
from emocare.domain.summary import Feature, ModelRef

MIN_SESSIONS = 30
"""Fewest sessions behind a table, and behind each of its features (section 3.4)."""
MIN_SPREAD = 0.25
"""Smallest standard deviation, as a share of the provisional one, that is taken over: with less,
one yawn would be ten standard deviations [engineering]."""
LARGE_SHIFT = 1.0
"""A mean so many provisional standard deviations away asks for a look [engineering]."""
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class SiteFeature:
    """One row of a site's table.

    Attributes:
        n: Sessions in which it was measured.
        mu, sigma: Mean and standard deviation in the transformed unit; None where the
            provisional values stay.
        reason: Why they stay, None where the site's own are used.
    """

    n: int
    mu: float | None
    sigma: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SiteReference:
    """A table with everything that it holds for.

    Attributes:
        id: "site-guided-v1"; the name every result computed with it carries.
        protocol: The task its sessions were recorded with.
        models: The networks that read them.
        method_sha256: Of the analysis that was used, see ``method_sha256``.
        sessions: Number of sessions, one for each person.
        built_at: ISO 8601, with zone.
        built_by: Who built it.
        features: Every feature.
    """

    id: str
    protocol: str
    models: tuple[ModelRef, ...]
    method_sha256: str
    sessions: int
    built_at: str
    built_by: str
    features: Mapping[str, SiteFeature]

    @property
    def values(self) -> dict[str, tuple[float, float]]:
        """Feature -> (mu, sigma) as ``AnalysisConfig.reference_values`` takes them."""
        return {
            name: (row.mu, row.sigma) for name, row in self.features.items()
            if row.mu is not None and row.sigma is not None
        }  # fmt: skip

    @property
    def table_sha256(self) -> str:
        """The fingerprint of the table as results and reports print it."""
        config = AnalysisConfig(self.protocol, self.id, self.values)
        return reference_sha256(config)

    def fits(self, protocol: str, models: Sequence[ModelRef]) -> bool:
        """Whether it may be used: the same task, the same networks, the same analysis."""
        return (
            self.protocol == protocol and self.models == tuple(models)
            and self.method_sha256 == method_sha256(AnalysisConfig(protocol=protocol))
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The content of its file, with the fingerprint of that content."""
        content = {"schema": SCHEMA, "table_sha256": self.table_sha256, **asdict(self)}
        content["models"] = [asdict(model) for model in self.models]
        return {**content, "sha256": _sha256(content)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SiteReference:
        """The table that ``to_dict`` wrote.

        Raises:
            InputError: It was changed since, or is none.
        """
        content = {name: value for name, value in values.items() if name != "sha256"}
        if values.get("schema") != SCHEMA or values.get("sha256") != _sha256(content):
            raise InputError("its fingerprint is not that of its content")
        try:
            return cls(
                id=content["id"], protocol=content["protocol"],
                models=tuple(ModelRef(**model) for model in content["models"]),
                method_sha256=content["method_sha256"], sessions=content["sessions"],
                built_at=content["built_at"], built_by=content["built_by"],
                features={n: SiteFeature(**row) for n, row in content["features"].items()},
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise InputError(f"a part is missing ({error})") from error


def method_sha256(config: AnalysisConfig) -> str:
    """The hash of an analysis without its reference and without the mark of a wrong person."""
    bare = replace(config, reference=PROVISIONAL, reference_values=None, wrong_person=False)
    return bare.hash


def estimate(sessions: Sequence[Mapping[str, Feature]]) -> dict[str, SiteFeature]:
    """Mean and standard deviation (n - 1) of every feature over sessions of different people."""
    shipped = load_reference(AnalysisConfig())
    found = {}
    for name, row in shipped.items():
        raw = [one[name].value for one in sessions if name in one]
        known = np.array([value for value in raw if value is not None], dtype=float)
        found[name] = _row(row, row.transformed(known))
    return found


def _row(shipped: FeatureReference, values: np.ndarray[Any, np.dtype[np.float64]]) -> SiteFeature:
    n = len(values)
    if n < MIN_SESSIONS:
        return SiteFeature(n, None, None, f"Measured in {n} sessions, {MIN_SESSIONS} are needed.")
    mu, sigma = float(np.mean(values)), float(np.std(values, ddof=1))
    if sigma < MIN_SPREAD * shipped.sigma:
        reason = f"These people hardly differ in it (standard deviation {sigma:.3g})."
        return SiteFeature(n, None, None, reason)
    return SiteFeature(n, mu, sigma)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One feature of a site's table beside the provisional one, in the feature's own unit.

    Attributes:
        mean, sd: Of the site; None where the provisional values stay.
        shift: Difference of the means in provisional standard deviations; + means worse.
        spread: Site's standard deviation over the provisional one, in the transformed unit.
        reason: Why the provisional values stay.
    """

    feature: str
    name: str
    n: int
    mean: float | None
    sd: float | None
    provisional_mean: float
    provisional_sd: float
    shift: float | None
    spread: float | None
    reason: str | None

    @property
    def large(self) -> bool:
        """Whether the site lies far from what was assumed."""
        return self.shift is not None and abs(self.shift) > LARGE_SHIFT


def compare(site: SiteReference) -> list[Comparison]:
    """Every feature beside the provisional table."""
    shipped = load_reference(AnalysisConfig())
    own = load_reference(AnalysisConfig(site.protocol, site.id, site.values))
    found = []
    for feature, row in site.features.items():
        old, new = shipped[feature], own[feature]
        used = row.mu is not None
        found.append(Comparison(
            feature, old.name, row.n, new.raw_mean if used else None,
            new.raw_sd if used else None, old.raw_mean, old.raw_sd,
            old.sign * (new.mu - old.mu) / old.sigma if used else None,
            new.sigma / old.sigma if used else None, row.reason,
        ))  # fmt: skip
    return found


def _sha256(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
