"""What is kept of recordings is what the table holds, whoever has changed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emocare.domain.errors import NotFound
from emocare.domain.records import PatientId, SessionId, SessionState
from emocare.store import Store
from emocare.store.kept import MOST, Kept
from tests.store.made_up import NOW, patient, readings, session

P1, S1 = PatientId("p1"), SessionId("s1")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "emocare.duckdb") as opened:
        opened.add_patient(patient(1))
        opened.add_session(session(1, 1))
        yield opened


def test_the_same_answer_is_asked_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, every = store.session(S1), store.sessions(P1)
    monkeypatch.setattr(store, "_read", lambda: 1 / 0)
    assert store.session(S1) is first and store.sessions(P1) == every
    store.sessions(P1).clear()
    assert store.sessions(P1) == every, "the list belongs to who asked"


def test_rows_views_and_sign_ins_leave_it_and_everything_else_forgets_it(store: Store) -> None:
    first = store.session(S1)
    store.append_readings(S1, readings(0, 5))
    assert store.session(S1) is first
    store.update_session(replace(first, error="changed"))
    assert store.session(S1).error == "changed"
    with store._write() as cursor:
        cursor.execute("UPDATE sessions SET error = 'again'")
    assert store.session(S1).error == "again" and store.sessions(P1)[0].error == "again"
    store.add_session(session(2, 1, SessionState.READY))
    assert len(store.sessions(P1)) == 2 and len(store.sessions(P1, summaries=False)) == 2
    store.erase(P1, "Dr A", NOW)
    assert store.sessions(P1) == []
    with pytest.raises(NotFound):
        store.session(S1)


def test_a_transaction_that_fails_leaves_what_is_true(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store._write() as cursor:
        cursor.execute("UPDATE sessions SET error = 'never'")
        _ = 1 / 0
    assert store.session(S1).error is None


def test_an_answer_that_a_writing_overtook_is_not_kept() -> None:
    kept, asked = Kept(), []

    def slow() -> int:
        asked.append(1)
        kept.forget()
        return len(asked)

    assert [kept.of("q", slow), kept.of("q", slow)] == [1, 2]
    assert [kept.of("other", lambda: 5), kept.of("other", lambda: 6)] == [5, 5]
    for number in range(MOST + 5):
        kept.of(number, lambda: 0)
    assert len(kept._answers) == MOST
