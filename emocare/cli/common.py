"""What the commands share: exit codes, options that several take, JSON on stdout, the actor."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from emocare.app import App, build_app
from emocare.domain.accounts import Actor, Role
from emocare.settings import UNNAMED, Settings

FINDING, BAD_INPUT, STOPPED = 1, 2, 130

Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there.")]
Data = Annotated[Path, typer.Argument(
    metavar="DATA", help="Folder of the data sets, or the archive itself.")]


def print_json(content: dict[str, Any]) -> None:
    """One JSON object on one line of stdout."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


@contextmanager
def opened(settings: Settings) -> Iterator[App]:
    """The application as the user of the operating system may use it: all of it, and all of it
    is written to the log. Whoever runs commands on the database has it in their hands anyway."""
    with build_app(settings) as app:
        yield app.for_actor(operator(settings))


def operator(settings: Settings) -> Actor:
    """The user of the operating system as the services see them."""
    who = f"command line ({_user()})"
    named = settings.clinician != UNNAMED
    return Actor(who=who, full_name=settings.clinician if named else who, everybody=True,
                 roles=frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}))  # fmt: skip


def _user() -> str:
    """The name of the user; its number where the system knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
