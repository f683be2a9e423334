"""Summary to the shape of ``summary.json`` and back, without loss. NaN never appears."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from emocare.domain.errors import InputError
from emocare.domain.quality import QualityMeasure, measures_to_dict
from emocare.domain.severity import AttendedMoment, SeverityEstimate, SeverityModel
from emocare.domain.summary import (
    BANDS,
    NO_SEQUENCE_NETWORK,
    ActionUnitSummary,
    Band,
    BaselineInfo,
    BehaviourIndex,
    Driver,
    Estimate,
    Event,
    Events,
    EventType,
    Feature,
    Gate,
    GateDecision,
    GateMetrics,
    GateReason,
    ModelRef,
    PersonChange,
    Severity,
    SourceInfo,
    Summary,
)

SCHEMA = 1
NO_FRAME = "No frame could be measured."
NO_UNIT = "Not measured in this recording."
NO_QUALITY = "Analysed before the measures were kept: analyse the stored readings again."


def summary_to_dict(summary: Summary) -> dict[str, Any]:
    """The JSON object of ``summary.json``: plain values, null with a reason beside it.

    Raises:
        ValueError: A number is NaN or infinite, which would be a fault of the analysis.
    """
    units = {k: None if u is None else asdict(u) for k, u in summary.action_units.items()}
    expressions: dict[str, Any] = {
        "mean": None if summary.expressions_mean is None else dict(summary.expressions_mean),
        "dominant": summary.expressions_dominant,
    }
    if summary.expressions_mean is None:
        expressions["reason"] = NO_FRAME
    found = {
        "schema": SCHEMA,
        "source": asdict(summary.source),
        "models": [asdict(model) for model in summary.models],
        "config": dict(summary.config),
        "gate": _gate_to_dict(summary.gate),
        "expressions": expressions,
        "action_units": units,
        "action_unit_reasons": {k: NO_UNIT for k, u in units.items() if u is None},
        "dimensions_model": None if summary.dimensions_model is None
        else _estimates_to_dict(summary.dimensions_model),
        "dimensions_model_reason": summary.model_reason,
        "severity_model": _severity_model_to_dict(summary.severity_model),
        "dimensions": _estimates_to_dict(summary.dimensions),
        "dimension_reasons": dict(summary.dimension_reasons),
        "behaviour_index": _index_to_dict(summary.behaviour_index),
        "behaviour_index_reason": summary.index_reason,
        "severity": {
            "band": summary.severity.band, "source": summary.severity.source,
            "flags": list(summary.severity.flags), "reason": summary.severity.reason,
        },
        "events": {
            "blinks_per_min": summary.events.blinks_per_min,
            "blinks_reason": summary.events.blinks_reason,
            "list": [asdict(event) for event in summary.events.list],
        },
        "features": {k: asdict(feature) for k, feature in summary.features.items()},
        "baseline": asdict(summary.baseline),
        "turned_away_fraction": summary.turned_away_fraction,
        "quality": measures_to_dict(summary.quality) if summary.quality else None,
        "quality_reason": None if summary.quality else NO_QUALITY,
        "person_changes": [asdict(change) for change in summary.person_changes],
        "left_out_s": summary.left_out_s,
    }  # fmt: skip
    plain: dict[str, Any] = _plain(found, "summary")
    return plain


def summary_from_dict(values: Mapping[str, Any]) -> Summary:
    """The summary that ``summary_to_dict`` wrote.

    Raises:
        InputError: It was written in another schema, or a part is missing.
    """
    if values.get("schema") != SCHEMA:
        raise InputError(
            f"Summary: expected schema {SCHEMA}, got {values.get('schema')!r}. "
            "Update Emo-Care, or re-analyse the stored readings."
        )
    try:
        return _summary(values)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"Summary: a part is missing or malformed ({error}).") from error


def _summary(values: Mapping[str, Any]) -> Summary:
    expressions, severity, events = values["expressions"], values["severity"], values["events"]
    model = values.get("dimensions_model")
    return Summary(
        source=SourceInfo(**values["source"]),
        models=tuple(ModelRef(**model) for model in values["models"]),
        config=values["config"],
        gate=_gate(values["gate"]),
        expressions_mean=expressions["mean"],
        expressions_dominant=expressions["dominant"],
        action_units={
            k: None if u is None else ActionUnitSummary(**u)
            for k, u in values["action_units"].items()
        },
        dimensions=_estimates(values["dimensions"]),
        dimension_reasons=values["dimension_reasons"],
        features={k: Feature(**feature) for k, feature in values["features"].items()},
        behaviour_index=_index(values["behaviour_index"]),
        index_reason=values["behaviour_index_reason"],
        severity=Severity(
            None if severity["band"] is None else Band(severity["band"]),
            severity["source"], tuple(severity["flags"]), severity.get("reason"),
        ),
        events=Events(
            events["blinks_per_min"], tuple(_event(event) for event in events["list"]),
            events["blinks_reason"],
        ),
        baseline=BaselineInfo(values["baseline"]["method"], tuple(values["baseline"]["flags"])),
        turned_away_fraction=values["turned_away_fraction"],
        quality=tuple(
            QualityMeasure(name, **measure)
            for name, measure in (values.get("quality") or {}).items()
        ),
        person_changes=tuple(PersonChange(**c) for c in values.get("person_changes", ())),
        left_out_s=values.get("left_out_s", 0.0),
        dimensions_model=None if model is None else _estimates(model),
        severity_model=_severity_model(values.get("severity_model")),
        model_reason=values.get("dimensions_model_reason", NO_SEQUENCE_NETWORK),
    )  # fmt: skip


def _estimates_to_dict(estimates: Mapping[str, Estimate | None]) -> dict[str, Any]:
    return {k: None if e is None else asdict(e) for k, e in estimates.items()}


def _estimates(values: Mapping[str, Any]) -> dict[str, Estimate | None]:
    return {k: None if e is None else Estimate(**e) for k, e in values.items()}


def _severity_model_to_dict(model: SeverityModel | None) -> dict[str, Any] | None:
    if model is None:
        return None
    estimate = model.estimate
    return {
        "probabilities": dict(zip(BANDS, estimate.probabilities, strict=True)),
        "band": estimate.band, "probability": estimate.probability, "origin": model.origin,
        "moments": [asdict(moment) for moment in model.moments], "models": list(model.models),
    }  # fmt: skip


def _severity_model(values: Mapping[str, Any] | None) -> SeverityModel | None:
    if values is None:
        return None
    normal, mild, moderate, severe = (values["probabilities"][band] for band in BANDS)
    return SeverityModel(
        SeverityEstimate((normal, mild, moderate, severe)), values["origin"],
        tuple(AttendedMoment(**moment) for moment in values["moments"]),
        tuple(values["models"]),
    )  # fmt: skip


def _gate_to_dict(gate: Gate) -> dict[str, Any]:
    return {
        "decision": gate.decision,
        "reasons": [asdict(reason) for reason in gate.reasons],
        "metrics": asdict(gate.metrics),
        "excluded_s": dict(gate.excluded),
    }


def _gate(values: Mapping[str, Any]) -> Gate:
    return Gate(
        GateDecision(values["decision"]),
        tuple(
            GateReason(**{**reason, "level": GateDecision(reason["level"])})
            for reason in values["reasons"]
        ),
        GateMetrics(**values["metrics"]),
        values["excluded_s"],
    )


def _index_to_dict(index: BehaviourIndex | None) -> dict[str, Any] | None:
    if index is None:
        return None
    return {
        "value": index.value, "ci90": index.ci90, "band": index.band,
        "band_probabilities": index.band_probabilities,
        "drivers": [asdict(driver) for driver in index.drivers],
        "windows": index.windows, "ess": index.ess, "reference": index.reference,
    }  # fmt: skip


def _index(values: Mapping[str, Any] | None) -> BehaviourIndex | None:
    if values is None:
        return None
    given = dict(values)
    given["band"] = Band(given["band"])
    given["drivers"] = tuple(Driver(**driver) for driver in given["drivers"])
    for name in ("ci90", "band_probabilities"):
        given[name] = None if given[name] is None else tuple(given[name])
    return BehaviourIndex(**given)


def _event(values: Mapping[str, Any]) -> Event:
    return Event(**{**values, "type": EventType(values["type"])})


def _plain(value: Any, where: str) -> Any:
    """JSON values only: str for enumerations, list for tuples, float for numpy numbers."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v, f"{where}.{k}") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, f"{where}[{i}]") for i, v in enumerate(value)]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where}: expected a finite number, got {value}")
        return float(value)
    return value
