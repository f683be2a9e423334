"""From trained sequence networks to the shipped models: weights, graphs, self-tests, cards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import nn

from emocare.domain.summary import DIMENSIONS
from emocare.learning import evidence_page, manifest, sequence_card, severity_figures
from emocare.learning.affect_figures import affect_figures
from emocare.learning.affect_network import AffectNetwork
from emocare.learning.sequence_graphs import write_affect_graph, write_severity_graph
from emocare.learning.sequence_sets import load_set
from emocare.learning.severity_network import Kind, count_parameters
from emocare.learning.train_affect import answers as affect_answers
from emocare.learning.train_affect import train_affect
from emocare.learning.train_severity import answers as severity_answers
from emocare.learning.train_severity import train_severity
from emocare.simulation.effects import Cohort, Split, load_effects
from emocare.temporal.graphs import SequenceGraph
from emocare.temporal.self_test import FORMULA, golden_seconds
from emocare.temporal.tokens import FEATURES

Log = Callable[[str], None]
VERSION = "1.0.0"
WEIGHTS, GRAPH = "weights.safetensors", "graph.onnx"
CARD, EVALUATION, ABLATION = "MODEL_CARD.md", "evaluation.json", "ablation.json"
TOLERANCE = 1e-3
SHIPPED = Cohort.REALISTIC
"""Weights that the product runs: those that must be unsure."""


def ship_severity(folder: Path, models: Path, commit: str, log: Log) -> Path:
    """Trains (or loads) the severity network on both cohorts, measures it and ships it."""
    trained = {
        cohort: train_severity(Kind.CNN_LSTM_ATTENTION, cohort, 0, folder, log)
        for cohort in Cohort
    }
    figures: dict[str, Any] = {}
    for cohort, (network, progress) in trained.items():
        test = load_set(cohort, Split.TEST, folder, log)
        found = severity_answers(network, test)
        oracle = severity_figures.figures(
            test.oracle, test.oracle @ [0.5, 1.5, 2.5, 3.5], test.band
        )
        figures[cohort.value] = {
            "people": len(test), "training_s": round(progress.seconds, 1),
            "figures": severity_figures.figures(found.probabilities, found.severity, test.band),
            "oracle": oracle, "honesty": severity_figures.honesty(found, test.band),
            "deletion": severity_figures.deletion_check(network, test),
            "groups": severity_figures.by_group(found, test),
        }  # fmt: skip
    network = trained[SHIPPED][0]
    return _ship(
        models, "severity", network, lambda path: write_severity_graph(network, path),
        {"task": "severity of four bands from one vector a second, with attention",
         "labels": {"seconds": list(FEATURES), "bands": sequence_card.bands()},
         "parameters": count_parameters([network.body, network.head])},
        figures, commit, log,
    )  # fmt: skip


def ship_affect(folder: Path, models: Path, commit: str, log: Log) -> Path:
    """Trains (or loads) the affect transformer on both cohorts, measures it and ships it."""
    figures: dict[str, Any] = {}
    trained: dict[Cohort, AffectNetwork] = {}
    for cohort in Cohort:
        trained[cohort], progress = train_affect(cohort, 0, folder, log)
        test = load_set(cohort, Split.TEST, folder, log)
        figures[cohort.value] = {
            "training_s": round(progress.seconds, 1),
            **affect_figures(affect_answers(trained[cohort], test), test),
        }
    network = trained[SHIPPED]
    return _ship(
        models, "affect", network, lambda path: write_affect_graph(network, path),
        {"task": "six dimensions over time with 90 % intervals, from one vector a second",
         "labels": {"seconds": list(FEATURES), "dimensions": list(DIMENSIONS)},
         "parameters": count_parameters([network])},
        figures, commit, log,
    )  # fmt: skip


def _ship(
    models: Path, model_id: str, network: nn.Module, write_graph: Callable[[Path], None],
    entry: Mapping[str, Any], figures: Mapping[str, Any], commit: str, log: Log,
) -> Path:  # fmt: skip
    folder = models / f"{model_id}-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    write_graph(folder / GRAPH)
    effects = load_effects(SHIPPED)
    whole = {
        "id": model_id, "version": VERSION, "folder": folder.name,
        "files": {
            "weights": manifest.file_entry(folder / WEIGHTS),
            "graph": manifest.file_entry(folder / GRAPH),
        },
        "task": entry["task"],
        "recipe": {
            "origin": sequence_card.ORIGIN, "cohort": SHIPPED.value, "seconds_per_step": 1,
            "effects_dated": effects.dated, "effects_sha256": effects.sha256,
        },
        "labels": entry["labels"], "parameters": entry["parameters"],
        "data": sequence_card.DATA, "licence": sequence_card.LICENCE, "trained_commit": commit,
        "card": CARD, "evaluation": EVALUATION, "self_test": {},
    }  # fmt: skip
    manifest.write_model(models, whole)
    manifest.write_model(models, {**whole, "self_test": _self_test(models, model_id)})
    write_figures(models, model_id, figures)
    log(f"exported {folder}")
    return folder


def write_figures(models: Path, model_id: str, figures: Mapping[str, Any]) -> None:
    """Writes ``evaluation.json``, the card and the page of evidence."""
    spec = manifest.read_model(models, model_id)
    folder = models / spec["folder"]
    whole = {
        "kind": "sequence", "model": model_id, "version": spec["version"],
        "graph_sha256": spec["files"]["graph"]["sha256"],
        "rows": rows_of(model_id, figures), **figures,
    }  # fmt: skip
    manifest.write_json(folder / EVALUATION, whole)
    write = sequence_card.severity_card if model_id == "severity" else sequence_card.affect_card
    (folder / CARD).write_text(write(spec, whole), encoding="utf-8")
    evidence_page.refresh(models)


def rows_of(model_id: str, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the page Evidence shows: figures on realistic people, then on separable ones."""
    rows: list[dict[str, Any]] = []
    for cohort in (Cohort.REALISTIC, Cohort.SEPARABLE):
        found, note = figures[cohort.value], f"{cohort.value} simulated people, never seen"
        if model_id == "severity":
            chosen = {
                "Accuracy of four bands (chance 0.25)": found["figures"]["accuracy"],
                "AUC, moderate or severe against the rest": found["figures"]["auc_affected"],
                "Expected calibration error": found["honesty"]["ece_15_bins"],
                "Attended stretches against random ones, change of the answer":
                    found["deletion"]["ratio"],
            }  # fmt: skip
        else:
            chosen = {
                "Mean correlation with the true course": found["now"]["mean_r"],
                "Share of the truth within the 90 % interval": found["now"]["mean_coverage_90"],
                "The same for the mean of a session":
                    found["mean_of_session"]["mean_coverage_90"],
            }  # fmt: skip
        for what, value in chosen.items():
            known = value if isinstance(value, Mapping) else {"value": value}
            rows.append({"what": what, "value": known["value"], "low": known.get("low"),
                         "high": known.get("high"), "note": note})  # fmt: skip
    return rows


def _self_test(models: Path, model_id: str) -> dict[str, Any]:
    graph = SequenceGraph(models, model_id)
    outputs = graph.run(golden_seconds(), graph.memory()).outputs
    return {
        "description": f"{model_id}-{VERSION}: run the graph on one formula-made input and compare "
        "the last second",
        "input_formula": FORMULA, "tolerance": TOLERANCE,
        "expected": {
            name: values[-1].astype(float).round(5).tolist() for name, values in outputs.items()
        },
    }  # fmt: skip


def write_ablation(docs: Path, found: Mapping[str, Any]) -> Path:
    """Keeps the ablation beside the page of evidence, one entry for each cohort."""
    path = docs / ABLATION
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    manifest.write_json(path, {**kept, found["cohort"]: found})
    return path

