"""Valence and arousal: per frame uncorrected, per session from corrected expressions (3.4)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emocare.analysis.config import AnalysisConfig, Table
from emocare.analysis.reference import FeatureReference
from emocare.domain.faces import EXPRESSIONS, Face


def coefficients(table: Table) -> NDArray[np.float64]:
    """(8,) coefficients in the order of ``EXPRESSIONS``."""
    return np.array([table[name] for name in EXPRESSIONS], dtype=np.float64)


def frame_valence(face: Face, config: AnalysisConfig) -> float:
    """sum v_e p_e of one frame, uncorrected, -1..1."""
    return float(coefficients(config.valence) @ face.expressions.astype(np.float64))


def frame_arousal(face: Face, config: AnalysisConfig) -> float:
    """0.7 sum a_e p_e of one frame, uncorrected, -1..1."""
    total = float(coefficients(config.arousal) @ face.expressions.astype(np.float64))
    return config.arousal_expression * total


def mean_valence(expressions: NDArray[np.float64], config: AnalysisConfig) -> float:
    """V = clip(sum v_e p'_e, -1, 1) of mean corrected expressions (8,)."""
    return float(np.clip(coefficients(config.valence) @ expressions, -1.0, 1.0))


def mean_arousal(
    expressions: NDArray[np.float64],
    facial_speed: float,
    speed: FeatureReference,
    config: AnalysisConfig,
) -> float:
    """A = clip(0.7 sum a_e p'_e + 0.3 tanh((ln f4 - mu4) / (2 sigma4)), -1, 1).

    Args:
        expressions: (8,) mean corrected expressions.
        facial_speed: f4 per second.
        speed: The reference of f4.
        config: Coefficients.
    """
    log_speed = float(speed.transformed(np.array([facial_speed]))[0])
    lively = math.tanh((log_speed - speed.mu) / (2 * speed.sigma))
    still = float(coefficients(config.arousal) @ expressions)
    total = config.arousal_expression * still + config.arousal_speed * lively
    return float(np.clip(total, -1.0, 1.0))
