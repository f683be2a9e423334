"""Whom a person can call now. Works offline, never calls anyone, never hides itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from emocare.domain.errors import InputError

FILE = Path(__file__).resolve().parent / "crisis_resources.toml"
STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Someone to talk to. ``note`` says how and when, "" if nothing needs saying."""

    name: str
    number: str
    note: str


@dataclass(frozen=True, slots=True)
class CrisisCard:
    """The card of one country. The clinic's own number belongs right after ``emergency``.

    Attributes:
        country: ISO 3166 two letters; "" on the card for a country that is not in the file.
        verified_on: When the numbers were last checked.
        emergency: The emergency number in words for a person.
        lines: Crisis lines, the first one first; may be empty.
        directory: Where lines of every country are listed.
        text: The sentence above the numbers.
    """

    country: str
    verified_on: date
    emergency: str
    lines: tuple[CrisisLine, ...]
    directory: str
    text: str

    def stale(self, today: date) -> bool:
        """Whether the numbers were last checked more than 365 days ago.

        A message for the staff. The card is shown all the same.
        """
        return today - self.verified_on > STALE_AFTER


def crisis_resources(country: str, own: Path | None = None) -> CrisisCard:
    """The card for ``country`` (ISO 3166 two letters, any case).

    A country that is not in the file gets the card with the international emergency number and
    the directory: there is always a card.

    Args:
        own: The clinic's own file, whose countries take the place of the shipped ones; it need
            not exist.

    Raises:
        InputError: The clinic's file has a fault. Without ``own`` there is none.
    """
    code = country.strip().upper()
    if own is not None and own.is_file():
        card = read_own_cards(own).get(code)
        if card is not None:
            return card
    return read_cards(FILE).get(code, read_cards(FILE)[""])


def read_own_cards(path: Path) -> dict[str, CrisisCard]:
    """The cards of a clinic's file: ``verified_on`` and one or more ``[country.XX]``.

    ``text`` and ``directory`` are the shipped ones where the file does not name them.

    Raises:
        InputError: Not TOML, a missing or unknown key, or a wrong type.
    """
    with _named_faults(path):
        own = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = sorted(set(own) - {"verified_on", "text", "directory", "country"})
        if unknown:
            raise KeyError(f"{unknown[0]} is unknown")
        data = {**tomllib.loads(FILE.read_text(encoding="utf-8")), **own}
        if type(own["verified_on"]) is not date:
            raise TypeError("verified_on: expected a date like 2026-11-21")
        return {code.upper(): _card(code.upper(), entry, data)
                for code, entry in own["country"].items()}  # fmt: skip


@contextmanager
def _named_faults(path: Path) -> Iterator[None]:
    """Turns whatever is wrong with a file into one sentence that names it."""
    try:
        yield
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not a readable TOML file: {error}.") from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name}: a key is missing or wrong: {error}.") from error


@cache
def read_cards(path: Path) -> dict[str, CrisisCard]:
    """Every card of a file by country; "" is the one for all other countries.

    Raises:
        InputError: Not TOML, a missing key, or a wrong type.
    """
    with _named_faults(path):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        cards = {code: _card(code, entry, data) for code, entry in data["country"].items()}
        for code in data["european_union"]:
            cards.setdefault(code, _card(code, data["eu"], data))
        cards[""] = _card("", data["elsewhere"], data)
        return cards


def _card(code: str, entry: dict[str, Any], data: dict[str, Any]) -> CrisisCard:
    verified_on = entry.get("verified_on", data["verified_on"])
    if type(verified_on) is not date:
        raise TypeError(f"verified_on of {code or 'elsewhere'}: expected a date")
    lines = tuple(
        CrisisLine(_text(line["name"]), _text(line["number"]), _text(line.get("note", "")))
        for line in entry.get("lines", [])
    )
    if not _text(entry["emergency"]).strip():
        raise TypeError(f"emergency of {code or 'elsewhere'}: expected a number")
    return CrisisCard(code, verified_on, _text(entry["emergency"]), lines,
                      _text(data["directory"]), _text(data["text"]))  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {value!r}")
    return value
