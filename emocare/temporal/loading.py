"""From the models folder to both sequence networks, checked and ready."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from emocare.temporal.graphs import SequenceGraph
from emocare.temporal.networks import SequenceNetworks
from emocare.temporal.self_test import self_test

AFFECT, SEVERITY = "affect", "severity"


def load_sequence_reader(models_dir: Path) -> SequenceNetworks:
    """Loads and checks both networks; takes some hundredths of a second.

    Args:
        models_dir: Folder with ``manifest.json``.

    Returns:
        Networks that may be shared by all sessions and threads.

    Raises:
        WeightsMissing: A file is not there.
        WeightsCorrupt: A file is not the one of the manifest, or the self-test fails.
        RecipeMismatch: Weights and program do not belong together.
    """
    onnxruntime.disable_telemetry_events()
    graphs = [SequenceGraph(models_dir, name) for name in (AFFECT, SEVERITY)]
    for graph in graphs:
        self_test(graph)
    return SequenceNetworks(*graphs)
