"""Numbers, times and codes as words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from emocare.analysis.quality import LEFT_OUT
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import FrameStatus, Segment
from emocare.domain.records import Patient, PatientId
from emocare.domain.summary import DIMENSIONS, Band, EventType, GateDecision
from emocare.ui import wording


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [(-0.12, 2, "−0.12"), (38.4, 0, "38"), (-0.2, 0, "0"), (-0.004, 2, "0.00"), (2.5, 1, "2.5")],
)
def test_number(value: float, digits: int, words: str) -> None:
    assert wording.number(value, digits) == words


@pytest.mark.parametrize(("value", "words"), [(3, "+3"), (-2, "−2"), (0, "0")])
def test_signed(value: float, words: str) -> None:
    assert wording.signed(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (84.4, "1:24"), (3661, "1:01:01"), (-1, "0:00")]
)
def test_clock(seconds: float, words: str) -> None:
    assert wording.clock(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(52, "52 s"), (182, "3 min 2 s")])
def test_span(seconds: float, words: str) -> None:
    assert wording.span(seconds) == words


def test_when_counts_days_in_local_time() -> None:
    now = datetime(2026, 11, 21, 15, 0).astimezone()
    assert wording.when(now.replace(hour=10, minute=40), now) == "today 10:40"
    before = now.replace(hour=16, minute=5) - timedelta(days=1)
    assert wording.when(before, now) == "yesterday 16:05"
    assert wording.when(now - timedelta(days=3), now) == "18 Nov"
    assert wording.when(now.replace(year=2025, month=10, day=8), now) == "8 Oct 2025"


def test_stored_times_are_shown_in_local_time() -> None:
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert wording.local(moment) == moment
    assert wording.day(moment) == wording.day(moment.astimezone())


def person(birth: date | None) -> Patient:
    return Patient(PatientId("1"), "P-1", "Ada_*Lang*", birth, "female", "Dr A. B",
                   datetime.now(UTC))  # fmt: skip


def test_age_counts_completed_years() -> None:
    assert wording.age(person(date(1984, 11, 22)), date(2026, 11, 21)) == 41
    assert wording.age(person(date(1984, 11, 21)), date(2026, 11, 21)) == 42
    assert wording.age(person(None)) is None


def test_person_line_leaves_out_what_is_not_known() -> None:
    assert wording.person_line(person(None)) == "P-1 · female · Dr A. B"


def test_text_from_outside_cannot_format_or_link() -> None:
    assert wording.plain("[x](http://y) *b* :material/add: $a$ <i>") == (
        "\\[x\\](http\\://y) \\*b\\* \\:material/add\\: \\$a\\$ \\<i\\>"
    )


def test_fingerprint_is_short() -> None:
    assert wording.fingerprint("4c1d90ae" + "0" * 52 + "77f2") == "4c1d 90ae … 77f2"


def test_every_code_has_a_word() -> None:
    assert set(wording.BAND_WORDS) == set(wording.FACE_WORDS) == set(Band)
    assert set(wording.GATE_WORDS) == set(GateDecision)
    assert set(wording.DIMENSION_WORDS) == set(DIMENSIONS)
    assert set(wording.AU_WORDS) == set(ACTION_UNITS)
    assert set(wording.EVENT_WORDS) == set(EventType)
    assert set(wording.SEGMENT_WORDS) == {segment.value for segment in Segment}
    assert set(wording.STATUS_WORDS) == {s.value for s in FrameStatus} - {"OK"} | {LEFT_OUT}


def test_the_face_is_never_given_the_words_of_an_illness() -> None:
    words = " ".join(wording.FACE_WORDS.values()).lower()
    assert not any(word in words for word in ("severe", "depress", "ill", "improved"))
