"""Everything an application leaves on the disk and in its log, searched byte by byte."""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.accounts import Actor, Role
from emocare.domain.errors import EmoCareError
from emocare.domain.records import PatientId
from emocare.services.audit_restores import HEAD_FILE
from emocare.settings import Settings
from tests.services.fakes import ScriptedReader
from tests.store.made_up import ROOT

WORDS = ("Ada Example", "P-0815", "everything feels grey", "GAD-7", "PHQ-9")

KILLED = """
import os, signal, sys
from pathlib import Path
from emocare.app import build_app
from emocare.settings import Settings
from tests.services.fakes import ScriptedReader
from tests.services.test_stolen_folder import work
app = build_app(Settings(data_dir=Path(sys.argv[1]), key_holder="file"), ScriptedReader().loaded)
work(app)
os.kill(os.getpid(), signal.SIGKILL)
"""


DESK = Actor(who="account a", full_name="Dr A", everybody=True,
             roles=frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}))  # fmt: skip


def work(house: App) -> None:
    """A person, a journal entry, a form, a legal hold, a back-up, all of it noted in the log."""
    app = house.for_actor(DESK)
    person = app.people.add("P-0815", "Ada Example")
    with suppress(EmoCareError):
        app.people.get(PatientId("Ada Example"))
    patient = Actor("account b", "Ada Example", frozenset({Role.PATIENT}), patient_id=person.id)
    house.for_actor(patient).journal.write(person.id, "everything feels grey", True)
    draft = app.questionnaires.draft(person.id, None, "GAD-7")
    for index in range(7):
        draft = app.questionnaires.answer(draft, index, 2)
    app.questionnaires.finish(draft)
    app.data_life.hold(person.id, "everything feels grey, says Ada Example")
    app.backups.make()
    house.audit.flush()


def readable(folder: Path) -> list[tuple[str, str]]:
    """Which words are in which file."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert any(path.suffix == ".emocare-backup" for path in files)
    assert any(path.name == HEAD_FILE for path in files), "the anchor of the log is among them"
    return [(path.name, word) for path in files for word in WORDS
            if word.encode() in path.read_bytes()]  # fmt: skip


def test_nothing_is_readable_in_the_data_folder_and_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_dir=tmp_path / "data", key_holder="file")
    with caplog.at_level(logging.DEBUG), build_app(settings, ScriptedReader().loaded) as app:
        work(app)
        assert app.people.by_code("P-0815").name == "Ada Example"
        log = str([row.entry for row in app.audit.rows()])
        assert "questionnaires.finish" in log and not any(word in log for word in WORDS)
    assert readable(tmp_path) == []
    key = (tmp_path / "data-key" / "recovery-key.txt").read_text("utf-8").split()[-1]
    assert key not in caplog.text and not any(word in caplog.text for word in WORDS)


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_nothing_is_readable_after_the_process_was_killed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "data")], cwd=ROOT,
                          text=True, capture_output=True, check=False)  # fmt: skip
    assert (tmp_path / "data" / "emocare.duckdb.wal").stat().st_size > 1000, done.stderr
    assert readable(tmp_path) == []
    assert not any(word in done.stderr + done.stdout for word in WORDS)
