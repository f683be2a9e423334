"""Copies of the open database: consistent while it is written, and rid of what was deleted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from emocare.domain.errors import StoreError
from emocare.domain.records import PatientId, SessionId
from emocare.store import Store
from emocare.store import copies as module
from emocare.store.conversion import contents_of
from emocare.store.keys import DatabaseKey
from tests.store.made_up import NOW, patient, readings, session

KEY, OTHER = DatabaseKey(bytes(range(32))), DatabaseKey(bytes(32))
CHUNK = 30


def writing(store: Store, stop: threading.Event, written: list[int]) -> None:
    """A recording: a chunk of rows, again and again, until it is told to stop."""
    while not stop.is_set():
        number = len(written)
        store.append_readings(SessionId("s1"), readings(number * CHUNK, (number + 1) * CHUNK))
        written.append(number)


@pytest.fixture
def recorded(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "a.duckdb", keys=[KEY])
    store.add_patient(patient())
    store.add_session(session())
    return store


def test_a_copy_made_during_a_recording_holds_whole_chunks(
    recorded: Store, tmp_path: Path
) -> None:
    stop, written = threading.Event(), list[int]()
    thread = threading.Thread(target=writing, args=(recorded, stop, written))
    thread.start()
    try:
        for number in range(3):
            before = len(written)
            held = recorded.copy_to(tmp_path / f"{number}.duckdb")
            rows = held.tables["readings"].rows
            assert rows % CHUNK == 0 and before * CHUNK <= rows <= (len(written) + 1) * CHUNK
            assert contents_of(tmp_path / f"{number}.duckdb", [KEY]) == held
    finally:
        stop.set()
        thread.join()
    with recorded as store:
        assert len(store.readings(SessionId("s1"))) == len(written) * CHUNK


def test_the_file_is_exchanged_under_readers_and_writers(recorded: Store) -> None:
    stop, written, faults = threading.Event(), list[int](), list[Exception]()

    def reading() -> None:
        try:
            while not stop.is_set():
                assert recorded.patient(PatientId("p1")) == patient()
        except (StoreError, AssertionError) as error:
            faults.append(error)

    threads = [threading.Thread(target=writing, args=(recorded, stop, written)),
               *(threading.Thread(target=reading) for _ in range(2))]  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        recorded.rewrite(OTHER)
        recorded.rewrite()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    path = recorded.path
    recorded.close()
    assert faults == []
    with Store.open(path, keys=[OTHER]) as store:
        assert len(store.readings(SessionId("s1"))) == len(written) * CHUNK
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_reading_without_end_leaves_the_file_as_it_is(
    recorded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_S", 0.05)
    with recorded as store:
        with store._read(), pytest.raises(StoreError, match="cannot be exchanged now"):
            store.rewrite(OTHER)
        assert store.patients() == [patient()] and store.key == KEY
        assert not list(store.path.parent.glob("*.new"))
        store.rewrite(OTHER)
        assert store.patients() == [patient()] and store.key == OTHER


def test_no_trace_of_what_was_deleted_is_left(tmp_path: Path) -> None:
    """In a file that is readable on purpose."""
    path = tmp_path / "a.duckdb"
    with Store.open(path) as store:
        store.add_patient(patient(1))
        store.add_patient(patient(2, name="Sought Person"))
    assert b"Sought" in path.read_bytes()
    with Store.open(path) as store:
        store.erase(PatientId("p2"), "Dr A", NOW)
    traces = path.read_bytes().count(b"Sought")
    assert traces, "if the engine overwrote it by itself, this test would show nothing"
    with Store.open(path) as store:
        store.rewrite()
        assert store.patients() == [patient(1)]
    assert b"Sought" not in path.read_bytes()


def test_a_copy_that_cannot_be_written_leaves_nothing(recorded: Store, tmp_path: Path) -> None:
    with recorded as store:
        with pytest.raises(StoreError, match="does not exist"):
            store.copy_to(tmp_path / "no" / "folder.duckdb")
        assert store.patients() == [patient()]
    assert [file.name for file in tmp_path.iterdir()] == ["a.duckdb"]
