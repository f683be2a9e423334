"""Figures of the severity networks on people they never saw, with intervals over people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from emocare.domain.summary import BANDS
from emocare.learning import metrics
from emocare.learning.sequence_sets import SequenceSet
from emocare.learning.severity_network import SeverityNetwork
from emocare.learning.train_severity import SeverityAnswers, posterior_mean
from emocare.temporal.moments import STRETCH_S, attended_rows

Floats = NDArray[np.float64]
Figure = dict[str, float] | None
AFFECTED = 2
"""Bands from this number on, moderate and severe, count as affected."""
SURE = 0.9
RANDOM_DRAWS = 8


def figures(probabilities: Floats, score: Floats, band: NDArray[np.int64]) -> dict[str, Figure]:
    """Accuracy, macro precision, recall, F1, one-vs-rest AUC, and the AUC of affected people.

    Args:
        probabilities: (N, 4).
        score: (N,) grows with severity.
        band: (N,) true band.
    """
    guesses = probabilities.argmax(axis=1)

    def measure(rows: NDArray[np.integer]) -> dict[str, float]:
        table = metrics.confusion(band[rows], guesses[rows], len(BANDS))
        return {
            "accuracy": float((guesses == band)[rows].mean()),
            "precision": float(np.nan_to_num(metrics.precision_per_class(table)).mean()),
            "recall": float(np.nan_to_num(metrics.recall_per_class(table)).mean()),
            "f1": float(metrics.f1_per_class(table).mean()),
            "auc": float(np.mean([
                auc(probabilities[rows, k], band[rows] == k) for k in range(len(BANDS))
            ])),
            "auc_affected": auc(score[rows], band[rows] >= AFFECTED),
        }  # fmt: skip

    return metrics.figures(measure, metrics.single_rows(len(band)))


def auc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Chance that a positive has the higher score than a negative; half for a tie."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    values = score[order]
    first = np.searchsorted(values, values, side="left")
    last = np.searchsorted(values, values, side="right")
    ranks[order] = (first + last + 1) / 2.0
    count = int(positive.sum())
    others = len(score) - count
    if count == 0 or others == 0:
        return float("nan")
    return float((ranks[positive].sum() - count * (count + 1) / 2.0) / (count * others))


def honesty(found: SeverityAnswers, band: NDArray[np.int64]) -> dict[str, Any]:
    """How far the probabilities may be believed."""
    normal = band == 0
    sure = found.probabilities.max(axis=1)
    return {
        "ece_15_bins": round(metrics.calibration_error(found.probabilities, band), 4),
        "mean_probability": round(float(sure.mean()), 4),
        "share_of_people_above_0.60": round(float((sure >= 0.6).mean()), 4),
        "share_of_normal_people_called_severe_above_0.9": round(
            float((found.probabilities[normal, 3] > SURE).mean()), 4
        ),
    }


def share_of_gain(accuracy: float, oracle: float, chance: float = 1 / len(BANDS)) -> float:
    """How much of the oracle's gain over chance was reached."""
    return (accuracy - chance) / (oracle - chance)


def paired_difference(
    first: Sequence[Floats], second: Sequence[Floats], band: NDArray[np.int64]
) -> Figure:
    """Accuracy of ``first`` less that of ``second``, person by person, averaged over seeds.

    Args:
        first, second: (N, 4) probabilities, one array for each seed.
        band: (N,) true band.
    """
    gain = _right(first, band) - _right(second, band)
    return metrics.figure(
        lambda rows: float(gain[rows].mean()), metrics.single_rows(len(band))
    )


def _right(all_seeds: Sequence[Floats], band: NDArray[np.int64]) -> Floats:
    return np.mean([p.argmax(axis=1) == band for p in all_seeds], axis=0)


def deletion_check(network: SeverityNetwork, data: SequenceSet) -> dict[str, Any]:
    """Whether taking the attended stretches away changes the answer more than taking others.

    The five stretches that the screen would point at are emptied, and as many stretches of the
    same length drawn at random (``RANDOM_DRAWS`` times); the change is that of the mean
    severity. The ratio is that of the mean changes over all people, with its interval.
    """
    rng = np.random.default_rng(0)
    attended, random = np.zeros((2, len(data)))
    for session in range(len(data)):
        values = data.values[data.rows(session)]
        before, weight = _read(network, values[None])
        rows = attended_rows(weight[0] / max(weight[0].sum(), 1e-9))
        tried = [_emptied(values, rows)]
        for _ in range(RANDOM_DRAWS):
            tried.append(_emptied(values, _random_rows(rng, len(values), len(rows))))
        after, _ = _read(network, np.stack(tried))
        change = np.abs(after - before[0])
        attended[session], random[session] = change[0], change[1:].mean()
    ratio = metrics.figure(
        lambda r: float(attended[r].mean() / max(random[r].mean(), 1e-9)),
        metrics.single_rows(len(data)),
    )
    return {
        "stretches": 5, "stretch_s": STRETCH_S, "people": len(data), "ratio": ratio,
        "mean_change_attended": round(float(attended.mean()), 4),
        "mean_change_random": round(float(random.mean()), 4),
    }  # fmt: skip


def _random_rows(rng: np.random.Generator, length: int, count: int) -> list[int]:
    """Starts of stretches that do not overlap."""
    chosen: list[int] = []
    for k in rng.permutation(max(1, length - STRETCH_S + 1)):
        if len(chosen) == count:
            break
        if all(abs(int(k) - other) >= STRETCH_S for other in chosen):
            chosen.append(int(k))
    return chosen


def _emptied(values: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    kept = values.copy()
    for k in rows:
        kept[k : k + STRETCH_S] = 0.0
    return kept


def _read(network: SeverityNetwork, values: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """(B,) mean severity at the end and (B, T) attention weights."""
    with torch.no_grad():
        posterior, weight, _ = network(
            torch.from_numpy(values), network.body.memory(len(values))
        )
    return posterior_mean(posterior[:, -1]), weight.double().numpy()


def by_group(
    found: SeverityAnswers, data: SequenceSet
) -> Mapping[str, dict[str, float | int]]:
    """Accuracy and AUC of affected people by sex and age, which the simulator knows."""
    groups = {
        "women": data.female, "men": ~data.female, "18-39": data.age < 40,
        "40-64": (data.age >= 40) & (data.age < 65), "65+": data.age >= 65,
    }  # fmt: skip
    right = found.probabilities.argmax(axis=1) == data.band
    return {
        name: {
            "n": int(rows.sum()), "accuracy": round(float(right[rows].mean()), 4),
            "auc_affected": round(auc(found.severity[rows], data.band[rows] >= AFFECTED), 4),
        }
        for name, rows in groups.items()
    }  # fmt: skip

