"""From a checkpoint to the shipped detector: weights, graph, self-test, figures, card."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from emocare.learning import detector_card, detector_recipe, evidence_page, manifest, recipe
from emocare.learning.detector_network import DetectorNetwork
from emocare.learning.evaluate_detector import OURS, PICTURES, evaluate_detector
from emocare.learning.export_face import CARD, EVALUATION, GRAPH, OPSET, WEIGHTS, Log
from emocare.learning.face_trunk import count_parameters
from emocare.learning.provenance import DATA, LICENCE
from emocare.vision import load_spec
from emocare.vision.detector import OnnxDetector

TOLERANCE = 0.005
USED = ("FER+", "Head crops", "Covered faces", "Scenes", "Teacher")
"""Beginnings of the names of the collections that the detector learns from."""


class Outputs(nn.Module):
    """The network with its outputs as a tuple, as the exporter wants them."""

    def __init__(self, network: DetectorNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Outputs of (N, 1, H, W) in the order of the recipe."""
        outputs = self.network(image)
        return tuple(outputs[name] for name in detector_recipe.OUTPUTS)


def write_graph(network: DetectorNetwork, path: Path) -> None:
    """Export the network to ONNX with a free batch size, height and width."""
    free = {0: "N", 2: "H", 3: "W"}
    cells = {0: "N", 2: "rows", 3: "columns"}
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but its successor needs a further dependency.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Outputs(network).eval(),
            (torch.zeros(2, 1, 64, 96),),
            str(path),
            input_names=["image"],
            output_names=list(detector_recipe.OUTPUTS),
            dynamic_axes={"image": free, **dict.fromkeys(detector_recipe.OUTPUTS, cells)},
            opset_version=OPSET,
            dynamo=False,
        )


def entry_for(network: DetectorNetwork, folder: Path, commit: str) -> dict[str, Any]:
    """The manifest entry of the files in `folder`."""
    return {
        "id": detector_recipe.MODEL_ID,
        "version": detector_recipe.VERSION,
        "folder": folder.name,
        "files": {
            "weights": manifest.file_entry(folder / WEIGHTS),
            "graph": manifest.file_entry(folder / GRAPH),
        },
        "task": detector_recipe.TASK,
        "recipe": {
            "colour": "grey",
            "mean": detector_recipe.MEAN,
            "std": detector_recipe.STD,
            "stride": detector_recipe.STRIDE,
            "multiple": detector_recipe.MULTIPLE,
        },
        "labels": detector_recipe.output_labels(),
        "parameters": count_parameters(network),
        "data": [one for one in DATA if one["name"].startswith(USED)],
        "licence": LICENCE,
        "trained_commit": commit,
        "card": CARD,
        "evaluation": EVALUATION,
        "self_test": {},
    }


def self_test(models: Path, folder: str) -> dict[str, Any]:
    """Golden input and what the graph makes of it, rounded to four digits."""
    size = detector_recipe.GOLDEN_SIZE
    detector = OnnxDetector(models, load_spec(models, detector_recipe.MODEL_ID), threads=1)
    outputs = detector.run(manifest.golden_input(size))
    return {
        "description": f"{folder}: run the graph on one formula-made input and compare",
        "input_formula": manifest.GOLDEN_FORMULA,
        "input_shape": [1, 1, size, size],
        "tolerance": TOLERANCE,
        "expected": {
            name: value[0].astype(float).round(4).tolist() for name, value in outputs.items()
        },
    }


def export(
    checkpoint: Path,
    data: Path,
    models: Path,
    *,
    limit: int | None = None,
    log: Log = print,
) -> Path:
    """Ship a checkpoint: write `models/detector-VERSION`, its manifest entry, figures and card.

    Args:
        checkpoint: what `train` returned.
        data: folder with the collections, for the figures.
        models: folder of the shipped models, the face network among them: it proves.
        limit: measure on the first pictures of each collection only.
        log: receives one line per step.
    """
    folder = models / f"{detector_recipe.MODEL_ID}-{detector_recipe.VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    state = torch.load(checkpoint, weights_only=True)
    network = DetectorNetwork().eval()
    network.load_state_dict(state["average"])
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    write_graph(network, folder / GRAPH)
    entry = entry_for(network, folder, state["commit"])
    manifest.write_model(models, entry)
    manifest.write_model(models, {**entry, "self_test": self_test(models, folder.name)})
    log(f"exported {folder}")
    refresh_figures(data, models, limit=limit, log=log)
    return folder


def refresh_figures(
    data: Path, models: Path, *, limit: int | None = None, log: Log = print
) -> dict[str, Any]:
    """Measure the shipped graph; write `evaluation.json`, the card and the page of evidence.

    The figures of the detector with its proof hold for one face network; its graph's hash stands
    beside them.
    """
    spec = manifest.read_model(models, detector_recipe.MODEL_ID)
    folder = models / spec["folder"]
    pictures = PICTURES if limit is None else min(limit, PICTURES)
    figures = {
        "model": spec["id"],
        "version": spec["version"],
        "graph_sha256": spec["files"]["graph"]["sha256"],
        "proven_by": manifest.read_model(models, recipe.MODEL_ID)["files"]["graph"]["sha256"],
        "detection": evaluate_detector(data, models, pictures=pictures, limit=limit),
    }
    manifest.write_json(folder / EVALUATION, figures)
    (folder / CARD).write_text(detector_card.write_card(spec, figures), encoding="utf-8")
    evidence_page.refresh(models)
    log(json.dumps(figures["detection"]["faces"][OURS[1]]["recall"]))
    return figures
