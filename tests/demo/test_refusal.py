"""A clinic and a demo are never mixed: each refuses the other's database."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emocare import cli
from emocare.app import build_app, examine, vault_for
from emocare.domain.errors import AccessDenied, InputError, StoreError
from emocare.services.demo_folder import DEMO_FILE
from emocare.settings import Settings, load_settings
from emocare.store.encryption import encrypted
from emocare.ui import context
from tests.demo.conftest import demo_settings
from tests.pages.conftest import ENTRY, words


@pytest.fixture
def clinic(tmp_path: Path) -> Settings:
    """A real clinic with one person."""
    settings = Settings(data_dir=tmp_path / "real")
    with build_app(settings) as app:
        app.people.add("P-1", "Ada Example")
    return settings


def test_a_clinic_does_not_open_the_demo(folder: Path) -> None:
    with pytest.raises(StoreError, match="demo clinic: everybody in it is made up"):
        build_app(Settings(data_dir=folder))


def test_the_mark_goes_with_the_database_alone(folder: Path, tmp_path: Path) -> None:
    """Whoever copies the file into the folder of a clinic is refused as well."""
    taken = Settings(data_dir=tmp_path / "taken")
    taken.data_dir.mkdir()
    shutil.copy(demo_settings(folder).database, taken.database)
    shutil.copytree(demo_settings(folder).keys_folder, taken.keys_folder)
    with pytest.raises(StoreError, match=r"python start\.py --demo"):
        build_app(taken)


def test_the_pages_say_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "_shared_app", lambda: build_app(Settings(data_dir=folder)))
    page = AppTest.from_file(ENTRY, default_timeout=60).run()
    assert "everybody in it is made up" in words(page)
    assert "All patients" not in words(page)


def test_the_demo_does_not_touch_a_clinic(clinic: Settings) -> None:
    before = clinic.database.read_bytes()
    with pytest.raises(StoreError, match="database of a clinic"):
        build_app(replace(clinic, demo=True))
    assert clinic.database.read_bytes() == before
    assert not (clinic.data_dir / DEMO_FILE).exists()


def test_a_clinic_is_not_opened_for_the_file_beside_it(clinic: Settings) -> None:
    (clinic.data_dir / DEMO_FILE).write_text("moved here by hand")
    with pytest.raises(StoreError, match="database of a clinic"):
        build_app(replace(clinic, demo=True))
    with build_app(clinic) as app:
        assert [one.code for one in app.people.everybody()] == ["P-1"]


def test_a_clinic_is_never_filled(clinic: Settings) -> None:
    with build_app(clinic) as app, pytest.raises(AccessDenied, match="empty demo clinic only"):
        app.demo.fill()


def test_a_full_demo_is_not_filled_again(folder: Path) -> None:
    with build_app(demo_settings(folder)) as app, pytest.raises(AccessDenied):
        app.demo.fill()


def test_the_command_refuses_beside_a_clinic(
    clinic: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(clinic.data_dir))
    assert cli.main(["demo", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert "unset EMOCARE_DATA_DIR" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_the_command_takes_an_empty_folder_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert cli.main(["demo", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_server_makes_no_demo(tmp_path: Path) -> None:
    """It would stand in the way of the one that is being made."""
    with pytest.raises(StoreError, match="no demo clinic in"):
        build_app(Settings(data_dir=tmp_path / "none", demo=True))
    assert list(tmp_path.iterdir()) == []


def test_the_demo_has_a_key_of_its_own(made: Path, tmp_path: Path) -> None:
    """Whatever the settings of a clinic say, and it is thrown away with the folder."""
    clinic = {"EMOCARE_KEY_DIR": str(tmp_path / "keys of a clinic"),
              "EMOCARE_KEY_HOLDER": "passphrase", "EMOCARE_BACKUP_DIR": str(tmp_path / "safe"),
              "EMOCARE_BACKUP_KEEP": "7 4 12"}  # fmt: skip
    settings = load_settings(
        clinic | {"EMOCARE_DATA_DIR": str(made), "EMOCARE_DEMO": "true"}
    )
    assert settings.keys_folder == made.with_name("clinic-key")
    assert settings.backups_folder.parent == made
    assert [file.name for file in settings.keys_folder.iterdir()] == ["key.json"], "none to print"
    assert encrypted(settings.database)


def test_nothing_of_the_demo_is_put_aside(folder: Path, tmp_path: Path) -> None:
    """A back-up could be restored elsewhere."""
    with build_app(demo_settings(folder)) as app:
        assert not app.backups.due()
        with pytest.raises(InputError, match="no back-up is made"):
            app.backups.make()
        with pytest.raises(InputError, match="no back-up is made"):
            app.backups.make(tmp_path / "stick")
    assert not (tmp_path / "stick").exists()


def test_the_mark_outlives_a_rewritten_file(folder: Path) -> None:
    """Erasing somebody and changing the key write the whole file anew."""
    settings = demo_settings(folder)
    vault_for(settings).rotate()
    with build_app(settings) as app:
        app._store.rewrite()
        assert app.demo_entrance.is_open()
    with pytest.raises(StoreError, match="everybody in it is made up"):
        build_app(Settings(data_dir=folder))


def test_the_doctor_does_not_touch_a_clinic_either(clinic: Settings) -> None:
    before = clinic.database.read_bytes()
    found = {check.name: check for check in examine(replace(clinic, demo=True))}
    assert not found["database"].ok and "database of a clinic" in found["database"].detail
    assert clinic.database.read_bytes() == before
