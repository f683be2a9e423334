"""The gate while recording: the last fifteen seconds, without what only the end can tell (4.2)."""

from __future__ import annotations

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.gate import decide, gate_input, measure
from emocare.analysis.signals import prepare
from emocare.domain.readings import Readings
from emocare.domain.summary import Gate

LIVE_S = 15.0
LIVE_METRICS = (
    "face_fraction", "valid_fraction", "face_width_px", "fps", "second_face_fraction",
)  # fmt: skip


def live_gate(readings: Readings, config: AnalysisConfig) -> Gate | None:
    """The state of the last 15 s; None in the first 15 s: "collecting".

    Args:
        readings: The rows so far, or at least those of the last 15 s and one row before them.
        config: Limits.
    """
    t_s = readings["t_s"]
    if len(t_s) == 0 or t_s[-1] - t_s[0] < LIVE_S:
        return None
    recent = readings.rows(t_s >= t_s[-1] - LIVE_S)
    signals = prepare(recent, config)
    more = gate_input(recent, signals, None, config)
    return decide(measure(recent, signals, config), config, more, judged=LIVE_METRICS)
