"""Commands that train the networks and measure them, on data that the user holds."""

from __future__ import annotations

import importlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from emocare.app import face_engine
from emocare.cli.common import FINDING, Data, Json, print_json
from emocare.domain.errors import InputError
from emocare.services import fairness
from emocare.services.console import say
from emocare.settings import load_settings

FACE_ARCHIVES = ("ferplus.npz", "faces.npz", "masked_faces.npz", "scenes.npz")

train = typer.Typer(
    help="Trains a network and writes a new versioned folder under models/.\n\n"
         "Example: python -m emocare train face DATA",
)  # fmt: skip
evaluate = typer.Typer(
    help="Measures the accuracy of the shipped weights on a data set.\n\n"
         "Example: python -m emocare evaluate expressions DATA --json",
)  # fmt: skip

Epochs = Annotated[int | None, typer.Option(min=1, help="Length of the training.")]
Minutes = Annotated[float | None, typer.Option(min=0.01, help="Or its length in time.")]
Resume = Annotated[bool, typer.Option("--resume", help="Goes on from a checkpoint.")]
Limit = Annotated[int | None, typer.Option(
    min=8, help="Only the first pictures of each set, for trying out.")]


@train.command("face")
def train_face_network(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = Path("runs/face"),
    epochs: Epochs = None,
    minutes: Minutes = None,
    resume: Resume = False,
    limit: Limit = None,
) -> None:
    """Trains the face network, measures it and ships it to the models folder.

    Its two trunks are trained one after the other, each for all the epochs or half the minutes;
    --resume goes on with the one that is not finished. A training with --limit is a trial: its
    model goes to OUT/models, never to the shipped ones.

    Example: python -m emocare train face DATA --minutes 55
    """
    _require_archives(data, FACE_ARCHIVES)
    from emocare.learning import train_face, train_fine
    from emocare.learning.export_face import export

    share = {"epochs": epochs, "minutes": None if minutes is None else minutes / 2}
    parts = [
        module.COURSE.train(data, out, resume=resume, limit=limit, log=say, **share)
        for module in (train_face, train_fine)
    ]
    models = _models_for(out, limit)
    print(export(*parts, data, models, limit=limit, log=say))


@train.command("detector")
def train_detector(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = Path("runs/detector"),
    epochs: Epochs = None,
    minutes: Minutes = None,
    resume: Resume = False,
    limit: Limit = None,
) -> None:
    """Trains the face detector, measures it and ships it to the models folder.

    A training with --limit is a trial: its model stays beside the checkpoint in OUT.

    Example: python -m emocare train detector DATA --minutes 30
    """
    _require_archives(data, FACE_ARCHIVES)
    from emocare.learning.export_detector import export
    from emocare.learning.train_detector import train as run

    checkpoint = run(data, out, resume=resume, epochs=epochs, minutes=minutes, limit=limit, log=say)
    models = _models_for(out, limit)
    print(export(checkpoint, data, models, limit=limit, log=say))


@evaluate.command("expressions")
def evaluate_expressions(data: Data, as_json: Json = False) -> None:
    """Expressions on the FER+ test images by the majority protocol.

    Example: python -m emocare evaluate expressions DATA --json
    """
    _evaluate("evaluate_expressions", data, ("ferplus.npz",), as_json)


@evaluate.command("action-units")
def evaluate_action_units(data: Data, as_json: Json = False) -> None:
    """Action Units against the teacher on people held out.

    Example: python -m emocare evaluate action-units DATA --json
    """
    _evaluate("evaluate_action_units", data, ("faces.npz",), as_json)


@evaluate.command("landmarks")
def evaluate_landmarks(data: Data, as_json: Json = False) -> None:
    """Landmarks and head pose against the teacher on people held out.

    Example: python -m emocare evaluate landmarks DATA --json
    """
    _evaluate("evaluate_landmarks", data, ("faces.npz",), as_json)


@evaluate.command("all")
def evaluate_all(data: Data) -> None:
    """Measures the shipped networks anew, without training: figures, cards, docs/evidence.md.

    Takes about ten minutes. Needs the folder videos with its references beside the archives.

    Example: python -m emocare evaluate all DATA
    """
    _require_archives(data, FACE_ARCHIVES)
    if not (data / "videos" / "reference").is_dir():
        raise InputError(f"{data / 'videos' / 'reference'} is not there. Give the whole folder.")
    settings = load_settings()
    face_engine(settings).get()
    from emocare.learning import export_detector, export_face

    for module in (export_face, export_detector):
        figures = module.refresh_figures(data, settings.models_dir, log=say)
        print(f"{figures['model']} {figures['version']}: evaluation, card and evidence written")


@evaluate.command("fairness")
def evaluate_fairness(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the pictures.")],
    groups: Annotated[Path, typer.Option(
        metavar="FILE", help="CSV with path, columns of groups, and if known expression, person.")],
    keep: Annotated[bool, typer.Option(
        "--keep", help="The page Evidence of this installation shows the result.")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Compares groups of people on a clinic's own labelled pictures; infers no group from a face.

    The exit code is 1 when a group breaks a rule that stops a release.

    Example: python -m emocare evaluate fairness pictures --groups groups.csv --json
    """
    settings = load_settings()
    listed = fairness.read_list(folder, groups)
    engine = face_engine(settings)
    read = list(fairness.read_pictures(listed, engine, say))
    from emocare.learning.fairness import compare, table

    figures = fairness.result(engine, read, compare)
    if keep:
        fairness.keep(settings.data_dir, figures)
    if as_json:
        print_json(figures)
    else:
        print(table(figures))
    if figures["stop_ship"]:
        raise typer.Exit(FINDING)


@evaluate.command("detector")
def evaluate_detector(data: Data, as_json: Json = False) -> None:
    """Faces found and false faces, beside OpenCV's cascade and, where it is held, YuNet.

    Example: python -m emocare evaluate detector DATA --json
    """
    _evaluate("evaluate_detector", data, ("faces.npz", "masked_faces.npz", "scenes.npz"), as_json,
              module="evaluate_detector")  # fmt: skip


def _evaluate(
    name: str, data: Path, archives: tuple[str, ...], as_json: bool, module: str = "evaluate"
) -> None:
    settings = load_settings()
    _require_archives(data, archives)
    face_engine(settings).get()
    measured = importlib.import_module(f"emocare.learning.{module}")
    figures: dict[str, Any] = getattr(measured, name)(data, settings.models_dir)
    if as_json:
        print_json(figures)
    else:
        print(json.dumps(figures, indent=2, ensure_ascii=False))


def _require_archives(data: Path, names: Sequence[str]) -> None:
    """Refuses a folder in which a data set is missing or is none, before anything is loaded."""
    for path in [data] if data.is_file() else [data / name for name in names]:
        if not path.exists():
            raise InputError(f"{path} is not there. Give the folder that holds {path.name}.")
        if path.name not in names or not zipfile.is_zipfile(path):
            raise InputError(f"{path} is not the data set {' or '.join(names)}.")


def _models_for(out: Path, limit: int | None) -> Path:
    """Where a training ships to: the shipped models; a trial to a copy beside its checkpoint."""
    models = load_settings().models_dir
    if limit is None:
        return models
    return Path(shutil.copytree(models, out / "models", dirs_exist_ok=True))
