"""The certificate of an erasure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emocare.domain.data_life import Erasure
from emocare.services.workplace import Workplace

WORDS: dict[str, str] = {
    "patients": "entries of the person",
    "sessions": "sessions",
    "readings": "rows of measurements",
    "responses": "questionnaires",
    "drafts": "unfinished questionnaires",
    "alerts": "alerts",
    "reviews": "versions of reviews",
    "reports": "versions of reports",
    "person_marks": "marks of who was recorded",
    "markers": "versions of markers",
    "reanalyses": "later analyses",
    "care": "versions of entries of care",
    "journal": "journal entries",
    "legal_holds": "lifted legal holds",
    "accounts": "accounts of the person",
    "identities": "links of these accounts to a provider of sign-ins",
    "assignments": "assignments to a physician",
    "emergency_access": "notes of emergency access",
    "consents": "consents and withdrawals",
    "clips": "video files",
}


def certificate(
    erasure: Erasure, code: str, workplace: Workplace, copies: Sequence[Path]
) -> str:
    """A page of text: what was erased, when, by whom, and what is left. No health data."""
    lines = [
        "Certificate of erasure",
        "",
        f"Clinic:      {workplace.clinic}",
        f"Patient:     number {code}",
        f"Reference:   {erasure.patient_id}",
        f"Erased at:   {erasure.erased_at:%Y-%m-%d %H:%M:%S} UTC",
        f"Erased by:   {erasure.erased_by}",
        f"Program:     Emo-Care {workplace.app_version}",
        "",
        "Removed from the database and the private folder of this installation:",
        "",
        *(f"{erasure.counts.get(name, 0):>9}  {words}" for name, words in WORDS.items()),
        "",
        "The database file was written anew: no block of it holds what was removed.",
        "Kept: the reference above, the time, who erased, and these counts, so that a restored",
        "back-up erases the same person again.",
        "",
        *_left(copies),
        "",
        "Not reached by this program: documents that were exported, printed or sent before, and",
        "copies of the whole disk that others made.",
        "",
    ]
    return "\n".join(lines)


def _left(copies: Sequence[Path]) -> list[str]:
    if not copies:
        return ["There are no earlier back-ups in the folder of this installation."]
    return [
        f"{len(copies)} earlier back-ups or databases kept aside were made before. They are",
        "encrypted; restored, they lose this person again. Delete them to be rid of them now:",
        *(f"  {path}" for path in copies),
    ]
