"""The golden input of the sequence networks: do they still give the numbers they gave?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import RecipeMismatch, WeightsCorrupt
from emocare.domain.manifest import REMEDY
from emocare.temporal.graphs import SequenceGraph
from emocare.temporal.tokens import FEATURES, MEASURED

SECONDS = 40
FORMULA = (
    "seconds[t, f] = 0.3 + 0.3 * sin(0.37 * t + 0.11 * f * f), for t in 0..39 and f in 0..F-1, the "
    "feature 'measured' 1, computed in float64 and cast to float32"
)


def golden_seconds() -> NDArray[np.float32]:
    """The (SECONDS, F) input that ``FORMULA`` describes."""
    t, f = np.mgrid[0:SECONDS, 0 : len(FEATURES)].astype(np.float64)
    values = 0.3 + 0.3 * np.sin(0.37 * t + 0.11 * f * f)
    values[:, MEASURED] = 1.0
    return values.astype(np.float32)


def self_test(graph: SequenceGraph) -> None:
    """Runs the golden input and compares the last second's outputs with the manifest.

    Raises:
        RecipeMismatch: The manifest describes a self-test that is not known here.
        WeightsCorrupt: An output differs by more than the tolerance.
    """
    spec = graph.spec
    test = spec.self_test
    if test.get("input_formula") != FORMULA or not test.get("expected"):
        raise RecipeMismatch(f"The {spec.id} self-test is not known: {REMEDY}.")
    outputs = graph.run(golden_seconds(), graph.memory()).outputs
    for name, expected in test["expected"].items():
        found = outputs[name][-1].astype(np.float64)
        if not np.allclose(found, np.asarray(expected), rtol=1e-3, atol=test["tolerance"]):
            raise WeightsCorrupt(
                f"The {spec.id} network failed its self-test ({name} differs): {REMEDY}, and if "
                "that does not help reinstall onnxruntime."
            )
