"""A scored questionnaire as plain JSON values, exactly as ``score --json`` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.domain.records import ScaleScore, ScoreResult
from emocare.domain.summary import Band


def score_to_dict(result: ScoreResult) -> dict[str, Any]:
    """The result in the shape of ``score --json``; what was not measured is null."""
    change = result.change
    told: dict[str, Any] = {
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
    if result.scales:
        told["scales"] = {scale.name: _scale_to_dict(scale) for scale in result.scales}
    return told


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
        scales=tuple(_scale_from_dict(name, scale)
                     for name, scale in data.get("scales", {}).items()),
    )  # fmt: skip


def _scale_to_dict(scale: ScaleScore) -> dict[str, Any]:
    return {
        "total": scale.total,
        "band": None if scale.band is None else scale.band.value,
        "native_band": scale.native_band,
        "prorated": scale.prorated,
        "possible_range": list(scale.possible_range),
        "band_uncertain": scale.band_uncertain,
    }


def _scale_from_dict(name: str, data: Mapping[str, Any]) -> ScaleScore:
    low, high = data["possible_range"]
    return ScaleScore(
        name=name, total=data["total"],
        band=None if data["band"] is None else Band(data["band"]),
        native_band=data["native_band"], prorated=data["prorated"], possible_range=(low, high),
        band_uncertain=data["band_uncertain"],
    )  # fmt: skip
