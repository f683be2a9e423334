"""``demo``: a clinic of made-up people in a folder of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from emocare.app import build_app, vault_for
from emocare.domain.errors import InputError
from emocare.services.console import say
from emocare.services.demo import CLINIC
from emocare.services.demo_folder import is_demo_folder, make_demo, refusal
from emocare.settings import SETTINGS_FILE, Settings, load_settings

commands = typer.Typer()
KEPT = ("EMOCARE_MODELS_DIR", "EMOCARE_SAMPLES_DIR", "EMOCARE_COUNTRY")
"""Settings of this machine that the demo clinic takes over."""


@commands.command()
def demo(
    folder: Annotated[Path, typer.Argument(
        metavar="FOLDER", help="Where the demo clinic is made: empty, or not there yet.")],
) -> None:  # fmt: skip
    """Makes a clinic of made-up people; "python start.py --demo" does it and opens it.

    Example: python -m emocare demo demo-clinic
    """
    if "EMOCARE_DATA_DIR" in os.environ:
        _refuse_beside_a_clinic(load_settings())
    _write_settings(folder)
    say("Making up the people of the demo clinic ...")
    settings = load_settings(_environment(folder))
    make_demo(settings.database, vault_for(settings))
    with build_app(settings) as app:
        app.demo.fill()
    print(f"The demo clinic is in {folder}.")


def _refuse_beside_a_clinic(settings: Settings) -> None:
    """The demo is not made while EMOCARE_DATA_DIR names the folder of a clinic.

    Raises:
        StoreError: There is a database in it that no demo has made.
    """
    if settings.database.exists() and not is_demo_folder(settings.data_dir):
        raise refusal(settings.database, demo=True)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of a clinic in it, such as where its key lies; only what this machine needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "EMOCARE_DATA_DIR": str(folder), "EMOCARE_DEMO": "true"}


def _write_settings(folder: Path) -> None:
    """Name and clinician of the demo clinic, in a folder that holds nothing else.

    Raises:
        InputError: There is something in it, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} is not empty. The demo clinic needs a folder of its own.")
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in CLINIC.items()]
        (folder / SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}. Choose another folder."
        ) from error
