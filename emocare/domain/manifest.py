"""The manifest of the shipped networks, and the check that files are what it says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from emocare.domain.errors import RecipeMismatch, WeightsCorrupt, WeightsMissing
from emocare.domain.models import ModelFile, ModelSpec

MANIFEST = "manifest.json"
REMEDY = "restore the models folder from the release"


def load_spec(models_dir: Path, id: str) -> ModelSpec:
    """Reads one entry of the manifest and checks the SHA-256 of its files.

    Args:
        models_dir: Folder with ``manifest.json``.
        id: For example "face".

    Raises:
        WeightsMissing: The manifest, the entry or a file is not there.
        WeightsCorrupt: A file is not the one of the manifest, or the manifest is damaged.
        RecipeMismatch: The entry lacks something that is needed to run the network.
    """
    spec = _parse(_entry(models_dir, id), id)
    for file in (spec.weights, spec.graph):
        read_checked(models_dir, spec, file)
    return spec


def model_ids(models_dir: Path) -> list[str]:
    """The networks that the manifest names, of which there is at least the one for faces.

    Raises:
        WeightsMissing, WeightsCorrupt: As ``load_spec``.
    """
    _entry(models_dir, "face")
    manifest = json.loads((models_dir / MANIFEST).read_text(encoding="utf-8"))
    return [str(entry["id"]) for entry in manifest["models"] if "id" in entry]


def read_checked(models_dir: Path, spec: ModelSpec, file: ModelFile) -> bytes:
    """Reads a file of a model and refuses any bytes but those of the manifest.

    Raises:
        WeightsMissing: The file is not there.
        WeightsCorrupt: Its SHA-256 is another.
    """
    name = f"{spec.folder}/{file.file}"
    try:
        data = (models_dir / spec.folder / file.file).read_bytes()
    except OSError as error:
        raise WeightsMissing(
            f"The weight file {name} cannot be read ({error.strerror}): {REMEDY}."
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise WeightsCorrupt(
            f"The weight file {name} was changed or damaged (SHA-256 {found[:12]}..., expected "
            f"{file.sha256[:12]}...): {REMEDY}."
        )
    return data


def _entry(models_dir: Path, id: str) -> dict[str, Any]:
    try:
        manifest = json.loads((models_dir / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsMissing(f"models/{MANIFEST} cannot be read: {REMEDY}.") from error
    except ValueError as error:
        raise WeightsCorrupt(f"models/{MANIFEST} is damaged: {REMEDY}.") from error
    models = manifest.get("models") if isinstance(manifest, dict) else None
    if not isinstance(models, list):
        raise WeightsCorrupt(f"models/{MANIFEST} lists no models: {REMEDY}.")
    for entry in models:
        if isinstance(entry, dict) and entry.get("id") == id:
            return entry
    raise WeightsMissing(f"models/{MANIFEST} names no {id!r} network: {REMEDY}.")


def _parse(entry: dict[str, Any], id: str) -> ModelSpec:
    try:
        files = entry["files"]
        return ModelSpec(
            id=entry["id"],
            version=entry["version"],
            folder=entry["folder"],
            weights=ModelFile(files["weights"]["file"], files["weights"]["sha256"]),
            graph=ModelFile(files["graph"]["file"], files["graph"]["sha256"]),
            task=entry["task"],
            recipe=entry["recipe"],
            labels=entry["labels"],
            parameters=entry["parameters"],
            self_test=entry["self_test"],
            card=entry["card"],
            evaluation=entry["evaluation"],
            provenance={
                "data": entry["data"],
                "licence": entry["licence"],
                "trained_commit": entry["trained_commit"],
            },
        )
    except (KeyError, TypeError) as error:
        raise RecipeMismatch(
            f"The {id!r} entry of models/{MANIFEST} lacks {error}: {REMEDY}."
        ) from error
