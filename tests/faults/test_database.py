"""The database and its key: damaged, wrong, missing, newer, in use; and back-ups that are none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from emocare.app import App
from emocare.domain.errors import SchemaTooNew, StoreBusy, StoreError, WrongKey
from emocare.domain.records import PatientId
from emocare.services.backup_file import ABOUT
from emocare.services.backups import ERASED
from emocare.services.restoring import restore
from emocare.store import Store
from emocare.store.key_folder import FILE
from emocare.store.keys import DatabaseKey
from emocare.store.migrate import migrations
from tests import killed
from tests.faults import Seen, fault
from tests.faults.conftest import Disk
from tests.killed import PEOPLE, Place
from tests.soak.kill_kinds import OLD_ROWS, an_earlier_version, opened
from tests.store.made_up import ROOT

Start = Callable[..., App]


@pytest.fixture
def filled(place: Place) -> Place:
    """Three people with rows and answers, encrypted."""
    killed.fill_with_vault(place)
    return place


def missing(place: Place) -> int:
    """How many of the three are not there."""
    with opened(place) as store:
        there = {one.id for one in store.patients()}
    return sum(PatientId(f"p{number}") not in there for number in range(1, PEOPLE + 1))


def backed_up(place: Place) -> Path:
    killed.back_up(place)
    return next((place.root / "backups").glob("*.emocare-backup"))


def bring_back(place: Place, file: Path, words: str = "") -> None:
    restore(file, place.database, place.vault, lambda key_id: words, place.root / "backups")


@fault("Database damaged", area="Database and key",
       injected="bytes of its blocks are changed; then the last back-up is restored",
       lost="nothing that the last back-up holds")
def test_damaged(filled: Place, start: Start, seen: Seen) -> None:
    file = backed_up(filled)
    data = bytearray(filled.database.read_bytes())
    for place in range(8192, len(data), 4096):
        data[place] ^= 255
    filled.database.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        start().recordings.sessions()
    bring_back(filled, file)
    seen(caught.value, lost=missing(filled))


@fault("Database cut short", area="Database and key",
       injected="half of the file is gone; then the last back-up is restored",
       lost="nothing that the last back-up holds")
def test_cut(filled: Place, start: Start, seen: Seen) -> None:
    file = backed_up(filled)
    data = filled.database.read_bytes()
    filled.database.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError) as caught:
        start().recordings.sessions()
    bring_back(filled, file)
    seen(caught.value, lost=missing(filled))


@fault("Another file in the place of the database", area="Database and key",
       injected="a text lies under its name")
def test_no_database(filled: Place, start: Start, seen: Seen) -> None:
    kept = filled.database.rename(filled.root / "kept")
    filled.database.write_bytes(b"not a database at all " * 1000)
    with pytest.raises(StoreError) as caught:
        start()
    assert filled.database.read_bytes().startswith(b"not a database"), "it is left alone"
    kept.replace(filled.database)
    seen(caught.value, lost=missing(filled))


@fault("Wrong key", area="Database and key",
       injected="the key folder of another installation lies beside the data folder")
def test_wrong_key(filled: Place, start: Start, tmp_path: Path, seen: Seen) -> None:
    other = Place(tmp_path / "other")
    (theirs,) = other.vault.keys()
    folder = (filled.root / "key").rename(tmp_path / "ours")
    shutil.copytree(other.root / "key", filled.root / "key")
    with pytest.raises(WrongKey) as caught:
        start()
    shutil.rmtree(filled.root / "key")
    folder.rename(filled.root / "key")
    seen(caught.value, lost=missing(filled), hide={theirs.id: "name of the key"})


@fault("Key missing", area="Database and key",
       injected="the key folder is empty; then the recovery key is typed in")
def test_missing_key(filled: Place, start: Start, seen: Seen) -> None:
    (key,) = filled.vault.keys()
    (filled.root / "key" / FILE).unlink()
    with pytest.raises(WrongKey) as caught:
        start()
    assert not filled.vault.exists, "no new key is made, which would open nothing"
    filled.vault.recover(key.recovery)
    seen(caught.value, lost=missing(filled))


@fault("Key file damaged", area="Database and key",
       injected="the file of the key is cut short; then the recovery key is typed in")
def test_damaged_key(filled: Place, start: Start, seen: Seen) -> None:
    (key,) = filled.vault.keys()
    (filled.root / "key" / FILE).write_text('{"holder": "fi', encoding="utf-8")
    with pytest.raises(WrongKey) as caught:
        start()
    filled.vault.recover(key.recovery)
    seen(caught.value, lost=missing(filled))


@fault("Database of a newer version", area="Database and key",
       injected="its schema is of a step that this version does not know")
def test_newer(filled: Place, start: Start, seen: Seen) -> None:
    with opened(filled) as store, store._write() as cursor:
        cursor.execute("INSERT INTO schema_migrations VALUES (999, '0999_later.sql', now())")
    with pytest.raises(SchemaTooNew) as caught:
        start()
    with Store.open(filled.database, _steps(filled), filled.vault.keys()) as store:
        there = len(store.patients())
    seen(caught.value, lost=PEOPLE - there, hide={f"knows {len(migrations())}": "knows N"})


def _steps(place: Place) -> Path:
    """A folder of as many steps as that newer version has."""
    folder = place.root / "steps"
    folder.mkdir()
    for step in migrations():
        (folder / step.name).write_text(step.sql, encoding="utf-8")
    for number in range(len(migrations()) + 1, 1000):
        (folder / f"{number:04}_later.sql").write_text("SELECT 1", encoding="utf-8")
    return folder


@fault("Database of an earlier version", area="Database and key",
       injected="a readable database of the first steps of the schema is opened by this version")
def test_older(place: Place, start: Start, seen: Seen) -> None:
    an_earlier_version(place, readable=True)
    with start() as app:
        rows = len(app.recordings.readings(app.recordings.sessions()[0].id))
        said = app.startup.check().detail
    killed.nothing_readable(place.root)
    seen(said, lost=missing(place) + OLD_ROWS - rows)


BUSY = """
import sys
from pathlib import Path
from tests.killed import Place
from tests.soak.kill_kinds import opened
with opened(Place(Path(sys.argv[1]))):
    print("open", flush=True)
    sys.stdin.readline()
"""


@fault("Two processes on one data folder", area="Several windows and processes",
       injected="the application is started while another process has the database open")
def test_busy(filled: Place, start: Start, seen: Seen) -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY, str(filled.root)], cwd=ROOT, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # fmt: skip
        assert other.stdin is not None and other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy) as caught:
            start()
        other.stdin.write("\n")
    program = str(caught.value).partition("(")[2].partition(")")[0]
    seen(caught.value, lost=missing(filled),
         hide={str(other.pid): "N", f"({program})": "(its name)"})  # fmt: skip
    assert os.getpid() != other.pid


@fault("Back-up damaged", area="Back-ups", injected="one bit of it is another; it is restored",
       lost="nothing; the database is not touched")
def test_damaged_back_up(filled: Place, seen: Seen) -> None:
    file = backed_up(filled)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        bring_back(filled, file)
    seen(caught.value, lost=missing(filled), hide={file.name: "emocare-(time).emocare-backup"})


@fault("Back-up of a newer version", area="Back-ups",
       injected="its schema is of a step that this version does not know",
       lost="nothing; the database is not touched")
def test_newer_back_up(filled: Place, seen: Seen) -> None:
    file = backed_up(filled)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts[ABOUT])
    about["contents"]["schema"] = 999
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (parts | {ABOUT: json.dumps(about).encode()}).items():
            archive.writestr(name, content)
    with pytest.raises(SchemaTooNew) as caught:
        bring_back(filled, file)
    seen(caught.value, lost=missing(filled), hide={file.name: "emocare-(time).emocare-backup",
                                                   f"knows {len(migrations())}": "knows N"})


@fault("Recovery key of another installation at a restore", area="Back-ups",
       injected="a back-up is restored on another computer with a recovery key that is not its own",
       lost="nothing; nothing is made on that computer")
def test_wrong_recovery_key(filled: Place, tmp_path: Path, seen: Seen) -> None:
    file = backed_up(filled)
    there, other = Place(tmp_path / "there"), DatabaseKey.new()
    with pytest.raises(WrongKey) as caught:
        bring_back(there, file, other.recovery)
    assert not there.database.exists() and not there.vault.exists
    (key,) = filled.vault.keys()
    bring_back(there, file, key.recovery)
    seen(caught.value, lost=missing(there), hide={key.id: "its key", other.id: "another"})


@fault("Note of erased people damaged at a restore", area="Back-ups",
       injected="the file beside the back-ups that says who must not come back is cut short",
       lost="nothing; the database is not touched")
def test_damaged_note(filled: Place, seen: Seen) -> None:
    file = backed_up(filled)
    (file.parent / ERASED).write_text('[{"patient_id": "p', encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        bring_back(filled, file)
    seen(caught.value, lost=missing(filled))


@fault("Folder of the back-ups cannot be written", area="Back-ups",
       injected="it lies on a disk that is mounted read-only")
def test_back_up_folder(filled: Place, start: Start, disk: Disk, seen: Seen) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    with start(backup_dir=str(disk.folder / "backups")) as app:
        with pytest.raises(StoreError) as caught:
            app.backups.make()
        seen(caught.value, lost=PEOPLE - len(app.people.everybody()))
