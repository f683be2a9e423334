"""Reads instrument files and refuses whatever could be scored wrongly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from emocare.clinical.instruments.checks import Fault, check
from emocare.clinical.instruments.instrument import (
    Algorithm,
    BandStep,
    ChangeRule,
    Difficulty,
    Instrument,
    Item,
    Option,
    SafetyItem,
    Screen,
)
from emocare.domain.errors import InputError
from emocare.domain.summary import BANDS, Band

FOLDER = Path(__file__).resolve().parent

_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "": (
        {"name", "title", "version", "language", "domain", "recall", "recall_days", "stem",
         "options", "items", "scoring", "licence"},
        {"accuracy", "bands", "difficulty", "safety", "algorithm", "change", "screen", "loinc"},
    ),
    "options": ({"value", "text"}, {"loinc"}),
    "items": ({"text"}, {"loinc"}),
    "scoring": ({"missing_allowed"}, {"multiplier", "higher_is_better", "urgent_from"}),
    "bands": ({"low", "high", "native"}, {"band"}),
    "difficulty": ({"text", "options", "impaired_from"}, {"loinc"}),
    "safety": ({"item", "elevated", "high"}, set()),
    "algorithm": (
        {"counted_from", "counted_from_1", "cardinal", "other_from", "major_from"}, set(),
    ),
    "change": ({"threshold", "source"}, {"response_from", "remission_below"}),
    "screen": (set(), {"positive_from", "positive_up_to", "subscales"}),
    "loinc": (set(), {"panel", "total"}),
    "licence": ({"notice", "citation"}, set()),
}  # fmt: skip
"""Table of the file -> (keys it must have, keys it may have)."""


def instrument_names() -> tuple[str, ...]:
    """Names of the instruments whose files are installed, in alphabetical order."""
    return tuple(sorted(path.stem.upper() for path in FOLDER.glob("*.toml")))


@cache
def load_instrument(name: str) -> Instrument:
    """The instrument ``name``; "PHQ-9", "phq9" and "phq-9" are the same.

    Raises:
        InputError: There is no such instrument, or its file has a fault (named with its place).
    """
    wanted = _plain(name)
    for known in instrument_names():
        if _plain(known) == wanted:
            return read_instrument(FOLDER / f"{known.lower()}.toml")
    raise InputError(f"Unknown instrument {name!r}. Known: {', '.join(instrument_names())}.")


def read_instrument(path: Path) -> Instrument:
    """Reads and checks one instrument file.

    Raises:
        InputError: It is not TOML, or says something that cannot be scored.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not a readable TOML file: {error}.") from error
    try:
        instrument = _build(data)
        check(instrument)
        if instrument.name.lower() != path.stem:
            raise Fault(f"name: expected the name of the file, got {instrument.name!r}")
    except Fault as fault:
        raise InputError(f"{path.name}: {fault}.") from fault
    return instrument


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _keys(table: str, data: object) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Fault(f"{table}: expected a table, got {data!r}")
    where = f"[{table}] " if table else ""
    required, optional = _KEYS[table]
    for key in sorted(required - set(data)):
        raise Fault(f"{where}{key} is missing")
    for key in sorted(set(data) - required - optional):
        raise Fault(f"{where}unknown key {key!r}; known: {', '.join(sorted(required | optional))}")
    return data


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Fault(f"{where}: expected text, got {value!r}")
    return value


def _number(value: object, where: str) -> int:
    if type(value) is not int:
        raise Fault(f"{where}: expected a whole number, got {value!r}")
    return value


def _numbers(value: object, where: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise Fault(f"{where}: expected a list of whole numbers, got {value!r}")
    return tuple(_number(entry, where) for entry in value)


def _maybe_number(data: Mapping[str, Any], key: str, where: str) -> int | None:
    return _number(data[key], f"{where} {key}") if key in data else None


def _maybe_text(data: Mapping[str, Any], key: str, where: str) -> str | None:
    return _text(data[key], f"{where} {key}") if key in data else None


def _options(data: object, where: str) -> tuple[Option, ...]:
    if not isinstance(data, list) or len(data) < 2:
        raise Fault(f"{where}: expected at least two, got {data!r}")
    options = []
    for number, entry in enumerate(data, start=1):
        here = f"{where} {number}"
        fields = _keys("options", entry)
        options.append(Option(_number(fields["value"], here), _text(fields["text"], here),
                              _maybe_text(fields, "loinc", here)))  # fmt: skip
    if len({option.value for option in options}) != len(options):
        raise Fault(f"{where}: two answers have the same value")
    return tuple(options)


def _items(data: object) -> tuple[Item, ...]:
    if not isinstance(data, list) or not data:
        raise Fault(f"items: expected at least one, got {data!r}")
    items = []
    for number, entry in enumerate(data, start=1):
        fields = _keys("items", entry)
        here = f"items {number}"
        items.append(Item(_text(fields["text"], here), _maybe_text(fields, "loinc", here)))
    return tuple(items)


def _bands(data: object) -> tuple[BandStep, ...]:
    if not isinstance(data, list):
        raise Fault(f"bands: expected a list of tables, got {data!r}")
    steps = []
    for number, entry in enumerate(data, start=1):
        fields, here = _keys("bands", entry), f"bands {number}"
        word = fields.get("band")
        if word is not None and word not in {band.value for band in BANDS}:
            raise Fault(f"{here}: expected one of {', '.join(BANDS)}, got {word!r}")
        steps.append(BandStep(_number(fields["low"], here), _number(fields["high"], here),
                              None if word is None else Band(word),
                              _text(fields["native"], here)))  # fmt: skip
    return tuple(steps)


def _difficulty(data: object) -> Difficulty:
    fields = _keys("difficulty", data)
    return Difficulty(
        text=_text(fields["text"], "difficulty text"),
        options=_options(fields["options"], "difficulty options"),
        impaired_from=_number(fields["impaired_from"], "difficulty impaired_from"),
        loinc=_maybe_text(fields, "loinc", "difficulty"),
    )


def _safety(data: object) -> SafetyItem:
    fields = _keys("safety", data)
    return SafetyItem(
        item=_number(fields["item"], "safety item"),
        elevated=_numbers(fields["elevated"], "safety elevated"),
        high=_numbers(fields["high"], "safety high"),
    )


def _algorithm(data: object) -> Algorithm:
    fields = _keys("algorithm", data)
    return Algorithm(
        counted_from=_number(fields["counted_from"], "algorithm counted_from"),
        counted_from_1=_numbers(fields["counted_from_1"], "algorithm counted_from_1"),
        cardinal=_numbers(fields["cardinal"], "algorithm cardinal"),
        other_from=_number(fields["other_from"], "algorithm other_from"),
        major_from=_number(fields["major_from"], "algorithm major_from"),
    )


def _change(data: object) -> ChangeRule:
    fields = _keys("change", data)
    return ChangeRule(
        threshold=_number(fields["threshold"], "change threshold"),
        response_from=_maybe_number(fields, "response_from", "change"),
        remission_below=_maybe_number(fields, "remission_below", "change"),
        source=_text(fields["source"], "change source"),
    )


def _screen(data: object) -> Screen:
    fields = _keys("screen", data)
    subscales = fields.get("subscales", {})
    if not isinstance(subscales, dict):
        raise Fault(f"screen subscales: expected a table, got {subscales!r}")
    return Screen(
        positive_from=_maybe_number(fields, "positive_from", "screen"),
        positive_up_to=_maybe_number(fields, "positive_up_to", "screen"),
        subscales={name: _numbers(items, f"screen subscale {name}")
                   for name, items in subscales.items()},
    )  # fmt: skip


def _build(data: object) -> Instrument:
    top = _keys("", data)
    scoring, licence = _keys("scoring", top["scoring"]), _keys("licence", top["licence"])
    loinc = _keys("loinc", top.get("loinc", {}))
    better = scoring.get("higher_is_better", False)
    if not isinstance(better, bool):
        raise Fault(f"scoring higher_is_better: expected true or false, got {better!r}")
    multiplier = _maybe_number(scoring, "multiplier", "scoring")
    return Instrument(
        **{key: _text(top[key], key)
           for key in ("name", "title", "version", "language", "domain", "recall", "stem")},
        recall_days=_number(top["recall_days"], "recall_days"),
        options=_options(top["options"], "options"),
        items=_items(top["items"]),
        missing_allowed=_number(scoring["missing_allowed"], "scoring missing_allowed"),
        multiplier=1 if multiplier is None else multiplier,
        higher_is_better=better,
        urgent_from=_maybe_number(scoring, "urgent_from", "scoring"),
        bands=_bands(top.get("bands", [])),
        difficulty=_difficulty(top["difficulty"]) if "difficulty" in top else None,
        safety=_safety(top["safety"]) if "safety" in top else None,
        algorithm=_algorithm(top["algorithm"]) if "algorithm" in top else None,
        change=_change(top["change"]) if "change" in top else None,
        screen=_screen(top["screen"]) if "screen" in top else None,
        loinc_panel=_maybe_text(loinc, "panel", "loinc"),
        loinc_total=_maybe_text(loinc, "total", "loinc"),
        notice=_text(licence["notice"], "licence notice"),
        citation=_text(licence["citation"], "licence citation"),
        accuracy=_maybe_text(top, "accuracy", "") or "",
    )  # fmt: skip
