"""From a checkpoint to the shipped model: weights, graph, self-test, figures, card."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from emocare.learning import (
    calibrate,
    evidence_page,
    finish_face,
    manifest,
    model_card,
    recipe,
)
from emocare.learning.evaluate import (
    evaluate_action_units,
    evaluate_expressions,
    evaluate_landmarks,
    evaluate_readability,
)
from emocare.learning.evaluate_clips import evaluate_clips
from emocare.learning.evaluate_conditions import evaluate_conditions
from emocare.learning.evaluate_reader import evaluate_reader
from emocare.learning.face_graph import FaceGraph
from emocare.learning.face_network import PLACE_RANK, FaceNetwork
from emocare.learning.face_trunk import FaceTrunk, count_parameters
from emocare.learning.fine_trunk import FineTrunk
from emocare.learning.provenance import DATA, LICENCE

Log = Callable[[str], None]
WEIGHTS, GRAPH = "weights.safetensors", "graph.onnx"
CARD, EVALUATION = "MODEL_CARD.md", "evaluation.json"
OPSET = 17
EVALUATIONS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "expressions": evaluate_expressions,
    "action_units": evaluate_action_units,
    "landmarks": evaluate_landmarks,
    "readability": evaluate_readability,
    "clips": evaluate_clips,
    "conditions": evaluate_conditions,
    "reader": evaluate_reader,
}
"""What is measured of the shipped graph, in the order of `evaluation.json`."""


class Outputs(nn.Module):
    """The network with its outputs as a tuple, as the exporter wants them."""

    def __init__(self, network: FaceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Outputs of (N, 1, S, S) in the order of `GRAPH_OUTPUTS`."""
        outputs = self.network(image)
        return tuple(outputs[name] for name in recipe.GRAPH_OUTPUTS)


def load_weights(path: Path) -> FaceNetwork:
    """The shipped weights (safetensors) in their network."""
    network = FaceNetwork()
    network.load_state_dict(load_file(path))
    return network.eval()


def write_files(network: FaceNetwork, folder: Path) -> None:
    """Write the weights and, exported from them, the graph."""
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    write_graph(network, folder / GRAPH)


def write_graph(network: FaceNetwork, path: Path) -> None:
    """Export the network to ONNX with a free batch size."""
    names = list(recipe.GRAPH_OUTPUTS)
    example = torch.zeros(2, 1, recipe.SIZE, recipe.SIZE)
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but its successor needs a further dependency.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Outputs(network).eval(),
            (example,),
            str(path),
            input_names=["image"],
            output_names=names,
            dynamic_axes={name: {0: "N"} for name in ["image", *names]},
            opset_version=OPSET,
            dynamo=False,
        )


def self_test(models: Path, folder: str) -> dict[str, Any]:
    """Golden input and what the graph makes of it, rounded to four digits."""
    graph = FaceGraph(models)
    outputs = graph.run(manifest.golden_input(recipe.SIZE))
    shown = {name: np.round(value[0].astype(float), 4) for name, value in outputs.items()}
    shown["landmarks"] = shown["landmarks"][:: recipe.LANDMARKS // 10]
    return {
        "description": f"{folder}: run the graph on one formula-made input and compare",
        "input_formula": manifest.GOLDEN_FORMULA,
        "input_shape": [1, 1, recipe.SIZE, recipe.SIZE],
        "landmarks_every": recipe.LANDMARKS // 10,
        "tolerance": 0.002,
        "pose_tolerance_deg": 0.05,
        "expected": {name: value.tolist() for name, value in shown.items()},
    }


def entry_for(network: FaceNetwork, folder: Path, commit: str) -> dict[str, Any]:
    """The manifest entry of the files in `folder`."""
    return {
        "id": recipe.MODEL_ID,
        "version": recipe.VERSION,
        "folder": folder.name,
        "files": {
            "weights": manifest.file_entry(folder / WEIGHTS),
            "graph": manifest.file_entry(folder / GRAPH),
        },
        "task": recipe.TASK,
        "recipe": {
            "size": recipe.SIZE,
            "colour": "grey",
            "mean": recipe.MEAN,
            "std": recipe.STD,
            "crop": recipe.crop_recipe(),
        },
        "labels": recipe.output_labels(),
        "parameters": count_parameters(network),
        "data": DATA,
        "licence": LICENCE,
        "trained_commit": commit,
        "card": CARD,
        "evaluation": EVALUATION,
        "self_test": {},
    }


def export(
    trunk: Path,
    fine: Path,
    data: Path,
    models: Path,
    *,
    limit: int | None = None,
    log: Log = print,
) -> Path:
    """Ship two checkpoints: write `models/face-VERSION`, its manifest entry, figures and card.

    Args:
        trunk: checkpoint of the first trunk (`train_face`).
        fine: checkpoint of the fine trunk (`train_fine`).
        data: folder with the collections, for what is fitted on the trunks and the figures.
        models: folder of the shipped models.
        limit: use only the first pictures of each collection for the fits.
        log: receives one line per step.
    """
    folder = models / f"{recipe.MODEL_ID}-{recipe.VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    network, commits = assembled(trunk, fine, data, limit)
    log(calibrate.fit_expressions(network, data, limit))
    finish_face.fit_landmark_error(network, data, limit)
    write_files(network, folder)
    entry = entry_for(network, folder, commits)
    manifest.write_model(models, entry)
    manifest.write_model(models, {**entry, "self_test": self_test(models, folder.name)})
    log(f"exported {folder}")
    refresh_figures(data, models, log=log)
    return folder


def assembled(
    trunk: Path, fine: Path, data: Path, limit: int | None = None
) -> tuple[FaceNetwork, str]:
    """The network of two checkpoints, and the commits that trained them."""
    parts = FaceTrunk().eval(), FineTrunk()
    states = [torch.load(path, weights_only=True) for path in (trunk, fine)]
    for part, state in zip(parts, states, strict=True):
        part.load_state_dict(state["average"])
    thin = finish_face.thinned(parts[0], PLACE_RANK, finish_face.training_crops(data, limit))
    commits = dict.fromkeys(state["commit"] for state in states)
    return FaceNetwork(thin, parts[1]).eval(), ", ".join(commits)


def refresh_figures(data: Path, models: Path, *, log: Log = print) -> dict[str, Any]:
    """Measure the shipped graph; write `evaluation.json`, the card and the page of evidence."""
    spec = manifest.read_model(models, recipe.MODEL_ID)
    folder = models / spec["folder"]
    figures: dict[str, Any] = {
        "model": spec["id"],
        "version": spec["version"],
        "graph_sha256": spec["files"]["graph"]["sha256"],
    }
    for name, evaluate in EVALUATIONS.items():
        log(f"measuring {name.replace('_', ' ')}")
        figures[name] = evaluate(data, models)
    manifest.write_json(folder / EVALUATION, figures)
    (folder / CARD).write_text(model_card.write_card(spec, figures), encoding="utf-8")
    evidence_page.refresh(models)
    log(json.dumps(figures["expressions"]["accuracy"]))
    return figures
