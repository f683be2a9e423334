"""From raw features to z and u, with a reason wherever one is not available (section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emocare.analysis.clock import Floats
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.measures import FEATURES, Raw
from emocare.analysis.reference import Reference
from emocare.analysis.signals import Signals
from emocare.domain.summary import Feature

MOUTH_FEATURES = ("f1", "f2", "f3", "f4", "f8", "f9", "f13", "f14", "f17", "f18", "f20", "f21")
EYE_FEATURES = ("f7", "f10", "f11", "f12", "f15", "f19", "f20", "au12_pair")
NOTHING = "Nothing to measure it on."
ONLY_GUIDED = "Needs the neutral and the positive task of the guided protocol."
FAST_FEATURES = ("f10", "f11", "f15", "f16")
"""Features that need 15 frames a second (section 4.2)."""


def build_features(
    raw: Raw,
    reasons: Mapping[str, str],
    blink_s: float,
    reference: Reference,
    config: AnalysisConfig,
) -> dict[str, Feature]:
    """All features in order.

    Args:
        raw: Raw values of the session.
        reasons: Feature -> why it must not be used, from ``unavailable``.
        blink_s: Seconds of one task behind f15.
        reference: What is typical.
        config: Constants.
    """
    found = {}
    for name in FEATURES:
        value = raw[name]
        if name in reasons or value is None:
            reason = reasons.get(name, ONLY_GUIDED if name == "f21" else NOTHING)
            found[name] = Feature(None, None, None, reason)
            continue
        z = float(reference[name].z(np.array([value]))[0])
        note = None
        if name == "f15" and blink_s < config.blink_sure_s:
            needed = config.blink_sure_s
            note = f"Low confidence: {blink_s:.0f} s of one task, {needed:.0f} s needed."
        found[name] = Feature(value, z, float(np.clip(z / 3, 0.0, 1.0)), note)
    return found


def unavailable(
    signals: Signals, valid_windows: int, blink_s: float, config: AnalysisConfig
) -> dict[str, str]:
    """Feature -> one sentence why it must stay null in this recording."""
    reasons: dict[str, str] = {}
    if valid_windows == 0:
        reasons = {
            name: f"No window of {config.window_s:.0f} s was measured well enough."
            for name in FEATURES if name not in ("f7", "f15")
        }  # fmt: skip
    slowest = config.gate["fps"][0]
    if signals.fps < slowest:
        text = f"Needs {slowest:.0f} frames a second, the recording has {signals.fps:.1f}."
        reasons |= dict.fromkeys(FAST_FEATURES, text)
    elif blink_s < config.blink_task_s - 0.005:
        reasons["f15"] = f"Needs {config.blink_task_s:.0f} s of one task, {blink_s:.0f} s measured."
    for region, names in (("mouth", MOUTH_FEATURES), ("eyes", EYE_FEATURES)):
        covered = region_covered(signals, region)
        if covered is not None and covered > config.max_missing_region:
            text = f"{region.capitalize()} covered {100 * covered:.0f} % of the measured time."
            reasons |= dict.fromkeys(names, text)
    if not config.dimpler_measured:
        reasons["f9"] = "This reader does not measure AU14 well enough."
    return reasons


def region_covered(signals: Signals, region: str) -> float | None:
    """Share of the measured time in which "mouth" or "eyes" were covered; None without any."""
    seen = signals.mouth if region == "mouth" else signals.eyes
    total = float(signals.dt_s[signals.ok].sum())
    return 1.0 - float(signals.dt_s[seen].sum()) / total if total > 0 else None


def window_z(
    each: Sequence[Raw], features: Mapping[str, Feature], reference: Reference
) -> dict[str, Floats]:
    """z of every available feature on every window alone, unclipped: name -> (W,).

    Where a window gives no value the session's z stands, that is: no deviation.
    """
    table = {}
    for name, feature in features.items():
        if feature.z is None:
            continue
        values = [one[name] for one in each]
        z = reference[name].z(np.array([np.nan if v is None else v for v in values], dtype=float))
        table[name] = np.where(np.isfinite(z), z, feature.z)
    return table
