"""Files of the installation that are missing, damaged or of another version."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from emocare.app import App
from emocare.domain.errors import InputError, ReportError, StoreError
from emocare.report import fonts
from emocare.settings import ROOT, load_settings
from tests.faults import Seen, fault
from tests.services.conftest import record, times


def told(app: App) -> str:
    (found,) = app.startup.findings()
    assert not found.repaired
    return f"{found.what} {found.remedy}"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "models", tmp_path / "models"))


@fault("settings.toml damaged", area="Installation", injected="a line without its closing quote")
def test_settings(app: App, seen: Seen) -> None:
    file = app.settings.data_dir / "settings.toml"
    file.write_text('clinic = "Test\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings({"EMOCARE_DATA_DIR": str(file.parent)})
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        load_settings({"EMOCARE_DATA_DIR": str(file.parent)})
    seen(caught.value, lost=0)


@fault("Weight file of a network missing", area="Installation", injected="the file is deleted",
       lost="nothing; questionnaires go on without the face")
def test_a_missing_weight(start: Callable[..., App], models: Path, seen: Seen) -> None:
    path = next(models.glob("face-*/graph.onnx"))
    path.unlink()
    with start(models_dir=models) as app:
        app.people.add("P-1", "Ada Example")
        seen(told(app), lost=1 - len(app.people.everybody()), hide={path.parent.name: "face-N"})


@fault("Weight file of a network altered", area="Installation",
       injected="one bit of the file is another: its SHA-256 is not that of the manifest",
       lost="nothing; questionnaires go on without the face")
def test_an_altered_weight(start: Callable[..., App], models: Path, seen: Seen) -> None:
    path = next(models.glob("face-*/graph.onnx"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with start(models_dir=models) as app:
        app.people.add("P-1", "Ada Example")
        found, wanted = re.findall(r"[0-9a-f]{12}", told(app))
        seen(told(app), lost=1 - len(app.people.everybody()),
             hide={path.parent.name: "face-N", found: "other", wanted: "one"})  # fmt: skip


@fault("Font of the report missing", area="Installation",
       injected="the folder of the fonts is empty when a report is made")
def test_a_missing_font(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    session = record(app, app.people.add("P-1", "Ada Example"), times(3))
    for cached in (fonts.load, fonts.load_text_fonts, fonts.characters):
        cached.cache_clear()
    with monkeypatch.context() as broken:
        broken.setattr(fonts, "FOLDER", tmp_path)
        with pytest.raises(ReportError) as caught:
            app.reports.draft(session.id)
        assert fonts.REGULAR in told(app)
    for cached in (fonts.load, fonts.load_text_fonts, fonts.characters):
        cached.cache_clear()
    assert app.reports.draft(session.id).pdf.startswith(b"%PDF")
    seen(caught.value, lost=60 - len(app.recordings.readings(session.id)))


@fault("The log was changed behind the application's back", area="Installation",
       injected="a row of the log is edited in the database")
def test_the_log(start: Callable[..., App], seen: Seen) -> None:
    from emocare.domain.audit import AuditKind

    with start() as app:
        for _ in range(3):
            app.audit.note("account a", AuditKind.CHANGE, "people.add")
        with app._store._write() as cursor:
            cursor.execute("UPDATE audit SET who = 'account b' WHERE number = 2")
    with start() as app:
        seen(told(app), lost=3 - app.audit.verify().rows)


@fault("Data folder on a path that is a file", area="Disk and folders",
       injected="a file lies where the data folder should be")
def test_no_folder(start: Callable[..., App], tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "plain").write_text("a file", encoding="utf-8")
    with pytest.raises((InputError, StoreError)) as caught:
        start(data_dir=tmp_path / "plain" / "data")
    seen(caught.value, lost=0)
