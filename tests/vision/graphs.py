"""A models folder with a tiny graph of the right shape, and ways to spoil it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from emocare.domain.faces import EXPRESSIONS
from emocare.vision.network import WIDTHS
from emocare.vision.self_test import FORMULA, golden_input

SIZE = 16
UNITS = ["au12", "au01", "au45"]


def tiny_graph(widths: dict[str, tuple[int, ...]], size: int = SIZE) -> bytes:
    """Every output is mean brightness times 0.01, 0.02, ... in the wanted shape."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["mean"]),
    ]
    constants, outputs = [], []
    for name, width in widths.items():
        count = int(np.prod(width, dtype=int))
        weights = np.arange(1, count + 1, dtype=np.float32)[None] / 100
        constants += [
            numpy_helper.from_array(weights, f"{name}_w"),
            numpy_helper.from_array(np.array([-1, *width], np.int64), f"{name}_s"),
        ]
        nodes += [
            helper.make_node("MatMul", ["mean", f"{name}_w"], [f"{name}_flat"]),
            helper.make_node("Reshape", [f"{name}_flat", f"{name}_s"], [name]),
        ]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *width]))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, size, size])
    graph = helper.make_graph(nodes, "tiny", [image], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def entry(graph: bytes, weights: bytes) -> dict[str, Any]:
    """A manifest entry for ``tiny_graph``."""
    mean = float(golden_input(SIZE).mean())
    return {
        "id": "face",
        "version": "9.9.9",
        "folder": "face-9.9.9",
        "files": {
            "weights": {"file": "w.safetensors", "sha256": hashlib.sha256(weights).hexdigest()},
            "graph": {"file": "graph.onnx", "sha256": hashlib.sha256(graph).hexdigest()},
        },
        "task": "test",
        "recipe": {
            "size": SIZE,
            "colour": "grey",
            "mean": 0.5,
            "std": 0.25,
            "crop": {
                "side_per_spread": 3.0,
                "centre_up_in_spreads": 0.3,
                "border": "replicate",
                "interpolation": "linear",
            },
        },
        "labels": {
            "expressions": list(EXPRESSIONS),
            "action_units": UNITS,
            "pose": ["yaw_deg", "pitch_deg", "roll_deg"],
            "eye_openness": ["left", "right"],
            "occlusion": ["mouth", "eyes"],
        },
        "parameters": 1,
        "data": [],
        "licence": "none",
        "trained_commit": "none",
        "card": "MODEL_CARD.md",
        "evaluation": "evaluation.json",
        "self_test": {
            "input_formula": FORMULA,
            "landmarks_every": 7,
            "tolerance": 0.002,
            "pose_tolerance_deg": 0.05,
            "expected": {"presence": 0.01 * mean, "pose": [0.01 * mean, 0.02 * mean, 0.03 * mean]},
        },
    }


def tiny_detector(outputs: tuple[str, ...] = ("heat", "place")) -> bytes:
    """Heat is a quarter of the mean of each 8x8 cell; every face has a spread of two cells."""
    place = np.array([0.25, -0.25, np.log(2.0), 0.5, np.sqrt(0.75)], np.float32)
    constants = [
        numpy_helper.from_array(np.array(0.25, np.float32), "quarter"),
        numpy_helper.from_array(np.array(0.0, np.float32), "none"),
        numpy_helper.from_array(np.zeros((5, 1, 1, 1), np.float32), "weights"),
        numpy_helper.from_array(place, "bias"),
    ]
    nodes = [
        helper.make_node("AveragePool", ["image"], ["cells"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Mul", ["cells", "quarter"], ["some"]),
        helper.make_node("Max", ["some", "none"], [outputs[0]]),
        helper.make_node("Conv", ["cells", "weights", "bias"], [outputs[1]]),
    ]
    kinds = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", width, "rows", "columns"])
        for name, width in zip(outputs, (1, 5), strict=True)
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, "H", "W"])
    graph = helper.make_graph(nodes, "tiny", [image], kinds, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def detector_entry(graph: bytes, weights: bytes) -> dict[str, Any]:
    """A manifest entry for ``tiny_detector``."""
    return {
        **entry(graph, weights),
        "id": "detector",
        "version": "8.8.8",
        "folder": "detector-8.8.8",
        "recipe": {"colour": "grey", "mean": 0.5, "std": 0.25, "stride": 8, "multiple": 32},
        "labels": {"place": ["dx", "dy", "log_spread", "sin_roll", "cos_roll"]},
        "self_test": {
            "input_formula": FORMULA,
            "tolerance": 0.002,
            "expected": {"place": np.broadcast_to(
                np.array([0.25, -0.25, 0.6931, 0.5, 0.866])[:, None, None], (5, 4, 4)
            ).tolist()},
        },
    }  # fmt: skip


def write_detector(
    folder: Path, outputs: tuple[str, ...] = ("heat", "place"), **changed: Any
) -> dict[str, Any]:
    """Writes the detector's files; returns its entry, with some parts changed."""
    graph, weights = tiny_detector(outputs), b"weights"
    written = {**detector_entry(graph, weights), **changed}
    (folder / written["folder"]).mkdir(parents=True, exist_ok=True)
    (folder / written["folder"] / "graph.onnx").write_bytes(graph)
    (folder / written["folder"] / "w.safetensors").write_bytes(weights)
    return written


def write_models(
    folder: Path, widths: dict[str, tuple[int, ...]] | None = None, size: int = SIZE
) -> dict[str, Any]:
    """Writes a face network and a detector; returns the entry of the first, to be changed."""
    graph = tiny_graph(widths or {**WIDTHS, "action_units": (len(UNITS),)}, size)
    weights = b"weights"
    written = entry(graph, weights)
    (folder / written["folder"]).mkdir(parents=True)
    (folder / written["folder"] / "graph.onnx").write_bytes(graph)
    (folder / written["folder"] / "w.safetensors").write_bytes(weights)
    write_manifest(folder, written, write_detector(folder))
    return written


def write_manifest(folder: Path, *entries: dict[str, Any]) -> None:
    """Writes ``manifest.json``."""
    text = json.dumps({"schema": 1, "models": list(entries)})
    (folder / "manifest.json").write_text(text, encoding="utf-8")
