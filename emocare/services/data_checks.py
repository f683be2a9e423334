"""The doctor's lines on the key and on the back-ups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from emocare.domain.errors import EmoCareError
from emocare.services.backup_file import SUFFIX, read_about
from emocare.services.system import Check
from emocare.services.vault import Vault
from emocare.services.workplace import now

LATE = timedelta(days=3)
"""Age of the newest back-up from which on it is a fault."""


def data_checks(vault: Vault, backups: Path) -> tuple[Callable[[], Check], Callable[[], Check]]:
    """Both, to be looked at when they are asked for."""
    return lambda: key_check(vault), lambda: backup_check(backups)


def key_check(vault: Vault) -> Check:
    """Whether the key can be had, and whether its recovery key still lies about."""
    if not vault.exists:
        return Check("key", True, "none yet: it is made at the first start", checked=False)
    try:
        state = vault.state()
    except EmoCareError as error:
        return Check("key", False, str(error), "Do what the message says.")
    detail = f"{state.id}, kept by: {state.holder.value}"
    if state.recovery_file is None:
        return Check("key", True, detail)
    return Check("key", True, f"{detail}; the recovery key still lies in {state.recovery_file}",
                 "Print it, keep it elsewhere, and delete the file.")  # fmt: skip


def backup_check(folder: Path) -> Check:
    """How old the newest back-up is."""
    found = sorted(folder.glob(f"*{SUFFIX}"))
    if not found:
        return Check("back-ups", True, "none yet: one is made each day while the app runs")
    try:
        age = now() - read_about(found[-1]).made_at
    except EmoCareError as error:
        return Check("back-ups", False, str(error), "Make one: python -m emocare backup")
    if age < timedelta():
        return Check("back-ups", False, "the newest is dated later than now: the clock was set "
                     "back, or was ahead when it was made", "Set the clock, then make one: python "
                     "-m emocare backup")  # fmt: skip
    detail = f"{len(found)} in {folder}, the newest {age.total_seconds() / 3600:.0f} hours old"
    if age > LATE:
        return Check("back-ups", False, detail, "Make one: python -m emocare backup")
    return Check("back-ups", True, detail)
