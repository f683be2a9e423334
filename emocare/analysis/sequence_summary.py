"""What the sequence networks say joins the summary of the same recording."""

from __future__ import annotations

import math
from dataclasses import replace

from emocare.analysis.summarise import severity_of
from emocare.domain.sequence import MIN_MEASURED_S, SequenceReading
from emocare.domain.severity import SeverityModel
from emocare.domain.summary import DIMENSIONS, Estimate, GateDecision, Summary

TOO_SHORT = f"Fewer than {MIN_MEASURED_S:.0f} s were measured, too few for the sequence networks."

UNRELIABLE = "The face could not be measured reliably."


def refusal(summary: Summary) -> str | None:
    """Why the sequence networks may say nothing of this recording; None where they may."""
    if summary.gate.decision is GateDecision.UNRELIABLE:
        return summary.index_reason or UNRELIABLE
    return None


def with_sequence(summary: Summary, reading: SequenceReading | None) -> Summary:
    """The summary with what the sequence networks say; pure.

    Args:
        summary: Of the readings alone.
        reading: Of the rows of the person measured; None with too few of them.
    """
    if reading is None:
        return replace(summary, model_reason=TOO_SHORT)
    normal, mild, moderate, severe = (float(p) for p in reading.severity.probabilities)
    estimate = replace(reading.severity, probabilities=(normal, mild, moderate, severe))
    return replace(
        summary, models=(*summary.models, *reading.models),
        dimensions_model={name: _finite(reading.session.get(name)) for name in DIMENSIONS},
        severity_model=SeverityModel(
            estimate, reading.origin, tuple(reading.moments),
            tuple(model.id for model in reading.models),
        ),
        model_reason=None,
        severity=severity_of(summary.gate.decision, summary.behaviour_index, estimate),
    )  # fmt: skip


def _finite(estimate: Estimate | None) -> Estimate | None:
    """An estimate in plain numbers; None where nothing was measured."""
    if estimate is None or not math.isfinite(estimate.value):
        return None
    low, high = estimate.low, estimate.high
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return Estimate(float(estimate.value), None, None)
    return Estimate(float(estimate.value), float(low), float(high))
