"""What a summary and a timeline share: everything between the readings and what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from emocare.analysis.clock import Flags, Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.events import Movements, observe
from emocare.analysis.features import build_features, unavailable, window_z
from emocare.analysis.gate import decide, gate_input, measure
from emocare.analysis.index import IndexResult, behaviour_index
from emocare.analysis.measures import Raw, session_features, task_blink_rate, window_features
from emocare.analysis.reference import Reference, load_reference
from emocare.analysis.signals import Signals, prepare
from emocare.analysis.windows import Window, cut_windows, neighbours
from emocare.domain.readings import Readings
from emocare.domain.summary import Feature, Gate, GateDecision


@dataclass(frozen=True, slots=True)
class Analysis:
    """A recording analysed.

    Attributes:
        signals: Prepared readings.
        moves: Events.
        windows: Valid windows.
        each: Features of each valid window.
        adjacent: (W-1,) whether neighbours in ``windows`` are adjacent in one task.
        features: Features of the session.
        z: Feature -> (W,) z of each valid window.
        index: The index, whatever the gate says.
        gate: The decision.
        reference: What is typical.
    """

    signals: Signals
    moves: Movements
    windows: tuple[Window, ...]
    each: tuple[Raw, ...]
    adjacent: Flags
    features: Mapping[str, Feature]
    z: Mapping[str, Floats]
    index: IndexResult
    gate: Gate
    reference: Reference

    @property
    def unusable(self) -> str | None:
        """Why nothing may be said of the face; None when something may."""
        if self.gate.decision is not GateDecision.UNRELIABLE:
            return None
        causes = " ".join(
            reason.advice for reason in self.gate.reasons
            if reason.level is GateDecision.UNRELIABLE
        )  # fmt: skip
        return f"The face could not be measured reliably. {causes}"


def analyse(readings: Readings, config: AnalysisConfig, bitrate_kbps: float | None) -> Analysis:
    """Everything between the readings and what is shown. Pure."""
    reference = load_reference(config)
    signals = prepare(readings, config)
    moves = observe(signals, config)
    cut = cut_windows(
        signals.spans, signals.t_s, signals.dt_s, signals.ok, config.window_s, config
    )
    windows = tuple(window for window in cut if window.valid)
    each = tuple(window_features(signals, window, moves, config) for window in windows)
    raw = session_features(signals, windows, each, moves, config)
    blink_s = task_blink_rate(signals, moves).seconds
    reasons = unavailable(signals, len(windows), blink_s, config)
    features = build_features(raw, reasons, blink_s, reference, config)
    z = window_z(each, features, reference)
    adjacent = neighbours(windows)
    index = behaviour_index(features, z, len(windows), adjacent, reference, config)
    more = replace(gate_input(readings, signals, bitrate_kbps, config), spread=index.spread)
    gate = decide(measure(readings, signals, config), config, more)
    return Analysis(
        signals, moves, windows, each, adjacent, features, z, index, gate, reference
    )
