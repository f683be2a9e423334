"""Opening and closing: who holds the file, what is wrong with it, what a full disk says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from emocare.domain.errors import SchemaTooNew, StoreBusy, StoreError
from emocare.domain.records import SessionId
from emocare.store import Store
from emocare.store.database import Database
from emocare.store.faults import explained
from emocare.store.migrate import FOLDER, migrations
from tests.store.made_up import ROOT, clinic, patient, readings, response


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs Python code in another process."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def test_everything_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "emocare.duckdb"
    with clinic(path) as store:
        store.add_response(response(), [])
        assert store.path == path.resolve()
    with Store.open(path) as store:
        assert store.patients() == [patient()]
        assert store.responses() == [response()]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file modes")
def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "emocare.duckdb"
    Store.open(path).close()

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_closing_twice_is_closing_once(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.duckdb")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="The database is closed"):
        store.patients()
    with pytest.raises(StoreError, match="The database is closed"):
        store.add_patient(patient())


def test_another_process_is_named(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    code = (
        "import sys\nfrom pathlib import Path\nfrom emocare.store import Store\n"
        "from emocare.domain.errors import StoreBusy\n"
        "try:\n    Store.open(Path(sys.argv[1]))\nexcept StoreBusy as error:\n    print(error)\n"
    )
    with Store.open(path):
        said = run(code, path)
    assert f"in use by process {os.getpid()} (" in said.stdout, said
    assert "Close the other Emo-Care window or end that process" in said.stdout
    assert run(code, path).stdout == ""


def test_the_same_process_cannot_open_it_twice(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    with Store.open(path), pytest.raises(StoreBusy, match="already open in this process"):
        Store.open(tmp_path / "." / "emocare.duckdb")
    Store.open(path).close()


def test_a_store_that_was_let_go_does_not_hold_the_file(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    Store.open(path).add_patient(patient())
    with Store.open(path) as store:
        assert store.patients() == [patient()]


def test_of_many_threads_that_open_one_wins(tmp_path: Path) -> None:
    path, opened, refused = tmp_path / "emocare.duckdb", [], []

    def try_it() -> None:
        try:
            opened.append(Store.open(path))
        except StoreBusy as error:
            refused.append(error)

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), len(refused)) == (1, 5)
    opened[0].close()


@pytest.mark.parametrize("content", [b"hello", b"not a database at all " * 1000])
def test_something_else_is_not_opened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "emocare.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"is not an Emo-Care database|is damaged"):
        Store.open(path)
    assert path.read_bytes() == content


def test_an_empty_file_of_a_killed_process_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    path.touch()
    with Store.open(path) as store:
        assert store.patients() == []


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE songs (title VARCHAR)")
    with pytest.raises(StoreError, match="is a database, but not of Emo-Care"):
        Store.open(path)
    with duckdb.connect(str(path)) as other:
        assert other.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (1,)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    Store.open(path).close()
    with duckdb.connect(str(path)) as newer:
        newer.execute("INSERT INTO schema_migrations VALUES (999, '0999_later.sql', now())")
    known = len(migrations())
    with pytest.raises(SchemaTooNew, match=rf"schema 999, this one knows {known}\). Update"):
        Store.open(path)


@pytest.mark.parametrize("place", [0.002, 0.4], ids=["head", "middle"])
def test_a_damaged_file_is_named_as_such(tmp_path: Path, place: float) -> None:
    path = tmp_path / "emocare.duckdb"
    with clinic(path) as store:
        store.append_readings(SessionId("s1"), readings(0, 5000))
    data = bytearray(path.read_bytes())
    start = int(len(data) * place)
    data[start : start + 4096] = bytes(255 - b for b in data[start : start + 4096])
    path.write_bytes(data)

    with pytest.raises(StoreError, match=r"is damaged\. Keep a copy"), Store.open(path) as store:
        store.readings(SessionId("s1"))


def test_half_a_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    clinic(path).close()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="is damaged"), Store.open(path) as store:
        store.patients()


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "emocare.duckdb").mkdir()
    with pytest.raises(StoreError, match="is a folder, not a database"):
        Store.open(tmp_path / "emocare.duckdb")


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be made or read"):
        Store.open(tmp_path / "data" / "emocare.duckdb")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user with limits")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="may not be written"):
            Store.open(tmp_path / "emocare.duckdb")
    finally:
        tmp_path.chmod(0o700)


FULL_DISK = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from emocare.domain.errors import StoreError
from emocare.store import Store
from tests.store.made_up import patient

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
stored = 0
try:
    while stored < 5000:
        store.add_patient(patient(stored, name="x" * 5000))
        stored += 1
except StoreError as error:
    print(error)
print(len(store.patients()) - stored)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.add_patient(patient(stored, name="after"))
store.close()
print(stored + 1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="uses a limit on file sizes as a full disk")
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    done = run(FULL_DISK, path)

    assert done.returncode == 0, done.stderr
    message, missing, stored = done.stdout.splitlines()
    assert message == (
        "The disk that holds emocare.duckdb is full: the last change was not stored. "
        "Free some space and try again."
    )
    assert missing == "0"
    with Store.open(path) as store:
        assert len(store.patients()) == int(stored) > 10


def test_our_own_sql_faults_are_not_dressed_up(tmp_path: Path) -> None:
    with pytest.raises(duckdb.BinderException), explained(tmp_path / "a"):
        duckdb.sql("SELECT no_such_column FROM (SELECT 1 AS a)")


@pytest.mark.parametrize(
    ("fault", "said", "expected"),
    [
        (duckdb.IOException, "IO Error: Could not set lock on file \"/x/a\": Conflicting lock is "
         "held in /usr/bin/python3.11 (PID 4711). See also", r"in use by process 4711 \(python3"),
        (duckdb.IOException, "IO Error: Cannot open file \"C:\\a\": The process cannot access the "
         "file because it is being used by another process.", "in use by another program"),
        (duckdb.IOException, "IO Error: Cannot open file \"/x/a\": Permission denied",
         "may not be written"),
        (duckdb.IOException, "IO Error: Cannot open file \"/x/a\": Read-only file system",
         "may not be written"),
        (duckdb.IOException, "IO Error: Cannot open file \"/x/a\": No such file or directory",
         "does not exist"),
        (duckdb.IOException, "IO Error: Could not write: No space left on device", "is full"),
        (duckdb.IOException, "IO Error: Trying to read a database file with version number 99, "
         "but we can only read versions between 64 and 67.", "by a newer version"),
        (duckdb.IOException, "IO Error: something never seen", "something never seen"),
        (duckdb.FatalException, "FATAL Error: database has been invalidated because of a previous "
         "fatal error", "must be opened again"),
        (duckdb.FatalException, "FATAL Error: No space left on device", "is full"),
        (duckdb.TransactionException, "TransactionContext Error: Conflict on update!",
         "Two changes met"),
        (duckdb.TransactionException, "TransactionContext Error: no transaction is active",
         "was not stored"),
        (duckdb.OutOfMemoryException, "Out of Memory Error: x", "ran out of memory"),
        (duckdb.ConstraintException, "Constraint Error: Duplicate key", "cannot be stored"),
        (duckdb.ConnectionException, "Connection Error: closed", "is closed"),
    ],
)  # fmt: skip
def test_what_the_engine_says_in_words_for_a_person(
    tmp_path: Path, fault: type[duckdb.Error], said: str, expected: str
) -> None:
    with pytest.raises(StoreError, match=expected) as caught, explained(tmp_path / "a.duckdb"):
        raise fault(said)
    assert caught.value.__cause__ is not None


def write_steps(folder: Path, **steps: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, sql in steps.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(sql, encoding="utf-8")
    return folder


def test_each_step_is_applied_once_and_recorded(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.duckdb", tmp_path / "steps"
    write_steps(folder, m0001_one="CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);")
    Database.open(path, folder).close()
    write_steps(folder, m0002_two="ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 7;")
    for _ in range(2):
        Database.open(path, folder).close()

    with duckdb.connect(str(path)) as opened:
        assert opened.execute("SELECT * FROM a").fetchall() == [(1, 7)]
        assert opened.execute("SELECT number, name FROM schema_migrations").fetchall() == [
            (1, "0001_one.sql"), (2, "0002_two.sql"),
        ]  # fmt: skip


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.duckdb", tmp_path / "steps"
    write_steps(folder, m0001_one="CREATE TABLE a (x INTEGER);")
    Database.open(path, folder).close()
    write_steps(folder, m0002_two="CREATE TABLE b (x INTEGER); ALTER TABLE c ADD COLUMN y INT;")

    with pytest.raises(StoreError, match=r"step 0002_two\.sql failed and was undone"):
        Database.open(path, folder)
    with duckdb.connect(str(path)) as opened:
        names = opened.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        assert names == [("a",), ("schema_migrations",)]
        assert opened.execute("SELECT number FROM schema_migrations").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("steps", "fault"),
    [({"m0001_one": "", "m0003_three": ""}, "not numbered 1 to 2"), ({"first": ""}, "0001_words")],
)
def test_the_numbers_have_no_gap(tmp_path: Path, steps: dict[str, str], fault: str) -> None:
    folder = write_steps(tmp_path / "steps", **steps)
    with pytest.raises(StoreError, match=fault):
        migrations(folder)


def test_our_own_steps_are_in_order() -> None:
    assert [step.number for step in migrations(FOLDER)] == list(range(1, len(migrations()) + 1))
