"""Readings to summary: the one pure function behind live, upload and recompute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emocare.analysis.analysed import Analysis, analyse
from emocare.analysis.clock import (
    Flags,
    durations,
    weighted_mean,
    weighted_quantile,
    weighted_rows_mean,
)
from emocare.analysis.config import HASH_KEY, AnalysisConfig
from emocare.analysis.estimates import estimate_dimensions
from emocare.analysis.picture_quality import recording_quality
from emocare.analysis.signals import Signals
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.severity import FACE_INDETERMINATE, SeverityEstimate
from emocare.domain.summary import (
    BANDS,
    ActionUnitSummary,
    BehaviourIndex,
    Events,
    GateDecision,
    ModelRef,
    Severity,
    SourceInfo,
    Summary,
)

FACE_UNRELIABLE = "FACE_UNRELIABLE_USE_QUESTIONNAIRE"
QUESTIONNAIRE_REQUIRED = "QUESTIONNAIRE_REQUIRED"


def summarise(
    readings: Readings, config: AnalysisConfig, source: SourceInfo, models: Sequence[ModelRef]
) -> Summary:
    """The meaning of a recording, from its readings alone.

    Args:
        readings: All rows; may be empty. Excluded ones count as a gap.
        config: Thresholds and constants, stored in the summary with their hash.
        source: Where the readings came from.
        models: Networks that took part.

    Returns:
        The summary. Index and dimensions are None with reasons when the gate says unreliable.
    """
    left_out_s = excluded_by_hand(readings, config)
    readings = readings.kept()
    found = analyse(readings, config, source.bitrate_kbps)
    index = None if found.unusable else found.index.index
    mean = _expressions(found.signals)
    dimensions = estimate_dimensions(found, config)
    blink = found.features["f15"]
    return Summary(
        source=source, models=tuple(models),
        config={**config.to_dict(), HASH_KEY: config.hash},
        gate=found.gate, expressions_mean=mean,
        expressions_dominant=None if mean is None else max(mean, key=mean.__getitem__),
        action_units=_units(found.signals, config),
        dimensions={name: one.estimate for name, one in dimensions.items()},
        dimension_reasons={n: d.reason for n, d in dimensions.items() if d.reason is not None},
        features=found.features, behaviour_index=index,
        index_reason=found.unusable or found.index.reason,
        severity=severity_of(found.gate.decision, index),
        events=Events(blink.value, found.moves.events, blink.reason),
        baseline=found.signals.baseline.info, turned_away_fraction=_turned_away(readings, found),
        quality=recording_quality(readings, (source.width_px, source.height_px), config),
        person_changes=found.signals.person.changes, left_out_s=left_out_s,
    )  # fmt: skip


def excluded_by_hand(readings: Readings, config: AnalysisConfig) -> float:
    """Seconds of the rows that the clinician left out."""
    return round(float(durations(readings["t_s"], config.gap_s)[readings.excluded].sum()), 2)


def severity_of(
    decision: GateDecision, index: BehaviourIndex | None, model: SeverityEstimate | None = None
) -> Severity:
    """The headline of the face alone, before any questionnaire (section 3.7).

    Args:
        model: What the sequence network says; a doubt of it keeps the face from leading.
    """
    if decision is GateDecision.UNRELIABLE:
        return Severity(None, "none", (FACE_UNRELIABLE, QUESTIONNAIRE_REQUIRED))
    if index is None or index.band not in BANDS:
        return Severity(None, "none", (QUESTIONNAIRE_REQUIRED,))
    doubt = None if model is None else model.doubt(index.band)
    if doubt is not None:
        return Severity(None, "none", (FACE_INDETERMINATE, QUESTIONNAIRE_REQUIRED), doubt)
    return Severity(index.band, "face_provisional", ())


def _task_rows(signals: Signals) -> Flags:
    """Measured rows outside the neutral baseline; with nothing else, the baseline's."""
    rows = signals.ok & ~signals.baseline_rows
    return rows if bool(rows.any()) else signals.ok


def _expressions(signals: Signals) -> dict[str, float] | None:
    """Time-weighted mean of the uncorrected probabilities."""
    rows = _task_rows(signals)
    mean = weighted_rows_mean(signals.plain_expressions[rows], signals.dt_s[rows])
    if mean is None:
        return None
    return dict(zip(EXPRESSIONS, mean.tolist(), strict=True))


def _units(signals: Signals, config: AnalysisConfig) -> dict[str, ActionUnitSummary | None]:
    """Mean, 90th percentile and active share of every AU'; None where not measured."""
    rows = _task_rows(signals)
    weights = signals.dt_s[rows]
    found: dict[str, ActionUnitSummary | None] = {}
    for name in ACTION_UNITS:
        values = signals.unit(name)[rows]
        level = config.smile_level if name == "au12" else config.active_level
        active = np.where(np.isfinite(values), values >= level, np.nan)
        mean, high = weighted_mean(values, weights), weighted_quantile(values, weights, 0.90)
        share = weighted_mean(active, weights)
        if mean is None or high is None or share is None:
            found[name.upper()] = None
        else:
            found[name.upper()] = ActionUnitSummary(mean, high, share)
    return found


def _turned_away(readings: Readings, found: Analysis) -> float | None:
    """Share of the time with the followed face in which it was turned away (section 4.3)."""
    mine = readings.tracked & found.signals.person.mine
    weights = found.signals.dt_s
    total = float(weights[mine].sum())
    away = np.asarray(readings.text("status") == FrameStatus.TURNED_AWAY.value, dtype=bool)
    return float(weights[mine & away].sum()) / total if total > 0 else None
