"""Hand-made summaries of recordings, with as much in them as the headline looks at."""

from __future__ import annotations

from emocare.domain.severity import SeverityEstimate, SeverityModel
from emocare.domain.summary import (
    Band,
    BaselineInfo,
    BehaviourIndex,
    Events,
    Gate,
    GateDecision,
    GateMetrics,
    GateReason,
    Severity,
    SourceInfo,
    Summary,
)


def recording(
    decision: GateDecision, face: Band | None,
    network: tuple[float, float, float, float] | None = None,
) -> Summary:  # fmt: skip
    """A recording with this gate decision and face band (None: no index).

    Args:
        network: Probabilities of the sequence network, None without one.
    """
    reasons = () if decision is GateDecision.RELIABLE else (
        GateReason("valid_s", 22.0, 60.0, "22 of 60 s. Stay in the picture.", decision),
    )
    index = None
    if face is not None:
        index = BehaviourIndex(50.0, (40.0, 60.0), face, None, (), 12, 6.0, "provisional-v0")
    return Summary(
        source=SourceInfo("a.mp4", None, 60.0, 1800, 1800, 0, False),
        models=(),
        config={},
        gate=Gate(decision, reasons, GateMetrics(22.0, 0.41, 0.3, 150.0, 28.0, 0.0)),
        expressions_mean=None,
        expressions_dominant=None,
        action_units={},
        dimensions={},
        dimension_reasons={},
        features={},
        behaviour_index=index,
        index_reason=None if index is not None else "not measured",
        severity=Severity(None, "none", ()),
        events=Events(None, ()),
        baseline=BaselineInfo("estimated", ()),
        turned_away_fraction=None,
        severity_model=None if network is None
        else SeverityModel(SeverityEstimate(network), "Trained on simulated people."),
    )  # fmt: skip
