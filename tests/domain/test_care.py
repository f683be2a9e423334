"""Entries of care: what cannot be, and JSON without loss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from emocare.domain.care import (
    KINDS,
    CareId,
    CareKind,
    Content,
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.care_json import content_from_dict, content_to_dict
from emocare.domain.errors import InputError

DAY, LATER = date(2026, 1, 8), date(2026, 5, 4)

EVERY: tuple[Content, ...] = (
    Diagnosis("Recurrent depressive disorder", "F33.1", DAY, LATER), Diagnosis("Unklar"),
    Medication("sertraline", "50 mg", DAY), Therapy("CBT, weekly", DAY, LATER),
    LifeEvent("Новая работа", DAY), Visit(DAY, time(10, 30), VisitState.MISSED, "called in sick"),
    Visit(DAY), Goal("See my sister", LATER), Step(CareId("g1"), "Call her"),
)  # fmt: skip


@pytest.mark.parametrize("content", EVERY, ids=lambda c: type(c).__name__)
def test_json_loses_nothing(content: Content) -> None:
    kind = KINDS[type(content)]
    assert content_from_dict(kind, content_to_dict(content)) == content


def test_every_kind_has_a_type() -> None:
    assert set(KINDS.values()) == set(CareKind)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Diagnosis(" "), "Diagnosis: the text is empty"),
        (lambda: Medication("", "50 mg", DAY), "Medication: the text is empty"),
        (lambda: Medication("sertraline", "50 mg", LATER, DAY), "lies before the first"),
        (lambda: Therapy("x" * 301, DAY), "301 characters; 300 fit"),
        (lambda: LifeEvent("a\x07b", DAY), "cannot be printed"),
        (lambda: Diagnosis("x", "F" * 21), "ICD code: 21 characters"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], Content], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        make()


def test_a_medication_without_a_dose_is_named_alone() -> None:
    assert Medication("sertraline", "", DAY).label == "sertraline"
    assert Medication("sertraline", "50 mg", DAY).label == "sertraline 50 mg"
