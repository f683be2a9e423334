"""A scored questionnaire as plain JSON values, exactly as ``score --json`` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.domain.records import ScoreResult
from emocare.domain.summary import Band


def score_to_dict(result: ScoreResult) -> dict[str, Any]:
    """The result in the shape of ``score --json``; what was not measured is null."""
    change = result.change
    return {
        "instrument": result.instrument,
        "total": result.total,
        "band": None if result.band is None else result.band.value,
        "native_band": result.native_band,
        "prorated": result.prorated,
        "possible_range": list(result.possible_range),
        "band_uncertain": result.band_uncertain,
        "alerts": list(result.alerts),
        "change": None if change is None else {**change, "flags": list(change["flags"])},
        "screen_positive": result.screen_positive,
        "algorithm": result.algorithm,
    }


def score_from_dict(data: Mapping[str, Any]) -> ScoreResult:
    """The inverse of ``score_to_dict``: ``score_from_dict(score_to_dict(r)) == r``."""
    low, high = data["possible_range"]
    return ScoreResult(
        instrument=data["instrument"],
        total=data["total"],
        band=None if data["band"] is None else Band(data["band"]),
        native_band=data["native_band"],
        prorated=data["prorated"],
        possible_range=(low, high),
        band_uncertain=data["band_uncertain"],
        alerts=tuple(data["alerts"]),
        change=data["change"],
        screen_positive=data["screen_positive"],
        algorithm=data["algorithm"],
    )
