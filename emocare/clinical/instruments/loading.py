"""Finds instrument files, reads them, and refuses whatever could be scored wrongly."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from emocare.clinical.instruments.building import build
from emocare.clinical.instruments.checks import Fault, check
from emocare.clinical.instruments.instrument import Instrument
from emocare.domain.errors import InputError

FOLDER = Path(__file__).resolve().parent
PACKS = FOLDER / "packs"
"""Forms under a notice of their own, each in its folder; delete one and it is gone."""
WITHOUT_WORDS = FOLDER / "without_words"
"""Forms under copyright: how to score them. The clinic supplies the words."""


def instrument_names() -> tuple[str, ...]:
    """Names of the forms that can be scored, in alphabetical order."""
    return tuple(sorted(path.stem.upper() for path in _files()))


def pack_names() -> tuple[str, ...]:
    """Names of the forms in content packs, in alphabetical order."""
    return tuple(sorted(path.stem.upper() for path in PACKS.glob("*/*.toml")))


@cache
def load_instrument(name: str) -> Instrument:
    """The instrument ``name``; "PHQ-9", "phq9" and "phq-9" are the same.

    Raises:
        InputError: There is no such instrument, or its file has a fault (named with its place).
    """
    wanted = plain(name)
    for path in _files():
        if plain(path.stem) == wanted:
            return read_instrument(path)
    raise InputError(f"Unknown instrument {name!r}. Known: {', '.join(instrument_names())}.")


def read_instrument(path: Path) -> Instrument:
    """Reads and checks one instrument file.

    Raises:
        InputError: It is not TOML, or says something that cannot be scored.
    """
    data = read_table(path)
    try:
        instrument = build(data)
        check(instrument)
        if instrument.name.lower() != path.stem:
            raise Fault(f"name: expected the name of the file, got {instrument.name!r}")
    except Fault as fault:
        raise InputError(f"{path.name}: {fault}.") from fault
    return instrument


def read_table(path: Path) -> dict[str, object]:
    """The tables of a file.

    Raises:
        InputError: It cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not a readable TOML file: {error}.") from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read: {error.strerror}.") from error


def plain(name: str) -> str:
    """A name without capitals and hyphens: "PHQ-9" as "phq9"."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _files() -> list[Path]:
    return [*FOLDER.glob("*.toml"), *PACKS.glob("*/*.toml"), *WITHOUT_WORDS.glob("*.toml")]
