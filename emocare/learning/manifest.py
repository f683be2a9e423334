"""Writing the manifest of the shipped models, and the golden input of their self-test."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANIFEST = "manifest.json"
GOLDEN_FORMULA = (
    "image[0, 0, y, x] = 1.5 * sin(0.11 * x + 0.003 * x * y) * cos(0.07 * y) - 0.25, for x and y "
    "in 0..size-1, computed in float64 and cast to float32 (already normalised)"
)


def golden_input(size: int) -> NDArray[np.float32]:
    """The input (1, 1, size, size) of the self-test, by `GOLDEN_FORMULA`."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    image = 1.5 * np.sin(0.11 * x + 0.003 * x * y) * np.cos(0.07 * y) - 0.25
    return image[None, None].astype(np.float32)


def sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def file_entry(path: Path) -> dict[str, str]:
    """Manifest entry of a file."""
    return {"file": path.name, "sha256": sha256(path)}


def read_models(models: Path) -> list[dict[str, Any]]:
    """The entries of `models/manifest.json`, none when there is no manifest yet."""
    path = models / MANIFEST
    if not path.exists():
        return []
    return json.loads(path.read_text(encoding="utf-8"))["models"]


def read_model(models: Path, model_id: str) -> dict[str, Any]:
    """The entry of one model."""
    for entry in read_models(models):
        if entry["id"] == model_id:
            return entry
    raise KeyError(f"expected a model {model_id!r} in {models / MANIFEST}")


def write_model(models: Path, entry: dict[str, Any]) -> None:
    """Put an entry in place of the one with its id, leaving the other models alone."""
    others = [other for other in read_models(models) if other["id"] != entry["id"]]
    entries = sorted([*others, entry], key=lambda one: str(one["id"]))
    write_json(models / MANIFEST, {"schema": 1, "models": entries})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON as people read it: two spaces, keys in the order given, final newline."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
