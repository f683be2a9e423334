"""Commands on recordings, pictures and answers, and the check of the installation."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from emocare.app import examine, face_engine, sequence_engine, workplace_of
from emocare.cli.common import BAD_INPUT, FINDING, Json, opened, print_json
from emocare.cli.severity import scales_check
from emocare.domain.errors import EmoCareError, InputError
from emocare.domain.records import SessionId
from emocare.services import batch, forms, stills
from emocare.services.console import Meter, describe, say
from emocare.services.summaries import Summaries
from emocare.settings import load_settings

Named = Annotated[bool, typer.Option(
    "--named/--pseudonymous", help="With name, number and signed document; otherwise under a "
    "pseudonym.")]
commands = typer.Typer()


@commands.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", help="Video files.")],
    out: Annotated[Path | None, typer.Option(
        metavar="DIR", help="Writes DIR/<stem>/readings.parquet and summary.json.")] = None,
    patient: Annotated[str | None, typer.Option(
        metavar="CODE", help="Also stores each video as a session of this patient. Only when the "
        "patient has agreed to the analysis and to keeping its measurements. Refused for minors "
        "and for who has withdrawn the consent.")] = None,
    adult: Annotated[bool, typer.Option(
        "--adult", help="Confirms that the patient is 18 or older; needed with --patient where no "
        "date of birth is known.")] = False,
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
    with nullcontext() if patient is None else opened(settings) as app:
        patient_id = app.people.by_code(patient).id if app and patient else None
        if app and patient_id:
            app.consents.check(patient_id, batch.operator_consent(adult=adult))
        work = batch.Batch(
            engine=app.engine if app else face_engine(settings),
            summaries=app.summaries if app else Summaries(sequence_engine(settings)),
            workplace=workplace_of(settings), recordings=app.recordings if app else None,
            patient_id=patient_id, keep_landmarks=landmarks, adult=adult,
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
        print_json(batch.to_dict(entries))
    if any(entry.error is not None for entry in entries):
        raise typer.Exit(BAD_INPUT)


@commands.command()
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


@commands.command()
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
        print_json(result)
    else:
        print(forms.sentence(result))


@commands.command()
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
    with opened(load_settings()) as app:
        written = app.exports.write_report(
            SessionId(session_id), pdf=pdf, fhir=fhir, csv=csv, named=named
        )
    for path in written:
        print(path)


@commands.command()
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
    with opened(load_settings()) as app:
        if patient is not None:
            written = app.exports.write_person(app.people.by_code(patient).id, out, named=named)
        else:
            wanted = [SessionId(session) for session in sessions or []]
            written = app.exports.write_all(wanted, out, named=named)
    for path in written:
        print(path)


@commands.command()
def doctor(as_json: Json = False) -> None:
    """Checks weights and self-test, database, key, back-ups, cameras, fonts, disk, samples, forms.

    The exit code is 1 when a fault was found.

    Example: python -m emocare doctor --json
    """
    settings = load_settings()
    checks = [*examine(settings), scales_check(settings)]
    if as_json:
        print_json({
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
