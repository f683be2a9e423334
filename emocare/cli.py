"""The command line: what the screens do, for scripts, tests and clinics that batch.

Exit codes: 0 done, 1 finished with a finding, 2 bad input (one line on stderr). With ``--json``
stdout holds JSON and nothing else; progress goes to stderr.
"""

from __future__ import annotations

import importlib
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from typer._click.exceptions import ClickException

from emocare.app import build_app, examine, face_engine, workplace_of
from emocare.domain.errors import EmoCareError, InputError
from emocare.domain.live import LiveView
from emocare.domain.records import SessionId
from emocare.services import (
    batch,
    clinic_bench,
    fairness,
    forms,
    reference_files,
    reference_words,
    stills,
)
from emocare.services.console import Meter, describe, say
from emocare.services.live_path import time_live
from emocare.services.samples import list_samples
from emocare.services.whole_path import time_path
from emocare.settings import PROVISIONAL, keep_setting, load_settings

FACE_ARCHIVES = ("ferplus.npz", "faces.npz", "masked_faces.npz", "scenes.npz")
FINDING, BAD_INPUT, STOPPED = 1, 2, 130

cli = typer.Typer(
    name="emocare", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Observed facial behaviour and questionnaires, offline. Supports a clinician's review; "
         "does not diagnose.\n\nExample: python -m emocare analyze visit.mp4 --out results",
)  # fmt: skip
train = typer.Typer(
    help="Trains a network and writes a new versioned folder under models/.\n\n"
         "Example: python -m emocare train face DATA",
)  # fmt: skip
evaluate = typer.Typer(
    help="Measures the accuracy of the shipped weights on a data set.\n\n"
         "Example: python -m emocare evaluate expressions DATA --json",
)  # fmt: skip
reference = typer.Typer(
    help="The site's own table of typical values, from sessions of consenting people without "
         "symptoms.\n\nExample: python -m emocare reference build --protocol guided",
)  # fmt: skip
cli.add_typer(train, name="train")
cli.add_typer(evaluate, name="evaluate")
cli.add_typer(reference, name="reference")

Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there.")]
Data = Annotated[Path, typer.Argument(
    metavar="DATA", help="Folder of the data sets, or the archive itself.")]

Named = Annotated[bool, typer.Option(
    "--named/--pseudonymous", help="With name, number and signed document; otherwise under a "
    "pseudonym.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; bad input is one line on stderr."""
    command = typer.main.get_command(cli)
    try:
        code = command.main(
            args=None if arguments is None else list(arguments), prog_name="python -m emocare",
            standalone_mode=False,
        )  # fmt: skip
    except ClickException as error:
        said = " ".join(error.format_message().split()).rstrip(".")
        say(f"{said}. Try 'python -m emocare --help'.")
        return BAD_INPUT
    except EmoCareError as error:
        say(str(error))
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        say("Stopped.")
        return STOPPED
    return int(code or 0)


@cli.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", help="Video files.")],
    out: Annotated[Path | None, typer.Option(
        metavar="DIR", help="Writes DIR/<stem>/readings.parquet and summary.json.")] = None,
    patient: Annotated[str | None, typer.Option(
        metavar="CODE", help="Also stores each video as a session of this patient. Only when the "
        "patient has agreed to the analysis and to keeping its measurements.")] = None,
    landmarks: Annotated[bool, typer.Option(
        "--landmarks", help="Adds the landmarks to readings.parquet.")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Reads videos and says what was observed.

    A video that cannot be read is named on stderr, the others are done, and the exit code is 2.
    With --json: the summary of one video, or {"videos": [...]} for several.

    Example: python -m emocare analyze visit.mp4 --out results
    """
    settings = load_settings()
    workplace_of(settings).require_faces()
    plan = batch.plan(videos, out)
    with nullcontext() if patient is None else build_app(settings) as app:
        work = batch.Batch(
            engine=app.engine if app else face_engine(settings),
            workplace=workplace_of(settings), recordings=app.recordings if app else None,
            patient_id=app.people.by_code(patient).id if app and patient else None,
            keep_landmarks=landmarks,
        )  # fmt: skip
        entries = []
        for video, folder in plan:
            entry = work.run(video, folder, Meter(video))
            if entry.error is not None:
                say(entry.error)
            elif not as_json:
                print(describe(entry), flush=True)
            entries.append(entry)
    if as_json:
        _print(batch.to_dict(entries))
    if any(entry.error is not None for entry in entries):
        raise typer.Exit(BAD_INPUT)


@cli.command()
def classify(
    pictures: Annotated[list[Path], typer.Argument(
        metavar="IMAGE_OR_FOLDER", help="Pictures, or folders of pictures.")],
    crop: Annotated[stills.Crop, typer.Option(
        help="auto: a square picture up to 64 px, or one without a detected face, is taken as "
        "the crop of a face itself.")] = stills.Crop.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="The same; for scripts.")] = False,
) -> None:  # fmt: skip
    """Reads still pictures: one JSON object per line.

    Example: python -m emocare classify faces/ --crop auto
    """
    failed, settings = False, load_settings()
    workplace_of(settings).require_faces()
    for result in stills.classify(pictures, face_engine(settings), crop):
        if isinstance(result, EmoCareError):
            say(str(result))
            failed = True
        else:
            print(json.dumps(result, ensure_ascii=False, allow_nan=False), flush=True)
    if failed:
        raise typer.Exit(BAD_INPUT)


@cli.command()
def score(
    instrument: Annotated[str, typer.Argument(
        metavar="INSTRUMENT", help="For example phq9, GAD-7, K10, dass21.")],
    answers: Annotated[str, typer.Option(metavar="0,1,2,-,...", help="'-' is unanswered.")],
    difficulty: Annotated[str | None, typer.Option(
        metavar="N", help="Answer to the question on daily life.")] = None,
    previous: Annotated[str | None, typer.Option(
        metavar="TOTAL", help="Earlier total to compare with.")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Scores a questionnaire.

    DASS-21 has three scales and no total of its own: with --json its "total" is null and
    "scales" holds total, band and range of "depression", "anxiety" and "stress".

    Example: python -m emocare score PHQ-9 --answers 1,0,2,1,-,0,1,0,0 --previous 14 --json
    """
    norms = load_settings().norms
    result = forms.score_form(instrument, answers, difficulty, previous, norms)
    if as_json:
        _print(result)
    else:
        print(forms.sentence(result))


@cli.command()
def report(
    session_id: Annotated[str, typer.Argument(
        metavar="SESSION_ID", help="As analyze --patient says it.")],
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the PDF goes.")] = None,
    fhir: Annotated[Path | None, typer.Option(
        metavar="FILE", help="The session as a FHIR R4B bundle in JSON.")] = None,
    csv: Annotated[Path | None, typer.Option(
        metavar="FILE", help="The session as one table.")] = None,
    named: Named = False,
) -> None:  # fmt: skip
    """Renders what the report page renders: the signed report, otherwise a draft.

    Example: python -m emocare report 4f2c... --pdf report.pdf --fhir report.json --csv report.csv
    """
    with build_app(load_settings()) as app:
        written = app.exports.write_report(
            SessionId(session_id), pdf=pdf, fhir=fhir, csv=csv, named=named
        )
    for path in written:
        print(path)


@cli.command()
def export(
    sessions: Annotated[list[str] | None, typer.Argument(
        metavar="SESSION_ID", help="Sessions to export.")] = None,
    out: Annotated[Path, typer.Option(
        metavar="DIR", help="Each session goes into a folder of its own.")] = Path("export"),
    patient: Annotated[str | None, typer.Option(
        metavar="CODE", help="Every session and every questionnaire of this patient.")] = None,
    named: Named = False,
) -> None:  # fmt: skip
    """Writes sessions for others: FHIR bundle, tables in CSV and Parquet with their dictionary.

    With --named also the signed report; without, nothing that names anybody.

    Example: python -m emocare export --patient P-0148 --named --out export
    """
    if bool(sessions) is (patient is not None):
        raise InputError("Give either sessions or --patient.")
    with build_app(load_settings()) as app:
        if patient is not None:
            written = app.exports.write_person(app.people.by_code(patient).id, out, named=named)
        else:
            wanted = [SessionId(session) for session in sessions or []]
            written = app.exports.write_all(wanted, out, named=named)
    for path in written:
        print(path)


@reference.command("build")
def reference_build(
    protocol: Annotated[str, typer.Option(
        metavar="guided|free", help="Task of the sessions it is built from.")] = "guided",
    as_json: Json = False,
) -> None:  # fmt: skip
    """Builds a new version from stored sessions; says how many are missing when there are too few.

    Counted are sessions of consenting people with a reliable face, read by the networks of this
    installation, with PHQ-9 and GAD-7 of at most 4; the newest of each person. It is not in use
    before 'reference use'.

    Example: python -m emocare reference build --protocol guided
    """
    with build_app(load_settings()) as app:
        built = app.references.build(protocol)
    if as_json:
        _print(built.to_dict())
    else:
        own = sum(row.mu is not None for row in built.features.values())
        print(f"{built.id}: {built.sessions} sessions, {own} of {len(built.features)} features, "
              f"SHA-256 {built.table_sha256}. Compare it, then: python -m emocare reference use "
              f"{built.id}")  # fmt: skip


@reference.command("list")
def reference_list(as_json: Json = False) -> None:
    """Lists the tables of this installation, which is in use, and whether it holds here.

    Example: python -m emocare reference list
    """
    settings = load_settings()
    told = reference_words.listed(settings.data_dir, settings.reference,
                                  face_engine(settings).get().models)  # fmt: skip
    if as_json:
        _print({"references": told})
    else:
        print("\n".join(reference_words.line(entry) for entry in told))


@reference.command("compare")
def reference_compare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="For example site-guided-v1.")],
    as_json: Json = False,
) -> None:  # fmt: skip
    """Shows a table beside the provisional one, feature by feature in its own unit.

    Example: python -m emocare reference compare site-guided-v1
    """
    rows = reference_words.compared(load_settings().data_dir, name)
    if as_json:
        _print({"reference": name, "features": [
            {**asdict(row), "large": row.large} for row in rows]})  # fmt: skip
    else:
        print(reference_words.table(rows))


@reference.command("use")
def reference_use(
    name: Annotated[str, typer.Argument(
        metavar="NAME", help="For example site-guided-v1, or provisional-v0 to switch it off.")],
) -> None:  # fmt: skip
    """Writes into the settings which table new results are computed with.

    Results of before keep theirs, and are not compared with results of another one.

    Example: python -m emocare reference use site-guided-v1
    """
    settings = load_settings()
    if name != PROVISIONAL:
        reference_files.load(settings.data_dir, name)
    chosen = reference_files.with_chosen(settings.reference, name)
    file = keep_setting(settings.data_dir, "reference", chosen)
    print(f"{file}: reference = {chosen}. Start Emo-Care again to use it.")


@cli.command()
def doctor(as_json: Json = False) -> None:
    """Checks weights and self-test, database, camera devices, fonts, free disk, samples, forms.

    The exit code is 1 when a fault was found.

    Example: python -m emocare doctor --json
    """
    checks = examine(load_settings())
    if as_json:
        _print({
            "ok": all(check.ok for check in checks),
            "checks": [
                {"name": c.name, "ok": c.ok, "checked": c.checked, "detail": c.detail,
                 "remedy": c.remedy} for c in checks
            ],
        })  # fmt: skip
    else:
        for check in checks:
            word = "ok" if check.ok and check.checked else "--" if check.ok else "FAULT"
            remedy = f". {check.remedy}" if check.remedy else ""
            print(f"{word:5}  {check.name:9} {check.detail.rstrip('.')}{remedy}")
    if not all(check.ok for check in checks):
        raise typer.Exit(FINDING)


@cli.command()
def bench(
    long: Annotated[bool, typer.Option(
        "--long", help="Also the memory of a 20-minute against a 1-minute video.")] = False,
    peers: Annotated[bool, typer.Option(
        "--peers", help="Beside other programs instead; see requirements-bench.txt.")] = False,
    live: Annotated[bool, typer.Option(
        "--live", help="A live session of a played clip instead.")] = False,
    seconds: Annotated[float, typer.Option(
        min=10.0, help="With --live: how long.")] = 60.0,
    data: Annotated[Path | None, typer.Option(
        file_okay=False, help="With --peers: folder of their model files and test sets.")] = None,
    out: Annotated[Path | None, typer.Option(
        dir_okay=False, help="With --peers: also writes the JSON here.")] = None,
    clinic: Annotated[bool, typer.Option(
        "--clinic", help="Lists, search and courses of a large made-up clinic instead.")] = False,
    patients: Annotated[int, typer.Option(
        min=1, help="With --clinic: how many people.")] = clinic_bench.PATIENTS,
    sessions: Annotated[int, typer.Option(
        min=0, help="With --clinic: how many sessions.")] = clinic_bench.SESSIONS,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Times each stage and the whole path on this machine, alone or beside other programs.

    Example: python -m emocare bench --json
    """
    if clinic:
        _bench_clinic(clinic_bench.Size(patients, sessions), as_json)
        return
    from emocare.learning import bench as alone
    from emocare.learning import bench_live, bench_peers

    settings = load_settings()
    clips = sorted(list_samples(settings.samples_dir), key=lambda sample: sample.name)
    samples = [clip.path for clip in clips if clip.expected["people"] == 1]
    reader = face_engine(settings).get().reader
    if peers:
        figures = bench_peers.measure(bench_peers.Bench(
            reader, _whole_path, samples[:1], data, settings.models_dir, say))  # fmt: skip
        if out is not None:
            out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
        lines = bench_peers.table(figures)
    elif live:
        figures = bench_live.measure(_live_path, next(iter(samples), None), seconds, say)
        lines = bench_live.table(figures)
    else:
        sample = next(iter(samples), None)
        figures = alone.bench(reader, _whole_path, sample, long=long, log=say)
        lines = alone.table(figures)
    if as_json:
        _print(figures)
    else:
        print(lines)


@train.command("face")
def train_face_network(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = Path("runs/face"),
    epochs: Annotated[int | None, typer.Option(min=1, help="Length of the training.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Or its length in time.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Goes on from a checkpoint.")] = False,
    limit: Annotated[int | None, typer.Option(
        min=8, help="Only the first pictures of each set, for trying out.")] = None,
) -> None:  # fmt: skip
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
    models = load_settings().models_dir
    if limit is not None:
        models = shutil.copytree(models, out / "models", dirs_exist_ok=True)
    print(export(*parts, data, models, limit=limit, log=say))


@train.command("detector")
def train_detector(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = Path("runs/detector"),
    epochs: Annotated[int | None, typer.Option(min=1, help="Length of the training.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Or its length in time.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Goes on from a checkpoint.")] = False,
    limit: Annotated[int | None, typer.Option(
        min=8, help="Only the first pictures of each set, for trying out.")] = None,
) -> None:  # fmt: skip
    """Trains the face detector, measures it and ships it to the models folder.

    A training with --limit is a trial: its model stays beside the checkpoint in OUT.

    Example: python -m emocare train detector DATA --minutes 30
    """
    _require_archives(data, FACE_ARCHIVES)
    from emocare.learning.export_detector import export
    from emocare.learning.train_detector import train as run

    checkpoint = run(data, out, resume=resume, epochs=epochs, minutes=minutes, limit=limit, log=say)
    models = load_settings().models_dir
    if limit is not None:
        models = shutil.copytree(models, out / "models", dirs_exist_ok=True)
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
        _print(figures)
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
        _print(figures)
    else:
        print(json.dumps(figures, indent=2, ensure_ascii=False))


def _require_archives(data: Path, names: Sequence[str]) -> None:
    """Refuses a folder in which a data set is missing or is none, before anything is loaded."""
    for path in [data] if data.is_file() else [data / name for name in names]:
        if not path.exists():
            raise InputError(f"{path} is not there. Give the folder that holds {path.name}.")
        if path.name not in names or not zipfile.is_zipfile(path):
            raise InputError(f"{path} is not the data set {' or '.join(names)}.")


def _bench_clinic(size: clinic_bench.Size, as_json: bool) -> None:
    """Times a made-up clinic in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        workplace = replace(workplace_of(load_settings()), data_dir=Path(folder))
        figures = clinic_bench.bench_clinic(Path(folder), workplace, size, say)
    if as_json:
        _print(figures)
    else:
        print(clinic_bench.table(figures))


def _whole_path(video: Path) -> dict[str, float]:
    """The bench's whole path, in an installation of its own that is gone afterwards."""
    with TemporaryDirectory() as folder:
        settings = replace(load_settings(), data_dir=Path(folder))
        with build_app(settings) as app:
            return time_path(app.people, app.recordings, app.reports, video)


def _live_path(video: Path, look: Callable[[LiveView], None]) -> dict[str, float]:
    """The bench's live session, likewise."""
    with TemporaryDirectory() as folder:
        settings = replace(load_settings(), data_dir=Path(folder))
        with build_app(settings) as app:
            return time_live(app.people, app.live, video, look)


def _print(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))
