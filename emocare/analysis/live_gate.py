"""The gate while recording: the last fifteen seconds, without what only the end can tell (4.2)."""

from __future__ import annotations

import math

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.gate import decide, gate_input, measure
from emocare.analysis.signals import Signals, prepare
from emocare.domain.live import LiveGate, LiveGateState
from emocare.domain.readings import Readings
from emocare.domain.summary import Gate, GateDecision, GateReason

LIVE_S = 15.0
LIVE_METRICS = (
    "face_fraction", "valid_fraction", "face_width_px", "fps", "second_face_fraction",
)  # fmt: skip
PERSISTENT_S = 10.0
"""So long it must fail before the questionnaire takes over (section 4.2)."""
RECOVERED_S = 3.0
"""So long it must not fail before earlier failure is forgotten [engineering]."""
STALLED_S = 3.0
"""Without a picture for so long the camera counts as lost [engineering]."""


def live_gate(
    readings: Readings, config: AnalysisConfig, signals: Signals | None = None
) -> Gate | None:
    """The state of the last 15 s; None in the first 15 s: "collecting".

    Args:
        readings: The rows so far, or at least those of the last 15 s and one row before them.
        config: Limits.
        signals: The same rows prepared, where that has been done.
    """
    t_s = readings["t_s"]
    if len(t_s) == 0 or t_s[-1] - t_s[0] < LIVE_S:
        return None
    if signals is None or t_s[-1] - t_s[0] > LIVE_S + 1.0:
        readings = readings.rows(t_s >= t_s[-1] - LIVE_S)
        signals = prepare(readings, config)
    more = gate_input(readings, signals, None, config)
    return decide(measure(readings, signals, config), config, more, judged=LIVE_METRICS)


class GateWatch:
    """How long the live gate has been failing, and whether the questionnaire is due.

    One failing moment opens nothing and one good moment ends nothing: the questionnaire is due
    after ``PERSISTENT_S`` of failure, and failure is forgotten after ``RECOVERED_S`` without.
    ``retry`` forgets it once. Not safe for two threads at once.
    """

    def __init__(self) -> None:
        self._failing_s = 0.0
        self._good_s = 0.0
        self._last_s = -math.inf
        self._retry_left = True
        self._failed = False

    def restart(self) -> None:
        """Begins to collect anew, for example after a pause."""
        self._failing_s, self._good_s, self._failed = 0.0, 0.0, False
        self._last_s = -math.inf

    def retry(self) -> bool:
        """Begins anew while it fails and the one retry is left; says whether it does."""
        if not self._retry_left or not self._failed:
            return False
        self._retry_left = False
        self.restart()
        return True

    def update(
        self, now_s: float, gate: Gate | None, collected_s: float, no_picture_s: float
    ) -> LiveGate:
        """The state at ``now_s``.

        Args:
            now_s: Seconds of a clock that never runs backwards.
            gate: Of ``live_gate``; None while it collects.
            collected_s: Seconds of rows behind it.
            no_picture_s: For how long no picture has come.
        """
        stalled = no_picture_s >= STALLED_S
        failing = stalled or (gate is not None and gate.decision is GateDecision.UNRELIABLE)
        self._count(now_s, failing)
        missing = gate.reasons if gate is not None else ()
        state = LiveGateState.COLLECTING if gate is None else LiveGateState(gate.decision.value)
        if stalled:
            missing, state = (_no_picture(no_picture_s),), LiveGateState.UNRELIABLE
        left = max(0.0, PERSISTENT_S - self._failing_s) if self._failing_s > 0 or failing else None
        return LiveGate(
            state=state, missing=missing,
            collecting_s=max(0.0, LIVE_S - collected_s) if gate is None else 0.0,
            failing_for_s=self._failing_s, questionnaire_in_s=left, retry_left=self._retry_left,
        )  # fmt: skip

    def _count(self, now_s: float, failing: bool) -> None:
        """Failure counts from its first moment; a due questionnaire stays due until it ends."""
        step = now_s - self._last_s if math.isfinite(self._last_s) else 0.0
        if failing:
            self._failing_s += step if self._failed else 0.0
            self._good_s = 0.0
        elif self._failing_s > 0:
            self._good_s += step
            if self._good_s >= RECOVERED_S:
                self._failing_s = 0.0
        self._failed, self._last_s = failing, now_s


def _no_picture(seconds: float) -> GateReason:
    text = (
        f"Check the camera: no picture has come for {seconds:.0f} s. Is its cable in, and does "
        "no other program use it?"
    )
    return GateReason("no_picture", round(seconds, 1), 0.0, text, GateDecision.UNRELIABLE)
