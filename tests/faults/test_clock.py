"""A clock that is set back, or was far ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emocare.app import App
from emocare.domain.audit import AuditKind, Entry
from emocare.domain.errors import AccessDenied
from emocare.services import audit, backups, data_checks, questionnaires, startup, workplace
from emocare.services.data_checks import backup_check
from emocare.store import Store
from emocare.ui.text import sign_in as text
from emocare.ui.wording import clock
from tests.faults import Seen, fault
from tests.killed import Place
from tests.services.conftest import consent, record, times
from tests.services.entrance_tools import GOOD, Hall
from tests.services.live_tools import started

AHEAD = timedelta(days=400)


class Wall:
    """What the clock of the computer says, moved by a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by = timedelta()
        for module in (backups, data_checks, startup, questionnaires):
            monkeypatch.setattr(module, "now", lambda: workplace.now() + self.by)
        before = audit._entry
        monkeypatch.setattr(audit, "_entry", lambda *words: _later(before(*words), self.by))


def _later(entry: Entry, by: timedelta) -> Entry:
    return replace(entry, at_us=entry.at_us + int(by.total_seconds() * 1e6))


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with Store.open(tmp_path / "a.duckdb") as store:
        made = Hall(store, tmp_path)
        made.entrance.make_first("anna", "Dr Anna", GOOD, treats=True)
        yield made


@fault("Clock set back while somebody is signed in", area="Clock",
       injected="the clock is set back by three hours after the sign-in",
       lost="nothing; one signs in anew")
def test_a_sign_in(hall: Hall, seen: Seen) -> None:
    token = hall.entrance.sign_in("anna", GOOD).token
    hall.later(seconds=-30)
    assert hall.sign_ins.known(token) is not None, "put right by seconds: nothing happens"
    hall.later(hours=-3)
    assert hall.sign_ins.known(token) is None, "it would last three hours longer"
    again = hall.entrance.sign_in("anna", GOOD).token
    seen(text.SIGNED_OUT, lost=int(hall.sign_ins.known(again) is None))


@fault("Clock set back while a name rests", area="Clock",
       injected="the clock is set back by a day after five wrong passwords")
def test_a_rest(hall: Hall, seen: Seen) -> None:
    for _ in range(5):
        with pytest.raises(AccessDenied):
            hall.entrance.sign_in("anna", "wrong wrong wrong")
    hall.later(days=-1)
    with pytest.raises(AccessDenied) as caught:
        hall.entrance.sign_in("anna", GOOD)
    hall.later(minutes=1, seconds=1)
    token = hall.entrance.sign_in("anna", GOOD).token
    seen(caught.value, lost=int(token is None))


@fault("Clock set back behind the log", area="Clock",
       injected="entries are written, the clock is set back by a day, more are written")
def test_the_log(start: Callable[..., App], wall: Wall, seen: Seen) -> None:
    with start() as app:
        app.audit.note("account a", AuditKind.CHANGE, "people.add")
        wall.by = timedelta(days=-1)
        app.audit.note("account a", AuditKind.CHANGE, "people.update")
        assert [row.number for row in app.audit.rows()] == [1, 2]
        assert app.audit.verify().findings == (), "the order is that of writing"
        wall.by = timedelta()
        app.audit.note("account a", AuditKind.CHANGE, "people.add")
        at = app.audit.rows()[-1].entry.at_us
    wall.by = timedelta(hours=-5)
    with start() as app:
        (found,) = app.startup.findings()
        assert not found.repaired and not app.startup.check().ok
        written = found.what.partition("(")[2].partition(")")[0]
        assert written.startswith(f"{datetime.fromtimestamp(at / 1e6, UTC):%Y-%m-%d %H:%M}")
        seen(f"{found.what} {found.remedy}", lost=3 - app.audit.verify().rows,
             hide={written: "date and time"})  # fmt: skip


@fault("Clock far ahead when a back-up was made", area="Clock",
       injected="a back-up is made with a clock 400 days ahead, then the clock is put right")
def test_back_ups(app: App, place: Place, wall: Wall, seen: Seen) -> None:
    app.people.add("P-1", "Ada Example")
    app.backups.make()
    assert not app.backups.due()
    wall.by = AHEAD
    app.backups.make()
    app.backups.thin()
    wall.by = timedelta(days=2)
    check = backup_check(place.root / "backups")
    assert not check.ok
    assert app.backups.due(), "the one from later does not keep back the daily one"
    made = app.backups.make()
    app.backups.thin()
    assert made.file.exists()
    seen(f"{check.detail}. {check.remedy}", lost=3 - len(app.backups.all()))


@fault("Clock set back while an answer at risk waits", area="Clock",
       injected="the safety question is answered and left, then the clock is set back by a day")
def test_an_alert(app: App, wall: Wall, seen: Seen) -> None:
    patient = app.people.add("P-1", "Ada Example")
    draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
    for index in range(9):
        draft = app.questionnaires.answer(draft, index, 3)
    wall.by = timedelta(days=-1)
    assert len(app.questionnaires.finish_left_alone()) == 1
    (alert, *_) = app.alerts.open()
    seen(alert.detail, lost=int(not app.alerts.open()))


@fault("Clock set back during a live session", area="Clock",
       injected="the clock of the computer is set back by a day after three seconds of five")
def test_a_live_session(
    app: App, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    camera = started(app, app.people.add("P-1", "Ada Example"))
    camera.show(3.0)
    yesterday = workplace.now() - timedelta(days=1)
    for module in ("live", "live_run", "recovery", "recordings", "markers"):
        monkeypatch.setattr(f"emocare.services.{module}.now", lambda: yesterday)
    camera.show(2.0)
    elapsed_s = camera.run.view().elapsed_s
    summary = camera.run.stop().summary
    assert summary is not None
    assert summary.source.duration_s == pytest.approx(5.0, abs=0.1)
    seen(clock(elapsed_s), lost=100 - summary.source.frames_read)


@fault("Clock set back between two visits", area="Clock",
       injected="a session is recorded, the clock is set back by a day, another is recorded")
def test_two_visits(app: App, monkeypatch: pytest.MonkeyPatch, seen: Seen) -> None:
    patient = app.people.add("P-1", "Ada Example")
    first = record(app, patient, times(3))
    yesterday = workplace.now() - timedelta(days=1)
    monkeypatch.setattr("emocare.services.recordings.now", lambda: yesterday)
    second = app.recordings.begin(patient.id, "camera", consent()).close()
    found = {one.id for one in app.recordings.sessions(patient.id)}
    monkeypatch.undo()
    app.audit.note("account a", AuditKind.CHANGE, "recordings.begin")
    seen(app.startup.check().detail, lost=len({first.id, second.id} - found))
