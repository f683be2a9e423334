"""A stolen file says nothing; a wrong key, a changed byte and a missing cipher are named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from emocare.domain.errors import StoreBusy, StoreError, WrongKey
from emocare.domain.records import SessionId
from emocare.store import Store, encryption
from emocare.store.encryption import encrypted, engine, plain
from emocare.store.keys import DatabaseKey
from tests.faults import Seen, fault
from tests.store.made_up import ROOT, alert, clinic, patient, readings, response, review, session

KEY, OTHER = DatabaseKey(bytes(range(32))), DatabaseKey(bytes(32))
NEEDLES = [word.encode() for word in (
    "Zoë Żak", "MRN-0001", "PHQ-9", "moderately severe", "SI_ITEM9_POSITIVE", "Slept badly",
    "visit ä.mp4", "Dr Osei", "CREATE TABLE", "patients")]  # fmt: skip


def filled(path: Path, keys: list[DatabaseKey]) -> None:
    """A database with something in most tables."""
    with Store.open(path, keys=keys) as store:
        if not store.patients():
            store.add_patient(patient())
            add_visit(store)


def add_visit(store: Store) -> None:
    store.add_session(session())
    store.append_readings(SessionId("s1"), readings(0, 300))
    store.add_response(response(), [alert()])
    store.add_review(review())


def found_in(folder: Path) -> list[tuple[str, bytes]]:
    """Which words are readable in which file."""
    return [(path.name, word) for path in sorted(folder.rglob("*")) if path.is_file()
            for word in NEEDLES if word in path.read_bytes()]  # fmt: skip


def test_the_search_finds_what_is_not_encrypted(tmp_path: Path) -> None:
    filled(tmp_path / "a.duckdb", [])
    assert {word for _, word in found_in(tmp_path)} >= set(NEEDLES[:8])


def test_a_stolen_file_says_nothing(tmp_path: Path) -> None:
    filled(tmp_path / "a.duckdb", [KEY])
    assert encrypted(tmp_path / "a.duckdb") and not plain(tmp_path / "a.duckdb")
    assert found_in(tmp_path) == []
    with Store.open(tmp_path / "a.duckdb", keys=[KEY]) as store:
        assert store.patients() == [patient()] and store.key == KEY


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_the_log_of_writes_says_nothing_either(tmp_path: Path) -> None:
    """Taken from a killed process: nothing of it has reached the file itself."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from tests.store.test_encryption import KEY, filled\nfrom emocare.store import Store\n"
        "from tests.store.test_encryption import add_visit\n"
        "from tests.store.made_up import patient\n"
        "store = Store.open(Path(sys.argv[1]), keys=[KEY])\nstore.add_patient(patient())\n"
        "add_visit(store)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "a.duckdb"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert path.with_name("a.duckdb.wal").stat().st_size > 10_000
    assert found_in(tmp_path) == []
    with Store.open(path, keys=[KEY]) as store:
        assert len(store.readings(SessionId("s1"))) == 300


def test_what_is_spilled_is_encrypted_and_nothing_is_fetched(tmp_path: Path) -> None:
    connection = engine(tmp_path / "a.duckdb", ciphers=True)
    try:
        value = connection.execute("SELECT current_setting('temp_file_encryption')").fetchone()
        assert value == (True,)
        with pytest.raises(duckdb.PermissionException, match="disabled"):
            connection.execute("SELECT * FROM 'https://127.0.0.1/a.csv'")
    finally:
        connection.close()


def test_spilled_files_of_a_killed_process_do_not_keep_the_next_one_out(tmp_path: Path) -> None:
    """The engine refuses to change how it spills where such files lie."""
    path = tmp_path / "a.duckdb"
    filled(path, [KEY])
    spilled = path.with_name("a.duckdb.tmp")
    for name in ("duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_block-5.block"):
        spilled.mkdir()
        (spilled / name).write_bytes(b"left behind")
        with Store.open(path, keys=[KEY]) as store:
            assert store.patients()
        assert not spilled.exists()


def test_spilled_rows_lie_beside_the_database_and_say_nothing(tmp_path: Path) -> None:
    connection = engine(tmp_path / "a.duckdb", ciphers=True)
    try:
        connection.execute("SET memory_limit = '8MB'")
        connection.execute(
            f"CREATE TABLE t AS SELECT '{NEEDLES[1].decode()}' || range || repeat('x', 200) AS v "
            "FROM range(80000)"
        )
        files = list((tmp_path / "a.duckdb.tmp").iterdir())
        assert sum(file.stat().st_size for file in files) > 1_000_000
        assert found_in(tmp_path) == []
    finally:
        connection.close()


def test_a_wrong_key_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    filled(path, [KEY])
    with pytest.raises(WrongKey, match=rf"{OTHER.id}.*key recover"):
        Store.open(path, keys=[OTHER])
    with pytest.raises(WrongKey, match=r"no key was given.*key recover"):
        Store.open(path)
    with Store.open(path, keys=[OTHER, KEY]) as store:
        assert store.key == KEY


def test_two_processes_are_told_apart_with_encryption_too(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    code = (
        "import sys\nfrom pathlib import Path\nfrom emocare.store import Store\n"
        "from emocare.domain.errors import StoreBusy\nfrom tests.store.test_encryption import KEY\n"
        "try:\n    Store.open(Path(sys.argv[1]), keys=[KEY])\n"
        "except StoreBusy as error:\n    print(error)\n"
    )
    with Store.open(path, keys=[KEY]):
        said = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, text=True,
                              capture_output=True, check=False)  # fmt: skip
        with pytest.raises(StoreBusy):
            Store.open(path, keys=[KEY])
    assert "in use by process" in said.stdout, said


@pytest.mark.parametrize("place", [0, 20, 40, 4096 + 30, 9000])
def test_a_flipped_byte_is_damage_and_never_other_data(tmp_path: Path, place: int) -> None:
    path = tmp_path / "a.duckdb"
    filled(path, [KEY])
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    try:
        with Store.open(path, keys=[KEY]) as store:
            assert store.patients() == [patient()], "another block holds the newest state"
    except StoreError as error:
        assert "damaged" in str(error) or isinstance(error, WrongKey)


def test_blocks_cut_off_or_changed_in_the_middle_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    filled(path, [KEY])
    whole = path.read_bytes()
    changed = bytearray(whole)
    for place in range(16384, len(whole), 4096):
        changed[place] ^= 255
    for data in (bytes(changed), whole[: len(whole) // 2]):
        path.write_bytes(data)
        with pytest.raises(StoreError, match="damaged"), Store.open(path, keys=[KEY]) as store:
            store.readings(SessionId("s1"))


@fault("The part that encrypts is missing", area="Installation",
       injected="its package cannot be found")
def test_without_the_cipher_it_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    monkeypatch.setattr(encryption, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"duckdb-extension-httpfs.*python start\.py") as caught:
        Store.open(tmp_path / "a.duckdb", keys=[KEY])
    assert not (tmp_path / "a.duckdb").exists()
    seen(caught.value, lost=0)


@fault("The part that encrypts was changed", area="Installation",
       injected="one bit of the engine's cipher is another; its makers' signature does not hold")
def test_a_changed_cipher_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    """The engine checks its makers' signature."""
    data = bytearray(encryption.cipher_file().read_bytes())
    data[len(data) // 2] ^= 1
    forged = tmp_path / "httpfs.duckdb_extension"
    forged.write_bytes(data)
    monkeypatch.setattr(encryption, "cipher_file", lambda: forged)
    with pytest.raises(StoreError, match="not the one of its makers") as caught:
        Store.open(tmp_path / "a.duckdb", keys=[KEY])
    seen(caught.value, lost=0)


def test_a_readable_file_of_an_earlier_version_is_encrypted_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    clinic(path, people=2).close()
    with Store.open(path) as store:
        add = response(number=5)
        store.add_response(add, [alert(1, add)])
        before = (store.patients(), store.responses(), store.alerts())
    assert plain(path)
    with Store.open(path, keys=[KEY]) as store:
        assert (store.patients(), store.responses(), store.alerts()) == before
    assert encrypted(path) and found_in(tmp_path) == []
    assert [file.name for file in tmp_path.iterdir()] == ["emocare.duckdb"]
