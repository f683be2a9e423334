"""The command line: what the screens do, for scripts, tests and clinics that batch.

Exit codes: 0 done, 1 finished with a finding, 2 bad input (one line on stderr). With ``--json``
stdout holds JSON and nothing else; progress goes to stderr.
"""

from __future__ import annotations

from collections.abc import Sequence

import typer
from typer._click.exceptions import ClickException

from emocare.cli import (
    accounts,
    bench,
    common,
    data,
    demo,
    keys,
    reference,
    sequence,
    sessions,
    severity,
)
from emocare.domain.errors import EmoCareError
from emocare.services.console import say

cli = typer.Typer(
    name="emocare", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Observed facial behaviour and questionnaires, offline. Supports a clinician's review; "
         "does not diagnose.\n\nExample: python -m emocare analyze visit.mp4 --out results",
)  # fmt: skip
cli.add_typer(sessions.commands)
cli.add_typer(bench.commands)
cli.add_typer(demo.commands)
severity.register(sequence.train, sequence.evaluate)
cli.add_typer(sequence.train, name="train")
cli.add_typer(sequence.evaluate, name="evaluate")
cli.add_typer(reference.reference, name="reference")
cli.add_typer(data.commands)
cli.add_typer(keys.keys, name="key")
cli.add_typer(accounts.user, name="user")
cli.add_typer(accounts.commands)


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
        return common.BAD_INPUT
    except EmoCareError as error:
        say(str(error))
        return common.BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        say("Stopped.")
        return common.STOPPED
    return int(code or 0)
