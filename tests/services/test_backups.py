"""Back-ups: encrypted, tried out, thinned, once a day; faults are said and leave nothing."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from emocare.domain.errors import InputError, StoreError
from emocare.domain.records import PatientId
from emocare.services import backup_file, backups
from emocare.services.backup_file import ABOUT, DATABASE, read_about, unpack
from emocare.services.backup_states import Job, Step
from emocare.services.backups import ERASED, Backups, Keep, erased_beside
from emocare.services.data_checks import backup_check
from emocare.store import Store
from emocare.store.conversion import contents_of
from tests.killed import NEEDLE, PEOPLE, Place, fill_with_vault
from tests.store.made_up import NOW, ROOT, patient


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    fill_with_vault(made)
    return made


@pytest.fixture
def store(place: Place) -> Store:
    with Store.open(place.database, keys=place.vault.keys()) as opened:
        yield opened


def nothing_left(place: Place) -> None:
    """No unfinished file, and no back-up."""
    assert [path.name for path in place.database.parent.iterdir()] == ["emocare.duckdb"]
    folder = place.root / "backups"
    assert not folder.is_dir() or not list(folder.iterdir())


def test_a_back_up_holds_everything_and_says_nothing(place: Place, store: Store) -> None:
    made = place.backups(store).make()
    about = read_about(made.file)
    assert about == made.about and about.key_id == store.key.id
    assert about.contents.tables["patients"].rows == PEOPLE
    unpack(made.file, about, place.root / "out.duckdb")
    assert contents_of(place.root / "out.duckdb", place.vault.keys()) == about.contents
    content = made.file.read_bytes()
    for word in (NEEDLE, "MRN-0001", "moderately severe", place.vault.keys()[0].text):
        assert word.encode() not in content
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert place.backups(store).all() == [made]
    assert backup_check(place.root / "backups").ok


def test_a_copy_that_differs_is_not_kept(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def less(path: Path, keys: object) -> object:
        found = contents_of(path, keys)  # type: ignore[arg-type]
        return replace(found, tables={**found.tables, "patients": found.tables["sessions"]})

    monkeypatch.setattr(backups, "contents_of", less)
    with pytest.raises(StoreError, match="was not kept"):
        place.backups(store).make()
    nothing_left(place)


def test_a_disk_without_room_is_said_before_anything_is_written(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1000))
    with pytest.raises(StoreError, match=r"too full for a back-up.*0 MB free"):
        place.backups(store).make()
    nothing_left(place)


def test_a_disk_that_fills_up_meanwhile_is_said(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(StoreError, match=r"No space left.*backup_dir"):
        place.backups(store).make()
    nothing_left(place)


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of a process")
def test_the_engine_that_fills_the_disk_is_said(place: Place) -> None:
    """A process that may write files of 128 KB at most: the copy does not fit."""
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom tests.killed import Place\n"
        "from emocare.store import Store\nfrom emocare.domain.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nplace = Place(Path(sys.argv[1]))\n"
        "with Store.open(place.database, keys=place.vault.keys()) as store:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (131072, 131072))\n"
        "    try:\n        place.backups(store).make()\n"
        "    except StoreError as error:\n        print(error)\n"
        "    print(len(store.patients()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place.root)], cwd=ROOT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    said = done.stdout.splitlines()
    assert len(said) == 2 and "is full" in said[0] and said[1] == str(PEOPLE), done
    nothing_left(place)


def test_a_folder_that_cannot_be_written_is_named(place: Place, store: Store) -> None:
    (place.root / "backups").write_text("a file in the place of the folder")
    with pytest.raises(StoreError, match="Set backup_dir"):
        place.backups(store).make()
    assert [path.name for path in place.database.parent.iterdir()] == ["emocare.duckdb"]


def test_a_readable_database_is_not_backed_up(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Store.open(place.database) as store, pytest.raises(StoreError, match="encrypted"):
        place.backups(store).make()


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "no zip", "no database", "about"])
def test_a_damaged_back_up_is_named(place: Place, store: Store, damage: str) -> None:
    file = place.backups(store).make().file
    data = bytearray(file.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
    elif damage == "empty":
        data.clear()
    elif damage == "no zip":
        data[:] = b"a text"
    file.write_bytes(data)
    if damage in ("no database", "about"):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(ABOUT if damage == "no database" else DATABASE, "{}")
    with pytest.raises(StoreError, match="damaged or cut short"):
        unpack(file, read_about(file), place.root / "out.duckdb")
    assert not (place.root / "out.duckdb").exists()
    if damage != "flipped":
        assert place.backups(store).all() == [], "it is not listed"


def test_a_newer_form_of_back_up_is_refused(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "FORMAT", 2)
    file = place.backups(store).make().file
    monkeypatch.setattr(backup_file, "FORMAT", 1)
    with pytest.raises(StoreError, match="newer version"):
        read_about(file)
    with pytest.raises(StoreError, match="no back-up"):
        read_about(place.root / "none")


def test_seven_days_four_weeks_twelve_months_stay() -> None:
    times = [datetime(2026, 11, 25, 9, tzinfo=UTC) - timedelta(hours=12 * k) for k in range(1600)]
    stay = sorted(Keep(7, 4, 12).chosen(times), reverse=True)
    evening = datetime(2026, 11, 25, 21, tzinfo=UTC)
    days = [evening - timedelta(days=k) for k in range(1, 7)]
    assert stay[:7] == [times[0], *days], "the newest of each day"
    assert {at.strftime("%Y-%m") for at in stay} == {
        *(f"2026-{month:02}" for month in range(1, 12)), "2025-12"}
    assert len({at.strftime("%G-%V") for at in stay[:9]}) == 4
    assert len(stay) <= 7 + 4 + 12
    assert Keep(0, 0, 0).chosen(times) == {times[0]} and Keep(1, 0, 0).chosen([]) == set()


@pytest.mark.parametrize("setting", ["7 4", "a b c", "-1 0 0", ""])
def test_a_setting_that_is_no_three_numbers_is_named(setting: str) -> None:
    with pytest.raises(InputError, match="backup_keep"):
        Keep.of(setting)
    assert Keep.of("7, 4, 12") == Keep(7, 4, 12)


def test_only_what_need_not_stay_is_deleted(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Backups(store, place.workplace, place.root / "backups", Keep(2, 0, 0))
    for day in range(4):
        monkeypatch.setattr(backups, "now", lambda day=day: NOW + timedelta(days=day))
        made.make()
    (place.root / "backups" / "notes.txt").write_text("the clinic's own")
    gone = made.thin()
    assert len(gone) == 2 and [one.about.made_at for one in made.all()] == [
        NOW + timedelta(days=3), NOW + timedelta(days=2)]  # fmt: skip
    assert (place.root / "backups" / "notes.txt").exists()


def test_one_is_due_when_the_newest_is_a_day_old(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place.backups(store)
    assert made.due() and not Backups(store, place.workplace, made.folder, Keep(0, 0, 0)).due()
    file = made.make().file
    assert not made.due()
    monkeypatch.setattr(backups, "now", lambda: datetime.now(UTC) + timedelta(days=1))
    assert made.due()
    monkeypatch.undo()
    file.unlink()
    with Store.open(place.root / "empty.duckdb") as empty:
        assert not Backups(empty, place.workplace, made.folder, Keep(7, 4, 12)).due()


def test_the_thread_makes_one_and_says_why_not(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, looked = place.backups(store), threading.Event()
    (place.root / "backups").write_text("in the way")
    due = made.due

    def look() -> bool:
        if (place.root / "backups").is_file():
            if looked.is_set():
                (place.root / "backups").unlink()
            looked.set()
            return True
        return due()

    monkeypatch.setattr(made, "due", look)
    made.start(0.0, 0.02)
    for _ in range(3000):
        if made.fault is None and list(place.root.glob("backups/*.emocare-backup")):
            break
        looked.wait(0.02)
        threading.Event().wait(0.02)
    made.stop()
    assert len(made.all()) == 1 and made.fault is None


def ended(made: Backups) -> Job:
    """The back-up that was begun, once it is over."""
    for _ in range(3000):
        job = made.job
        assert job is not None
        if not job.running:
            return job
        threading.Event().wait(0.01)
    raise AssertionError("the back-up did not end")


def test_one_is_made_beside_everything_else_and_says_how_it_goes(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, steps, held = place.backups(store), [], threading.Event()
    tell = made._tell

    def noted(step: Step, *rest: object) -> None:
        steps.append(step)
        tell(step, *rest)
        if step is Step.COPYING:
            assert held.wait(30)

    monkeypatch.setattr(made, "_tell", noted)
    assert made.job is None
    made.begin()
    again = made.begin()
    assert again.running and again.fault is None, "one at a time"
    held.set()
    job = ended(made)
    assert job.step is Step.DONE and job.made is not None and made.all() == [job.made]
    assert steps == [Step.COPYING, Step.PACKING, Step.TRYING, Step.DONE]


def test_a_back_up_that_could_not_be_made_says_why_and_the_next_one_may(
    place: Place, store: Store
) -> None:
    made = place.backups(store)
    (place.root / "backups").write_text("in the way")
    made.begin()
    job = ended(made)
    assert job.step is Step.FAILED and job.made is None and "backup_dir" in (job.fault or "")
    (place.root / "backups").unlink()
    made.begin()
    assert ended(made).step is Step.DONE


def test_a_fault_of_the_program_ends_it_with_a_sentence(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, raised = place.backups(store), []
    monkeypatch.setattr(threading, "excepthook", lambda told: raised.append(told.exc_type))
    monkeypatch.setattr(made, "thin", lambda: 1 / 0)
    made.begin()
    assert ended(made).fault == backups.FAULT
    made.stop()
    assert raised == [ZeroDivisionError]


def test_the_schedule_says_when_the_next_is_due(
    place: Place, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place.backups(store)
    found = made.schedule()
    assert found.on and found.newest_at is None and found.due_at is not None and found.same_disk
    at = made.make().about.made_at
    assert made.schedule().newest_at == at and made.schedule().due_at == at + backups.EVERY
    off = Backups(store, place.workplace, made.folder, Keep(0, 0, 0)).schedule()
    assert not off.on and off.due_at is None and off.newest_at == at
    monkeypatch.setattr(backups, "on_same_disk", lambda folder, database: False)
    assert not made.schedule().same_disk
    with Store.open(tmp_path / "empty.duckdb") as empty:
        nobody = Backups(empty, place.workplace, made.folder, Keep(7, 4, 12))
        assert nobody.schedule().due_at is None


def test_who_was_erased_is_noted_beside_the_back_ups(place: Place, store: Store) -> None:
    made = place.backups(store)
    made.make()
    assert erased_beside(made.folder) == []
    erasure = store.erase(PatientId("p2"), "Dr A", NOW)
    made.note_erased()
    assert erased_beside(made.folder) == [erasure]
    text = (made.folder / ERASED).read_text("utf-8")
    assert NEEDLE not in text and patient(2).code not in text and json.loads(text)
    (made.folder / ERASED).write_text("{")
    with pytest.raises(StoreError, match="must not come back"):
        erased_beside(made.folder)
