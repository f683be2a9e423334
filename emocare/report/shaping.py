"""Any person's name and any note as text that a PDF can draw: never a box, never mark-up.

Each string is decided on its own. Words go to the first font that can write all of their
letters; Arabic and Hebrew are joined and put in visual order; Indian scripts and Thai are shaped
by HarfBuzz while reportlab draws; what no font here can write becomes a marked transliteration.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from xml.sax.saxutils import escape

from anyascii import anyascii
from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

from emocare.report.fonts import (
    BOLD,
    EAST_ASIAN,
    FALLBACK,
    FALLBACK_BOLD,
    REGULAR,
    SCRIPTS,
    characters,
)

MARK = "[transliterated]"
"""Stands before a string of which some words could not be written in their own script."""

_JOINERS = "\u200c\u200d"


class Writing(StrEnum):
    """How a string is printed."""

    PLAIN = "plain"
    RIGHT_TO_LEFT = "right_to_left"
    SHAPED = "shaped"
    TRANSLITERATED = "transliterated"


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters of one font that stand together, without a space inside."""

    font: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How one string is printed.

    Attributes:
        writing: The most demanding way any of its words needs.
        words: Words in the order in which they are drawn from left to right.
    """

    writing: Writing
    words: tuple[Piece, ...]


def clean(text: str) -> str:
    """Composed text without control characters, direction marks and unpaired surrogates.

    Line ends stay; every other white space becomes one space, a tab included.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(char)
        if char == "\n" or char in _JOINERS:
            kept.append(char)
        elif category[0] == "Z" or char == "\t":
            kept.append("\N{NO-BREAK SPACE}" if char == "\N{NO-BREAK SPACE}" else " ")
        elif category[0] != "C":
            kept.append(char)
        elif category == "Co":
            kept.append("\N{REPLACEMENT CHARACTER}")
    return "".join(kept)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def decide(text: str, *, bold: bool = False) -> Decision:
    """Decides how ``text`` (one line) is printed.

    Args:
        text: Any text; it is cleaned first.
        bold: Semi-bold where the script has it; the others have one weight.

    Returns:
        Words with their fonts; every letter of every word exists in its font.
    """
    line = clean(text).replace("\n", " ")
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in line):
        return _decide_right_to_left(line, bold)
    return _decide_words(line.split(" "), bold, Writing.PLAIN)


def markup(text: str, *, bold: bool = False) -> str:
    """``text`` as paragraph mark-up: escaped, each word in a font that has all its letters."""
    return markup_of(decide(text, bold=bold), bold=bold)


def markup_of(decision: Decision, *, bold: bool = False) -> str:
    """The words of a decision as paragraph mark-up."""
    home = BOLD if bold else REGULAR
    parts = []
    for piece in decision.words:
        safe = escape(piece.text)
        parts.append(safe if piece.font == home else f'<font name="{piece.font}">{safe}</font>')
    joined = " ".join(parts)
    return f"<b>{joined}</b>" if bold else joined


def joined_words(line: str) -> tuple[str, ...]:
    """The words of a right-to-left line in reading order, joined but not yet turned round.

    Lines of prose have to be broken in reading order; each is then turned by ``turned``.
    """
    return tuple(word for word in _join(clean(line)).split(" ") if word)


def turned(words: Sequence[str]) -> Decision:
    """One printed line of ``joined_words`` in the order in which it is drawn."""
    shown = str(get_display(" ".join(words), base_dir="R"))
    return _decide_words(shown.split(" "), False, Writing.RIGHT_TO_LEFT)


def _join(text: str) -> str:
    """Arabic letters in the forms their neighbours give them; other text unchanged."""
    return str(_reshaper().reshape(text))


def _decide_right_to_left(line: str, bold: bool) -> Decision:
    base = "R" if is_right_to_left(line) else "L"
    shown = str(get_display(_join(line), base_dir=base))
    decision = _decide_words(shown.split(" "), bold, Writing.RIGHT_TO_LEFT)
    if decision.writing is not Writing.TRANSLITERATED:
        return decision
    home = BOLD if bold else REGULAR  # Latin letters again run in reading order
    latin = [Piece(home, word) for word in anyascii(line).split(" ") if word]
    return Decision(Writing.TRANSLITERATED, (Piece(home, MARK), *latin))


def _decide_words(words: Sequence[str], bold: bool, writing: Writing) -> Decision:
    pieces: list[Piece] = []
    for word in filter(None, words):
        for piece in _pieces(word, bold):
            if piece.font not in _PLAIN_FONTS and writing is Writing.PLAIN:
                writing = Writing.SHAPED
            pieces.append(piece)
    if any(piece.font == "" for piece in pieces):
        spelled = [_spell(piece, bold) for piece in pieces]
        marked = (Piece(BOLD if bold else REGULAR, MARK), *(p for p in spelled if p.text))
        return Decision(Writing.TRANSLITERATED, marked)
    return Decision(writing, tuple(pieces))


_PLAIN_FONTS = (REGULAR, BOLD, FALLBACK, FALLBACK_BOLD, EAST_ASIAN, "")


def _spell(piece: Piece, bold: bool) -> Piece:
    """A piece no font can write in Latin letters; the others as they are."""
    if piece.font:
        return piece
    latin = anyascii(piece.text.replace("\N{REPLACEMENT CHARACTER}", "?")).strip() or "?"
    return Piece(BOLD if bold else REGULAR, latin.replace(" ", "\N{NO-BREAK SPACE}"))


def _pieces(word: str, bold: bool) -> list[Piece]:
    """Splits a word into runs of one font; a word that one font can write stays whole."""
    whole = _font_of(word, bold)
    if whole is not None:
        bare = word if whole.startswith("Noto") else _without_joiners(word)
        return [Piece(whole, bare)]
    found: list[Piece] = []
    for char in word:
        font = _font_of(char, bold) or ""
        same = found and found[-1].font == font
        if char in _JOINERS or (unicodedata.combining(char) and found):
            same, font = bool(found), found[-1].font if found else ""
        if same:
            found[-1] = Piece(font, found[-1].text + char)
        elif char not in _JOINERS:
            found.append(Piece(font, char))
    return [_checked(piece, bold) for piece in found]


def _checked(piece: Piece, bold: bool) -> Piece:
    """A run with a combining sign its font lacks moves to a font that has all of it."""
    text = piece.text if piece.font.startswith("Noto") else _without_joiners(piece.text)
    if piece.font and _can_write(piece.font, text):
        return Piece(piece.font, text)
    return Piece(_font_of(text, bold) or "", text)


def _font_of(text: str, bold: bool) -> str | None:
    """The first font that can write all of ``text``, None if none can."""
    script = _script_font(text)
    if script is not None:
        return script if _can_write(script, text) else None
    bare = _without_joiners(text)
    home = (BOLD, FALLBACK_BOLD) if bold else (REGULAR, FALLBACK)
    if all(ord(c) < 0x250 for c in bare):  # no need to open the other fonts
        return next((f for f in home if _can_write(f, bare)), None)
    return next((f for f in (*home, EAST_ASIAN) if _can_write(f, bare)), None)


def _script_font(text: str) -> str | None:
    for char in text:
        for script in SCRIPTS:
            if script.first <= ord(char) <= script.last:
                return script.font
    return None


def _can_write(font: str, text: str) -> bool:
    known = characters(font)
    return all(ord(c) in known or c == "\N{NO-BREAK SPACE}" or c in _JOINERS for c in text)


def _without_joiners(text: str) -> str:
    return "".join(c for c in text if c not in _JOINERS)


@cache
def _reshaper() -> ArabicReshaper:
    settings = {"delete_harakat": False, "support_zwj": True, "ARABIC LIGATURE ALLAH": False}
    return ArabicReshaper(configuration=settings)
