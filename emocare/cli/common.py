"""What the commands share: exit codes, options that several take, JSON on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

FINDING, BAD_INPUT, STOPPED = 1, 2, 130

Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there.")]
Data = Annotated[Path, typer.Argument(
    metavar="DATA", help="Folder of the data sets, or the archive itself.")]


def print_json(content: dict[str, Any]) -> None:
    """One JSON object on one line of stdout."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))
