"""Phrases that show the crisis card at once. No match means nothing: most danger has no phrase.

The list is a net with wide meshes and many false catches. Negation ("I do not want to die") and
idioms ("that meeting made me want to die") match on purpose: whoever reads them is a person, not
this list. Nothing here is a score, and nothing but a person lowers the alert that a match raises.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LANGUAGE = "en"
"""The only language with a list; text in another one never matches."""

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʼʹ`´′＇"))
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_NOT_SEEN = {"Mn", "Me", "Cf"}
"""Unicode categories of accents and of signs without width."""


@dataclass(frozen=True, slots=True)
class CrisisPhrase:
    """A phrase by its name, and what it is found by in prepared text."""

    name: str
    pattern: re.Pattern[str]


def crisis_phrases(text: str) -> tuple[str, ...]:
    """Names of the phrases that a text holds, in the order of the list.

    An empty result means nothing: it neither shows that a person is safe nor lowers anything.
    Capitals, accents, kinds of apostrophe, line breaks and signs between words do not matter.
    """
    prepared = _prepared(text)
    return tuple(p.name for p in phrases() if p.pattern.search(prepared))


@cache
def phrases(language: str = LANGUAGE) -> tuple[CrisisPhrase, ...]:
    """The list of a language as it stands in its file."""
    data = tomllib.loads((FOLDER / f"crisis_phrases_{language}.toml").read_text(encoding="utf-8"))
    return tuple(CrisisPhrase(one["name"], re.compile(one["pattern"])) for one in data["phrase"])


def _prepared(text: str) -> str:
    """Lower case words with one space between them."""
    letters = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    seen = "".join(ch for ch in letters if unicodedata.category(ch) not in _NOT_SEEN)
    return _BETWEEN_WORDS.sub(" ", seen.casefold()).strip()
