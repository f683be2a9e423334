"""Many threads, one store: nothing is lost, mixed or refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from emocare.domain.errors import InputError
from emocare.domain.readings import NUMBER_COLUMNS, Readings
from emocare.domain.records import AlertId, PatientId, SessionId
from emocare.store import Store, database
from tests.store.made_up import NOW, alert, patient, readings, response, same, session

THREADS = 5
TURNS = 5


def together(work: Callable[[int], None]) -> list[Exception]:
    """Runs ``work(1)`` to ``work(THREADS)`` at once and returns what went wrong."""
    start, faults = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - every fault of a thread fails the test below
            faults.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(1, THREADS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_each_thread_reads_what_it_wrote(store: Store) -> None:
    def work(number: int) -> None:
        own = 100 * number
        store.add_patient(patient(own))
        store.add_session(session(own, own))
        for turn in range(TURNS):
            store.append_readings(SessionId(f"s{own}"), readings(10 * turn, 10 * turn + 10))
            changed = replace(session(own, own), source_name=f"{own} {turn}")
            store.update_session(changed)
            assert store.session(changed.id) == changed
            assert store.patient(PatientId(f"p{own}")) == patient(own)
            assert same(store.readings(changed.id), readings(0, 10 * turn + 10))
            store.save_draft(PatientId(f"p{own}"), None, "PHQ-9", {"turn": turn})
            assert store.draft(PatientId(f"p{own}"), None, "PHQ-9") == {"turn": turn}

    assert together(work) == []
    assert len(store.patients()) == THREADS + 1
    assert store.counts().readings == THREADS * TURNS * 10


def test_updates_of_one_row_do_not_conflict(store: Store) -> None:
    def work(number: int) -> None:
        for turn in range(TURNS):
            store.update_session(replace(session(), source_name=f"{number} {turn}"))
            store.update_patient(replace(patient(), name=f"{number} {turn}"))
            store.save_draft(PatientId("p1"), None, "PHQ-9", {"turn": [number, turn]})
            assert store.session(SessionId("s1")).source_name

    assert together(work) == []
    assert store.session(SessionId("s1")).source_name.endswith(str(TURNS - 1))


def test_a_number_is_given_to_one_of_many(store: Store) -> None:
    faults = together(lambda number: store.add_patient(patient(number + 1, code="WANTED")))

    assert len(faults) == THREADS - 1
    assert all(isinstance(fault, InputError) for fault in faults)
    assert store.patient_by_code("wanted").code == "WANTED"


def test_an_alert_is_acknowledged_by_one_of_many(store: Store) -> None:
    store.add_response(response(), [alert()])
    faults = together(lambda number: void(store.acknowledge_alert(AlertId("a1"), f"Dr {number}",
                                                                  NOW)))  # fmt: skip

    assert len(faults) == THREADS - 1
    assert all("already acknowledged" in str(fault) for fault in faults)


def void(_: object) -> None:
    """Takes a value and gives none."""


def test_closing_while_others_work_ends_them_kindly(store: Store) -> None:
    def work(number: int) -> None:
        if number == 1:
            store.close()
            return
        for turn in range(200):
            store.save_draft(PatientId("p1"), None, f"{number}", {"turn": turn})

    faults = together(work)
    assert len(faults) == THREADS - 1
    assert {str(fault) for fault in faults} == {"The database is closed. Start Emo-Care again."}


def test_what_was_written_is_not_kept_in_memory_as_well(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "KEPT_BLOCKS", "3MB")
    random = np.random.default_rng(0)
    for turn in range(60):
        columns = dict(readings(200 * turn, 200 * turn + 200).columns)
        columns |= {name: random.random(200) for name in NUMBER_COLUMNS}
        store.append_readings(SessionId("s1"), Readings(columns))

    with store._read() as cursor:
        kept, limit = cursor.execute(
            "SELECT sum(memory_usage_bytes), current_setting('memory_limit') FROM duckdb_memory()"
        ).fetchall()[0]
    assert kept < 4_000_000
    assert limit.endswith("GiB")
    assert len(store.readings(SessionId("s1"))) == 12_000


def test_forgetting_leaves_a_reading_under_way_alone(store: Store) -> None:
    store.append_readings(SessionId("s1"), readings(0, 3000))
    with store._read() as cursor:
        batches = cursor.execute("SELECT * FROM readings").to_arrow_reader(500)
        first = batches.read_next_batch().num_rows
        store.append_readings(SessionId("s1"), readings(3000, 3010))
        rest = sum(batch.num_rows for batch in batches)
    assert first + rest == 3000
    assert len(store.readings(SessionId("s1"))) == 3010
