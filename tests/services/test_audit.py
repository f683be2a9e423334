"""The chain of the log: whatever is edited, removed or moved is found, wherever it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emocare.domain.audit import FIRST, AuditFilter, AuditKind, Entry, chained, row_hash
from emocare.services.audit import HEAD_FILE, SOON_S, Audit
from emocare.store import Store

ROWS = 6


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "emocare.duckdb") as opened:
        yield opened


@pytest.fixture
def audit(store: Store, tmp_path: Path) -> Audit:
    made = Audit(store, tmp_path)
    for i in range(ROWS):
        made.note("account a", AuditKind.CHANGE, "reviews.save", f"session:{i}")
    return made


def faults(audit: Audit) -> list[int]:
    return [one.number for one in audit.verify().findings]


def tamper(store: Store, sql: str) -> None:
    with store._write() as cursor:
        cursor.execute(sql)


def test_what_was_written_is_sound(audit: Audit) -> None:
    found = audit.verify()
    assert found.findings == () and found.rows == ROWS
    assert found.head == audit.rows()[-1].hash


def test_an_empty_log_is_sound(store: Store, tmp_path: Path) -> None:
    found = Audit(store, tmp_path).verify()
    assert (found.rows, found.head, found.findings) == (0, FIRST, ())


@pytest.mark.parametrize("number", range(1, ROWS + 1))
@pytest.mark.parametrize("change", [
    "at_us = at_us + 1", "who = 'account b'", "kind = 'view'", "what = 'reviews.latest'",
    "record = ''", f"previous = '{'1' * 64}'", f"hash = '{'1' * 64}'",
])  # fmt: skip
def test_an_edited_row_is_found(audit: Audit, store: Store, change: str, number: int) -> None:
    tamper(store, f"UPDATE audit SET {change} WHERE number = {number}")
    found = faults(audit)
    assert found and found[0] == number


@pytest.mark.parametrize("number", range(1, ROWS + 1))
def test_a_removed_row_is_found(audit: Audit, store: Store, number: int) -> None:
    tamper(store, f"DELETE FROM audit WHERE number = {number}")
    (first, *_) = audit.verify().findings
    assert str(number) in first.fault and "missing" in first.fault


def test_the_whole_log_removed_is_found(audit: Audit, store: Store) -> None:
    tamper(store, "DELETE FROM audit")
    assert faults(audit) == [ROWS]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 5), (5, 6), (1, 6)])
def test_rows_that_changed_places_are_found(
    audit: Audit, store: Store, one: int, other: int
) -> None:
    tamper(store, f"UPDATE audit SET number = {one} + {other} - number "
                  f"WHERE number IN ({one}, {other})")  # fmt: skip
    assert one in faults(audit)


def test_a_row_put_in_between_is_found(audit: Audit, store: Store) -> None:
    tamper(store, "INSERT INTO audit SELECT * FROM audit WHERE number = 3")
    assert 3 in faults(audit)


@pytest.mark.parametrize("number", range(1, ROWS))
def test_an_edited_row_with_a_hash_that_fits_breaks_the_next(
    audit: Audit, store: Store, number: int
) -> None:
    row = audit.rows()[number - 1]
    forged = Entry(row.entry.at_us, "account b", row.entry.kind, row.entry.what, row.entry.record)
    tamper(store, f"UPDATE audit SET who = 'account b', "
                  f"hash = '{row_hash(forged, number, row.previous)}' WHERE number = {number}")
    assert faults(audit) == [number + 1]


def test_a_chain_that_was_made_anew_does_not_fit_its_head(audit: Audit, store: Store) -> None:
    """Somebody who may write the database computes every hash anew; the file beside it tells."""
    previous, made = FIRST, []
    for row in audit.rows():
        entry = Entry(row.entry.at_us, "account b", row.entry.kind, row.entry.what,
                      row.entry.record)  # fmt: skip
        made.append(chained(entry, row.number, previous))
        previous = made[-1].hash
    for row in made:
        tamper(store, f"UPDATE audit SET who = 'account b', previous = '{row.previous}', "
                      f"hash = '{row.hash}' WHERE number = {row.number}")  # fmt: skip
    assert faults(audit) == [ROWS]


@pytest.mark.parametrize("spoil", [
    lambda head: head.unlink(), lambda head: head.write_text("{"),
    lambda head: head.write_text("1"),
])  # fmt: skip
def test_a_head_that_is_gone_or_unreadable_is_said(
    audit: Audit, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / HEAD_FILE)
    assert faults(audit) == [ROWS]


def test_rows_after_a_head_that_was_not_written_any_more_are_no_fault(
    audit: Audit, store: Store
) -> None:
    """A process killed between the row and the file."""
    store.append_audit([Entry(1, "account a", AuditKind.CHANGE, "reviews.save")])
    assert faults(audit) == []


def test_views_are_written_before_the_next_row_and_by_themselves(
    audit: Audit, store: Store
) -> None:
    audit.viewed("account a", "people.get", "patient:1")
    audit.note("account a", AuditKind.CHANGE, "people.update", "patient:1")
    assert [row.entry.what for row in store.audit_rows()[ROWS:]] == ["people.get", "people.update"]
    audit.viewed("account a", "people.get", "patient:2")
    until = time.monotonic() + 60
    while len(store.audit_rows()) < ROWS + 3 and time.monotonic() < until:
        time.sleep(SOON_S / 10)
    assert store.audit_rows()[-1].entry.record == "patient:2"
    assert faults(audit) == []


def test_the_same_view_is_noted_once_in_ten_minutes(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("emocare.services.audit.time.monotonic", lambda: clock[0])
    for _ in range(3):
        audit.viewed("account a", "people.get", "patient:1")
    audit.viewed("account b", "people.get", "patient:1")
    assert len(audit.rows()) == ROWS + 2
    clock[0] += 601
    audit.viewed("account a", "people.get", "patient:1")
    assert len(audit.rows()) == ROWS + 3


def test_the_pages_hold_every_row_once_newest_first(audit: Audit) -> None:
    every = audit.rows()[::-1]
    pages = [audit.page(AuditFilter(), number, 3) for number in range(1, ROWS // 3 + 2)]
    assert {page.count for page in pages} == {ROWS}
    assert [row for page in pages for row in page.rows] == every
    assert audit.page(AuditFilter(), 99, 3).rows == ()


def test_filters_go_together(store: Store, tmp_path: Path) -> None:
    made = [
        Entry(10, "account a", "view", "people.get", "patient:1"),
        Entry(20, "account b", "view", "people.get", "patient:12 session:3"),
        Entry(30, "account a", "change", "reviews.save", "session:3"),
    ]
    store.append_audit(made)
    audit = Audit(store, tmp_path)
    for wanted, numbers in (
        (AuditFilter(), [1, 2, 3]), (AuditFilter(who="account a"), [1, 3]),
        (AuditFilter(kind="view", record="patient:1"), [1, 2]), (AuditFilter(record="%"), []),
        (AuditFilter(record="session:3", from_us=20, before_us=30), [2]),
        (AuditFilter(from_us=31), []), (AuditFilter(before_us=20), [1]),
    ):  # fmt: skip
        assert [row.number for row in audit.chosen(wanted)] == numbers, wanted
        assert audit.page(wanted, 1, 10).count == len(numbers)
    assert sorted(audit.everybody()) == ["account a", "account b"]
