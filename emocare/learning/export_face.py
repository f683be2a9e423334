"""From a checkpoint to the shipped model: weights, graph, self-test, figures, card."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from emocare.learning import evidence_page, face_sets, manifest, model_card, recipe
from emocare.learning.evaluate import (
    evaluate_action_units,
    evaluate_expressions,
    evaluate_landmarks,
    evaluate_readability,
)
from emocare.learning.evaluate_clips import evaluate_clips
from emocare.learning.evaluate_conditions import evaluate_conditions
from emocare.learning.evaluate_reader import evaluate_reader
from emocare.learning.face_graph import FaceGraph, cut_all
from emocare.learning.face_network import FaceNetwork, count_parameters
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
TEMPERATURES = np.exp(np.linspace(-1.0, 1.0, 201))


class Outputs(nn.Module):
    """The network with its outputs as a tuple, as the exporter wants them."""

    def __init__(self, network: FaceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Outputs of (N, 1, S, S) in the order of `OUTPUT_WIDTHS`."""
        outputs = self.network(image)
        return tuple(outputs[name] for name in recipe.OUTPUT_WIDTHS)


def load_weights(path: Path) -> FaceNetwork:
    """The shipped weights (safetensors) in their network."""
    network = FaceNetwork()
    network.load_state_dict(load_file(path))
    return network.eval()


def fit_temperature(network: FaceNetwork, data: Path) -> float:
    """Temperature with the least cross entropy on FER+ validation images (majority protocol)."""
    faces = face_sets.load_ferplus(data, face_sets.VALIDATION)
    labelled = np.isfinite(faces.expressions[:, 0])
    crops = cut_all(faces, recipe.SIZE)[labelled]
    labels = faces.expressions[labelled].argmax(axis=1)
    logits = np.concatenate(
        [expression_logits(network, crops[i : i + 256]) for i in range(0, len(crops), 256)]
    )
    costs = [cross_entropy(logits / t, labels) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(costs))])


def expression_logits(network: FaceNetwork, crops: NDArray[np.uint8]) -> NDArray:
    """Expression logits (N, 8) of grey crops (N, S, S)."""
    image = (torch.from_numpy(crops[:, None]).float() / 255.0 - recipe.MEAN) / recipe.STD
    with torch.inference_mode():
        return network.raw(image)["expressions"].numpy().astype(np.float64)


def cross_entropy(logits: NDArray, labels: NDArray) -> float:
    """Mean cross entropy of logits (N, 8) against labels (N,)."""
    logits = logits - logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(labels)), labels].mean())


def write_graph(network: FaceNetwork, path: Path) -> None:
    """Export the network to ONNX with a free batch size."""
    names = list(recipe.OUTPUT_WIDTHS)
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
    checkpoint: Path,
    data: Path,
    models: Path,
    *,
    log: Log = print,
) -> Path:
    """Ship a checkpoint: write `models/face-VERSION`, its manifest entry, figures and card.

    Args:
        checkpoint: what `train` returned.
        data: folder with the collections, for the temperature and the figures.
        models: folder of the shipped models.
        log: receives one line per step.
    """
    folder = models / f"{recipe.MODEL_ID}-{recipe.VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    state = torch.load(checkpoint, weights_only=True)
    network = FaceNetwork().eval()
    network.load_state_dict(state["average"])
    temperature = fit_temperature(network, data)
    network.log_temperature.data.fill_(float(np.log(temperature)))
    log(f"temperature {temperature:.3f}")
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    write_graph(network, folder / GRAPH)
    entry = entry_for(network, folder, state["commit"])
    manifest.write_model(models, entry)
    manifest.write_model(models, {**entry, "self_test": self_test(models, folder.name)})
    log(f"exported {folder}")
    refresh_figures(data, models, log=log)
    return folder


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
