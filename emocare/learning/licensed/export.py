"""From a fitted head to an installed model: weights, graph, manifest, self-test, figures, card."""

from __future__ import annotations

import json
import re
import subprocess
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from emocare.learning import manifest
from emocare.learning.export_face import CARD, EVALUATION, GRAPH, OPSET, WEIGHTS
from emocare.learning.licensed import card
from emocare.learning.licensed.fit import Fitted, Plan, fit, predictions
from emocare.learning.licensed.graph import (
    ATTENTION,
    DISTRIBUTION,
    INPUT,
    TOLERANCE,
    ScaleGraph,
)
from emocare.learning.licensed.network import ScaleNetwork
from emocare.learning.licensed.people import Course, People, gather
from emocare.learning.licensed.recordings import LicensedSet, Split
from emocare.learning.licensed.report import evaluate
from emocare.learning.licensed.scales import Scale
from emocare.learning.severity_network import count_parameters
from emocare.temporal.self_test import FORMULA, SECONDS, golden_seconds
from emocare.temporal.tokens import FEATURES

Log = Callable[[str], None]
LEAST_PERCENTILE = 1.0
LICENCE = (
    "Computed from data under licence, which decides who may use the weights and whether they may "
    "be passed on. Read it before you do either."
)
DEV_NOTE = (
    "The dev people chose the epoch and the width of the intervals: these figures flatter. Those "
    "of the test people count."
)


def train_scale(data: LicensedSet, models: Path, plan: Plan, log: Log) -> Path:
    """Trains the head of a data set's scale and installs it as a new version.

    Args:
        data: With the splits train and dev; the test split is not opened.
        models: Folder of the models.

    Returns:
        The new folder.

    Raises:
        InputError: A file is missing or wrong, or nobody can be used.
    """
    train, dev = (gather(data, split, log) for split in (Split.TRAIN, Split.DEV))
    fitted = fit(data.scale, train.courses, dev.courses, plan, log)
    version = next_version(models, data.scale)
    folder = models / f"{data.scale.model_id}-{version}"
    folder.mkdir(parents=True)
    network = fitted.network
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    write_graph(network, folder / GRAPH)
    entry = entry_for(data, train, fitted, plan, folder, version)
    manifest.write_model(models, entry)
    said, _ = ScaleGraph(models, data.scale).run(golden_seconds()[None])
    entry["self_test"] = {
        "description": f"{folder.name}: run the graph on one formula-made input and compare",
        "input_formula": FORMULA,
        "input_shape": [1, SECONDS, len(FEATURES)],
        "tolerance": TOLERANCE,
        "expected": said.astype(float).round(4).tolist(),
    }
    manifest.write_model(models, entry)
    write_figures(models, data.scale, dev_figures(data, train, dev, ScaleGraph(models, data.scale)))
    log(f"installed {folder}")
    return folder


def next_version(models: Path, scale: Scale) -> str:
    """Three numbers, the second one above that of every version that is there."""
    names = [path.name for path in models.glob(f"{scale.model_id}-*")]
    found = [re.fullmatch(rf"{scale.model_id}-1\.(\d+)\.\d+", name) for name in names]
    return f"1.{max((int(one[1]) for one in found if one), default=-1) + 1}.0"


def write_graph(network: ScaleNetwork, path: Path) -> None:
    """Exports the network to ONNX: one recording of any length."""
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but its successor needs a further dependency; it
        # warns of the batch size, which is one.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (torch.from_numpy(golden_seconds()[None]),),
            str(path),
            input_names=[INPUT],
            output_names=[DISTRIBUTION, ATTENTION],
            dynamic_axes={INPUT: {1: "T"}, ATTENTION: {1: "T"}},
            opset_version=OPSET,
            dynamo=False,
        )


def entry_for(
    data: LicensedSet, train: People, fitted: Fitted, plan: Plan, folder: Path, version: str
) -> dict[str, Any]:
    """The manifest entry of the files in ``folder``, without its self-test."""
    scale, shape = data.scale, fitted.network.body.shape
    return {
        "id": scale.model_id,
        "version": version,
        "folder": folder.name,
        "files": {
            "weights": manifest.file_entry(folder / WEIGHTS),
            "graph": manifest.file_entry(folder / GRAPH),
        },
        "task": f"{scale.meaning}, from one vector a second of facial readings; research only",
        "recipe": {
            "scale": scale.id,
            "features": list(FEATURES),
            "shape": shape.to_dict(),
            "epochs": fitted.epoch,
            "seed": plan.seed,
            "interval_width": None if scale.binary else round(fitted.interval_width, 4),
            "least_quality": least_quality(train.courses),
        },
        "labels": {
            DISTRIBUTION: ["log odds"] if scale.binary else ["mean", "standard deviation"],
            ATTENTION: "share of each second",
            "range": [scale.low, scale.high],
        },
        "parameters": count_parameters([fitted.network]),
        "data": [{
            "name": f"{data.title}: {len(train.courses)} training recordings of "
                    f"{len({one.person for one in train.courses})} people",
            "origin": data.name, "terms": data.access, "labels_sha256": train.sha256,
        }],
        "licence": LICENCE,
        "trained_commit": commit(),
        "card": CARD,
        "evaluation": EVALUATION,
        "self_test": {},
    }  # fmt: skip


def least_quality(courses: Sequence[Course]) -> dict[str, float]:
    """Below this a recording is worse measured than 99 % of the training recordings."""
    least_s, least_share = (
        np.percentile([getattr(one, name) for one in courses], LEAST_PERCENTILE)
        for name in ("measured_s", "measured_share")
    )
    return {"measured_s": round(float(np.floor(least_s)), 1),
            "measured_share": round(float(np.floor(1000 * least_share) / 1000), 3)}  # fmt: skip


def dev_figures(
    data: LicensedSet, train: People, dev: People, graph: ScaleGraph
) -> dict[str, Any]:
    """What is known after training: figures of the dev people, with the warning they need."""
    said = predictions(data.scale, graph.read(dev.courses), graph.interval_width)
    return {
        "model": graph.spec.id,
        "version": graph.spec.version,
        "graph_sha256": graph.spec.graph.sha256,
        "data": data.name,
        "left_out": {**data.left_out, **train.left_out, **dev.left_out},
        "notes": {entry.id: "; ".join(entry.notes) for entry in data.entries if entry.notes},
        "dev": {"note": DEV_NOTE, **evaluate(data.scale, train.labelled, dev.labelled, said)},
        "test": None,
    }


def figures_of(folder: Path) -> dict[str, Any]:
    """What was measured of an installed model."""
    return dict(json.loads((folder / EVALUATION).read_text("utf-8")))


def write_figures(models: Path, scale: Scale, figures: dict[str, Any]) -> None:
    """Writes ``evaluation.json`` and the card, which repeats it."""
    entry = manifest.read_model(models, scale.model_id)
    folder = models / entry["folder"]
    manifest.write_json(folder / EVALUATION, figures)
    (folder / CARD).write_text(card.write_card(entry, figures), encoding="utf-8")


def commit() -> str:
    """The commit of the working copy, "unknown" where there is none."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
