"""Restoring: on this computer and another, from an older version, never over what is there."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from emocare.domain.audit import AuditKind
from emocare.domain.errors import SchemaTooNew, StoreBusy, StoreError, WrongKey
from emocare.domain.records import PatientId
from emocare.services.audit import Audit, Verified
from emocare.services.audit_restores import HEAD_FILE, read_head
from emocare.services.backup_file import ABOUT, DATABASE, About, pack, read_about, sha256_of
from emocare.services.restoring import Restored, restore
from emocare.store import Store
from emocare.store.encryption import ENGINE
from emocare.store.keys import DatabaseKey
from emocare.store.migrate import FOLDER, migrations
from tests.killed import PEOPLE, Place, fill_with_vault, whole
from tests.store.made_up import NOW, patient


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "here")
    fill_with_vault(made)
    return made


def opened(place: Place) -> Store:
    return Store.open(place.database, keys=place.vault.keys())


def back_up(place: Place) -> Path:
    with opened(place) as store:
        return place.backups(store).make().file


def no_words(key_id: str) -> str:
    raise AssertionError(f"the recovery key of {key_id} was asked for")


def bring_back(
    place: Place, file: Path, words: str | None = None, who: str = "command line"
) -> Restored:
    ask = no_words if words is None else lambda key_id: words
    return restore(file, place.database, place.vault, ask, place.root / "backups", who)


def test_the_present_database_is_kept_aside(place: Place) -> None:
    file = back_up(place)
    with opened(place) as store:
        store.add_patient(patient(8))
    done = bring_back(place, file)
    assert (done.patients, done.erased_again) == (PEOPLE, 0)
    with opened(place) as store:
        whole(store)
    assert done.aside is not None
    with Store.open(done.aside, keys=place.vault.keys()) as store:
        assert len(store.patients()) == PEOPLE + 1


def test_another_computer_needs_the_recovery_key(place: Place, tmp_path: Path) -> None:
    file = back_up(place)
    (key,) = place.vault.keys()
    there = Place(tmp_path / "there")
    with pytest.raises(WrongKey, match="56 letters"):
        bring_back(there, file, "wrong")
    with pytest.raises(WrongKey, match=f"made with the key {key.id}"):
        bring_back(there, file, DatabaseKey.new().recovery)
    assert not there.database.exists() and not there.vault.exists
    done = bring_back(there, file, key.recovery)
    assert done.aside is None and there.vault.keys() == [key]
    with opened(there) as store:
        whole(store)


def test_a_back_up_of_before_the_key_was_changed_gets_the_new_key(place: Place) -> None:
    file = back_up(place)
    key = place.vault.rotate()
    bring_back(place, file)
    with Store.open(place.database, keys=[key]) as store:
        whole(store)


def test_a_computer_with_a_key_of_its_own_keeps_it(place: Place, tmp_path: Path) -> None:
    file = back_up(place)
    (theirs,) = place.vault.keys()
    there = Place(tmp_path / "there")
    (own,) = there.vault.keys()
    bring_back(there, file, theirs.recovery)
    assert there.vault.keys() == [own, theirs]
    with Store.open(there.database, keys=[own]) as store:
        whole(store)


def test_who_was_erased_since_does_not_come_back(place: Place, tmp_path: Path) -> None:
    file = back_up(place)
    with opened(place) as store:
        place.life(store).erase(PatientId("p2"))
    done = bring_back(place, file)
    assert (done.patients, done.erased_again) == (PEOPLE - 1, 1)
    with opened(place) as store:
        assert [one.id for one in store.patients()] == ["p1", "p3"]
        assert len(store.erasures()) == 1 and store.erasures()[0].finished
    there = Place(tmp_path / "there")
    (key,) = place.vault.keys()
    done = bring_back(there, file, key.recovery)
    assert done.erased_again == 1, "the note beside the back-ups says it"


def logged(place: Place, *whats: str) -> None:
    """Adds rows to the log of the installation."""
    with opened(place) as store:
        audit = Audit(store, place.database.parent)
        for what in whats:
            audit.note("account a", AuditKind.CHANGE, what)


def verified(place: Place) -> Verified:
    with opened(place) as store:
        return Audit(store, place.database.parent).verify()


def test_the_log_tells_of_the_restore_and_of_what_went_with_it(place: Place) -> None:
    logged(place, "people.add", "reviews.save")
    file = back_up(place)
    logged(place, "reports.sign", "people.update", "reviews.save")
    bring_back(place, file, who="command line (anna)")
    found = verified(place)
    assert found.rows == 3 and found.findings == ()
    (restore,) = found.restores
    assert (restore.number, restore.gone, restore.who) == (3, 3, "command line (anna)")
    assert restore.made_at == read_about(file).made_at.replace(microsecond=0)
    assert "Rows 3 to 5 of before" in restore.sentence
    logged(place, "people.add")
    assert verified(place).findings == () and len(verified(place).restores) == 1


def test_a_restore_that_was_cut_off_before_the_head_is_explained(place: Place) -> None:
    logged(place, "people.add")
    file = back_up(place)
    logged(place, "reviews.save", "reports.sign")
    head = (place.database.parent / HEAD_FILE).read_bytes()
    bring_back(place, file)
    (place.database.parent / HEAD_FILE).write_bytes(head)
    assert verified(place).findings == ()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_row_removed_after_a_restore_is_still_found(place: Place, number: int) -> None:
    logged(place, "people.add")
    file = back_up(place)
    logged(place, "reviews.save", "reports.sign", "people.update")
    bring_back(place, file)
    logged(place, "people.add", "reviews.save")
    with opened(place) as store, store._write() as cursor:
        cursor.execute(f"DELETE FROM audit WHERE number = {number}")
    assert "missing" in verified(place).findings[0].fault


def test_a_removed_end_is_not_explained_by_a_restore_of_before(place: Place) -> None:
    logged(place, "people.add")
    bring_back(place, back_up(place))
    logged(place, "reviews.save", "reports.sign")
    with opened(place) as store, store._write() as cursor:
        cursor.execute("DELETE FROM audit WHERE number > 2")
    (finding,) = verified(place).findings
    assert "Rows 3 to 4 are missing" in finding.fault
    with opened(place) as store, store._write() as cursor:
        cursor.execute("DELETE FROM audit WHERE number > 1")
    assert "Rows 2 to 4 are missing" in verified(place).findings[0].fault


def test_a_row_that_only_looks_like_a_restore_explains_nothing(place: Place) -> None:
    logged(place, "people.add", "reviews.save", "reports.sign")
    head = read_head(place.database.parent)
    assert head is not None
    record = f"backup:2026-11-01T00:00:00+0000 before:{head.number}:{head.hash}"
    with opened(place) as store, store._write() as cursor:
        cursor.execute("DELETE FROM audit WHERE number > 1")
        cursor.execute("INSERT INTO audit SELECT 2, at_us, who, kind, 'restore', ?, hash, "
                       "repeat('1', 64) FROM audit WHERE number = 1", [record])  # fmt: skip
    found = verified(place)
    assert found.restores == () and len(found.findings) == 2


def test_the_log_of_another_computer_begins_with_its_restore(place: Place, tmp_path: Path) -> None:
    logged(place, "people.add")
    file = back_up(place)
    (key,) = place.vault.keys()
    there = Place(tmp_path / "there")
    bring_back(there, file, key.recovery)
    found = verified(there)
    assert found.findings == () and found.rows == 2
    assert found.restores[0].before is None and found.restores[0].gone == 0


def test_a_running_app_is_named(place: Place) -> None:
    file = back_up(place)
    with opened(place), pytest.raises(StoreBusy):
        bring_back(place, file)
    with opened(place) as store:
        whole(store)


def test_a_damaged_database_does_not_stop_the_restore(place: Place) -> None:
    file = back_up(place)
    place.database.write_bytes(b"\x00" * 40960)
    done = bring_back(place, file)
    assert done.aside is not None and done.aside.read_bytes() == b"\x00" * 40960
    with opened(place) as store:
        whole(store)


def test_a_damaged_back_up_changes_nothing(place: Place) -> None:
    file = back_up(place)
    with opened(place) as store:
        store.add_patient(patient(8))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        bring_back(place, file)
    file.write_bytes(data[: len(data) - 100])
    with pytest.raises(StoreError, match="damaged"):
        bring_back(place, file)
    with opened(place) as store:
        assert len(store.patients()) == PEOPLE + 1
    assert [path.name for path in place.database.parent.iterdir()] == ["emocare.duckdb"]


def rewritten(file: Path, **changes: object) -> None:
    """Says something else about the database in a back-up."""
    with zipfile.ZipFile(file) as archive:
        about, database = json.loads(archive.read(ABOUT)), archive.read(DATABASE)
    for name, value in changes.items():
        if name == "schema":
            about["contents"]["schema"] = value
        elif name == "patients":
            about["contents"]["tables"]["patients"]["rows"] = value
        else:
            about[name] = value
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(ABOUT, json.dumps(about))
        archive.writestr(DATABASE, database)


def test_a_newer_schema_is_refused(place: Place) -> None:
    file = back_up(place)
    rewritten(file, schema=999)
    with pytest.raises(SchemaTooNew, match=r"schema 999.*Update"):
        bring_back(place, file)


def test_counts_that_do_not_fit_are_damage(place: Place) -> None:
    file = back_up(place)
    rewritten(file, patients=PEOPLE + 1)
    with pytest.raises(StoreError, match="damaged"):
        bring_back(place, file)
    rewritten(file, engine="v0")
    with pytest.raises(StoreError, match="damaged"):
        bring_back(place, file)
    rewritten(file, patients=PEOPLE)
    assert bring_back(place, file).patients == PEOPLE, "another engine: only rows are counted"


def test_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    place, before = Place(tmp_path / "old"), tmp_path / "before"
    before.mkdir()
    for step in migrations()[:6]:
        shutil.copy(FOLDER / step.name, before)
    with Store.open(place.database, before, place.vault.keys()) as store:
        store.add_patient(patient())
        copy = store.copy_to(tmp_path / "copy.duckdb")
    assert copy.schema == 6

    about = About(NOW, "0.3.0", ENGINE, place.vault.keys()[0].id,
                  sha256_of(tmp_path / "copy.duckdb"), copy)  # fmt: skip
    pack(tmp_path / "copy.duckdb", about, tmp_path / "old.emocare-backup")
    assert bring_back(place, tmp_path / "old.emocare-backup").patients == 1
    with opened(place) as store:
        assert store.patients() == [patient()] and store.erasures() == []
