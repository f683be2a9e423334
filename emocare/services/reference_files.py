"""The site's reference tables as files: versioned, never overwritten, refused when changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from emocare.analysis import AnalysisConfig, SiteReference
from emocare.analysis.config import PROVISIONAL
from emocare.domain.errors import InputError
from emocare.domain.summary import ModelRef
from emocare.services.workplace import Workplace

FOLDER = "references"
NAME = re.compile(r"site-(free|guided)-v([1-9]\d*)")
BACK = f"Or go back with: python -m emocare reference use {PROVISIONAL}"


def names(data_dir: Path) -> list[str]:
    """The tables of this installation, by protocol and version."""
    found = [path.stem for path in (data_dir / FOLDER).glob("*.json") if NAME.fullmatch(path.stem)]
    return sorted(found, key=lambda name: (name.rpartition("-v")[0], version(name)))


def version(name: str) -> int:
    """The number at the end of a table's name."""
    return int(name.rpartition("-v")[2])


def load(data_dir: Path, name: str) -> SiteReference:
    """One table.

    Raises:
        InputError: It is not there, is none, or was changed since it was built.
    """
    path = data_dir / FOLDER / f"{name}.json"
    if not NAME.fullmatch(name) or not path.is_file():
        known = ", ".join([PROVISIONAL, *names(data_dir)])
        raise InputError(f"There is no reference {name!r}. Known: {known}.")
    try:
        reference = SiteReference.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, InputError) as error:
        raise InputError(
            f"The reference {name} cannot be used: {error}. Restore its file from a back-up. {BACK}"
        ) from error
    if reference.id != name:
        raise InputError(f"The file of the reference {name} holds {reference.id}. {BACK}")
    return reference


def keep(data_dir: Path, reference: SiteReference) -> Path:
    """Writes a new table; one that is there is never overwritten.

    Raises:
        InputError: It exists already, or cannot be written.
    """
    path = data_dir / FOLDER / f"{reference.id}.json"
    text = json.dumps(reference.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise InputError(f"The reference {reference.id} exists already.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def chosen(setting: str) -> list[str]:
    """The names in the setting ``reference``, without the provisional one."""
    listed = [name.strip() for name in setting.split(",") if name.strip()]
    return [name for name in listed if name != PROVISIONAL]


def in_use(data_dir: Path, setting: str) -> tuple[SiteReference, ...]:
    """The tables that the setting names.

    Raises:
        InputError: One cannot be used, or two are for the same protocol.
    """
    found = tuple(load(data_dir, name) for name in chosen(setting))
    protocols = [reference.protocol for reference in found]
    if len(set(protocols)) != len(protocols):
        raise InputError(
            f"The setting reference names two tables for one protocol: {setting}. Keep one."
        )
    return found


def with_chosen(setting: str, name: str) -> str:
    """The setting after ``name`` was chosen: it takes the place of one for the same protocol."""
    if name == PROVISIONAL:
        return PROVISIONAL
    protocol = name.rpartition("-v")[0]
    others = [n for n in chosen(setting) if n.rpartition("-v")[0] != protocol]
    return ", ".join([*others, name])


def analysis_config(
    workplace: Workplace, protocol: str, models: Sequence[ModelRef], *, wrong_person: bool = False
) -> AnalysisConfig:
    """The analysis of a new recording: with the site's table where it fits, else as shipped."""
    site = next((r for r in workplace.references if r.fits(protocol, models)), None)
    if site is None:
        return AnalysisConfig(protocol=protocol, wrong_person=wrong_person)
    return AnalysisConfig(
        protocol=protocol, reference=site.id, reference_values=site.values,
        wrong_person=wrong_person,
    )  # fmt: skip
