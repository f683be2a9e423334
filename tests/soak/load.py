"""Four people at once: one records with the camera, one analyses a clip, two review."""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from emocare.app import workplace_of
from emocare.domain.records import PatientId
from emocare.services.clinic_bench import Size, make_up
from emocare.settings import Settings
from emocare.store import Store
from tests.browser import entrance
from tests.browser.conftest import CHROMIUM
from tests.browser.fake_camera import arguments, camera_file
from tests.browser.live_tools import CLIP, Page, Server, button, expect, playwright, window
from tests.soak import walker
from tests.soak.section import Goal, Section
from tests.soak.stage import (
    CAMERA_S,
    Counts,
    Options,
    counts,
    say,
    start_settled,
    stop_and_review,
)
from tests.soak.stored import Stored, stored
from tests.soak.walker import Spread, Step, spread

OTHERS = ("bo", "cleo", "dan")
CLINIC = Size(patients=200, sessions=1000)
WINDOW_S, EVERY_S = 120.0, 10.0
CAMERA_HZ = 30
PATIENCE_S = 20
UPLOADS = 3
"""Clips in the queue, so that it does not run empty."""
BORN = date(1980, 6, 1)
LEAST_HZ, MOST_S = 15.0, 1.0
AGREE = ("Analysis of this recording", "Keep derived measurements")
HOW = (
    "Four browsers with sign-ins of their own use one server with the settings as shipped: one "
    f"records with a camera of 640x480 at {CAMERA_HZ} pictures a second, one has sample clips of "
    "three minutes analysed and watches the queue, two walk between Review, Timeline, Patients and "
    "Report of a person with a year of visits, in a made-up clinic of "
    f"{CLINIC.patients} people and {CLINIC.sessions} sessions. They click "
    f"{walker.THINK_MS / 1000:g} s after the page has answered, on average. Its first words are "
    "the first that are drawn after the click. A page is whole "
    "when its last large part stands there (the chart of Review and of Timeline, the table of "
    "Patients, the finished report as a file) and the server has nothing more to send; the clock "
    "is that of the browser, from the click. The browsers run on the same cores as the server, "
    "the camera's picture is made and encoded there too; what each took is in the table."
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Seconds of the processor since they began."""

    server_s: float
    browsers_s: float
    busy_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen in the time that counts.

    Attributes:
        steps: Of both who walk.
        hz: Live readings a second, every ten seconds.
        delay_ms: Median delay of the live page, likewise.
        dropped: Pictures lost in the time.
        server: Cores that the server took, its reading process included.
        browsers: Cores that the browsers took.
        busy: Cores that were at work in all.
        rss_mb: Memory of the server at the end.
    """

    steps: tuple[Step, ...]
    hz: tuple[float, ...]
    delay_ms: tuple[float, ...]
    dropped: int
    server: float
    browsers: float
    busy: float
    rss_mb: float


def run(options: Options) -> Section:
    """Two minutes of it, after everybody has begun."""
    with _clinic() as (server, browser, people), contextlib.ExitStack() as windows:
        live, upload, *walking = [
            windows.enter_context(window(browser, f"{server.address}/{path}", login))
            for path, login in _places(people)
        ]
        for page in walking:
            expect(page.locator(walker.STEPS[0][1])).to_be_visible()
        start_settled(live)
        _upload(upload, server, people["upload"])
        began = time.monotonic()
        seen = _watch(live, walking, server)
        waited_s = stop_and_review(live)
        analysed_s = time.monotonic() - began
        windows.close()
        server.stop()
        sessions = stored(server.data_dir)
    clips = [one for one in sessions if one.record.patient_id == people["upload"]]
    lives = [one for one in sessions if one.record.patient_id == people["live"]]
    return section(seen, clips, lives, analysed_s, waited_s)


@contextlib.contextmanager
def _clinic() -> Iterator[tuple[Server, Any, dict[str, PatientId]]]:
    with tempfile.TemporaryDirectory(prefix="emocare-soak-") as name:
        folder = Path(name)
        server = Server(folder, {}, OTHERS)
        say("making up a clinic")
        people = _fill(server.data_dir)
        with playwright.sync_playwright() as player:
            browser = player.chromium.launch(
                executable_path=CHROMIUM, args=arguments(_camera(folder)))
            server.start()
            try:
                yield server, browser, people
            finally:
                browser.close()
                server.stop()


def _camera(folder: Path) -> Path:
    return camera_file(CLIP, folder / "camera.y4m", CAMERA_S, rate_hz=CAMERA_HZ)


def _fill(data_dir: Path) -> dict[str, PatientId]:
    """The made-up clinic; who is recorded, whose clip is analysed, who is reviewed."""
    with Store.open(data_dir / "emocare.duckdb") as store:
        year = make_up(store, workplace_of(Settings(data_dir=data_dir)), CLINIC)
        live, upload, *_ = (one for one in store.patients() if one.id != year)
        for one in (live, upload):  # who is recorded has to be known to be an adult
            store.update_patient(replace(one, birth_date=BORN))
    return {"review": year, "live": live.id, "upload": upload.id}


def _places(people: dict[str, PatientId]) -> list[tuple[str, str]]:
    """Address and sign-in name of the four."""
    review = f"review?patient={people['review']}"
    return list(zip(
        (f"live?patient={people['live']}", f"upload?patient={people['upload']}", review, review),
        (entrance.LOGIN, *OTHERS), strict=True))  # fmt: skip


def _upload(page: Page, server: Server, patient_id: PatientId) -> None:
    for _ in range(UPLOADS):
        page.goto(f"{server.address}/upload?patient={patient_id}&sample={CLIP.stem}")
        for label in AGREE:
            page.locator("label", has_text=label).first.click()
        start = button(page, "Start")
        expect(start).to_be_enabled()
        start.click()
        expect(start).to_be_disabled()
    expect(page.get_by_text("s read").first).to_be_visible()


def _watch(live: Page, walking: list[Page], server: Server) -> Window:
    for i, page in enumerate(walking):
        walker.begin(page, 1 + 2 * i)
    hz, delays = [], []
    first = last = _counts(live)
    shares, last_s = _shares(server), time.monotonic()
    until = last_s + WINDOW_S
    while time.monotonic() < until:
        live.wait_for_timeout(1000 * EVERY_S)
        shown, now_s = _counts(live), time.monotonic()
        hz.append((shown.read - last.read) / (now_s - last_s))
        delays += [] if shown.delay_ms is None else [shown.delay_ms]
        last, last_s = shown, now_s
        say(f"{hz[-1]:.1f} readings/s, delay {delays[-1:] or 'not known'}, {shown.dropped} lost")
    used = _shares(server)
    lasted_s = used.at_s - shares.at_s
    assert server.process is not None
    rss = psutil.Process(server.process.pid).memory_info().rss
    return Window(
        tuple(step for page in walking for step in walker.end(page)), tuple(hz), tuple(delays),
        last.dropped - first.dropped, (used.server_s - shares.server_s) / lasted_s,
        (used.browsers_s - shares.browsers_s) / lasted_s,
        (used.busy_s - shares.busy_s) / lasted_s, rss / 1024**2,
    )  # fmt: skip


def _counts(live: Page) -> Counts:
    """The counts of the live page, which may just be drawing itself anew."""
    for _ in range(PATIENCE_S):
        shown = counts(live)
        if shown is not None:
            return shown
        live.wait_for_timeout(1000)
    said = " ".join(live.locator("[data-testid=stAlert]").all_inner_texts())
    raise AssertionError(f"the live page shows no counts any more: {said or live.url}")


def _shares(server: Server) -> Shares:
    """What server and browsers have used; processes that have ended meanwhile are not in it."""
    assert server.process is not None
    ours = psutil.Process(server.process.pid)
    of_server = {one.pid for one in (ours, *ours.children(recursive=True))}
    used = {True: 0.0, False: 0.0}
    for one in psutil.Process(os.getpid()).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            used[one.pid in of_server] += times.user + times.system
    whole = psutil.cpu_times()
    busy_s = sum(whole) - whole.idle - getattr(whole, "iowait", 0.0)
    return Shares(used[True], used[False], busy_s, time.monotonic())


def section(
    seen: Window, clips: list[Stored], lives: list[Stored], analysed_s: float, waited_s: float
) -> Section:
    """The figures and what they say about the goals."""
    done = [step.done_ms for step in seen.steps if step.done_ms is not None]
    words = [step.words_ms for step in seen.steps if step.words_ms is not None]
    lost = len(seen.steps) - min(len(done), len(words))
    whole = spread(done) if done else None
    hz = statistics.median(seen.hz)
    media_s = sum(one.end_s for one in clips)
    figures = [
        ("from the click to the first words of the page, median, 95th percentile, slowest (clicks)",
         str(spread(words)) if words else "none"),
        ("from the click to the whole page, median, 95th percentile, slowest (clicks)", str(whole)),
        *((f"of it {path}", str(found)) for path, found in _by_page(seen.steps)),
        ("live readings a second, median and slowest ten seconds",
         f"{hz:.1f} and {min(seen.hz):.1f}"),
        ("live delay from arrival to reading, median",
         f"{statistics.median(seen.delay_ms):.0f} ms" if seen.delay_ms else "not known"),
        ("pictures lost because reading was behind", str(seen.dropped)),
        ("clip analysed, seconds of it a second", f"{media_s / analysed_s:.2f}"),
        ("cores that the server took, of " + str(os.cpu_count()), f"{seen.server:.2f}"),
        ("cores that the browsers took", f"{seen.browsers:.2f}"),
        ("cores that were at work in all", f"{seen.busy:.2f}"),
        ("memory of the server at the end", f"{seen.rss_mb:.0f} MB"),
        ("Stop to review", f"{waited_s:.2f} s"),
        ("live rows stored", ", ".join(str(len(one.readings)) for one in lives[-1:]) or "none"),
    ]  # fmt: skip
    first_s, whole_s = (spread(times).p95_s if times else None for times in (words, done))
    goals = (
        Goal(f"every click was answered; {lost} were not", lost == 0 and bool(done)),
        _in_time("first words", first_s), _in_time("the whole page", whole_s),
        Goal(f"{hz:.1f} live readings a second, at least {LEAST_HZ:.0f}", hz >= LEAST_HZ),
    )  # fmt: skip
    return Section("load", f"four at once, {WINDOW_S:.0f} s", HOW, tuple(figures), goals)


def _in_time(what: str, p95_s: float | None) -> Goal:
    return Goal(f"{what} in {MOST_S:.0f} s in 95 of 100 clicks: "
                f"{'no figure' if p95_s is None else f'{p95_s:.2f} s'}",
                p95_s is not None and p95_s <= MOST_S)  # fmt: skip


def _by_page(steps: tuple[Step, ...]) -> Iterator[tuple[str, Spread]]:
    for path, _ in walker.STEPS:
        times = [step.done_ms for step in steps if step.path == path and step.done_ms is not None]
        if times:
            yield path, spread(times)
