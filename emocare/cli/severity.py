"""Commands that train and measure severity, on data sets that the user holds under licence too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from emocare.cli import research, sequence
from emocare.cli.common import Json, print_json
from emocare.domain.errors import InputError, ModelError
from emocare.services.console import say
from emocare.services.system import Check
from emocare.settings import Settings, load_settings

SETS = "daic-woz, e-daic, avec2014, d-vlog or own-clinic"
Name = Annotated[str | None, typer.Option(
    "--data", metavar="NAME", help=f"Which data set: {SETS}.")]
Place = Annotated[Path | None, typer.Argument(
    metavar="PATH", help="Folder of your copy of the data set.")]
OUT, READINGS = Path("runs/severity"), "readings"


def register(train: typer.Typer, evaluate: typer.Typer) -> None:
    """Adds the commands to their groups."""
    train.command("severity")(train_severity)
    evaluate.command("severity")(evaluate_severity)


def train_severity(
    path: Place = None,
    data: Name = None,
    out: Annotated[Path | None, typer.Option(
        metavar="DIR", help="With --data: where readings of videos are kept, so that each is read "
        "once. Without: folder of simulated people and checkpoints.")] = None,
    epochs: research.Epochs = None,
) -> None:  # fmt: skip
    """Trains the severity network: on simulated people, or with --data on a data set of yours.

    Without --data: measures it and ships it; a training that broke off goes on. With --data: each
    scale gets a model of its own, installed as a new version; the test split is not opened.

    Example: python -m emocare train severity --data daic-woz PATH
    """
    models = load_settings().models_dir
    if data is None and path is None and epochs is None:
        from emocare.learning import sequence_run

        sequence_run.run(sequence_run.SEVERITY, out or sequence.RUNS, models, say)
        print(models / sequence.MANIFEST)
        return
    name, folder = _given(data, path, "train")
    from emocare.learning.licensed import export, report, sets
    from emocare.learning.licensed.fit import Plan
    from emocare.learning.licensed.recordings import TRAINING

    found = sets.open_set(name, folder, TRAINING,
                          lambda: sets.video_cache((out or OUT) / READINGS, models))  # fmt: skip
    plan = Plan() if epochs is None else replace(Plan(), epochs=epochs)
    installed = export.train_scale(found, models, plan, say)
    print(installed)
    say(report.table(export.figures_of(installed)["dev"]))
    say(f"Measure it on the test split: python -m emocare evaluate severity PATH --data {name}")


def evaluate_severity(
    path: Place = None,
    data: Name = None,
    out: Annotated[Path, typer.Option(
        metavar="DIR", help="Where readings of videos are kept, so that each is read once.")] = OUT,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Measures the trained model of a data set's scale on the official test split.

    Beside it: predicting the mean of the training labels, and the mean by sex.

    Example: python -m emocare evaluate severity PATH --data daic-woz --json
    """
    name, folder = _given(data, path, "evaluate")
    from emocare.learning.licensed import measuring, report, sets
    from emocare.learning.licensed.graph import ScaleGraph
    from emocare.learning.licensed.recordings import Split

    models = load_settings().models_dir
    ScaleGraph(models, sets.require_name(name))
    found = sets.open_set(name, folder, (Split.TRAIN, Split.TEST),
                          lambda: sets.video_cache(out / READINGS, models))  # fmt: skip
    figures = measuring.measure_scale(found, models, say)
    if as_json:
        print_json(figures)
    else:
        print(f"{figures['model']} {figures['version']}: {figures['test']['abstained']} test "
              "recordings got no answer")  # fmt: skip
        print(report.table(figures["test"]))


def scales_check(settings: Settings) -> Check:
    """The doctor's line on the scales: which have a trained model, whose files are looked at."""
    from emocare.learning.licensed.graph import ScaleGraph, installed
    from emocare.learning.licensed.scales import SCALES

    try:
        there = installed(settings.models_dir)
    except (OSError, ValueError, KeyError):
        return Check("severity", True, "not checked without weights", checked=False)
    try:
        specs = [ScaleGraph(settings.models_dir, one).spec for one in SCALES if one.id in there]
    except ModelError as error:
        return Check("severity", False, str(error), "Train it again, or remove it.")
    parts = [f"{spec.id} {spec.version} ({spec.weights.sha256[:12]})" for spec in specs]
    missing = [one.name for one in SCALES if one.id not in there]
    if missing:
        parts.append(f"no trained model installed for this scale: {', '.join(missing)}")
    return Check("severity", True, "; ".join(parts))


def _given(data: str | None, path: Path | None, verb: str) -> tuple[str, Path]:
    """Both the name and the folder.

    Raises:
        InputError: One of them was not given.
    """
    if data is None or path is None:
        raise InputError(
            f"Give the data set and its folder: python -m emocare {verb} severity --data NAME "
            f"PATH, where NAME is {SETS}."
        )
    return data, path
