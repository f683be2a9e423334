"""Questionnaires as data: one readable TOML file each, checked when it is loaded."""

from emocare.clinical.instruments.instrument import (
    Algorithm,
    BandStep,
    ChangeRule,
    Difficulty,
    Instrument,
    Item,
    LeadsTo,
    Option,
    SafetyItem,
    Scale,
    Screen,
)
from emocare.clinical.instruments.loading import (
    instrument_names,
    load_instrument,
    pack_names,
    read_instrument,
)
from emocare.clinical.instruments.words import WordsFile, misnamed, read_words, words_files

__all__ = [
    "Algorithm", "BandStep", "ChangeRule", "Difficulty", "Instrument", "Item", "LeadsTo", "Option",
    "SafetyItem", "Scale", "Screen", "WordsFile", "instrument_names", "load_instrument",
    "misnamed", "pack_names", "read_instrument", "read_words", "words_files",
]  # fmt: skip
