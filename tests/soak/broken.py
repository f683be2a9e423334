"""Sessions that are broken into: tab closed, server killed, page left."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from emocare.domain.records import SessionState
from emocare.ui.text import live as text
from tests.browser.live_tools import PICTURE, Page, button, expect
from tests.soak.section import Goal, Section
from tests.soak.stage import (
    CUT_OFF,
    Options,
    begin_settled,
    counts,
    rounds,
    stage,
    start_settled,
    stop_and_review,
    wait_for_notice,
    wait_for_read,
)
from tests.soak.stored import CHUNK_S, Stored, of_moment, stored, write_s

COUNT = 5
RUNS_S = 7.3
"""So long it is recorded before it is broken into; every round adds a bit, so that the moment
between two writes is another one each time."""
ADDS_S = 0.37
MOST_LOST_S = 2.0
"""Of a live recording, when its process is killed."""
MORE = 30
"""So many readings after the return show that it goes on."""
CLOCK = (
    "The media time at that moment is the wall clock since the session was stored; “Start now” is "
    "pressed while pictures are read already, so the first row follows within one picture."
)


def closed(options: Options) -> Section:
    """The tab is closed in the middle."""
    count = options.count or COUNT
    moments: list[datetime] = []
    noticed: list[float] = []
    said: list[str] = []

    def one(i: int) -> str:
        with found.window() as page:
            start_settled(page)
            page.wait_for_timeout(1000 * (RUNS_S + i * ADDS_S))
            moment, since = datetime.now(UTC), time.monotonic()
            page.close()
        with found.window() as page:
            wait_for_notice(page)
            seconds = time.monotonic() - since
            told = page.get_by_text(text.GONE).is_visible()
            button(page, text.CLOSE).click()
            expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
        moments.append(moment)
        noticed.append(seconds)
        said.append("the window was closed" if told else "no picture came any more")
        return f"ended by itself, seen after {seconds:.1f} s: {said[-1]}"

    with stage() as found:
        failed = rounds("closed", count, found, one)
        found.server.stop()
        sessions = stored(found.server.data_dir)
    ended = [of_moment(sessions, moment) for moment in moments]
    whole = sum(_kept(session, SessionState.READY) for session in ended)
    lost = [session.behind_s(at) for session, at in zip(ended, moments, strict=True)]
    figures = (
        ("recorded seconds that were stored", _each([session.end_s for session in ended])),
        ("last stored row before the closing", _each(lost)),
        ("until a new window tells of it, reloading every second", _each(noticed)),
        ("the reason it gives", ", ".join(said) or "none"),
    )
    how = (
        f"The tab of a running free recording is closed after {RUNS_S:.0f} s and a bit. The "
        "session has to end by itself, with the sentence about the closed window or, 30 s later, "
        "with that about a picture that does not come, and “Close and review” has to open its "
        f"review. {CLOCK}"
    )
    goal = Goal(f"ended cleanly with rows and summary in {whole} of {count}", whole == count)
    return Section("closed", f"{count} tabs closed in the middle", how, figures, (goal,),
                   tuple(failed))  # fmt: skip


def killed(options: Options) -> Section:
    """The server is killed in the middle; the next one offers to go on or to close."""
    count = options.count or COUNT
    lost: list[float] = []
    rows: list[float] = []
    writes: list[float] = []
    offered: list[str] = []

    def one(i: int) -> str:
        with found.window() as page:
            start_settled(page)
            page.wait_for_timeout(1000 * (RUNS_S + i * ADDS_S))
            shown = counts(page)
            moment = datetime.now(UTC)
            found.server.kill()
        session = of_moment(stored(found.server.data_dir), moment)
        lost.append(session.behind_s(moment))
        rows.append(0 if shown is None else max(0, shown.read - len(session.readings)))
        writes.append(write_s(found.server.data_dir, session))
        found.server.start()
        with found.window() as page:
            offered.append(_taken_up(page, go_on=i % 2 == 0))
        return f"{lost[-1]:.2f} s lost, one write {1000 * writes[-1]:.0f} ms, {offered[-1]}"

    with stage() as found:
        failed = rounds("killed", count, found, one)
        found.server.stop()
        sessions = stored(found.server.data_dir)
    ready = sum(_kept(session, SessionState.READY) for session in sessions)
    good = sum(seconds <= MOST_LOST_S for seconds in lost)
    figures = (
        ("lost", _each(lost)), ("lost, worst", f"{max(lost, default=0.0):.2f} s"),
        ("rows that the page had counted and that were lost", _each(rows, digits=0, unit="")),
        ("one write, median and longest",
         f"{1000 * statistics.median(writes or [0]):.0f} and "
         f"{1000 * max(writes, default=0):.0f} ms"),
        ("then", ", ".join(offered)),
    )  # fmt: skip
    how = (
        f"The server of a running free recording gets SIGKILL after {RUNS_S:.0f} s and a bit. Lost "
        "is the media time at that moment less that of the last row in the database, read from a "
        f"copy before the server starts again. {CLOCK} Rows are written when the first picture "
        f"comes {CHUNK_S} s after the last write; a write (measured on the copy) and a picture are "
        "added. A new server has to offer “Continue” and “Close and review”; both are used in "
        "turns, and both have to end in the review."
    )
    goals = (
        Goal(f"at most {MOST_LOST_S:.0f} s lost in {good} of {count}", good == count),
        Goal(f"offered, taken up and READY in {ready} of {count}",
             ready == len(offered) == count),
    )  # fmt: skip
    return Section("killed", f"{count} servers killed in the middle", how, figures, goals,
                   tuple(failed))  # fmt: skip


def _taken_up(page: Page, *, go_on: bool) -> str:
    expect(page.get_by_text(CUT_OFF)).to_be_visible()
    expect(button(page, text.CONTINUE)).to_be_enabled()
    expect(button(page, text.CLOSE)).to_be_enabled()
    if not go_on:
        button(page, text.CLOSE).click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
        return "closed"
    button(page, text.CONTINUE).click()
    begin_settled(page)
    page.wait_for_timeout(2000)
    stop_and_review(page)
    return "continued"


def left(options: Options) -> Section:
    """Another page is opened in the middle, and the session gone on with."""
    count = options.count or COUNT
    moments: list[datetime] = []
    before: list[int] = []
    back: list[float] = []

    def one(i: int) -> str:
        with found.window() as page:
            start_settled(page)
            page.wait_for_timeout(1000 * (RUNS_S / 2 + i * ADDS_S))
            page.get_by_role("link", name="Patients").click()
            expect(page.get_by_role("heading", name="All patients")).to_be_visible()
            page.wait_for_timeout(2000)
            page.get_by_role("link", name="Live").click()
            expect(page.get_by_text(text.RETURNED)).to_be_visible()
            expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
            paused = wait_for_read(page, 1)
            started = time.monotonic()
            button(page, text.RESUME).click()
            wait_for_read(page, paused + MORE)
            seconds = time.monotonic() - started
            moment = datetime.now(UTC)
            stop_and_review(page)
        moments.append(moment)
        before.append(paused)
        back.append(seconds)
        return f"{paused} readings before, {MORE} more after {seconds:.1f} s"

    with stage() as found:
        failed = rounds("left", count, found, one)
        found.server.stop()
        sessions = stored(found.server.data_dir)
    ended = [of_moment(sessions, moment) for moment in moments]
    after = [len(session.readings) - n for session, n in zip(ended, before, strict=True)]
    good = sum(
        _kept(session, SessionState.READY) and rows >= MORE
        for session, rows in zip(ended, after, strict=True)
    )
    figures = (
        ("readings before and after, by round",
         ", ".join(f"{n} and {m}" for n, m in zip(before, after, strict=True)) or "none"),
        (f"Resume to {MORE} more readings on the page", _each(back)),
        ("longest time between two stored rows", _each([_hole(session) for session in ended])),
    )  # fmt: skip
    how = (
        "“Patients” is opened in the middle of a free recording, and “Live” two seconds later. The "
        "page has to say that it was paused, the camera to come back, and “Resume” to go on with "
        f"the same session: at least {MORE} readings more in the same session, which ends "
        "READY with a summary."
    )
    goal = Goal(f"gone on and stored in {good} of {count}", good == count)
    return Section("left", f"page left and returned to, {count} times", how, figures, (goal,),
                   tuple(failed))  # fmt: skip


def _hole(session: Stored) -> float:
    """Longest media time between two rows."""
    steps = np.diff(session.readings["t_s"])
    return float(steps.max()) if len(steps) else 0.0


def _kept(session: Stored, state: SessionState) -> bool:
    record = session.record
    return record.state is state and record.summary is not None and len(session.readings) > 0


def _each(values: Sequence[float], digits: int = 2, unit: str = " s") -> str:
    return ", ".join(f"{value:.{digits}f}{unit}" for value in values) or "none"
