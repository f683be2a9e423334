"""Files of the clinic around questionnaires: crisis numbers, words, and what is wrong there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from emocare.clinical import CrisisCard, crisis_resources
from emocare.domain.errors import InputError
from emocare.services.forms_offered import OfferedForms
from emocare.services.workplace import Workplace

CRISIS_FILE = "crisis_resources.toml"
"""File in the data folder with the clinic's own crisis numbers."""


def crisis_card(workplace: Workplace) -> CrisisCard:
    """Whom a person can call now, in the country of this clinic.

    The clinic's own file leads. With a fault in it the shipped card is shown: there is always one.
    """
    try:
        return crisis_resources(workplace.country, _own_file(workplace))
    except InputError:
        return crisis_resources(workplace.country)


def staff_notes(workplace: Workplace, today: date) -> list[str]:
    """What the staff should mend: files with a fault, and crisis numbers of long ago."""
    notes = OfferedForms(workplace).faults()
    own = _own_file(workplace)
    try:
        crisis_resources(workplace.country, own)
    except InputError as error:
        notes.append(f"{error} The shipped crisis numbers are shown instead.")
    card = crisis_card(workplace)
    if card.stale(today):
        notes.append(
            f"The crisis numbers were last checked on {card.verified_on}. Call each of them once "
            f"and write the date into {own}."
        )
    return notes


def _own_file(workplace: Workplace) -> Path:
    return workplace.data_dir / CRISIS_FILE
