"""What a bundle is made of: a report, the forms as they were asked, and the filed document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from emocare.domain.errors import ReportError
from emocare.domain.records import ReportRecord, ReportState
from emocare.report.content import Report


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be chosen. ``loinc`` is the answer's code, None without one."""

    value: int
    text: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers.

    Attributes:
        loinc: Its code, None without one.
        own_choices: Whether the answers are those of this question alone.
        reverse: Whether the answers count the other way round.
    """

    text: str
    choices: tuple[Choice, ...]
    loinc: str | None = None
    own_choices: bool = False
    reverse: bool = False

    def counted(self, choice: Choice) -> int:
        """The points that an answer counts in the total."""
        if not self.reverse:
            return choice.value
        values = [c.value for c in self.choices]
        return min(values) + max(values) - choice.value


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A questionnaire as it is asked.

    Attributes:
        name: "PHQ-9".
        notice: Copyright notice.
        items: Scored questions in the order of the form.
        difficulty: The unscored question on daily life, None where there is none.
        safety_item: Number of the question on self-harm from 1, None without one.
        panel: LOINC code of the form, None without one.
        total: LOINC code of its total, None without one.
        scales: Name of each scale -> its items, numbers from 1; empty for a form with one total.
    """

    name: str
    title: str
    version: str
    language: str
    stem: str
    notice: str
    items: tuple[Question, ...]
    difficulty: Question | None = None
    safety_item: int | None = None
    panel: str | None = None
    total: str | None = None
    scales: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FhirContent:
    """Everything a bundle says. Nothing is looked up while it is built.

    Attributes:
        report: The session as the report shows it.
        forms: Instrument -> its definition, for every questionnaire of ``report``.
        filed: The document of the report for the file, None before the first.
        named: True writes name, number, date of birth, names of staff and the document itself.
            False writes a pseudonym and of the document only its fingerprint, because it names
            the patient. Dates stay: the bundle is pseudonymous, not anonymous.
        exported_at: With a time zone.
        changed: Whether the record has changed since ``filed`` was signed: what is exported is
            then not what was signed, and does not count as verified.
    """

    report: Report
    forms: Mapping[str, FormDefinition]
    filed: ReportRecord | None
    named: bool
    exported_at: datetime
    changed: bool = False

    def __post_init__(self) -> None:
        if self.exported_at.tzinfo is None:
            raise ReportError("The export's time has no time zone. Give one with a zone.")
        missing = [q.title for q in self.report.questionnaires if q.title not in self.forms]
        if missing:
            raise ReportError(f"The form {missing[0]} is not known here. Update Emo-Care.")

    @property
    def signed(self) -> bool:
        """Whether a clinician has signed just what is exported."""
        filed = self.filed
        return filed is not None and filed.state is not ReportState.DRAFT and not self.changed

    @property
    def later_version(self) -> bool:
        """Whether the signed document replaces an earlier one."""
        filed = self.filed
        return filed is not None and (filed.state is ReportState.AMENDED or filed.version > 1)
