"""The face network: crops in, named numbers out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from emocare.domain.errors import RecipeMismatch
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, LANDMARKS
from emocare.domain.manifest import read_checked
from emocare.domain.models import ModelSpec
from emocare.vision.pose import Pose

RUNTIME_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)
WIDTHS: dict[str, tuple[int, ...]] = {
    "presence": (),
    "landmarks": (LANDMARKS, 2),
    "expressions": (len(EXPRESSIONS),),
    "pose": (3,),
    "gaze_down": (),
    "eye_openness": (2,),
    "occlusion": (2,),
    "gaze_up": (),
    "gaze_side": (),
    "landmark_error": (LANDMARKS,),
}
"""Shape of each output per face; ``action_units`` has as many entries as its labels."""
ORDERED_LABELS: dict[str, list[str]] = {
    "expressions": list(EXPRESSIONS),
    "pose": ["yaw_deg", "pitch_deg", "roll_deg"],
    "eye_openness": ["left", "right"],
    "occlusion": ["mouth", "eyes"],
}
ONE_RELEASE = "use weights and program of one release"


@dataclass(frozen=True, slots=True)
class CropReading:
    """What the network says of one crop.

    Attributes:
        presence: Probability that the crop holds a face.
        landmarks: (70, 2) fractions of the crop side.
        expressions: (8,) in the order of ``EXPRESSIONS``.
        action_units: (17,) in the order of ``ACTION_UNITS``; NaN where not measured.
        pose: Relative to the crop.
        gaze_down: Downward gaze, 0..1.
        eye_openness_left: Eye aspect ratio of the subject's left eye.
        eye_openness_right: Of the right eye.
        mouth_occluded: Probability that the mouth is covered.
        eyes_occluded: Probability that the eyes are covered.
        gaze_up: Upward gaze, 0..1.
        gaze_side: Gaze aside, -1..1, positive to the subject's left.
        landmark_error: (70,) expected distance of each landmark from its true place, fractions
            of the crop side.
    """

    presence: float
    landmarks: NDArray[np.float32]
    expressions: NDArray[np.float32]
    action_units: NDArray[np.float32]
    pose: Pose
    gaze_down: float
    eye_openness_left: float
    eye_openness_right: float
    mouth_occluded: float
    eyes_occluded: float
    gaze_up: float
    gaze_side: float
    landmark_error: NDArray[np.float32]


class CropReader(Protocol):
    """Reads crops; the seam at which tests put a scripted network."""

    @property
    def size(self) -> int:
        """Side of a crop in pixels."""
        ...

    def read(self, crops: NDArray[np.uint8]) -> list[CropReading]:
        """Reads (N, size, size) grey crops, N >= 1. Safe to share between threads."""
        ...


class FaceNetwork:
    """An ONNX graph run as its manifest entry says. Holds no state between calls.

    Args:
        models_dir: Folder of the models.
        spec: Entry of the manifest.
        threads: Processor threads of one call. They sleep when idle, so that browser and camera
            on the same machine stay smooth.

    Raises:
        WeightsMissing: The graph is not there.
        WeightsCorrupt: The graph is not the one of the manifest.
        RecipeMismatch: Graph and manifest do not fit each other or this program.
    """

    def __init__(self, models_dir: Path, spec: ModelSpec, threads: int = 2) -> None:
        graph = read_checked(models_dir, spec, spec.graph)
        recipe = spec.recipe
        try:
            self._size = int(recipe["size"])
            self._mean, self._std = float(recipe["mean"]), float(recipe["std"])
            colour = recipe["colour"]
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeMismatch(f"The {spec.id} recipe lacks {error}: {ONE_RELEASE}.") from error
        if colour != "grey":
            raise RecipeMismatch(
                f"The {spec.id} network wants {colour!r} pictures, expected 'grey': {ONE_RELEASE}."
            )
        self._unit_columns = _unit_columns(spec)
        self._session = open_session(graph, spec, threads)
        self._names = [output.name for output in self._session.get_outputs()]
        self._check_graph(spec)

    @property
    def size(self) -> int:
        """Side of a crop in pixels."""
        return self._size

    def run(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Runs the graph on a normalised (N, 1, S, S) input; outputs by name."""
        return dict(zip(self._names, self._session.run(None, {"image": image}), strict=True))

    def read(self, crops: NDArray[np.uint8]) -> list[CropReading]:
        """Reads (N, size, size) grey crops."""
        image = (crops[:, None].astype(np.float32) / 255.0 - self._mean) / self._std
        outputs = self.run(image.astype(np.float32))
        units = np.full((len(crops), len(ACTION_UNITS)), np.nan, np.float32)
        units[:, self._unit_columns] = outputs["action_units"]
        return [self._reading(outputs, units, i) for i in range(len(crops))]

    @staticmethod
    def _reading(
        outputs: dict[str, NDArray[np.float32]], units: NDArray[np.float32], i: int
    ) -> CropReading:
        yaw, pitch, roll = (float(v) for v in outputs["pose"][i])
        left, right = (float(v) for v in outputs["eye_openness"][i])
        mouth, eyes = (float(v) for v in outputs["occlusion"][i])
        return CropReading(
            presence=float(outputs["presence"][i]),
            landmarks=outputs["landmarks"][i],
            expressions=outputs["expressions"][i],
            action_units=units[i],
            pose=Pose(yaw, pitch, roll),
            gaze_down=float(outputs["gaze_down"][i]),
            eye_openness_left=left,
            eye_openness_right=right,
            mouth_occluded=mouth,
            eyes_occluded=eyes,
            gaze_up=float(outputs["gaze_up"][i]),
            gaze_side=float(outputs["gaze_side"][i]),
            landmark_error=outputs["landmark_error"][i],
        )

    def _check_graph(self, spec: ModelSpec) -> None:
        inputs = [(i.name, i.shape[1:]) for i in self._session.get_inputs()]
        if inputs != [("image", [1, self._size, self._size])]:
            raise RecipeMismatch(
                f"The {spec.id} graph takes {inputs}, expected image (N, 1, {self._size}, "
                f"{self._size}): {ONE_RELEASE}."
            )
        outputs = self.run(np.zeros((2, 1, self._size, self._size), np.float32))
        expected = {**WIDTHS, "action_units": (len(self._unit_columns),)}
        for name, width in expected.items():
            shape = outputs[name].shape if name in outputs else None
            if shape != (2, *width):
                raise RecipeMismatch(
                    f"The {spec.id} graph gives {name} as {shape}, expected {(2, *width)}: "
                    f"{ONE_RELEASE}."
                )


def _unit_columns(spec: ModelSpec) -> list[int]:
    """Where each of the network's Action Units goes among all of them, from its labels."""
    for name, order in ORDERED_LABELS.items():
        if spec.labels.get(name) != order:
            raise RecipeMismatch(
                f"The {spec.id} labels of {name} are {spec.labels.get(name)}, expected {order}: "
                f"{ONE_RELEASE}."
            )
    units = spec.labels.get("action_units", [])
    unknown = [unit for unit in units if unit not in ACTION_UNITS]
    if unknown or not units or len(set(units)) != len(units):
        raise RecipeMismatch(
            f"The {spec.id} labels name the Action Units {units}, expected different ones of "
            f"{list(ACTION_UNITS)}: {ONE_RELEASE}."
        )
    return [ACTION_UNITS.index(unit) for unit in units]


def open_session(graph: bytes, spec: ModelSpec, threads: int) -> onnxruntime.InferenceSession:
    """Opens a graph; its threads sleep when idle.

    Raises:
        RecipeMismatch: This onnxruntime cannot run it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except RUNTIME_ERRORS as error:
        raise RecipeMismatch(
            f"The {spec.id} graph cannot be run by this version of onnxruntime: {ONE_RELEASE}."
        ) from error
