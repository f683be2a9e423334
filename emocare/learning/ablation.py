"""What the LSTM and the attention add: five networks, five seeds, one table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from emocare.learning import metrics, severity_figures
from emocare.learning.index_of_people import behaviour_index
from emocare.learning.sequence_sets import SequenceSet, load_set
from emocare.learning.sequence_training import Plan
from emocare.learning.severity_network import Kind, SeverityNetwork, count_parameters
from emocare.learning.train_severity import PLAN, answers, train_severity
from emocare.simulation.effects import Cohort, Split, load_effects

Log = Callable[[str], None]
Floats = NDArray[np.float64]
SEEDS = 5
NAMES: Mapping[Kind, str] = {
    Kind.CNN: "CNN only (readings pooled over time)",
    Kind.LSTM: "LSTM only (geometry)",
    Kind.CNN_LSTM: "CNN-LSTM",
    Kind.CNN_LSTM_ATTENTION: "CNN-LSTM with attention",
    Kind.TRANSFORMER: "causal transformer with attention",
}
PUBLISHED: Mapping[Kind, tuple[float, ...]] = {
    Kind.CNN: (0.894,), Kind.LSTM: (0.832,),
    Kind.CNN_LSTM: (0.927, 0.941), Kind.CNN_LSTM_ATTENTION: (0.968, 0.962, 0.958, 0.959, 0.982),
}  # fmt: skip
"""Accuracy first, AUC last (Brintha et al.): another data set, for orientation alone."""
MINUTE = 60
REPEATS = 15


def ablate(
    which: str, folder: Path, log: Log, *, seeds: int = SEEDS, plan: Plan = PLAN,
    people: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Trains, or goes on training, every network with every seed and measures them.

    Args:
        which: "separable" or "realistic" people.
        folder: Of sets and checkpoints; a run that broke off goes on where it was.
        seeds: Number of trainings of each network.
        people: Of the training, for trials; the test is cut to a quarter of it.

    Returns:
        JSON: a row for each network, the oracle and the behaviour index, and the paired
        difference between attention and none.
    """
    cohort = Cohort(which)
    test = load_set(cohort, Split.TEST, folder, log, people and max(8, people // 4))
    effects = load_effects(cohort)
    rows: dict[str, Any] = {}
    said: dict[Kind, list[Floats]] = {}
    for kind in Kind:
        trained = [train_severity(kind, cohort, seed, folder, log, plan, people)
                   for seed in range(seeds)]  # fmt: skip
        found = [answers(network, test) for network, _ in trained]
        said[kind] = [one.probabilities for one in found]
        rows[kind.value] = {
            "name": NAMES[kind],
            **_over_seeds(said[kind], [one.severity for one in found], test),
            "ece_15_bins": round(float(np.mean([
                metrics.calibration_error(p, test.band) for p in said[kind]
            ])), 4),
            "parameters": count_parameters([trained[0][0].body, trained[0][0].head]),
            "ms_per_minute": round(_time(trained[0][0]), 3),
            "training_s": round(statistics.median(p.seconds for _, p in trained), 1),
            "published": list(PUBLISHED.get(kind, ())),
        }  # fmt: skip
    oracle = severity_figures.figures(test.oracle, test.oracle @ np.arange(4.0), test.band)
    limit = _value(oracle, "accuracy")
    for row in rows.values():
        gain = severity_figures.share_of_gain(row["accuracy"]["value"], limit)
        row["share_of_oracles_gain"] = round(gain, 4)
    return {
        "cohort": cohort.value, "effects_dated": effects.dated, "effects_sha256": effects.sha256,
        "people": {"train": people or effects.people(Split.TRAIN), "test": len(test)},
        "seeds": seeds, "epochs": plan.epochs, "networks": rows,
        "oracle": oracle, "behaviour_index": _index(cohort, test, folder, log, people),
        "attention_less_none": severity_figures.paired_difference(
            said[Kind.CNN_LSTM_ATTENTION], said[Kind.CNN_LSTM], test.band
        ),
    }  # fmt: skip


def _over_seeds(
    probabilities: list[Floats], scores: list[Floats], test: SequenceSet
) -> dict[str, Any]:
    """Every figure as the mean over seeds, its interval from people drawn for all seeds alike."""
    parts = [
        severity_figures.figures(p, s, test.band)
        for p, s in zip(probabilities, scores, strict=True)
    ]
    found: dict[str, Any] = {}
    for name in parts[0]:
        values = [part[name] for part in parts]
        found[name] = {
            key: round(float(np.mean([value[key] for value in values if value])), 4)
            for key in ("value", "low", "high")
        }
    found["accuracy_of_seeds"] = [_value(part, "accuracy") for part in parts]
    return found


def _index(
    cohort: Cohort, test: SequenceSet, folder: Path, log: Log, people: int | None
) -> dict[str, Any]:
    """The behaviour index: its bands as shipped, and with edges fitted to validation people."""
    small = people and max(8, people // 4)
    value = behaviour_index(cohort, Split.TEST, folder, log, small)
    fitting = behaviour_index(cohort, Split.VALIDATION, folder, log, small)
    edges = np.nanquantile(fitting, [0.25, 0.5, 0.75])
    usable = np.isfinite(value)
    shipped = np.digitize(value[usable], [25.0, 45.0, 65.0])
    fitted = np.digitize(value[usable], edges)
    band, groups = test.band[usable], metrics.single_rows(int(usable.sum()))
    return {
        "people_with_an_index": int(usable.sum()),
        "accuracy_shipped_edges": metrics.figure(
            lambda r: float((shipped == band)[r].mean()), groups
        ),
        "accuracy_fitted_edges": metrics.figure(
            lambda r: float((fitted == band)[r].mean()), groups
        ),
        "auc_affected": metrics.figure(
            lambda r: severity_figures.auc(value[usable][r], band[r] >= 2), groups
        ),
    }


def _time(network: SeverityNetwork) -> float:
    """Median milliseconds for a minute of recording, one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    values = torch.zeros(1, MINUTE, len(network.body.mean))
    times = []
    with torch.inference_mode():
        for _ in range(REPEATS):
            began = time.perf_counter()
            network(values, network.body.memory())
            times.append(time.perf_counter() - began)
    torch.set_num_threads(threads)
    return 1000.0 * statistics.median(times)


def _value(found: Mapping[str, Any], name: str) -> float:
    return float(found[name]["value"])
