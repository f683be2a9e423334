"""Keys: what a person types is checked, and where they lie nobody else can read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from emocare.domain.data_life import Holder
from emocare.domain.errors import InputError, StoreError, WrongKey
from emocare.store.key_folder import FILE, KeyFolder
from emocare.store.keys import DatabaseKey

KEY, OTHER = DatabaseKey(bytes(range(32))), DatabaseKey(bytes(32))


class FakeRing:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.entries.get((service, name))

    def set_password(self, service: str, name: str, text: str) -> None:
        self.entries[service, name] = text

    def delete_password(self, service: str, name: str) -> None:
        del self.entries[service, name]


def folder(path: Path, ask: Callable[[], str] | None = None) -> KeyFolder:
    return KeyFolder(path / "key", ask, ring=lambda: None)


def test_the_recovery_key_is_the_key_however_it_is_typed() -> None:
    words = KEY.recovery
    assert len(words.replace("-", "")) == 56
    assert DatabaseKey.from_recovery(words) == KEY
    assert DatabaseKey.from_recovery(f"  {words.lower().replace('-', ' ')}\n") == KEY


@pytest.mark.parametrize("words", ["", "hello", KEY.recovery[:-1], KEY.recovery[:-1] + "~"])
def test_what_is_no_recovery_key_is_refused(words: str) -> None:
    with pytest.raises(WrongKey, match="56 letters"):
        DatabaseKey.from_recovery(words)


def test_one_mistyped_letter_is_noticed() -> None:
    words = KEY.recovery
    for place in range(len(words)):
        if words[place] == "-":
            continue
        other = "A" if words[place] != "A" else "B"
        with pytest.raises(WrongKey):
            DatabaseKey.from_recovery(words[:place] + other + words[place + 1 :])


def test_a_key_is_never_shown_by_accident() -> None:
    assert KEY.text not in repr(KEY) and str(KEY.secret) not in repr(KEY)
    assert KEY.id != OTHER.id and KEY.id not in KEY.recovery
    assert DatabaseKey.new() != DatabaseKey.new()
    with pytest.raises(WrongKey, match="32 bytes"):
        DatabaseKey(b"short")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file modes")
def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    kept.write([KEY, OTHER], Holder.FILE)
    assert kept.keys() == [KEY, OTHER]
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert (kept.folder / FILE).stat().st_mode & 0o777 == 0o600
    assert kept.write_recovery(KEY, "Print this.").stat().st_mode & 0o777 == 0o600
    assert KEY.recovery in kept.recovery_file.read_text("utf-8")


def test_the_keyring_holds_the_key_and_the_file_does_not(tmp_path: Path) -> None:
    ring = FakeRing()
    kept = KeyFolder(tmp_path / "key", ring=lambda: ring)
    assert kept.choose() is Holder.KEYRING and folder(tmp_path).choose() is Holder.FILE
    kept.write([KEY], Holder.KEYRING)
    assert kept.keys() == [KEY] and kept.holder is Holder.KEYRING
    assert KEY.text not in (tmp_path / "key" / FILE).read_text("utf-8")
    kept.write([OTHER, KEY], Holder.KEYRING)
    assert kept.keys() == [OTHER, KEY] and len(ring.entries) == 1, "the former entry is gone"
    ring.entries.clear()
    with pytest.raises(WrongKey, match=r"keyring.*key recover"):
        kept.keys()
    with pytest.raises(StoreError, match="No keyring"):
        folder(tmp_path).write([KEY], Holder.KEYRING)


def test_a_passphrase_opens_it_and_another_does_not(tmp_path: Path) -> None:
    asked: list[str] = []

    def right() -> str:
        asked.append("once")
        return "four words are long"

    kept = folder(tmp_path, right)
    kept.write([KEY], Holder.PASSPHRASE)
    assert kept.keys() == [KEY] == kept.keys() and len(asked) == 1
    assert KEY.text not in (kept.folder / FILE).read_text("utf-8")
    assert folder(tmp_path, right).keys() == [KEY]
    with pytest.raises(WrongKey, match="passphrase is wrong"):
        folder(tmp_path, lambda: "four words are wrong").keys()
    with pytest.raises(WrongKey, match="EMOCARE_PASSPHRASE"):
        folder(tmp_path).keys()
    with pytest.raises(InputError, match="at least 12"):
        folder(tmp_path, lambda: "short").write([KEY], Holder.PASSPHRASE)
    assert folder(tmp_path, right).keys() == [KEY], "a refused one changes nothing"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"holder": "file", "keys": []}', '{"holder": "file", "keys": ["AAAA"]}',
     '{"holder": "x"}'],
)  # fmt: skip
def test_a_damaged_key_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    kept = folder(tmp_path)
    with pytest.raises(WrongKey, match=r"is not there.*key recover"):
        kept.keys()
    kept.folder.mkdir()
    (kept.folder / FILE).write_text(content)
    with pytest.raises(WrongKey):
        kept.keys()


def test_a_folder_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a file in the place of the folder")
    with pytest.raises(StoreError, match="Set key_dir"):
        folder(tmp_path).write([KEY], Holder.FILE)
