"""The shipped detector: its files, figures and card belong together."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import load_file

from emocare.learning import detector_card, manifest
from emocare.learning.detector_network import DetectorNetwork
from emocare.learning.face_trunk import count_parameters

MODELS = Path(__file__).resolve().parents[2] / "models"
SPEC = manifest.read_model(MODELS, "detector")
FOLDER = MODELS / SPEC["folder"]
FIGURES = json.loads((FOLDER / SPEC["evaluation"]).read_text(encoding="utf-8"))


def test_the_weights_fit_the_network() -> None:
    network = DetectorNetwork()
    network.load_state_dict(load_file(FOLDER / SPEC["files"]["weights"]["file"]))
    assert count_parameters(network) == SPEC["parameters"] < 300_000


def test_figures_and_card_are_of_this_graph() -> None:
    assert FIGURES["graph_sha256"] == SPEC["files"]["graph"]["sha256"]
    proof = manifest.read_model(MODELS, "face")["files"]["graph"]["sha256"]
    assert FIGURES["proven_by"] == proof, "measure the detector anew behind this face network"
    card = (FOLDER / SPEC["card"]).read_text(encoding="utf-8")
    assert card == detector_card.write_card(SPEC, FIGURES)


def test_it_beats_the_cascade_that_it_replaced() -> None:
    faces = FIGURES["detection"]["faces"]
    ours, theirs = faces["detector_and_proof"]["recall"], faces["haar_tuned"]["recall"]
    assert ours["low"] > theirs["high"]
    quiet = FIGURES["detection"]["no_face"]["no_face.mp4"]
    assert quiet["detector_and_proof"]["faces"] == 0
