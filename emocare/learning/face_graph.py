"""The shipped face graph, run as it was shipped: for evaluation, not for the running app."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from emocare.learning import framing, manifest
from emocare.learning.face_sets import FaceSet
from emocare.learning.recipe import MODEL_ID

Floats = NDArray[np.floating]
Outputs = dict[str, Floats]
BATCH = 128


class FaceGraph:
    """The ONNX graph named in a manifest, after its hash was checked. Stateless."""

    def __init__(self, models: Path, model_id: str = MODEL_ID) -> None:
        self.spec = manifest.read_model(models, model_id)
        graph = self.spec["files"]["graph"]
        path = models / self.spec["folder"] / graph["file"]
        if manifest.sha256(path) != graph["sha256"]:
            raise ValueError(f"{path}: expected the SHA-256 of the manifest, got another")
        recipe = self.spec["recipe"]
        self.size, self.mean, self.std = recipe["size"], recipe["mean"], recipe["std"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    def run(self, image: NDArray[np.float32]) -> Outputs:
        """Run a normalised input (N, 1, S, S)."""
        names = [output.name for output in self._session.get_outputs()]
        return dict(zip(names, self._session.run(names, {"image": image}), strict=True))

    def read(self, crops: NDArray[np.uint8]) -> Outputs:
        """Read grey crops (N, S, S) in one pass each."""
        parts = []
        for start in range(0, len(crops), BATCH):
            image = crops[start : start + BATCH, None].astype(np.float32) / 255.0
            parts.append(self.run(((image - self.mean) / self.std).astype(np.float32)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def read_set(self, faces: FaceSet) -> Outputs:
        """Cut the canonical crops of a set and read them."""
        return self.read(cut_all(faces, self.size))


def cut_all(faces: FaceSet, size: int) -> NDArray[np.uint8]:
    """Canonical crops (N, size, size) of a set."""
    pairs = zip(faces.pictures, faces.to_picture, strict=True)
    return np.stack([framing.cut(picture, frame, size) for picture, frame in pairs])


def cut_frame(frame: NDArray[np.uint8], points: Floats, size: int) -> tuple[NDArray, Floats]:
    """Canonical crop of a video frame (H, W, 3) BGR from its landmarks, and its affine (2, 3)."""
    to_picture = framing.frame_landmarks(points).matrix()
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return framing.cut(grey, to_picture, size), to_picture
