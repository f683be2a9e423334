"""The manifest's words: what a weight file is, takes, gives, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model with its SHA-256 (hex)."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One entry of ``models/manifest.json``.

    Attributes:
        id: For example "face".
        version: Three numbers.
        folder: Folder under ``models/``.
        weights: safetensors.
        graph: The ONNX graph exported from the weights; what the application runs.
        task: One sentence.
        recipe: size, colour, mean, std, crop.
        labels: Names of the outputs' entries.
        parameters: Number of trained parameters.
        self_test: Golden input and expected outputs.
        card: File name of the model card.
        evaluation: File name of the measured figures.
        provenance: data (name, origin, terms), licence, trained_commit.
    """

    id: str
    version: str
    folder: str
    weights: ModelFile
    graph: ModelFile
    task: str
    recipe: Mapping[str, Any]
    labels: Mapping[str, Any]
    parameters: int
    self_test: Mapping[str, Any]
    card: str
    evaluation: str
    provenance: Mapping[str, Any]
