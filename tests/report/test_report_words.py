"""Numbers and dates as they are printed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from emocare.report import words


@pytest.mark.parametrize(
    ("value", "decimals", "sign", "printed"),
    [
        (None, 0, False, "not measured"), (float("nan"), 2, False, "not measured"),
        (float("inf"), 0, False, "not measured"), (0.0, 2, True, "0.00"),
        (-0.001, 2, True, "0.00"), (-0.12, 2, True, "−0.12"), (0.33, 2, True, "+0.33"),
        (38.0, 0, False, "38"), (-2.0, 0, True, "−2"), (1234.5, 1, False, "1234.5"),
    ],
)  # fmt: skip
def test_number(value: float | None, decimals: int, sign: bool, printed: str) -> None:
    assert words.number(value, decimals, sign=sign) == printed


def test_shares_have_a_space_before_the_sign() -> None:
    assert words.percent(0.345) == "34 %"
    assert words.percent(None) == "not measured"


@pytest.mark.parametrize(
    ("minutes", "printed"),
    [(0, "UTC"), (60, "UTC+01:00"), (-210, "UTC−03:30"), (345, "UTC+05:45")],
)
def test_zone(minutes: int, printed: str) -> None:
    assert words.zone(datetime(2026, 1, 1, tzinfo=timezone(timedelta(minutes=minutes)))) == printed


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(1984, 5, 3), 42), (date(1984, 11, 21), 42), (date(1984, 11, 22), 41),
     (date(2004, 2, 29), 22)],
)  # fmt: skip
def test_age(born: date, years: int) -> None:
    assert words.age(born, date(2026, 11, 21)) == years


def test_dates() -> None:
    at = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    assert words.moment(at) == "21 Nov 2026, 09:05"
    assert words.long_day(at) == "Saturday 21 November 2026"
    assert words.moment(words.local(at, timezone(timedelta(hours=1)))) == "21 Nov 2026, 10:05"


def test_unknown_codes_are_still_readable() -> None:
    assert words.alert_title("NEW_KIND:high") == "New kind"
    assert words.flag("SOME_FLAG") == "Some flag."
    assert words.plain("baseline=estimated") == "Baseline: estimated"
