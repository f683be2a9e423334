"""From the models folder to a face reader that is ready for its first picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from emocare.domain.manifest import load_spec
from emocare.vision.detector import GOLDEN_SIZE, OnnxDetector
from emocare.vision.framing import CropRecipe
from emocare.vision.network import FaceNetwork
from emocare.vision.reader import OnnxFaceReader
from emocare.vision.self_test import self_test

FACE, DETECTOR = "face", "detector"


def load_face_reader(models_dir: Path, threads: int = 2) -> OnnxFaceReader:
    """Loads, checks and warms up the face reader; takes some tenths of a second.

    Args:
        models_dir: Folder with ``manifest.json``.
        threads: Processor threads of each network.

    Returns:
        A reader that may be shared by all sessions and threads.

    Raises:
        WeightsMissing: A file is not there.
        WeightsCorrupt: A file is not the one of the manifest, or the self-test fails.
        RecipeMismatch: Weights and program do not belong together.
    """
    onnxruntime.disable_telemetry_events()
    spec = load_spec(models_dir, FACE)
    network = FaceNetwork(models_dir, spec, threads)
    self_test(network, spec, network.size)
    recipe = CropRecipe.parse(spec.recipe)
    found_by = load_spec(models_dir, DETECTOR)
    detector = OnnxDetector(models_dir, found_by, threads)
    self_test(detector, found_by, GOLDEN_SIZE)
    reader = OnnxFaceReader(network, detector, recipe, spec, found_by)
    # The first run of each batch size allocates; a camera should not wait for that.
    for faces in (1, 2, 4):
        network.read(np.zeros((faces, network.size, network.size), np.uint8))
    return reader
