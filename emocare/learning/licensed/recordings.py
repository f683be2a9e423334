"""What every loader gives: labelled recordings of people, read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning.licensed.scales import Scale


class Split(StrEnum):
    """The part of a data set. TEST is opened by the evaluation only."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


TRAINING = (Split.TRAIN, Split.DEV)


@dataclass(frozen=True, slots=True)
class ClinicalRecording:
    """One recording with its label.

    Attributes:
        id: Unique within the data set.
        person: Who is on it; figures are resampled over people.
        split: Where it belongs.
        readings: What was measured of it.
        label: On the scale of the data set.
        sex: "female" or "male", None where the data set does not say.
        age: In years, None where the data set does not say.
        notes: What is known to be out of the ordinary.
    """

    id: str
    person: str
    split: Split
    readings: Readings
    label: float
    sex: str | None = None
    age: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A recording that is not read yet; the attributes are those of ``ClinicalRecording``.

    Attributes:
        read: Reads it; raises InputError for a file or column that is missing or wrong.
    """

    id: str
    person: str
    split: Split
    label: float
    read: Callable[[], Readings]
    sex: str | None = None
    age: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LicensedSet:
    """The recordings of a data set in the splits that were asked for.

    Attributes:
        name: For example "daic-woz".
        title: As it is printed.
        scale: What the labels are on.
        entries: In the order of the label files.
        left_out: Identifier -> why it is not among them.
        access: On what terms the data is held.

    Raises:
        InputError: A person stands in two splits, or a split holds nobody.
    """

    name: str
    title: str
    scale: Scale
    entries: tuple[Entry, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    access: str = ""

    def __post_init__(self) -> None:
        seen: dict[str, Split] = {}
        for entry in self.entries:
            if not self.scale.low <= entry.label <= self.scale.high:
                raise InputError(
                    f"{self.title}: the label of {entry.id} is {entry.label:g}, expected "
                    f"{self.scale.low:g} to {self.scale.high:g}. Correct the label file."
                )
            if seen.setdefault(entry.person, entry.split) is not entry.split:
                raise InputError(
                    f"{self.title}: person {entry.person} stands in the splits "
                    f"{seen[entry.person].value} and {entry.split.value}. Restore the official "
                    "split files."
                )

    def of(self, split: Split) -> tuple[Entry, ...]:
        """The entries of one split.

        Raises:
            InputError: There is none.
        """
        found = tuple(entry for entry in self.entries if entry.split is split)
        if not found:
            raise InputError(
                f"{self.title} holds no labelled recording in the split {split.value}. Give the "
                "folder of the whole data set."
            )
        return found

    def recordings(self, split: Split) -> Iterator[ClinicalRecording]:
        """The recordings of one split, each read when it is asked for."""
        for entry in self.of(split):
            yield ClinicalRecording(entry.id, entry.person, entry.split, entry.read(),
                                    entry.label, entry.sex, entry.age, entry.notes)  # fmt: skip


def without_shared_people(
    entries: Sequence[Entry], later: Mapping[str, Split]
) -> tuple[tuple[Entry, ...], dict[str, str]]:
    """Leaves people out of a split when they recur in a later one (train before dev before test).

    Args:
        later: Person -> the last split in which the person stands, whether asked for or not.
    """
    kept, left_out = [], {}
    for entry in entries:
        last = later.get(entry.person, entry.split)
        if last is entry.split:
            kept.append(entry)
        else:
            left_out[entry.id] = f"the same person stands in the split {last.value}"
    return tuple(kept), left_out
