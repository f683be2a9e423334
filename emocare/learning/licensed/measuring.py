"""The official test split, opened by the evaluation and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from emocare.domain.errors import InputError
from emocare.learning.licensed.export import figures_of, write_figures
from emocare.learning.licensed.fit import predictions
from emocare.learning.licensed.graph import ScaleGraph
from emocare.learning.licensed.people import gather, labelled
from emocare.learning.licensed.recordings import LicensedSet, Split
from emocare.learning.licensed.report import Labelled, evaluate

Log = Callable[[str], None]
OUTSIDE = "worse measured than the training recordings: the model says nothing"


def measure_scale(data: LicensedSet, models: Path, log: Log) -> dict[str, Any]:
    """Measures the installed model of a scale on the official test split.

    The figures are kept in its ``evaluation.json``, which its card repeats.

    Args:
        data: With the splits train, of which only labels are used, and test.

    Raises:
        InputError: No model is installed for the scale, it was trained on another data set, or a
            file is missing or wrong.
        ModelError: A file of the model was changed.
    """
    graph = ScaleGraph(models, data.scale)
    trained_on = graph.spec.provenance["data"][0]["origin"]
    if trained_on != data.name:
        raise InputError(
            f"The model {graph.spec.id} {graph.spec.version} was trained on {trained_on}, which "
            f"may hold people of {data.title}. Train it on {data.name} first."
        )
    found = gather(data, Split.TEST, log)
    inside = [one for one in found.courses if graph.inside(one)]
    left_out = {one.id: OUTSIDE for one in found.courses if not graph.inside(one)}
    if not inside:
        raise InputError(f"{data.title}: every test recording is {OUTSIDE.split(':')[0]}.")
    said = predictions(data.scale, graph.read(inside), graph.interval_width)
    test = {
        "abstained": len(left_out),
        "left_out": {**data.left_out, **found.left_out, **left_out},
        **evaluate(data.scale, training_labels(data), labelled(inside), said),
    }
    figures = {**figures_of(models / graph.spec.folder), "test": test}
    write_figures(models, data.scale, figures)
    return figures


def training_labels(data: LicensedSet) -> Labelled:
    """Labels and sexes of the training people; their recordings are not read."""
    rows = data.of(Split.TRAIN)
    return Labelled(np.array([one.label for one in rows]), [one.person for one in rows],
                    [one.sex for one in rows], [one.age for one in rows])  # fmt: skip
