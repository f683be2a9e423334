"""Commands on accounts, and the check of the log."""

from __future__ import annotations

from typing import Annotated

import typer

from emocare.cli.common import FINDING, Json, opened, print_json
from emocare.domain.accounts import Account, Role
from emocare.domain.errors import InputError
from emocare.services.accounts import Handed
from emocare.settings import load_settings

user = typer.Typer(
    help="The accounts of this installation. Emo-Care has to be closed meanwhile.\n\n"
         "Example: python -m emocare user add m.berg --name 'Dr M. Berg' --role physician",
)  # fmt: skip
commands = typer.Typer()
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The name typed at the sign-in.")]


@user.command("add")
def user_add(
    login: Login,
    name: Annotated[str, typer.Option(help="Full name, as it stands in reports.")],
    role: Annotated[list[Role], typer.Option(
        help="May be given twice: a physician who administers.")],
    patient: Annotated[str | None, typer.Option(
        metavar="CODE", help="The clinic's number, for the account of a patient.")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Makes an account and says a password that holds for one sign-in.

    Example: python -m emocare user add m.kowalska --name 'Marta Kowalska' --role patient
    --patient P-0148
    """
    with opened(load_settings()) as app:
        if (patient is not None) is not (Role.PATIENT in role):
            raise InputError("--patient goes with --role patient, and only with it.")
        patient_id = None if patient is None else app.people.by_code(patient).id
        handed = app.accounts.add(login, name, role, patient_id)
    _hand(handed, as_json)


@user.command("list")
def user_list(as_json: Json = False) -> None:
    """Lists every account.

    Example: python -m emocare user list --json
    """
    with opened(load_settings()) as app:
        every = app.accounts.everybody()
    if as_json:
        print_json({"users": [_told(account) for account in every]})
        return
    if not every:
        print("There is no account yet. The first one is made in the browser.")
    for account in every:
        state = "locked" if account.locked else "must change the password" * account.must_change
        print(f"{account.login:20} {', '.join(sorted(account.roles)):26} {account.full_name}"
              f"{f' ({state})' if state else ''}")  # fmt: skip


@user.command("lock")
def user_lock(
    login: Login,
    undo: Annotated[bool, typer.Option("--undo", help="May sign in again.")] = False,
    as_json: Json = False,
) -> None:
    """Keeps an account from signing in; with --undo lets it again.

    Example: python -m emocare user lock m.berg
    """
    with opened(load_settings()) as app:
        account_id = app.accounts.by_login(login).id
        account = app.accounts.unlock(account_id) if undo else app.accounts.lock(account_id)
    if as_json:
        print_json(_told(account))
    else:
        print(f"{account.login} is {'locked' if account.locked else 'not locked any more'}.")


@user.command("reset")
def user_reset(login: Login, as_json: Json = False) -> None:
    """Says a new password that holds for one sign-in; takes the authenticator away.

    Example: python -m emocare user reset m.berg
    """
    with opened(load_settings()) as app:
        handed = app.accounts.reset(app.accounts.by_login(login).id)
    _hand(handed, as_json)


@commands.command("verify-audit")
def verify_audit(as_json: Json = False) -> None:
    """Checks that no row of the log was edited, removed or moved; the exit code is 1 when one was.

    Note the last hash down elsewhere: it proves the log up to that row.

    Example: python -m emocare verify-audit
    """
    with opened(load_settings()) as app:
        found = app.audit.verify()
    if as_json:
        print_json({
            "ok": not found.findings, "rows": found.rows, "head": found.head,
            "findings": [{"row": one.number, "fault": one.fault} for one in found.findings],
            "restores": [{"row": one.number, "made_at": one.made_at.isoformat(),
                          "rows_gone": one.gone} for one in found.restores],
        })  # fmt: skip
    else:
        for restore in found.restores:
            print(restore.sentence)
        for one in found.findings:
            print(one.fault)
        word = "FAULT" if found.findings else "ok"
        print(f"{word}: {found.rows} rows, last hash {found.head}")
    if found.findings:
        raise typer.Exit(FINDING)


def _hand(handed: Handed, as_json: bool) -> None:
    if as_json:
        print_json({**_told(handed.account), "password": handed.password})
        return
    print(f"Sign-in name: {handed.account.login}")
    print(f"Password for one sign-in: {handed.password}")


def _told(account: Account) -> dict[str, object]:
    return {
        "login": account.login, "name": account.full_name, "roles": sorted(account.roles),
        "locked": account.locked, "must_change": account.must_change,
        "authenticator": account.code_secret is not None,
    }  # fmt: skip
