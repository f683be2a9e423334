"""The patient's journal: the patient's own words, shown to the clinician only where marked so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from emocare.domain.errors import InputError
from emocare.domain.records import AlertId, PatientId

JournalId = NewType("JournalId", str)

TEXT_LIMIT = 5000
"""Longest entry, in characters."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What a patient wrote at one time.

    Attributes:
        written_at: When, with its time zone.
        day: The day in the clinic's own calendar.
        text: At most ``TEXT_LIMIT`` characters, not empty; line breaks stay.
        shared: Whether the patient shows the text to the clinician.
        not_about_me: The patient's word on an entry that raised an alert. It closes nothing.
        alert_id: The alert that the text raised, None without one.
    """

    id: JournalId
    patient_id: PatientId
    written_at: datetime
    day: date
    text: str
    shared: bool
    not_about_me: bool = False
    alert_id: AlertId | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InputError("The entry is empty. Write a few words, then save it.")
        if len(self.text) > TEXT_LIMIT:
            raise InputError(
                f"The entry has {len(self.text)} characters; {TEXT_LIMIT} fit. Save it in two "
                "parts."
            )
