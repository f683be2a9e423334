"""Emo-Care is for adults: nobody known to be younger is recorded or given a form."""

from __future__ import annotations

from emocare.domain.consent import ADULT_YEARS, is_minor, years_old
from emocare.domain.errors import AccessDenied
from emocare.domain.records import Patient
from emocare.services.workplace import now


def require_not_minor(patient: Patient) -> None:
    """Says no to a person who is known to be younger than 18.

    Raises:
        AccessDenied: With what to do.
    """
    today = now().astimezone().date()
    if patient.birth_date is None or not is_minor(patient.birth_date, today):
        return
    raise AccessDenied(
        f"This person is {years_old(patient.birth_date, today)} years old by the date of birth "
        f"({patient.birth_date:%d %b %Y}). Emo-Care and its forms are for people of "
        f"{ADULT_YEARS} or older: use what is meant for their age. If the date is wrong, correct "
        "it with “Edit person” on the page Timeline."
    )
