"""Published programs that Emo-Care is measured beside. Each may be missing; none is required.

Every opener returns a function that does the peer's whole work on one picture, or ``Absent``.
Nothing here is imported by the app, and the packages are named in ``requirements-bench.txt``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from emocare.learning.recipe import EXPRESSIONS

Rgb = NDArray[np.uint8]
Follow = Callable[[Rgb, float], bool]
"""Picture (H, W, 3) and seconds of its clip -> whether a face was read."""
Search = Callable[[Rgb], int]
"""Picture (H, W, 3) -> number of faces."""
Classify = Callable[[NDArray[np.uint8]], int]
"""Grey face (H, W) -> number of the expression in the order of ``EXPRESSIONS``."""

OURS, MEDIAPIPE, YUNET, HAAR, FER = "emocare", "mediapipe", "yunet", "haar", "fer"
LANDMARKER = "peers/face_landmarker.task"
YUNET_FILE = "peers/face_detection_yunet_2026may.onnx"
CASCADE = "haarcascade_frontalface_default.xml"
FER_NAMES = {"neutral": "neutral", "happy": "happiness", "surprise": "surprise", "sad": "sadness",
             "angry": "anger", "disgust": "disgust", "fear": "fear"}  # fmt: skip
"""Its names in ours; it does not know contempt."""
YUNET_SCORE = 0.7
NEW_CLIP_MS = 10_000
NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Absent:
    """A peer that cannot be measured here, and why."""

    reason: str


def version(name: str) -> str:
    """Of an installed package, or that there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return NOT_INSTALLED


class Landmarker:
    """MediaPipe's Face Landmarker in video mode. ``close`` it: it has threads of its own.

    With blendshapes and pose, because that is what it offers of what ours reads.
    """

    def __init__(self, package: Any, tasks: Any, model: Path) -> None:
        self._package = package
        vision = tasks.vision
        options = vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO, num_faces=1,
            output_face_blendshapes=True, output_facial_transformation_matrixes=True,
        )  # fmt: skip
        self._landmarker = vision.FaceLandmarker.create_from_options(options)
        self._before_ms = self._last_ms = 0

    def __call__(self, rgb: Rgb, t_s: float) -> bool:
        """Whether a face was read. Its clock must never go back, so a new clip goes on later."""
        now_ms = round(1000 * t_s) + self._before_ms
        if now_ms <= self._last_ms:
            self._before_ms = self._last_ms + NEW_CLIP_MS
            now_ms = round(1000 * t_s) + self._before_ms
        self._last_ms = now_ms
        image = self._package.Image(image_format=self._package.ImageFormat.SRGB, data=rgb)
        return bool(self._landmarker.detect_for_video(image, now_ms).face_landmarks)

    def close(self) -> None:
        """Ends its threads."""
        self._landmarker.close()


def mediapipe(data: Path | None) -> Landmarker | Absent:
    """Face Landmarker with the model file in the data folder."""
    model = _file(data, LANDMARKER)
    if isinstance(model, Absent):
        return model
    package, tasks = _package("mediapipe"), _package("mediapipe.tasks.python")
    if package is None or tasks is None:
        return Absent(NOT_INSTALLED)
    return Landmarker(package, tasks, model)


def yunet(data: Path | None) -> Search | Absent:
    """YuNet of the OpenCV Zoo on the picture as it is."""
    model = _file(data, YUNET_FILE)
    if isinstance(model, Absent):
        return model
    detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), YUNET_SCORE)

    def search(rgb: Rgb) -> int:
        detector.setInputSize((rgb.shape[1], rgb.shape[0]))
        _, faces = detector.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        return 0 if faces is None else len(faces)

    return search


def haar() -> Search | Absent:
    """OpenCV's frontal cascade with its usual settings on the picture as it is."""
    path = Path(cv2.data.haarcascades) / CASCADE
    if not hasattr(cv2, "CascadeClassifier") or not path.exists():
        return Absent("not in this OpenCV")
    cascade = cv2.CascadeClassifier(str(path))

    def search(rgb: Rgb) -> int:
        return len(cascade.detectMultiScale(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 1.1, 3))

    return search


def fer() -> Classify | Absent:
    """The ``fer`` package on a picture that is the face alone, with its default model.

    Its usual margin of 10 pixels lies outside such a picture and costs it accuracy (57 % instead
    of 67 % of the FER+ test images), so it is given none.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = _package("fer.fer")
        if package is None:
            return Absent(NOT_INSTALLED)
        reader = package.FER(offsets=(0, 0))
    # Importing it turns the messages of every other library on.
    logging.getLogger().setLevel(logging.WARNING)

    def classify(face: NDArray[np.uint8]) -> int:
        box = (0, 0, face.shape[1], face.shape[0])
        found = reader.detect_emotions(cv2.cvtColor(face, cv2.COLOR_GRAY2BGR), [box])
        scores = found[0]["emotions"]
        best = max(scores, key=lambda name: float(scores[name]))
        return EXPRESSIONS.index(FER_NAMES[best])

    return classify


def _file(data: Path | None, name: str) -> Path | Absent:
    if data is None:
        return Absent("its model file is looked for with --data")
    path = data / name
    return path if path.is_file() else Absent(f"no {name} in the data folder")


def _package(name: str) -> ModuleType | None:
    """A package that may be missing, or lack what it needs itself."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
