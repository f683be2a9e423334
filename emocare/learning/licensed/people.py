"""Recordings as the network is given them: a vector a second, with the label."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import InputError
from emocare.domain.sequence import MIN_MEASURED_S
from emocare.learning.licensed.recordings import ClinicalRecording, LicensedSet, Split
from emocare.learning.licensed.report import Labelled
from emocare.temporal.tokens import Tokens, tokenise

Log = Callable[[str], None]
TOO_SHORT = f"the face was measured in fewer than {MIN_MEASURED_S:g} seconds"


@dataclass(frozen=True, slots=True)
class Course:
    """One recording.

    Attributes:
        id, person, label, sex, age: As in ``ClinicalRecording``.
        values: (T, F) float32 seconds in the order of ``FEATURES``.
        measured_s: Seconds with at least one measured frame.
        measured_share: Their share of all seconds.
    """

    id: str
    person: str
    label: float
    sex: str | None
    age: float | None
    values: NDArray[np.float32]
    measured_s: int
    measured_share: float


@dataclass(frozen=True, slots=True)
class People:
    """The recordings of one split.

    Attributes:
        courses: Those that can be used.
        left_out: Identifier -> why it cannot.
    """

    courses: tuple[Course, ...]
    left_out: dict[str, str]

    @property
    def labelled(self) -> Labelled:
        """Labels, people, sexes and ages in the order of the courses."""
        return labelled(self.courses)

    @property
    def sha256(self) -> str:
        """Fingerprint of who and which label, so that another training set shows."""
        lines = sorted(f"{one.id}:{one.label:g}" for one in self.courses)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def labelled(rows: Sequence[Course]) -> Labelled:
    """What figures need of recordings."""
    return Labelled(
        np.array([one.label for one in rows], np.float64), [one.person for one in rows],
        [one.sex for one in rows], [one.age for one in rows],
    )  # fmt: skip


def gather(data: LicensedSet, split: Split, log: Log) -> People:
    """Reads every recording of a split, one after the other.

    Raises:
        InputError: A file is missing or wrong, or nothing of the split can be used.
    """
    entries = data.of(split)
    found: list[Course] = []
    left_out: dict[str, str] = {}
    for number, recording in enumerate(data.recordings(split), start=1):
        tokens = tokenise(recording.readings.kept())
        if int(tokens.measured.sum()) < MIN_MEASURED_S:
            left_out[recording.id] = TOO_SHORT
        else:
            found.append(_course(recording, tokens))
        if number % 25 == 0 or number == len(entries):
            log(f"{split.value}: {number} of {len(entries)} recordings read")
    if not found:
        raise InputError(
            f"{data.title}: in no recording of the split {split.value} can be used; {TOO_SHORT}."
        )
    return People(tuple(found), left_out)


def _course(recording: ClinicalRecording, tokens: Tokens) -> Course:
    measured = tokens.measured
    return Course(recording.id, recording.person, recording.label, recording.sex,
                     recording.age, tokens.values, int(measured.sum()),
                     float(measured.mean()))  # fmt: skip
