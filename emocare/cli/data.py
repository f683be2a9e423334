"""Back-up and restore, erasure, legal holds, retention times."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emocare.app import make_data_dir, vault_for
from emocare.cli.common import FINDING, Json, opened, operator, print_json
from emocare.domain.data_life import DataClass
from emocare.domain.errors import InputError, StoreBusy
from emocare.services.console import say
from emocare.services.restoring import restore as bring_back
from emocare.settings import load_settings

commands = typer.Typer()
Code = Annotated[str, typer.Argument(metavar="PATIENT_CODE", help="The clinic's own number.")]

WHILE_IT_RUNS = (
    "While the app runs, make the back-up there: page Data, button “Back up now”."
)
WORDS = {
    DataClass.READINGS: "rows of measurements", DataClass.SESSIONS: "sessions",
    DataClass.QUESTIONNAIRES: "questionnaires", DataClass.JOURNAL: "journal entries",
    DataClass.REPORTS: "versions of reports",
}  # fmt: skip


@commands.command()
def backup(
    to: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="Where it goes; the folder of the daily ones otherwise.")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Makes an encrypted back-up and tries it out before it counts.

    While the app runs, it makes one each day by itself, and the button "Back up now" of its page
    Data makes one at once; this command then says who holds the database.

    Example: python -m emocare backup --to /media/clinic
    """
    try:
        with opened(load_settings()) as app:
            made = app.backups.make(to)
            if to is None:
                app.backups.thin()
    except StoreBusy as error:
        raise StoreBusy(f"{error} {WHILE_IT_RUNS}") from error
    tables = made.about.contents.tables
    if as_json:
        print_json({"file": str(made.file), "bytes": made.bytes, "key": made.about.key_id,
                    "schema": made.about.contents.schema,
                    "rows": {name: table.rows for name, table in tables.items()}})  # fmt: skip
    else:
        print(f"{made.file}: {made.bytes / 1e6:.1f} MB, {tables['patients'].rows} people, "
              f"{tables['sessions'].rows} sessions; restored on trial, the same; opens with key "
              f"{made.about.key_id} or its recovery key")  # fmt: skip


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A back-up.")],
    recovery_key: Annotated[Path | None, typer.Option(
        metavar="FILE", help="A file that holds the recovery key; asked for otherwise.")] = None,
) -> None:  # fmt: skip
    """Brings a back-up into use; the present database is kept aside.

    The recovery key is needed only on another computer, or for a key that is not kept here. Who
    was erased since is erased again.

    Example: python -m emocare restore data/backups/emocare-20261125T123000.emocare-backup
    """

    def words(key_id: str) -> str:
        if recovery_key is None:
            return str(typer.prompt(f"Recovery key of {key_id}", err=True, hide_input=True))
        return read_words(recovery_key)

    settings = load_settings()
    make_data_dir(settings.data_dir)
    done = bring_back(file, settings.database, vault_for(settings), words, settings.backups_folder,
                      operator(settings).who)  # fmt: skip
    print(f"The back-up of {done.made_at:%Y-%m-%d %H:%M} UTC is in use: {done.patients} people.")
    if done.erased_again:
        print(f"{done.erased_again} of it had been erased since and were erased again.")
    if done.aside is not None:
        print(f"The database of before is kept: {done.aside}. Delete it once it is not needed.")


@commands.command()
def erase(
    code: Code,
    confirm: Annotated[bool, typer.Option("--confirm", help="Really erase.")] = False,
    certificate: Annotated[Path | None, typer.Option(
        metavar="FILE", help="Where the certificate goes; stdout otherwise.")] = None,
) -> None:  # fmt: skip
    """Removes every row and file of a person for good, and certifies it.

    Example: python -m emocare erase P-0148 --confirm --certificate erased.txt
    """
    if certificate is not None and certificate.exists():
        raise InputError(f"{certificate} is there already. Choose another name.")
    with opened(load_settings()) as app:
        patient = app.people.by_code(code)
        if not confirm:
            raise InputError(
                f"This would erase {patient.code} for good. Repeat the command with --confirm."
            )
        done = app.data_life.erase(patient.id)
    if certificate is None:
        print(done.certificate)
        return
    try:
        certificate.write_text(done.certificate, encoding="utf-8")
    except OSError as error:
        print(done.certificate)
        raise InputError(
            f"{code} is erased, but {certificate} cannot be written: {error.strerror}. Keep the "
            "certificate that is printed above."
        ) from error
    print(f"{code} is erased. The certificate: {certificate}")


@commands.command()
def hold(
    code: Code,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Lifts every hold of the person.")] = False,
) -> None:
    """Puts a legal hold on a person, so that nothing is erased, or lifts it.

    Without an option: says which holds there are; the exit code is 1 when there is one.

    Example: python -m emocare hold P-0148 --reason "court order 12/26"
    """
    if lift and reason is not None:
        raise InputError("Give either --reason or --lift.")
    with opened(load_settings()) as app:
        patient = app.people.by_code(code)
        if reason is not None:
            app.data_life.hold(patient.id, reason)
        if lift:
            print(f"{code}: {app.data_life.lift(patient.id)} holds were lifted")
        found = app.data_life.holds(patient.id)
    for one in found:
        print(f"{code}: held since {one.set_at:%Y-%m-%d} by {one.set_by}: {one.reason}")
    if not found and not lift:
        print(f"{code}: no legal hold")
    if found and reason is None and not lift:
        raise typer.Exit(FINDING)


@commands.command()
def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Removes it. Otherwise: lists.")] = False,
    as_json: Json = False,
) -> None:
    """Lists what is past the retention times of the settings; with --apply, removes it.

    The settings keep_readings_days, keep_sessions_days, keep_questionnaires_days,
    keep_journal_days and keep_reports_days; 0 keeps. People with a legal hold are left alone, and
    so are sessions with a report that stays and answers with an open alert.

    Example: python -m emocare retention --apply
    """
    with opened(load_settings()) as app:
        found = app.data_life.remove_expired() if apply else app.data_life.expired()
    if as_json:
        print_json({"applied": apply, "classes": [
            {"class": one.kind.value, "before": one.before.isoformat(), "items": one.items,
             "people": one.people} for one in found]})  # fmt: skip
        return
    word = "removed" if apply else "past its time"
    for one in found:
        print(f"{one.items} {WORDS[one.kind]} of {one.people} people, before "
              f"{one.before:%Y-%m-%d}: {word}")  # fmt: skip
    if not found:
        print("Nothing was removed." if apply else "No retention time is set: everything is kept.")


def read_words(file: Path) -> str:
    """The recovery key in a file: its last line that is not empty.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read. Give the file with the recovery key.") from error
    if not lines:
        raise InputError(f"{file} is empty.")
    say(f"The recovery key was read from {file}.")
    return lines[-1]
