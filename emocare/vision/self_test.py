"""The golden input: do these weights, on this machine, still give the numbers they gave?"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import RecipeMismatch, WeightsCorrupt
from emocare.domain.models import ModelSpec
from emocare.vision.network import ONE_RELEASE

FORMULA = (
    "image[0, 0, y, x] = 1.5 * sin(0.11 * x + 0.003 * x * y) * cos(0.07 * y) - 0.25, "
    "for x and y in 0..size-1, computed in float64 and cast to float32 (already normalised)"
)


def golden_input(size: int) -> NDArray[np.float32]:
    """The (1, 1, size, size) input that ``FORMULA`` describes."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    image = 1.5 * np.sin(0.11 * x + 0.003 * x * y) * np.cos(0.07 * y) - 0.25
    return np.asarray(image[None, None], dtype=np.float32)


class Runs(Protocol):
    """A network that can be given the golden input."""

    def run(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Outputs of a normalised (1, 1, S, S) input, by name."""
        ...


def self_test(network: Runs, spec: ModelSpec, size: int) -> None:
    """Runs the golden input of side ``size`` and compares every output with the manifest.

    Raises:
        RecipeMismatch: The manifest describes a self-test that is not known here.
        WeightsCorrupt: An output differs by more than the tolerance.
    """
    test = spec.self_test
    if test.get("input_formula") != FORMULA or not test.get("expected"):
        raise RecipeMismatch(f"The {spec.id} self-test is not known: {ONE_RELEASE}.")
    outputs = network.run(golden_input(size))
    for name, expected in test["expected"].items():
        tolerance = test["pose_tolerance_deg" if name == "pose" else "tolerance"]
        found = outputs[name][0].astype(np.float64)
        if name == "landmarks":
            found = found[:: test["landmarks_every"]]
        wanted = np.asarray(expected, dtype=np.float64)
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=0, atol=tolerance):
            raise WeightsCorrupt(
                f"The {spec.id} network failed its self-test ({name} differs): restore the models "
                "folder from the release, and if that does not help reinstall onnxruntime."
            )
