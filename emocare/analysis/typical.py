"""What is typical for each dimension before anything was measured: the band behind a live panel."""

from __future__ import annotations

from collections.abc import Mapping

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.estimates import typical_range
from emocare.analysis.measures import FEATURES
from emocare.analysis.reference import load_reference
from emocare.domain.summary import DIMENSIONS, Feature

NOT_YET = Feature(None, None, None, "Nothing was measured yet.")


def typical_ranges(config: AnalysisConfig) -> Mapping[str, tuple[float, float] | None]:
    """Name -> the middle 90 % of the reference with every feature at hand; None without one."""
    reference, features = load_reference(config), dict.fromkeys(FEATURES, NOT_YET)
    return {name: typical_range(name, features, reference, config) for name in DIMENSIONS}
