from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocare.domain.errors import ModelError, RecipeMismatch, WeightsCorrupt, WeightsMissing
from emocare.domain.faces import ACTION_UNITS, ReadHint
from emocare.domain.frames import Frame
from emocare.vision import load_face_reader, load_spec
from emocare.vision.network import WIDTHS, FaceNetwork
from tests.vision.graphs import SIZE, UNITS, write_manifest, write_models

ROOT = Path(__file__).resolve().parent.parent.parent


def refused(folder: Path, kind: type[ModelError]) -> str:
    with pytest.raises(kind) as caught:
        load_face_reader(folder)
    message = str(caught.value)
    assert str(folder) not in message
    assert message.endswith(".")
    return message


def test_a_good_folder_loads_and_reads(tmp_path: Path) -> None:
    write_models(tmp_path)
    reader = load_face_reader(tmp_path, threads=1)
    assert (reader.spec.id, reader.spec.version) == ("face", "9.9.9")
    assert reader.specs == (load_spec(tmp_path, "face"), load_spec(tmp_path, "detector"))
    grey = np.full((120, 160, 3), 130, np.uint8)
    assert reader.read(Frame(0.0, grey), ReadHint()).face is None


def test_units_go_to_their_columns_by_label(tmp_path: Path) -> None:
    write_models(tmp_path)
    network = FaceNetwork(tmp_path, load_spec(tmp_path, "face"))
    white = np.full((2, SIZE, SIZE), 255, np.uint8)
    reading = network.read(white)[1]
    brightness = (1.0 - 0.5) / 0.25
    for place, unit in enumerate(UNITS):
        value = reading.action_units[ACTION_UNITS.index(unit)]
        assert value == pytest.approx(0.01 * (place + 1) * brightness)
    assert np.isnan(reading.action_units).sum() == len(ACTION_UNITS) - len(UNITS)
    assert reading.pose.roll_deg == pytest.approx(0.03 * brightness)
    assert (reading.eye_openness_left, reading.eye_openness_right) == pytest.approx((0.02, 0.04))
    assert (reading.mouth_occluded, reading.eyes_occluded) == pytest.approx((0.02, 0.04))
    assert reading.landmarks.shape == (70, 2)


def test_missing_things_are_named(tmp_path: Path) -> None:
    assert "manifest.json" in refused(tmp_path, WeightsMissing)
    entry = write_models(tmp_path)
    write_manifest(tmp_path, {**entry, "id": "voice"})
    assert "'face'" in refused(tmp_path, WeightsMissing)
    write_manifest(tmp_path, entry)
    (tmp_path / "face-9.9.9" / "w.safetensors").unlink()
    assert "w.safetensors" in refused(tmp_path, WeightsMissing)


@pytest.mark.parametrize("name", ["graph.onnx", "w.safetensors"])
def test_one_changed_bit_is_refused(tmp_path: Path, name: str) -> None:
    write_models(tmp_path)
    path = tmp_path / "face-9.9.9" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert name in refused(tmp_path, WeightsCorrupt)


@pytest.mark.parametrize("text", ["{", "[]", '{"models": 3}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    refused(tmp_path, WeightsCorrupt)


def test_a_failed_self_test_is_refused(tmp_path: Path) -> None:
    entry = write_models(tmp_path)
    entry["self_test"]["expected"]["pose"][2] += 0.2
    write_manifest(tmp_path, entry)
    assert "pose" in refused(tmp_path, WeightsCorrupt)


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(entry: dict[str, Any]) -> None:
        for name in path[:-1]:
            entry = entry[name]
        del entry[path[-1]]

    return change


def put(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(entry: dict[str, Any]) -> None:
        for name in path[:-1]:
            entry = entry[name]
        entry[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        drop("self_test"),
        drop("files", "graph"),
        drop("recipe", "std"),
        drop("recipe", "crop"),
        put("rgb", "recipe", "colour"),
        put(SIZE + 8, "recipe", "size"),
        put(["au12", "au01"], "labels", "action_units"),
        put(["au12", "au01", "au99"], "labels", "action_units"),
        put(["au12", "au12", "au01"], "labels", "action_units"),
        put(["right", "left"], "labels", "eye_openness"),
        put(["happiness"], "labels", "expressions"),
        put("another", "self_test", "input_formula"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    entry = write_models(tmp_path)
    change(entry)
    write_manifest(tmp_path, entry)
    refused(tmp_path, RecipeMismatch)


def test_a_graph_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    widths = {**WIDTHS, "action_units": (len(UNITS),)}
    write_models(tmp_path / "a", {**widths, "landmarks": (68, 2)})
    assert "landmarks" in refused(tmp_path / "a", RecipeMismatch)
    write_models(tmp_path / "b", {k: v for k, v in widths.items() if k != "gaze_down"})
    assert "gaze_down" in refused(tmp_path / "b", RecipeMismatch)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    import hashlib

    entry = write_models(tmp_path)
    (tmp_path / "face-9.9.9" / "graph.onnx").write_bytes(b"not a graph")
    entry["files"]["graph"]["sha256"] = hashlib.sha256(b"not a graph").hexdigest()
    write_manifest(tmp_path, entry)
    refused(tmp_path, RecipeMismatch)


def test_torch_is_not_needed() -> None:
    code = "import sys, emocare.vision; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
