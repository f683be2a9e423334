"""A trained scale as its graph runs it; the hash is checked and the self-test must pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from emocare.domain.errors import InputError, RecipeMismatch, WeightsCorrupt
from emocare.domain.manifest import load_spec, read_checked
from emocare.domain.models import ModelSpec
from emocare.learning import manifest
from emocare.learning.licensed.people import Course
from emocare.learning.licensed.scales import SCALES, Scale
from emocare.temporal.self_test import golden_seconds
from emocare.temporal.tokens import FEATURES

INPUT, DISTRIBUTION, ATTENTION = "seconds", "distribution", "attention"
TOLERANCE = 0.002


def installed(models: Path) -> dict[str, Mapping[str, Any]]:
    """Scale id -> manifest entry of every scale for which a trained model is there."""
    entries = {entry["id"]: entry for entry in manifest.read_models(models)}
    return {one.id: entries[one.model_id] for one in SCALES if one.model_id in entries}


class ScaleGraph:
    """Says of whole recordings what the graph of a scale says. Safe to share between threads."""

    def __init__(self, models: Path, scale: Scale) -> None:
        """Loads a trained scale.

        Raises:
            InputError: None is installed for it.
            ModelError: A file was changed, or does not read what is measured here.
        """
        if scale.id not in installed(models):
            raise InputError(
                f"No trained model is installed for the scale {scale.name}. Train one first: "
                "python -m emocare train severity --data NAME PATH."
            )
        self.spec: ModelSpec = load_spec(models, scale.model_id)
        if tuple(self.spec.recipe["features"]) != FEATURES:
            raise RecipeMismatch(
                f"The model {self.spec.id} {self.spec.version} reads other features than this "
                "version measures. Train it again."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            read_checked(models, self.spec, self.spec.graph), options,
            providers=["CPUExecutionProvider"],
        )  # fmt: skip
        expected = self.spec.self_test.get("expected")
        if expected is not None and not np.allclose(
            self.run(golden_seconds()[None])[0], expected, atol=self.spec.self_test["tolerance"]
        ):
            raise WeightsCorrupt(
                f"The model {self.spec.id} {self.spec.version} fails its self-test. Train it again."
            )

    @property
    def interval_width(self) -> float:
        """Half width of the 90 % interval in standard deviations; NaN for yes and no."""
        width = self.spec.recipe["interval_width"]
        return float("nan") if width is None else float(width)

    def run(self, seconds: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Distribution (2,) or log odds (1,) of one recording (1, T, F), and attention (T,)."""
        said, share = self._session.run([DISTRIBUTION, ATTENTION], {INPUT: seconds})
        return said[0], share[0]

    def read(self, courses: Sequence[Course]) -> NDArray[np.float64]:
        """(N, 2) mean and standard deviation, or (N, 1) log odds, of recordings."""
        return np.array([self.run(one.values[None])[0] for one in courses], np.float64)

    def inside(self, course: Course) -> bool:
        """Whether a recording is as well measured as those the model was trained on."""
        least = self.spec.recipe["least_quality"]
        enough_s, enough_share = float(least["measured_s"]), float(least["measured_share"])
        return course.measured_s >= enough_s and course.measured_share >= enough_share
