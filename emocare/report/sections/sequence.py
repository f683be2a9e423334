"""What the sequence networks say, apart from the index and marked as what it is; file copy only."""

from __future__ import annotations

from reportlab.platypus import Flowable

from emocare.domain.severity import SeverityModel
from emocare.domain.summary import (
    DIMENSIONS,
    NO_SEQUENCE_NETWORK,
    Estimate,
    GateDecision,
    Summary,
)
from emocare.report import words
from emocare.report.blocks import columns, gap, head, heading, small, table, text, together
from emocare.report.charts import dimension_scale, probability_bars
from emocare.report.content import Audience, Report
from emocare.report.style import GUTTER, TEXT_WIDTH
from emocare.report.trajectories import SIGNED, limits

TITLE = "Sequence networks"
HALF = (TEXT_WIDTH - GUTTER) / 2
MEANING = (
    "Probabilities under the model of the simulation. They are no diagnosis, do not reassure, and "
    "never change a questionnaire's band or an alert."
)


def sequence(report: Report) -> list[Flowable]:
    """Six dimensions, four probabilities, attended moments and the networks themselves."""
    summary = report.summary
    if summary is None or report.audience is not Audience.FILE:
        return []
    model = summary.severity_model
    if model is None:
        return _nothing(summary)
    left: list[Flowable] = [_dimensions(summary)]
    right: list[Flowable] = [
        text("Severity, probability of each band", size=7.2, colour="muted"), gap(3),
        probability_bars(model.estimate, HALF), gap(4), text(_moments(model), size=7.6),
    ]  # fmt: skip
    networks = "; ".join(f"{m.id} {m.version}, SHA-256 {m.sha256}" for m in summary.sequence_models)
    return [together([
        heading(TITLE, model.origin), columns(left, right), gap(3), small(MEANING),
        small(f"Networks: {networks}.", size=6.6),
    ])]  # fmt: skip


def _nothing(summary: Summary) -> list[Flowable]:
    """Why they say nothing; not a word where there were none."""
    reason = summary.model_reason
    if reason is None or reason == NO_SEQUENCE_NETWORK:
        return []
    if summary.gate.decision is GateDecision.UNRELIABLE:
        reason = "no reliable face, for the reasons on page 1."
    return [together([heading(TITLE), text(f"{words.NOT_MEASURED.capitalize()}: {reason}")])]


def _dimensions(summary: Summary) -> Flowable:
    rows: list[list[object]] = [head("Dimension", "Value, 90 % interval", "Scale")]
    estimates = summary.dimensions_model or {}
    for name in DIMENSIONS:
        estimate = estimates.get(name)
        rows.append([
            text(name.capitalize(), size=7.6, bold=True),
            text(_value(name, estimate), size=7.6, colour="ink" if estimate else "muted"),
            dimension_scale(None, estimate, limits(name), 72),
        ])  # fmt: skip
    return table(rows, [58, HALF - 58 - 78, 78], [("VALIGN", (0, 1), (-1, -1), "MIDDLE")],
                 header=True, pad=1.6)  # fmt: skip


def _value(name: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return words.NOT_MEASURED
    decimals = 2 if name in SIGNED else 0
    value = words.number(estimate.value, decimals, sign=name in SIGNED)
    if estimate.low is None or estimate.high is None:
        return f"{value}, no interval"
    return f"{value}, {words.span(estimate.low, estimate.high, decimals)}"


def _moments(model: SeverityModel) -> str:
    """Where the severity came from, most attended first."""
    if not model.moments:
        return "No stretch stood out."
    listed = ", ".join(
        f"{words.duration(m.start_s)}–{words.duration(m.end_s)} ({words.percent(m.share)})"
        for m in model.moments
    )
    return f"Attended most, share of all attention: {listed}."
