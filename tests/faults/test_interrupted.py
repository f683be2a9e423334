"""Killed at the worst moment: what the next start finds, puts right, and says."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from emocare.app import App
from emocare.domain.records import PatientId, SessionId, SessionState
from emocare.services.startup import StartFinding
from tests import killed
from tests.faults import Seen, fault
from tests.killed import PEOPLE, Place
from tests.services.conftest import record, times
from tests.soak.kill_kinds import OLD_ROWS, an_earlier_version
from tests.store.made_up import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")

KILLED = """
import os, signal, sys
from pathlib import Path
from emocare.store import Store, migrate
from tests.killed import STEPS, Place
name, folder, function, ending = sys.argv[1:]
place = Place(Path(folder))
def killed(first, *more, **named):
    if str(first).endswith(ending):
        os.kill(os.getpid(), signal.SIGKILL)
    return before(first, *more, **named)
def half_a_step(connection, path, step):
    connection.execute("BEGIN TRANSACTION")
    connection.execute(step.sql)
    os.kill(os.getpid(), signal.SIGKILL)
if function == "half a step":
    migrate._apply = half_a_step
else:
    before = getattr(os, function)
    setattr(os, function, killed)
if name == "open":
    Store.open(place.database, keys=place.vault.keys())
else:
    STEPS[name].act(place)
"""


def kill(place: Place, name: str, function: str, ending: str = "") -> None:
    """Does a step in a process of its own and kills it there."""
    done = subprocess.run([sys.executable, "-c", KILLED, name, str(place.root), function, ending],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


def told(found: StartFinding) -> str:
    """As the notice shows it."""
    return f"{found.what} {found.remedy}".strip()


def missing(app: App) -> int:
    """How many of the people of before are not there."""
    return sum(PatientId(f"p{n}") not in {one.id for one in app.people.everybody()}
               for n in range(1, PEOPLE + 1))  # fmt: skip


@fault("Ended in the middle of a migration, as a power cut ends it",
       area="Processes that are killed",
       injected="SIGKILL after the SQL of a step and before its COMMIT, encrypted database of an "
                "earlier version")
def test_a_migration(place: Place, start: Callable[..., App], seen: Seen) -> None:
    an_earlier_version(place, readable=False)
    kill(place, "open", "half a step")
    with start() as app:
        rows = len(app.recordings.readings(app.recordings.sessions()[0].id))
        seen(app.startup.check().detail, lost=missing(app) + OLD_ROWS - rows)


@fault("Killed while a readable database of an earlier version is encrypted",
       area="Processes that are killed",
       injected="SIGKILL before the encrypted file takes its place")
def test_a_first_encryption(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.fill(place, [])
    kill(place, "open", "replace", ".new")
    with start() as app:
        for found in app.startup.findings():
            assert found.repaired
            seen(told(found), lost=missing(app))
    killed.nothing_readable(place.root)


@fault("Key change broken off", area="Processes that are killed",
       injected="SIGKILL when the new key is noted and the database is not encrypted with it yet")
def test_a_change_of_key(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.fill_with_vault(place)
    kill(place, "rotate", "replace", ".new")
    with start() as app:
        first, second = app.startup.findings()
        assert (first.repaired, second.repaired) == (False, True)
        lost = missing(app)
    place.vault.rotate()
    with start() as app:
        assert app.startup.findings() == ()
        seen(told(first), lost=lost + missing(app))


@fault("Back-up broken off", area="Processes that are killed",
       injected="SIGKILL before the finished file gets its name")
def test_a_back_up(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.fill_with_vault(place)
    kill(place, "backup", "replace", ".part")
    with start() as app:
        copy, part = app.startup.findings()
        assert copy.repaired and part.repaired
        app.backups.make()
        assert not list(place.root.rglob("*.part"))
        for one in (copy, part):
            seen(told(one), lost=missing(app))


@fault("Restore broken off at its last step", area="Processes that are killed",
       injected="SIGKILL when the former database has left its place and the restored one has not "
                "taken it")
def test_a_restore(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.add_back_up(place)
    kill(place, "restore", "replace", ".ready")
    assert not place.database.exists()
    with start() as app:
        (found,) = app.startup.findings()
        assert found.repaired
        seen(told(found), lost=missing(app))


@fault("Restore broken off before its last step", area="Processes that are killed",
       injected="SIGKILL before the former database leaves its place")
def test_a_restore_before(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.add_back_up(place)
    kill(place, "restore", "replace", "emocare.duckdb")
    with start() as app:
        (found,) = app.startup.findings()
        assert len(app.people.everybody()) == PEOPLE + 1, "the former database"
        seen(told(found), lost=missing(app))


@fault("Erasure of a person broken off", area="Processes that are killed",
       injected="SIGKILL when the rows are gone and the file is not written anew")
def test_an_erasure(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.fill_with_vault(place)
    killed.add_sought(place)
    kill(place, "erase", "replace", ".new")
    with start() as app:
        found = next(one for one in app.startup.findings() if "Removing data" in one.what)
        assert found.repaired and not app._store.erasures(unfinished=True)
        assert PatientId("p9") not in {one.id for one in app.people.everybody()}
        seen(told(found), lost=missing(app))


@fault("Removal of data past their time broken off", area="Processes that are killed",
       injected="as for an erasure")
def test_retention(place: Place, start: Callable[..., App], seen: Seen) -> None:
    killed.fill_with_vault(place)
    kill(place, "expire", "replace", ".new")
    with start() as app:
        found = next(one for one in app.startup.findings() if "Removing data" in one.what)
        assert found.repaired and not (place.database.parent / "emocare.duckdb.rewrite").exists()
        seen(told(found), lost=missing(app))


@fault("Process gone with live sessions, uploads and files of no session",
       area="Processes that are killed",
       injected="sessions under way and staged files are left as a killed process leaves them")
def test_sessions_and_uploads(start: Callable[..., App], seen: Seen) -> None:
    with start() as app:
        kept = record(app, app.people.add("P-1", "Ada Example"), times(3))
        folder = app.settings.clips_dir
        for name, live in (("a", True), ("b", False)):
            app._store.add_session(replace(
                kept, id=SessionId(name), state=SessionState.ANALYSING, summary=None, live=live
            ))  # fmt: skip
        (folder / "stranger.mp4").write_bytes(b"x")
        (folder / "a.running.json").write_text("{}", encoding="utf-8")
    with start() as app:
        found = app.startup.findings()
        assert len(found) == 3 and all(one.repaired for one in found)
        assert not list(folder.iterdir())
        for one in found:
            seen(told(one), lost=60 - len(app.recordings.readings(kept.id)))


@fault("Process killed with videos in its queue", area="Processes that are killed",
       injected="a video that waits is left as a killed process leaves it",
       lost="nothing that was measured; the video is added again")
def test_a_queue(start: Callable[..., App], seen: Seen) -> None:
    with start() as app:
        kept = record(app, app.people.add("P-1", "Ada Example"), times(3))
        app._store.add_session(replace(
            kept, id=SessionId("waiting"), state=SessionState.QUEUED, summary=None))  # fmt: skip
    with start() as app:
        ended = app.recordings.session(SessionId("waiting"))
        assert ended.state is SessionState.INTERRUPTED
        seen(ended.error, lost=60 - len(app.recordings.readings(kept.id)))


@fault("Note of a broken-off recording damaged", area="Processes that are killed",
       injected="the process is gone, and the file that says what measured the rows is cut short")
def test_a_damaged_note(start: Callable[..., App], seen: Seen) -> None:
    with start() as app:
        kept = record(app, app.people.add("P-1", "Ada Example"), times(3))
        app._store.update_session(replace(kept, state=SessionState.ANALYSING, summary=None))
        note = app.settings.clips_dir / f"{kept.id}.running.json"
        note.write_text('{"source_name": "cam', encoding="utf-8")
    with start() as app:
        ended = app.recordings.session(kept.id)
        assert ended.state is SessionState.INTERRUPTED and ended.summary is None
        seen(ended.error, lost=60 - len(app.recordings.readings(kept.id)))
    assert not Path(note).exists()
