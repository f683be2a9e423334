"""What an instrument is: its words, its scoring and its rights, as one file under instruments/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emocare.domain.summary import Band


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person can choose. ``loinc`` is the answer code, None if not confirmed."""

    value: int
    text: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One scored question.

    Attributes:
        loinc: Its code, None if not confirmed.
        reverse: Whether its answers count the other way round: lowest + highest - answer.
        options: Answers of this question alone, empty where those of the form hold.
    """

    text: str
    loinc: str | None = None
    reverse: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class BandStep:
    """Totals ``low`` to ``high``, both included.

    Attributes:
        band: One of the four, None where the instrument does not speak of severity.
        native: The instrument's own word.
    """

    low: int
    high: int
    band: Band | None
    native: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One of several scales of a form, scored by itself.

    Attributes:
        name: "depression"; its key in ``score --json``.
        items: Numbers of its items, from 1.
        bands: Steps that cover every possible total of this scale, from low to high.
    """

    name: str
    items: tuple[int, ...]
    bands: tuple[BandStep, ...]


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """The full form that follows when the answers to ``items`` reach ``positive_from``.

    Attributes:
        instrument: The full form.
        items: Items of this form, numbers from 1.
        onto: The items of the full form that they are, in the same order.
    """

    instrument: str
    items: tuple[int, ...]
    onto: tuple[int, ...]
    positive_from: int


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The question on daily life that stands after the items and is not part of the total.

    Attributes:
        impaired_from: Answers from here on are functional impairment.
    """

    text: str
    options: tuple[Option, ...]
    impaired_from: int
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """The question on suicide and self-harm.

    Attributes:
        item: Its number, from 1.
        elevated: Answers that raise the alert at level "elevated".
        high: Answers that raise it at level "high".
        without: The same form without this question, for when nobody looks the same day.
    """

    item: int
    elevated: tuple[int, ...]
    high: tuple[int, ...]
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Algorithm:
    """The symptom count of a complete form (clinician's view only; not a diagnosis).

    Attributes:
        counted_from: An item counts from this answer on ...
        counted_from_1: ... except these items (numbers from 1), which count from 1 on.
        cardinal: At least one of these items must count.
        other_from: From this many on: other_syndrome.
        major_from: From this many on: major_syndrome.
    """

    counted_from: int
    counted_from_1: tuple[int, ...]
    cardinal: tuple[int, ...]
    other_from: int
    major_from: int


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """What counts as change between two totals.

    Attributes:
        threshold: Points that count as change.
        response_from: Response is half of a previous total of at least this; None = not defined.
        remission_below: Remission is a total below this; None = not defined.
        source: Where the threshold comes from.
    """

    threshold: int
    response_from: int | None
    remission_below: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Screen:
    """When a screener is positive: at or above ``positive_from`` or at or below ``positive_up_to``.

    Attributes:
        subscales: Name -> item numbers from 1. When there are any, one reaching the value is
            enough and the total does not count.
    """

    positive_from: int | None
    positive_up_to: int | None
    subscales: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire, complete: everything that asking, scoring and printing it needs.

    Attributes:
        name: "PHQ-9".
        version: Version of the wording, stored with every response.
        language: Language of the words, ISO 639.
        domain: What it is about: "depression", "anxiety", "distress", "wellbeing", "stress",
            "sleep".
        recall: The recall period in words, "the last 2 weeks".
        missing_allowed: Unanswered items up to which a total is prorated; of each scale where
            there are several.
        multiplier: Total = raw sum x multiplier. Bands, screen and change are on totals.
        higher_is_better: True for well-being; False where a high total is worse.
        urgent_from: Totals from here on ask for an urgent review; None = never.
        bands: Steps that cover every possible total, from low to high; empty for screeners.
        scales: Scales that are scored apart. A form with scales has no total of its own.
        leads_to: Full forms that follow a positive answer.
        loinc_panel: Code of the whole form, None if not confirmed.
        loinc_total: Code of the total, None if not confirmed.
        notice: Copyright or licence notice that must be shown with the form.
        accuracy: Sentence to print with the score, "" if none.
        bands_note: Where the bands come from when there are rival ones, "" otherwise.
        words_needed: Whether the words have to come from the clinic: then items and answers
            carry numbers only, and the form can be scored but not asked.
    """

    name: str
    title: str
    version: str
    language: str
    domain: str
    recall: str
    recall_days: int
    stem: str
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    missing_allowed: int
    multiplier: int
    higher_is_better: bool
    urgent_from: int | None
    bands: tuple[BandStep, ...]
    difficulty: Difficulty | None
    safety: SafetyItem | None
    algorithm: Algorithm | None
    change: ChangeRule | None
    screen: Screen | None
    loinc_panel: str | None
    loinc_total: str | None
    notice: str
    citation: str
    accuracy: str
    bands_note: str = ""
    scales: tuple[Scale, ...] = ()
    leads_to: tuple[LeadsTo, ...] = ()
    words_needed: bool = False

    @property
    def values(self) -> tuple[int, ...]:
        """The allowed answers, ascending."""
        return tuple(sorted(option.value for option in self.options))

    @property
    def lowest(self) -> int:
        """The lowest possible total."""
        return self.range_of(len(self.items))[0]

    @property
    def highest(self) -> int:
        """The highest possible total."""
        return self.range_of(len(self.items))[1]

    def range_of(self, count: int) -> tuple[int, int]:
        """The lowest and highest total that ``count`` items can have."""
        values = self.values
        return count * values[0] * self.multiplier, count * values[-1] * self.multiplier

    def step(self, total: int) -> BandStep | None:
        """The band step of ``total``, None when the instrument has no bands."""
        return step_of(self.bands, total)

    def recoded(self, number: int, answer: int) -> int:
        """What an answer to item ``number`` (from 1) counts: turned round where it is reversed."""
        values = self.values
        return values[0] + values[-1] - answer if self.items[number - 1].reverse else answer

    def options_of(self, number: int) -> tuple[Option, ...]:
        """The answers a person can choose for item ``number`` (from 1)."""
        return self.items[number - 1].options or self.options

    def answer_text(self, value: int | None, number: int | None = None) -> str | None:
        """The words of an answer, None when it is unanswered.

        Args:
            number: The item, from 1; it may have answers of its own.
        """
        known = self.options if number is None else self.options_of(number)
        return next((o.text for o in known if o.value == value), None)


def step_of(bands: tuple[BandStep, ...], total: int) -> BandStep | None:
    """The step in which ``total`` lies, None when there are no steps."""
    return next((step for step in bands if step.low <= total <= step.high), None)
