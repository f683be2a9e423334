"""The journal in the store: an entry and its alert together, deleting, and who sees what."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from emocare.domain.errors import InputError, NotFound
from emocare.domain.journal import TEXT_LIMIT, JournalEntry, JournalId
from emocare.domain.records import Alert, AlertId, AlertState, PatientId
from emocare.store import Store
from tests.store import made_up
from tests.store.made_up import KOLKATA, NOW, ROOT, clinic

P1, P2 = PatientId("p1"), PatientId("p2")


def alert(number: int = 1, **changes: object) -> Alert:
    made = replace(made_up.alert(number), response_id=None, code="JOURNAL_CRISIS_PHRASE",
                   detail="A phrase.")  # fmt: skip
    return replace(made, **changes)


def entry(number: int = 1, **changes: object) -> JournalEntry:
    made = JournalEntry(
        JournalId(f"j{number}"), P1, (NOW + timedelta(minutes=number)).astimezone(KOLKATA),
        date(2026, 11, 21), f"Slept “badly”.\nEntry {number} ä", False,
    )  # fmt: skip
    return replace(made, **changes)


def test_what_is_stored_comes_back_newest_first(store: Store) -> None:
    first, second = entry(1), entry(2, shared=True)
    store.add_journal_entry(first, None)
    store.add_journal_entry(second, None)
    assert store.journal(P1, shared_only=False) == [second, first]
    assert store.journal(P1, shared_only=True) == [second]
    assert store.unshared_journal_count(P1) == 1
    assert store.alerts() == []


def test_an_entry_brings_its_alert(store: Store) -> None:
    made = entry(alert_id=AlertId("a1"))
    store.add_journal_entry(made, alert())
    assert store.alerts(P1) == [alert()]
    assert store.alerts(P1)[0].response_id is None
    seen = store.acknowledge_alert(AlertId("a1"), "Dr Osei", NOW)
    assert seen.state is AlertState.ACKNOWLEDGED
    assert store.resolve_alert(AlertId("a1"), "Dr Osei", NOW, "assessed").response_id is None


def test_people_are_kept_apart(tmp_path: Path) -> None:
    with clinic(tmp_path / "a.duckdb", people=2) as store:
        store.add_journal_entry(entry(alert_id=AlertId("a1")), alert())
        assert store.journal(P2, shared_only=False) == []
        assert store.unshared_journal_count(P2) == 0
        for forbidden in (store.delete_journal_entry, store.mark_not_about_me):
            with pytest.raises(NotFound):
                forbidden(P2, JournalId("j1"))
        assert store.journal(P1, shared_only=False)[0].not_about_me is False


def test_a_deleted_entry_is_gone_and_its_alert_stays(store: Store) -> None:
    store.add_journal_entry(entry(alert_id=AlertId("a1")), alert())
    store.mark_not_about_me(P1, JournalId("j1"))
    assert store.said_not_about_me(AlertId("a1"))
    store.delete_journal_entry(P1, JournalId("j1"))
    assert store.journal(P1, shared_only=False) == []
    assert store.alerts(open_only=True) == [alert()]
    assert not store.said_not_about_me(AlertId("a1"))
    with pytest.raises(NotFound, match="does not exist any more"):
        store.delete_journal_entry(P1, JournalId("j1"))


def test_the_patients_word_closes_nothing(store: Store) -> None:
    store.add_journal_entry(entry(alert_id=AlertId("a1")), alert())
    store.add_journal_entry(entry(2), None)
    store.mark_not_about_me(P1, JournalId("j1"))
    assert [e.not_about_me for e in store.journal(P1, shared_only=False)] == [False, True]
    assert store.alerts(open_only=True) == [alert()]
    with pytest.raises(NotFound):
        store.mark_not_about_me(P1, JournalId("j2"))


@pytest.mark.parametrize(
    ("made", "raised", "error"),
    [
        (entry(patient_id=PatientId("nobody")), None, NotFound),
        (entry(), alert(), InputError),
        (entry(alert_id=AlertId("a1")), None, InputError),
        (entry(alert_id=AlertId("a1")), alert(patient_id=P2), InputError),
        (entry(alert_id=AlertId("a1")), alert(response_id=made_up.response().id), InputError),
        (entry(alert_id=AlertId("a1")), alert(state=AlertState.RESOLVED), InputError),
    ],
)
def test_what_does_not_fit_is_refused(
    store: Store, made: JournalEntry, raised: Alert | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.add_journal_entry(made, raised)
    assert store.journal(P1, shared_only=False) == [] and store.alerts() == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * (TEXT_LIMIT + 1)])
def test_an_empty_or_too_long_entry_cannot_be(text: str) -> None:
    with pytest.raises(InputError):
        entry(text=text)


KILLED = """
import os, signal, sys
from pathlib import Path
from emocare.store import Store, journal
from tests.store.test_journal import AlertId, alert, entry
at, count, insert = int(sys.argv[2]), 0, journal.insert
def killed(cursor, table, row):
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)
    insert(cursor, table, row)
journal.insert = killed
store = Store.open(Path(sys.argv[1]))
store.add_journal_entry(entry(alert_id=AlertId("a1")), alert())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
@pytest.mark.parametrize(("at", "stored"), [(1, 0), (2, 0), (3, 1)])
def test_a_kill_never_leaves_an_entry_without_its_alert(
    tmp_path: Path, at: int, stored: int
) -> None:
    """Killed before the alert, between the two, and right after it was said to be stored."""
    path = tmp_path / "a.duckdb"
    clinic(path).close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(at)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    with Store.open(path) as store:
        assert len(store.journal(P1, shared_only=False)) == stored
        assert len(store.alerts()) == stored
