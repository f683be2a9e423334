"""The two graphs as they are shipped: seconds and what is remembered in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from emocare.domain.errors import RecipeMismatch
from emocare.domain.manifest import REMEDY, load_spec, read_checked
from emocare.domain.models import ModelSpec
from emocare.domain.summary import BANDS, DIMENSIONS, ModelRef
from emocare.temporal.tokens import FEATURES

Floats = NDArray[np.float32]
Named = dict[str, Floats]
RUNTIME_ERRORS = (
    ort_errors.Fail, ort_errors.InvalidArgument, ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf, ort_errors.NotImplemented, ort_errors.RuntimeException,
)  # fmt: skip
"""What onnxruntime raises; all derive from Exception alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a graph says of further seconds, and what it remembers after them."""

    outputs: Named
    memory: Named


class SequenceGraph:
    """One recurrent graph. Stateless: the memory goes in and out. Safe for several threads."""

    def __init__(self, models_dir: Path, model_id: str, threads: int = 1) -> None:
        """Loads the graph after its hash was checked.

        Args:
            models_dir: Folder with ``manifest.json``.
            model_id: "affect" or "severity".
            threads: Processor threads.

        Raises:
            WeightsMissing, WeightsCorrupt: The file is not the one of the manifest.
            RecipeMismatch: It does not take what this program makes of readings.
        """
        self.spec = load_spec(models_dir, model_id)
        _check_labels(self.spec)
        graph = read_checked(models_dir, self.spec, self.spec.graph)
        self._session = _open(graph, self.spec, threads)
        self._remembered = [i.name for i in self._session.get_inputs() if i.name != "seconds"]
        self._outputs = [o.name for o in self._session.get_outputs()]
        self._shapes = {i.name: i.shape for i in self._session.get_inputs()}

    @property
    def ref(self) -> ModelRef:
        """As summaries name it."""
        return ModelRef(self.spec.id, self.spec.version, self.spec.weights.sha256)

    def memory(self) -> Named:
        """What is remembered before the first second: nothing."""
        return {name: np.zeros(self._shapes[name], np.float32) for name in self._remembered}

    def run(self, seconds: Floats, memory: Named) -> Step:
        """Reads (N, F) further seconds.

        Raises:
            RecipeMismatch: onnxruntime could not run the graph on them.
        """
        try:
            found = self._session.run(self._outputs, {"seconds": seconds[None], **memory})
        except RUNTIME_ERRORS as error:
            raise RecipeMismatch(
                f"The {self.spec.id} network could not be run by this version of onnxruntime: "
                f"{REMEDY}, and if that does not help reinstall onnxruntime."
            ) from error
        named = dict(zip(self._outputs, found, strict=True))
        after = {name: named.pop(f"{name}_after") for name in self._remembered}
        return Step({name: values[0] for name, values in named.items()}, after)


def _open(graph: bytes, spec: ModelSpec, threads: int) -> onnxruntime.InferenceSession:
    """Opens a graph; its threads sleep when idle."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except RUNTIME_ERRORS as error:
        raise RecipeMismatch(
            f"The {spec.id} graph cannot be opened by this version of onnxruntime: {REMEDY}."
        ) from error


def _check_labels(spec: ModelSpec) -> None:
    wanted = {"seconds": list(FEATURES)}
    if spec.id == "affect":
        wanted["dimensions"] = list(DIMENSIONS)
    else:
        wanted["bands"] = [band.value for band in BANDS]
    for name, labels in wanted.items():
        if spec.labels.get(name) != labels:
            raise RecipeMismatch(
                f"The {spec.id} network and this program differ in {name}: {REMEDY}."
            )
