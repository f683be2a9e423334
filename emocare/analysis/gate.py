"""Whether the face can be used: reliable, limited or unreliable, with cause and remedy (4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emocare.analysis.clock import Floats, share
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.features import region_covered
from emocare.analysis.signals import Signals
from emocare.analysis.uncertainty import Spread
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import Gate, GateDecision, GateMetrics, GateReason

AT_MOST = ("second_face_fraction",)
"""Measures of which less is better."""
REMEDY: Mapping[str, str] = {
    FrameStatus.TOO_DARK.value: "Turn a lamp towards the face: it was too dark",
    FrameStatus.TOO_BRIGHT.value: "Turn the light away or close the blind: the face was too bright",
    FrameStatus.TOO_BLURRED.value: "Steady and focus the camera: the face was blurred",
    FrameStatus.TOO_SMALL.value: "Move closer: the face was too small",
    FrameStatus.TURNED_AWAY.value: "Insufficient frontal view, face the camera: it was turned away",
    FrameStatus.OCCLUDED.value: "Uncover the face: eyes and mouth were covered",
    FrameStatus.SEVERAL_FACES.value: "Choose the patient's part of the picture: several faces",
}
_ORDER = (GateDecision.RELIABLE, GateDecision.LIMITED, GateDecision.UNRELIABLE)


@dataclass(frozen=True, slots=True)
class GateInput:
    """What the gate looks at beside the six measures; defaults are "nothing wrong".

    Attributes:
        excluded: Seconds by status of rows that were not measured.
        mouth_covered: Share of the measured time with the mouth covered.
        foreign_s: Measured seconds of a face that could not be shown to be the same person.
        measured_s: Measured seconds of the person.
        bitrate_kbps: Of an uploaded file.
        wrong_person: Marked by the operator.
        spread: The window series of the index; None while it is not known.
    """

    excluded: Mapping[str, float]
    mouth_covered: float = 0.0
    foreign_s: float = 0.0
    measured_s: float = 0.0
    bitrate_kbps: float | None = None
    wrong_person: bool = False
    spread: Spread | None = None


def decide(
    metrics: GateMetrics,
    config: AnalysisConfig,
    more: GateInput,
    *,
    judged: tuple[str, ...] | None = None,
) -> Gate:
    """The decision; the worst measure wins and every measure that fails is named.

    Shortness is named after every other cause of the same weight, so that it is read as the
    reason only where it is the only one.

    Args:
        metrics: The six measures, rounded as printed.
        config: Limits.
        more: Everything else.
        judged: Measures to judge; None: all six.
    """
    reasons = []
    for metric, (good, usable) in config.gate.items():
        value = getattr(metrics, metric)
        if value is None or (judged is not None and metric not in judged):
            continue
        sign = -1 if metric in AT_MOST else 1
        if sign * value < sign * good:
            level = (
                GateDecision.LIMITED if sign * value >= sign * usable else GateDecision.UNRELIABLE
            )
            advice = _advice(metric, value, good, more)
            reasons.append(GateReason(metric, value, good, advice, level))
    reasons += _others(config, more, short=any(r.metric == "valid_s" for r in reasons))
    reasons.sort(key=lambda r: (-_ORDER.index(r.level), r.metric == "valid_s"))
    decision = reasons[0].level if reasons else GateDecision.RELIABLE
    return Gate(decision, tuple(reasons), metrics, dict(more.excluded))


def measure(readings: Readings, signals: Signals, config: AnalysisConfig) -> GateMetrics:
    """The six measures, in seconds and shares of time, rounded so that print and verdict agree."""
    weights = signals.dt_s
    face = readings.tracked & signals.person.mine
    everything = np.ones(len(readings), bool)
    found = share(face, everything, weights)
    usable = share(signals.ok, face, weights)
    second = share(readings["second_face_ratio"] >= config.second_face_from, face, weights)
    width = (readings["face_x2_px"] - readings["face_x1_px"])[face]
    return GateMetrics(
        valid_s=round(float(weights[signals.ok].sum()), 2),
        face_fraction=round(found or 0.0, 3),
        valid_fraction=None if usable is None else round(usable, 3),
        face_width_px=round(float(np.median(width)), 1) if len(width) else None,
        fps=signals.fps,
        second_face_fraction=round(second or 0.0, 3),
    )


def gate_input(
    readings: Readings, signals: Signals, bitrate_kbps: float | None, config: AnalysisConfig
) -> GateInput:
    """Everything beside the measures that is known before the index."""
    return GateInput(
        excluded=excluded_seconds(readings, signals.dt_s),
        mouth_covered=region_covered(signals, "mouth") or 0.0,
        foreign_s=signals.person.foreign_s,
        measured_s=float(signals.dt_s[signals.ok].sum()),
        bitrate_kbps=bitrate_kbps,
        wrong_person=config.wrong_person,
    )


def excluded_seconds(readings: Readings, dt_s: Floats) -> dict[str, float]:
    """Seconds by status of the rows that were not measured, in the order of ``FrameStatus``."""
    names = readings.text("status")
    seconds = {}
    for status in FrameStatus:
        held = float(dt_s[np.asarray(names == status.value, dtype=bool)].sum())
        if status is not FrameStatus.OK and held > 0:
            seconds[status.value] = round(held, 2)
    return seconds


def _others(config: AnalysisConfig, more: GateInput, *, short: bool) -> list[GateReason]:
    """Reasons that are not among the six measures."""
    limited, unreliable = GateDecision.LIMITED, GateDecision.UNRELIABLE
    found = []
    if more.wrong_person:
        text = "Record again with the patient: this recording was marked as of another person."
        found.append(GateReason("wrong_person", 1.0, 0.0, text, unreliable))
    if more.foreign_s >= max(config.foreign_s, config.foreign_share * more.measured_s):
        text = (
            f"Choose the patient's part of the picture: for {more.foreign_s:.1f} s it could not "
            "be shown that the face is the same person's."
        )
        found.append(
            GateReason("track_switches", round(more.foreign_s, 2), 0.0, text, unreliable)
        )
    if more.mouth_covered > config.max_missing_region:
        text = (
            f"Uncover the mouth: covered {_percent(more.mouth_covered)} of the time, "
            f"at most {_percent(config.max_missing_region)}."
        )
        value = round(more.mouth_covered, 3)
        found.append(
            GateReason("mouth_occluded", value, config.max_missing_region, text, limited)
        )
    if more.bitrate_kbps is not None and more.bitrate_kbps < config.min_bitrate_kbps:
        text = (
            f"Use the original file: re-encoded at {more.bitrate_kbps:.0f} kbit/s, "
            f"need {config.min_bitrate_kbps:.0f}."
        )
        found.append(
            GateReason("bitrate", float(more.bitrate_kbps), config.min_bitrate_kbps, text, limited)
        )
    return found + _windows(config, more.spread, short=short)


def _windows(
    config: AnalysisConfig, spread: Spread | None, *, short: bool
) -> list[GateReason]:
    """Too few windows, or windows that resemble each other too much, for an interval."""
    if spread is None:
        return []
    if spread.ess is None and not short:
        text = (
            f"Record longer without a break: {spread.windows} windows of {config.window_s:.0f} s "
            f"were measured, need {config.min_windows}."
        )
        return [
            GateReason("windows", float(spread.windows), float(config.min_windows), text,
                       GateDecision.LIMITED)
        ]  # fmt: skip
    if spread.ess is not None and spread.ess < config.min_ess:
        text = (
            f"Record longer: the recording changes so slowly that it counts as {spread.ess:.1f} "
            f"independent windows, need {config.min_ess:.0f}."
        )
        return [GateReason("ess", spread.ess, config.min_ess, text, GateDecision.LIMITED)]
    return []


def _advice(metric: str, value: float, need: float, more: GateInput) -> str:
    """Remedy, figure, need, in one sentence."""
    if metric == "valid_s":
        return f"Record longer: {_seconds(value)} s could be measured, need {need:.0f} s."
    if metric == "face_fraction":
        return _face_advice(value, need, more)
    if metric == "valid_fraction":
        return _valid_advice(value, need, more)
    if metric == "face_width_px":
        return f"Move closer: face {value:.0f} px, need {need:.0f}."
    if metric == "fps":
        return f"Use a faster camera or computer: {value:.1f} frames a second, need {need:.0f}."
    return (
        f"Only the patient in the picture, or choose the patient's part of it: a second face "
        f"{_percent(value)} of the time, at most {_percent(need)}."
    )


def _face_advice(value: float, need: float, more: GateInput) -> str:
    figure = f"a face was seen {_percent(value)} of the time, need {_percent(need)}."
    away = {
        FrameStatus.NO_FACE.value: "Stay in the picture",
        FrameStatus.TOO_DARK.value: "Turn a lamp towards the face",
        FrameStatus.CAMERA_OFF.value: "Switch the camera on",
    }
    worst = max(away, key=lambda status: more.excluded.get(status, 0.0))
    return f"{away[worst]}: {figure}"


def _valid_advice(value: float, need: float, more: GateInput) -> str:
    causes = {status: more.excluded.get(status, 0.0) for status in REMEDY}
    worst = max(causes, key=causes.__getitem__)
    cause = REMEDY[worst] if causes[worst] > 0 else "Face the camera in even light"
    figure = f"{_percent(value)} of the time with a face could be measured, need {_percent(need)}."
    return f"{cause}; {figure}"


def _percent(fraction: float) -> str:
    """"41 %"; one decimal where rounding would hide the difference."""
    whole = 100 * fraction
    return f"{whole:.0f} %" if abs(whole - round(whole)) < 0.05 else f"{whole:.1f} %"


def _seconds(value: float) -> str:
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
