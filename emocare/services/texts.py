"""How long a text may be, said in words. The fields of the screens stop at the same numbers."""

from __future__ import annotations

from emocare.domain.errors import EmoCareError, InputError, ReportError

CODE_LIMIT, NAME_LIMIT = 40, 200
"""Of a person: the clinic's own number, and the name."""
SIGNER_LIMIT, LICENCE_LIMIT = 120, 60
"""Of a signature: name and role, and the number of the licence."""
AMENDMENT_LIMIT, ALERT_NOTE_LIMIT = 500, 2000


def within(text: str, what: str, limit: int, kind: type[EmoCareError] = InputError) -> None:
    """Refuses a text that is too long.

    Args:
        what: What it is, after "The".

    Raises:
        EmoCareError: As ``kind``; says how long it is and how long it may be.
    """
    if len(text) > limit:
        raise kind(f"The {what} has {len(text)} characters; {limit} fit. Shorten it.")


def check_signer(name: str, role: str, licence: str) -> None:
    """Refuses a signature that does not fit on the report.

    Raises:
        ReportError: One of them is too long.
    """
    within(name, "name of the person who signs", SIGNER_LIMIT, ReportError)
    within(role, "role of the person who signs", SIGNER_LIMIT, ReportError)
    within(licence, "licence number", LICENCE_LIMIT, ReportError)
