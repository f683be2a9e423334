"""The key of an installation: made once, changed, recovered, moved, never quietly replaced."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emocare.domain.data_life import Holder
from emocare.domain.errors import InputError, StoreBusy, StoreError, WrongKey
from emocare.services import vault as module
from emocare.services.vault import Vault, ask_passphrase
from emocare.store import Store
from emocare.store.key_folder import FILE, KeyFolder
from emocare.store.keys import DatabaseKey
from tests.killed import Place, fill_with_vault, whole


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    fill_with_vault(made)
    return made


def opened(place: Place) -> Store:
    return Store.open(place.database, keys=place.vault.keys())


def test_the_first_start_makes_a_key_and_one_recovery_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Place(tmp_path).vault
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    (key,) = vault.keys()
    shown = capsys.readouterr().err
    assert key.recovery in shown and str(vault.recovery_file) in shown
    assert key.recovery in vault.recovery_file.read_text("utf-8")
    assert vault.keys() == [key] and capsys.readouterr().err == ""
    with pytest.raises(InputError, match="key rotate"):
        vault.make()


def test_the_recovery_key_never_goes_where_a_log_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (key,) = Place(tmp_path).vault.keys()
    shown = capsys.readouterr()
    assert key.recovery not in shown.err + shown.out + caplog.text


def test_a_lost_key_is_never_replaced_by_a_new_one(place: Place) -> None:
    (place.root / "key" / FILE).unlink()
    for ask in (place.vault.keys, place.vault.make):
        with pytest.raises(WrongKey, match="key recover"):
            ask()
    assert not place.vault.exists


def test_the_recovery_key_makes_the_folder_anew(place: Place) -> None:
    (key,) = place.vault.keys()
    for path in (place.root / "key").iterdir():
        path.unlink()
    with pytest.raises(WrongKey, match="another database"):
        place.vault.recover(DatabaseKey.new().recovery)
    assert place.vault.recover(key.recovery) == key
    with opened(place) as store:
        whole(store)
    with pytest.raises(StoreError, match="restore FILE"):
        Place(place.root / "empty").vault.recover(key.recovery)


def test_a_changed_key_opens_it_and_the_former_does_not(place: Place) -> None:
    (former,) = place.vault.keys()
    key = place.vault.rotate()
    assert place.vault.keys() == [key, former] and place.vault.state().former == 1
    assert key.recovery in place.vault.recovery_file.read_text("utf-8")
    with pytest.raises(WrongKey):
        Store.open(place.database, keys=[former])
    with opened(place) as store:
        whole(store)
        with pytest.raises(StoreBusy):
            place.vault.rotate()


def test_a_key_that_an_interrupted_change_left_is_dropped(place: Place) -> None:
    (former,) = place.vault.keys()
    place.vault.adopt(DatabaseKey.new())
    key = place.vault.rotate()
    assert place.vault.keys() == [key, former]


def test_a_passphrase_takes_the_key_over(place: Place) -> None:
    keys = place.vault.keys()
    place.vault.move(Holder.PASSPHRASE, lambda: "four words are long")
    assert place.vault.holder is Holder.PASSPHRASE
    folder = KeyFolder(place.root / "key", lambda: "four words are long")
    assert folder.keys() == keys
    Vault(folder, place.database).move(Holder.FILE, lambda: "")
    assert place.vault.keys() == keys


def test_the_passphrase_comes_from_the_environment_or_the_console(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(module.PASSPHRASE, raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(WrongKey, match=r"python start\.py"):
        ask_passphrase()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(module.getpass, "getpass", lambda prompt: "typed")
    assert ask_passphrase() == "typed"
    monkeypatch.setenv(module.PASSPHRASE, "set")
    assert ask_passphrase() == "set"


def test_an_unknown_holder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="key_holder"):
        Vault(KeyFolder(tmp_path), tmp_path / "a.duckdb", "cloud")


def test_the_recovery_file_goes_only_for_who_has_it_on_paper(place: Place) -> None:
    vault = place.vault
    file, ending = vault.recovery_file, vault.keys()[0].recovery[-8:]
    assert vault.state().folder == file.parent and vault.state().written_at is not None
    for wrong in ("", "ABCDEF", ending[::-1], ending[-4:]):
        with pytest.raises(InputError, match="last 6 letters"):
            vault.printed(wrong)
    assert file.is_file()
    vault.printed(f" {ending.lower()[-7:]} ")
    assert not file.exists() and vault.state().recovery_file is None
    opens = opened(place)
    opens.close()
    with pytest.raises(InputError, match="not there any more"):
        vault.printed(ending)


def test_a_sheet_of_an_earlier_key_does_not_remove_the_new_file(place: Place) -> None:
    before = place.vault.keys()[0].recovery
    vault = place.vault
    vault.rotate()
    with pytest.raises(InputError):
        vault.printed(before[-7:])
    assert vault.recovery_file.is_file()
