"""Questionnaires as data: one readable TOML file each, checked when it is loaded."""

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
from emocare.clinical.instruments.loading import (
    instrument_names,
    load_instrument,
    read_instrument,
)

__all__ = [
    "Algorithm", "BandStep", "ChangeRule", "Difficulty", "Instrument", "Item", "Option",
    "SafetyItem", "Screen", "instrument_names", "load_instrument", "read_instrument",
]  # fmt: skip
