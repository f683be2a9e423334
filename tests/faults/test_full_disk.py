"""A disk on which nothing more fits, a real one, while this and that is going on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from emocare.app import App
from emocare.domain.audit import AuditKind
from emocare.domain.errors import InputError, StoreError
from emocare.domain.frames import Frame
from emocare.domain.records import SessionState
from emocare.services.audit import HEAD_FILE
from tests.faults import Seen, fault
from tests.faults.conftest import Disk
from tests.services.conftest import consent, record, times

PICTURE = np.full((48, 64, 3), 120, np.uint8)


@pytest.fixture
def app(start: Callable[..., App], disk: Disk) -> Iterator[App]:
    """Its data lie on the small disk."""
    with start(data_dir=disk.folder / "data", backup_dir="") as running:
        running.people.add("P-1", "Ada Example")
        yield running


@fault("Disk full while recording", area="Disk and folders",
       injected="the data folder lies on a mounted disk of 24 MB that is filled to its last byte")
def test_a_recording(app: App, disk: Disk, seen: Seen) -> None:
    recording = app.recordings.begin(app.people.by_code("P-1").id, "camera", consent())
    recording._chunk_s = 3600.0  # written when the test says so, however slow the machine is
    for number in range(1, 61):
        recording.push(Frame(number / 20, PICTURE))
    recording.flush()
    disk.fill()
    for number in range(61, 2001):
        recording.push(Frame(number / 20, PICTURE))
    with pytest.raises(StoreError) as caught:
        recording.flush()
    stored = len(app.recordings.readings(recording.record.id))
    assert stored >= 60, "what was confirmed can be read"
    disk.free()
    assert recording.close().state is SessionState.READY
    rows = app.recordings.readings(recording.record.id)
    seen(caught.value, lost=2000 - len(rows))


@fault("Disk full while a form is answered", area="Disk and folders",
       injected="as above; an answer is given")
def test_an_answer(app: App, disk: Disk, seen: Seen) -> None:
    draft = app.questionnaires.draft(app.people.by_code("P-1").id, None, "PHQ-9")
    draft = app.questionnaires.answer(draft, 0, 3)
    disk.fill()
    with pytest.raises(StoreError) as caught:
        for _ in range(2000):
            app.questionnaires.answer(draft, 1, 2)
    disk.free()
    draft = app.questionnaires.answer(draft, 2, 1)
    kept = app.questionnaires.draft(draft.patient_id, None, "PHQ-9")
    assert kept.answers[2] == 1
    seen(caught.value, lost=int(kept.answers[0] != 3))


@fault("Disk full during an upload", area="Disk and folders", injected="as above; a video is added",
       lost="nothing that was stored; the video is added again")
def test_an_upload(app: App, disk: Disk, seen: Seen) -> None:
    disk.fill()
    with pytest.raises(InputError) as caught:
        patient = app.people.by_code("P-1")
        app.recordings.stage_upload("visit.mp4", BytesIO(bytes(3 << 20)), patient.id, consent())
    seen(caught.value, lost=len(list(app.settings.clips_dir.iterdir())))


@fault("Disk full when a recording begins", area="Disk and folders",
       injected="as above; a session is begun")
def test_a_beginning(app: App, disk: Disk, seen: Seen) -> None:
    disk.fill()
    with pytest.raises(StoreError) as caught:
        for _ in range(300):
            app.recordings.begin(app.people.by_code("P-1").id, "camera", consent())
    assert not list(app.settings.clips_dir.glob("*.part"))
    disk.free()
    seen(caught.value, lost=len(app.people.everybody()) - 1)


@fault("Disk full during a back-up", area="Disk and folders", injected="as above; one is made")
def test_a_back_up(app: App, disk: Disk, seen: Seen) -> None:
    disk.fill()
    with pytest.raises(StoreError) as caught:
        app.backups.make()
    assert not list(disk.folder.rglob("*.part"))
    (needed, left) = re.findall(r"\d+ MB", str(caught.value))
    seen(caught.value, lost=len(app.people.everybody()) - 1,
         hide={f"{needed} are": "N MB are", f"{left} free": "0 MB free"})  # fmt: skip


@fault("Disk full while a report is exported", area="Disk and folders",
       injected="the report is written to a mounted disk that is full; one of before lies there")
def test_a_report(
    start: Callable[..., App], disk: Disk, seen: Seen
) -> None:
    with start() as app:
        session = record(app, app.people.add("P-1", "Ada Example"), times(4))
        target = disk.folder / "report.pdf"
        target.write_bytes(b"of before")
        disk.fill()
        with pytest.raises(InputError) as caught:
            app.exports.write_report(session.id, pdf=target, fhir=None, csv=None, named=True)
        assert [path.name for path in disk.folder.iterdir() if path.name != "filler"] == [
            "report.pdf"
        ], "no half a file"
        assert app.reports.current(session.id) is not None, "the draft itself is stored"
    seen(caught.value, lost=int(target.read_bytes() != b"of before"))


@fault("Disk full while an interrupted erasure is finished", area="Disk and folders",
       injected="rows of a person are gone, the file is not written anew, and the disk is full at "
                "the next start")
def test_a_start_is_not_held_up(start: Callable[..., App], disk: Disk, seen: Seen) -> None:
    folders = {"data_dir": disk.folder / "data", "backup_dir": ""}
    with start(**folders) as app:
        person = app.people.add("P-1", "Ada Example")
        app.people.add("P-2", "Ben Example")
        app._store.erase(person.id, "Dr A", person.created_at)
    disk.fill()
    with start(**folders) as app:
        found = next(one for one in app.startup.findings() if "Removing data" in one.what)
        assert not found.repaired
        assert [one.code for one in app.people.everybody()] == ["P-2"]
    disk.free()
    with start(**folders) as app:
        assert app._store.erasures()[0].finished
        seen(f"{found.what} {found.remedy}", lost=len(app.people.everybody()) - 1)


@fault("Data folder that may only be read", area="Disk and folders",
       injected="the disk of the data folder is mounted anew, read-only")
def test_read_only(start: Callable[..., App], disk: Disk, seen: Seen) -> None:
    data = disk.folder / "data"
    with start(data_dir=data, backup_dir="") as app:
        app.people.add("P-1", "Ada Example")
    subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    with pytest.raises(StoreError) as caught:
        start(data_dir=data, backup_dir="")
    subprocess.run(["mount", "-o", "remount,rw", str(disk.folder)], check=True)
    with start(data_dir=data, backup_dir="") as app:
        seen(caught.value, lost=1 - len(app.people.everybody()))


@fault("The log cannot be written", area="Disk and folders",
       injected="a folder lies where the file beside the log is written",
       lost="nothing; the action is refused or told to be without its note")
def test_the_log(start: Callable[..., App], settings: object, tmp_path: Path, seen: Seen) -> None:
    with start() as app:
        app.audit.note("account a", AuditKind.CHANGE, "people.add")
        part = (app.settings.data_dir / HEAD_FILE).with_suffix(".part")
        part.mkdir()
        with pytest.raises(StoreError) as caught:
            app.audit.note("account a", AuditKind.CHANGE, "people.update")
        part.rmdir()
        assert app.audit.verify().findings == ()
        seen(caught.value, lost=2 - app.audit.verify().rows)
