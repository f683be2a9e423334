"""Reads single entries of an instrument file and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.clinical.instruments.checks import Fault

_FORM = {"name", "title", "version", "domain", "recall", "recall_days", "scoring", "licence"}
_PARTS = {"accuracy", "bands", "bands_note", "change", "loinc", "scales", "screen"}

_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "form": (
        _FORM | {"language", "stem", "options", "items"},
        _PARTS | {"algorithm", "difficulty", "leads_to", "safety"},
    ),
    "form without words": (_FORM | {"values", "item_count"}, _PARTS),
    "words": (
        {"instrument", "language", "version", "stem", "options", "items", "notice"},
        {"difficulty", "recall", "title"},
    ),
    "words of an item": ({"text"}, {"options"}),
    "words of difficulty": ({"text", "options"}, set()),
    "options": ({"value", "text"}, {"loinc"}),
    "items": ({"text"}, {"loinc"}),
    "scoring": ({"missing_allowed"}, {"multiplier", "higher_is_better", "reverse", "urgent_from"}),
    "bands": ({"low", "high", "native"}, {"band"}),
    "difficulty": ({"text", "options", "impaired_from"}, {"loinc"}),
    "safety": ({"item", "elevated", "high"}, {"without"}),
    "scales": ({"name", "items", "bands"}, set()),
    "leads_to": ({"instrument", "items", "onto", "positive_from"}, set()),
    "algorithm": (
        {"counted_from", "counted_from_1", "cardinal", "other_from", "major_from"}, set(),
    ),
    "change": ({"threshold", "source"}, {"response_from", "remission_below"}),
    "screen": (set(), {"positive_from", "positive_up_to", "subscales"}),
    "loinc": (set(), {"panel", "total"}),
    "licence": ({"notice", "citation"}, set()),
}  # fmt: skip
"""Table of the file -> (keys it must have, keys it may have)."""

_WHOLE_FILES = ("form", "form without words", "words")
"""Tables that are a file of their own: their name says nothing to a reader."""


def keys(table: str, data: object) -> Mapping[str, Any]:
    """A table with the keys it must have and none that is unknown.

    Raises:
        Fault: It is no table, or a key is missing or unknown.
    """
    if not isinstance(data, dict):
        raise Fault(f"{table}: expected a table, got {data!r}")
    where = "" if table in _WHOLE_FILES else f"[{table}] "
    required, optional = _KEYS[table]
    for key in sorted(required - set(data)):
        raise Fault(f"{where}{key} is missing")
    for key in sorted(set(data) - required - optional):
        raise Fault(f"{where}unknown key {key!r}; known: {', '.join(sorted(required | optional))}")
    return data


def text(value: object, where: str) -> str:
    """Text that is not empty; anything else is a ``Fault``."""
    if not isinstance(value, str) or not value.strip():
        raise Fault(f"{where}: expected text, got {value!r}")
    return value


def texts(value: object, where: str) -> tuple[str, ...]:
    """A list of texts; anything else is a ``Fault``."""
    if not isinstance(value, list):
        raise Fault(f"{where}: expected a list of texts, got {value!r}")
    return tuple(text(entry, f"{where} {i}") for i, entry in enumerate(value, start=1))


def rows(value: object, where: str) -> list[object]:
    """A list; anything else is a ``Fault``."""
    if not isinstance(value, list):
        raise Fault(f"{where}: expected a list of tables, got {value!r}")
    return value


def number(value: object, where: str) -> int:
    """A whole number; anything else, true and 2.0 included, is a ``Fault``."""
    if type(value) is not int:
        raise Fault(f"{where}: expected a whole number, got {value!r}")
    return value


def numbers(value: object, where: str) -> tuple[int, ...]:
    """A list of whole numbers; anything else is a ``Fault``."""
    if not isinstance(value, list):
        raise Fault(f"{where}: expected a list of whole numbers, got {value!r}")
    return tuple(number(entry, where) for entry in value)


def maybe_number(data: Mapping[str, Any], key: str, where: str) -> int | None:
    """A whole number, None where the key is not there."""
    return number(data[key], f"{where} {key}") if key in data else None


def maybe_text(data: Mapping[str, Any], key: str, where: str) -> str | None:
    """Text, None where the key is not there."""
    return text(data[key], f"{where} {key}") if key in data else None
