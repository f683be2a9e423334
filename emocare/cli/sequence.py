"""Commands that train and compare the sequence networks on simulated people; no data is needed."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from emocare.cli.common import Json, print_json
from emocare.cli.research import evaluate, train
from emocare.services.console import say
from emocare.settings import load_settings

Folder = Annotated[Path, typer.Option("--out", help="Folder of simulated people and checkpoints.")]
RUNS, MANIFEST = Path("runs/sequence"), "manifest.json"


class People(StrEnum):
    """Which simulated people."""

    SEPARABLE = "separable"
    REALISTIC = "realistic"


@train.command("affect")
def train_affect_network(out: Folder = RUNS) -> None:
    """Trains the affect transformer on simulated people, measures it and ships it.

    Both cohorts are trained, the realistic one is shipped; a training that broke off goes on.

    Example: python -m emocare train affect
    """
    from emocare.learning import sequence_run

    models = load_settings().models_dir
    sequence_run.run(sequence_run.AFFECT, out, models, say)
    print(models / MANIFEST)


@evaluate.command("ablation")
def evaluate_ablation(
    out: Folder = RUNS,
    cohort: Annotated[People, typer.Option(help="Which simulated people.")] = People.SEPARABLE,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each network.")] = 5,
    as_json: Json = False,
) -> None:
    """Trains the five severity networks with several seeds and compares them.

    Goes on where it broke off. Writes docs/ablation.json and the table in docs/evidence.md.

    Example: python -m emocare evaluate ablation --cohort separable --seeds 5
    """
    from emocare.learning import sequence_run
    from emocare.learning.export_sequence import ABLATION
    from emocare.learning.sequence_card import ablation_part

    models = load_settings().models_dir
    words = ("--cohort", cohort.value, "--seeds", str(seeds))
    sequence_run.run(sequence_run.ABLATION, out, models, say, *words)
    kept = json.loads((models.parent / "docs" / ABLATION).read_text(encoding="utf-8"))
    if as_json:
        print_json(kept[cohort.value])
    else:
        print(ablation_part(kept[cohort.value]))
