"""Commands on the key of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emocare.app import make_data_dir, vault_for
from emocare.cli.common import Json, print_json
from emocare.cli.data import read_words
from emocare.domain.data_life import Holder
from emocare.services.console import say
from emocare.services.vault import Vault
from emocare.settings import load_settings

keys = typer.Typer(
    help="The key of the database: made, changed, recovered, moved.\n\n"
         "Example: python -m emocare key show",
)  # fmt: skip


@keys.command("new")
def key_new(
    holder: Annotated[Holder | None, typer.Option(
        help="Who keeps it; as the setting key_holder says otherwise.")] = None,
    if_missing: Annotated[bool, typer.Option(
        "--if-missing", help="Says who keeps the key that is there instead of a fault.")] = False,
) -> None:  # fmt: skip
    """Makes the key of a new installation and says the recovery key, once.

    The app does this by itself at its first start. On stdout: who keeps the key.

    Example: python -m emocare key new --holder passphrase
    """
    settings = load_settings()
    vault = vault_for(settings, None if holder is None else holder.value)
    if not (if_missing and vault.exists):
        make_data_dir(settings.data_dir)
        vault.make()
        _say_recovery(vault)
    print(vault.holder.value)


@keys.command("show")
def key_show(as_json: Json = False) -> None:
    """Says the name of the key and who keeps it; never the key itself.

    Example: python -m emocare key show
    """
    state = vault_for(load_settings()).state()
    if as_json:
        file = state.recovery_file
        print_json({"id": state.id, "holder": state.holder.value, "former": state.former,
                    "recovery_file": None if file is None else str(file)})  # fmt: skip
        return
    print(f"{state.id}, kept by: {state.holder.value}; {state.former} former keys")
    if state.recovery_file is not None:
        print(f"The recovery key still lies in {state.recovery_file}: print it, delete the file.")


@keys.command("rotate")
def key_rotate() -> None:
    """Encrypts the database with a new key and says the new recovery key, once.

    Back-ups of before keep their key: it stays in the key folder, and their recovery key on paper.

    Example: python -m emocare key rotate
    """
    vault = vault_for(load_settings())
    key = vault.rotate()
    _say_recovery(vault)
    print(f"The database is encrypted with the new key {key.id}. Make a back-up now.")


@keys.command("recover")
def key_recover(
    recovery_key: Annotated[Path | None, typer.Option(
        metavar="FILE", help="A file that holds the recovery key; asked for otherwise.")] = None,
) -> None:  # fmt: skip
    """Makes a lost key folder anew from the recovery key.

    Example: python -m emocare key recover
    """
    vault = vault_for(load_settings())
    if recovery_key is None:
        words = str(typer.prompt("Recovery key", err=True, hide_input=True))
    else:
        words = read_words(recovery_key)
    print(f"The key {vault.recover(words).id} opens the database again.")


@keys.command("move")
def key_move(
    holder: Annotated[Holder, typer.Argument(help="Who keeps it from now on.")],
) -> None:
    """Has the same key kept by a file, the operating system's keyring, or a new passphrase.

    Example: python -m emocare key move passphrase
    """

    def ask() -> str:
        return str(typer.prompt("New passphrase", err=True, hide_input=True,
                                confirmation_prompt=True))  # fmt: skip

    vault = vault_for(load_settings())
    vault.move(holder, ask)
    print(f"The key is kept by: {holder.value}")


def _say_recovery(vault: Vault) -> None:
    say(f"The recovery key is in {vault.recovery_file}: print it, keep it away from this computer, "
        "delete the file.")  # fmt: skip
