"""The words of a form as a clinic supplies them: of a form under copyright, or a translation.

One file per form and language in the clinic's own folder, named like the form and the language:
``pss-10.en.toml``, ``phq-9.sv.toml``. Scoring never comes from such a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from emocare.clinical.instruments.checks import Fault
from emocare.clinical.instruments.fields import keys, rows, text, texts
from emocare.clinical.instruments.instrument import Difficulty, Instrument, Item, Option
from emocare.clinical.instruments.loading import (
    instrument_names,
    load_instrument,
    plain,
    read_table,
)
from emocare.domain.errors import InputError

_NAME = re.compile(r"(?P<form>[a-z0-9-]+)\.(?P<language>[a-z]{2,3}(-[a-z0-9]{2,8})?)\.toml")


@dataclass(frozen=True, slots=True)
class WordsFile:
    """A file that is there, whether or not it can be used."""

    instrument: str
    language: str
    path: Path


def words_files(folder: Path) -> tuple[WordsFile, ...]:
    """The files of a clinic's folder by form and language; none where there is no folder.

    Files with another name are left out; ``misnamed`` lists them.
    """
    named = [_named(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(file for file in named if file is not None)


def misnamed(folder: Path) -> tuple[str, ...]:
    """One sentence for every file that is not named like a form and a language."""
    return tuple(
        f"{path.name}: name it like a form and a language, for example pss-10.en.toml. "
        f"Forms: {', '.join(instrument_names())}."
        for path in sorted(folder.glob("*.toml")) if _named(path) is None
    )  # fmt: skip


def _named(path: Path) -> WordsFile | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    form = next((n for n in instrument_names() if plain(n) == plain(match["form"])), None)
    return None if form is None else WordsFile(form, match["language"], path)


def read_words(file: WordsFile) -> Instrument:
    """The form with the words of this file, checked against its scoring.

    Raises:
        InputError: The file cannot be read, its words do not fit the form, or the form is
            shipped in this language: validated words are not replaced.
    """
    shipped = load_instrument(file.instrument)
    if not shipped.words_needed and shipped.language == file.language:
        raise InputError(
            f"{file.path.name}: {shipped.name} is shipped in language {file.language!r}. Its words "
            "are not replaced; remove the file."
        )
    try:
        return _read(file, file.path.stat().st_mtime_ns)
    except OSError as error:
        raise InputError(f"{file.path.name}: cannot be read: {error.strerror}.") from error


@lru_cache(maxsize=64)
def _read(file: WordsFile, changed_ns: int) -> Instrument:
    """``changed_ns`` makes a changed file be read anew."""
    data = read_table(file.path)
    try:
        return with_words(load_instrument(file.instrument), data, file.language)
    except Fault as fault:
        raise InputError(f"{file.path.name}: {fault}.") from fault


def with_words(form: Instrument, data: object, language: str) -> Instrument:
    """``form`` asked in the words of ``data``.

    Raises:
        Fault: A key is missing or unknown, or the words are not as many as the form needs.
    """
    top = keys("words", data)
    for key, expected in (("instrument", form.name), ("language", language)):
        if plain(text(top[key], key)) != plain(expected):
            raise Fault(f"{key}: expected {expected!r} as in the name of the file, "
                        f"got {top[key]!r}")  # fmt: skip
    lines = rows(top["items"], "items")
    if len(lines) != len(form.items):
        raise Fault(f"items: {form.name} has {len(form.items)}, got {len(lines)}")
    items = tuple(_item(form, item, entry, place)
                  for place, (item, entry) in enumerate(zip(form.items, lines, strict=True), 1))
    if (form.difficulty is None) != ("difficulty" not in top):
        raise Fault("difficulty: expected exactly where the form has that question")
    return replace(
        form, language=language, version=text(top["version"], "version"),
        title=text(top.get("title", form.title), "title"), stem=text(top["stem"], "stem"),
        recall=text(top.get("recall", form.recall), "recall"),
        options=_options(form.options, top["options"], "options"), items=items,
        difficulty=_difficulty(form.difficulty, top.get("difficulty")),
        notice=text(top["notice"], "notice"), words_needed=False,
    )  # fmt: skip


def _item(form: Instrument, item: Item, entry: object, place: int) -> Item:
    """Text, or a table with text and answers of its own."""
    here = f"items {place}"
    if isinstance(entry, str):
        return replace(item, text=text(entry, here))
    fields = keys("words of an item", entry)
    own = item.options
    if "options" in fields:
        own = _options(form.options, fields["options"], f"{here} options")
    return replace(item, text=text(fields["text"], here), options=own)


def _options(known: Sequence[Option], data: object, where: str) -> tuple[Option, ...]:
    """The answers in the order of the shipped form, with the given words.

    The words stand in the order of their points, lowest first, so that a form shown the other
    way round cannot be scored the wrong way round.
    """
    given = texts(data, where)
    if len(given) != len(known):
        raise Fault(f"{where}: expected {len(known)} answers from the fewest points to the most, "
                    f"got {len(given)}")  # fmt: skip
    by_value = dict(zip(sorted(option.value for option in known), given, strict=True))
    return tuple(replace(option, text=by_value[option.value]) for option in known)


def _difficulty(known: Difficulty | None, data: object) -> Difficulty | None:
    if known is None:
        return None
    fields = keys("words of difficulty", data)
    return replace(
        known, text=text(fields["text"], "difficulty text"),
        options=_options(known.options, fields["options"], "difficulty options"),
    )  # fmt: skip
