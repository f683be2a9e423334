"""What a start finds beyond the faults of tests/faults: nothing, small things, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emocare.app import App, build_app, examine
from emocare.domain.audit import AuditKind
from emocare.domain.records import SessionState
from emocare.services import startup
from emocare.services.startup import CLOCK_SLACK, _span
from emocare.services.workplace import now
from emocare.settings import Settings
from tests.services.conftest import record, times
from tests.services.fakes import ScriptedReader


def test_a_first_start_and_one_after_a_proper_end_find_nothing(
    settings: Settings, reader: ScriptedReader
) -> None:
    for _ in range(2):
        with build_app(settings, reader.loaded) as app:
            assert app.startup.findings() == () == app.startup.notice()
            assert app.startup.check().ok
            record(app, app.people.add(f"P-{now().timestamp()}", "Ada Example"), times(2))


def test_a_notice_is_shown_until_somebody_closes_it(
    settings: Settings, reader: ScriptedReader
) -> None:
    settings.clips_dir.mkdir(parents=True)
    for name in ("one.mp4", "two.mp4"):
        (settings.clips_dir / name).touch()
    with build_app(settings, reader.loaded) as app:
        (found,) = app.startup.notice()
        assert found.what.startswith("2 uploaded videos of no session: deleted") and found.repaired
        app.startup.seen()
        assert app.startup.notice() == () and app.startup.findings() == (found,)
    with build_app(settings, reader.loaded) as app:
        assert app.startup.notice() == (), "it was put right"


def test_the_doctor_looks_and_changes_nothing(settings: Settings, reader: ScriptedReader) -> None:
    with build_app(settings, reader.loaded) as app:
        kept = record(app, app.people.add("P-1", "Ada Example"), times(2))
        app._store.update_session(replace(kept, state=SessionState.ANALYSING))
    (settings.clips_dir / "stranger.mp4").touch()
    check = next(one for one in examine(settings) if one.name == "start")
    assert not check.ok and "1 video was waiting" in check.detail
    assert "of no session: left behind" in check.detail and "Start Emo-Care" in check.remedy
    assert (settings.clips_dir / "stranger.mp4").exists()


def test_a_video_that_cannot_be_deleted_does_not_hold_up_the_start(
    settings: Settings, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.clips_dir.mkdir(parents=True)
    stranger = settings.clips_dir / "one.mp4"
    stranger.touch()

    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == stranger:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with monkeypatch.context() as locked:
        locked.setattr(Path, "unlink", refuse)
        app = build_app(settings, reader.loaded)
    with app:
        (found,) = app.startup.findings()
        assert not found.repaired and str(settings.clips_dir) in found.remedy
    assert stranger.exists()


def test_a_clock_put_right_by_a_little_is_no_finding(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.people.add("P-1", "Ada Example")
    app.audit.note("account a", AuditKind.CHANGE, "people.add")
    monkeypatch.setattr(startup, "now", lambda: now() - CLOCK_SLACK / 2)
    assert app.startup.findings() == ()


@pytest.mark.parametrize(("span", "words"), [
    (timedelta(seconds=130), "2 minutes"), (timedelta(minutes=1), "1 minute"),
    (timedelta(hours=1), "1 hour"), (timedelta(hours=47), "47 hours"),
    (timedelta(days=3), "3 days"),
])  # fmt: skip
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert _span(span) == words


def test_only_the_end_of_a_long_log_is_looked_at(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "LOG_ROWS", 3)
    for _ in range(6):
        app.audit.note("account a", AuditKind.CHANGE, "people.add")
    with app._store._write() as cursor:
        cursor.execute("UPDATE audit SET who = 'account b' WHERE number = 2")
    assert app.startup.findings() == () and app.audit.verify().findings
