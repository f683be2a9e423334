"""The shipped model: export equals the network, hashes hold, the card repeats the figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import export_face, face_sets, manifest, model_card, recipe
from emocare.learning.face_graph import FaceGraph, cut_all
from emocare.learning.face_network import FaceNetwork
from emocare.learning.face_trunk import count_parameters
from tests.learning.conftest import MODELS

FOLDER = MODELS / f"{recipe.MODEL_ID}-{recipe.VERSION}"


@pytest.fixture(scope="module")
def spec() -> dict:
    return manifest.read_model(MODELS, recipe.MODEL_ID)


@pytest.fixture(scope="module")
def graph() -> FaceGraph:
    return FaceGraph(MODELS)


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    return export_face.load_weights(FOLDER / export_face.WEIGHTS)


def compare(graph: FaceGraph, network: FaceNetwork, image: np.ndarray) -> None:
    """Graph and network agree within 1e-4, pose within a thousandth of a degree."""
    with torch.inference_mode():
        expected = network(torch.from_numpy(image))
    read = graph.run(image)
    assert list(read) == list(recipe.GRAPH_OUTPUTS)
    for name, value in read.items():
        assert value.dtype == np.float32, name
        tolerance = 1e-3 if name == "pose" else 1e-4
        assert value == pytest.approx(expected[name].numpy(), abs=tolerance), name


@pytest.mark.parametrize("count", [1, 5])
def test_the_graph_equals_the_network_on_random_input(
    graph: FaceGraph, network: FaceNetwork, count: int
) -> None:
    rng = np.random.default_rng(count)
    size = recipe.SIZE
    compare(graph, network, rng.normal(0, 1, (count, 1, size, size)).astype(np.float32))


def test_the_graph_equals_the_network_on_faces(
    graph: FaceGraph, network: FaceNetwork, data: Path
) -> None:
    crops = cut_all(face_sets.load_faces(data, face_sets.TEST, 8), recipe.SIZE)
    image = (crops[:, None] / 255.0 - recipe.MEAN) / recipe.STD
    compare(graph, network, image.astype(np.float32))


def test_shapes_and_ranges_are_those_of_the_manifest(graph: FaceGraph) -> None:
    rng = np.random.default_rng(0)
    read = graph.read(rng.integers(0, 256, (3, recipe.SIZE, recipe.SIZE)).astype(np.uint8))
    shapes = {
        "presence": (3,),
        "landmarks": (3, 70, 2),
        "expressions": (3, 8),
        "action_units": (3, 14),
        "pose": (3, 3),
        "gaze_down": (3,),
        "eye_openness": (3, 2),
        "occlusion": (3, 2),
        "gaze_up": (3,),
        "gaze_side": (3,),
        "landmark_error": (3, 70),
    }
    assert {name: value.shape for name, value in read.items()} == shapes
    assert read["expressions"].sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (read["eye_openness"] >= 0).all()
    assert (read["landmark_error"] > 0).all()
    assert (np.abs(read["gaze_side"]) <= 1).all()
    for name in ("presence", "action_units", "gaze_down", "gaze_up", "occlusion"):
        assert ((read[name] >= 0) & (read[name] <= 1)).all(), name


def test_the_manifest_names_existing_files_by_their_hash(spec: dict) -> None:
    for entry in spec["files"].values():
        assert manifest.sha256(MODELS / spec["folder"] / entry["file"]) == entry["sha256"]
    for name in (spec["card"], spec["evaluation"]):
        assert (FOLDER / name).exists()
    assert spec["labels"]["expressions"] == list(recipe.EXPRESSIONS)
    assert spec["recipe"]["size"] == recipe.SIZE


def test_a_changed_graph_is_refused(tmp_path: Path, spec: dict) -> None:
    folder = tmp_path / spec["folder"]
    folder.mkdir()
    (folder / spec["files"]["graph"]["file"]).write_bytes(b"not the graph")
    manifest.write_model(tmp_path, spec)
    with pytest.raises(ValueError, match="SHA-256"):
        FaceGraph(tmp_path)


def test_the_self_test_repeats(spec: dict, graph: FaceGraph) -> None:
    test = spec["self_test"]
    read = graph.run(manifest.golden_input(recipe.SIZE))
    for name, expected in test["expected"].items():
        value = read[name][0]
        if name == "landmarks":
            value = value[:: test["landmarks_every"]]
        tolerance = test["pose_tolerance_deg"] if name == "pose" else test["tolerance"]
        assert value == pytest.approx(np.array(expected), abs=tolerance), name


def test_the_network_is_as_small_as_the_manifest_says(spec: dict, network: FaceNetwork) -> None:
    assert count_parameters(network) == spec["parameters"] < 2_000_000


def test_the_figures_belong_to_this_graph_and_the_card_repeats_them(spec: dict) -> None:
    figures = json.loads((FOLDER / spec["evaluation"]).read_text(encoding="utf-8"))
    assert figures["graph_sha256"] == spec["files"]["graph"]["sha256"]
    card = (FOLDER / spec["card"]).read_text(encoding="utf-8")
    assert card == model_card.write_card(spec, figures)
    assert f"{100 * figures['expressions']['accuracy']['value']:.2f} %" in card
    assert "Not clinically validated" in card
    assert "research material" in card


def test_writing_a_model_leaves_the_others_alone(tmp_path: Path) -> None:
    manifest.write_model(tmp_path, {"id": "other", "version": "1"})
    manifest.write_model(tmp_path, {"id": "face", "version": "1"})
    manifest.write_model(tmp_path, {"id": "face", "version": "2"})
    ids = [(entry["id"], entry["version"]) for entry in manifest.read_models(tmp_path)]
    assert ids == [("face", "2"), ("other", "1")]
