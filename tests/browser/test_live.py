"""A live session in a real browser whose camera plays a sample clip."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emocare.settings import load_settings
from tests.browser.conftest import CHROMIUM, PATIENCE_MS, ROOT, free_port, wait_until_up
from tests.browser.fake_camera import arguments, camera_file

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect, Page = playwright.expect, playwright.Page

CLIP = load_settings().samples_dir / "session.mp4"
PICTURE = "iframe[title*='webrtc_streamer']"
CAMERA_S = 4.0
SOON = 20
"""How often a new window looks whether the session of a closed one has ended."""
FRUGAL = {"EMOCARE_READING_HZ": "8", "EMOCARE_READER_THREADS": "1"}
"""Enough for a session, and kind to a machine on which a browser runs as well."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CLIP.is_file(), reason="the sample clips are not there"),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("EMOCARE_REQUIRE_BROWSER"),
                       reason="no Chromium on this machine"),
]  # fmt: skip

expect.set_options(timeout=PATIENCE_MS)


class Server:
    """The application on a free port with its own data folder; may be killed and started anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port",
                 str(port), "--server.headless", "true"],
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **FRUGAL, "EMOCARE_DATA_DIR": str(self.folder / "data")},
            )  # fmt: skip
        wait_until_up(self.process, self.address)

    def kill(self) -> None:
        """As when the power goes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self) -> None:
        """Ends it kindly."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A headless browser whose camera shows the beginning of the sample session."""
    camera = camera_file(CLIP, tmp_path / "camera.y4m", CAMERA_S)
    with playwright.sync_playwright() as player:
        made = player.chromium.launch(executable_path=CHROMIUM, args=arguments(camera))
        yield made
        made.close()


@contextlib.contextmanager
def window(browser: Any, address: str) -> Iterator[Page]:
    """A window of a profile of its own."""
    profile = browser.new_context(viewport={"width": 1440, "height": 900})
    page = profile.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    yield page
    profile.close()


def button(page: Page, name: str | re.Pattern[str]) -> Any:
    return page.get_by_role("button", name=name)


def open_live(page: Page) -> None:
    """Adds the sample person on the way, so that there is somebody to record."""
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_role("heading", name="Live session")).to_be_visible()


def start(page: Page) -> None:
    """Consent, camera, and the recording that begins by itself after three seconds of green."""
    for label in ("Live analysis by the camera", "Keep derived measurements"):
        page.locator("label", has_text=label).first.click()
    expect(button(page, "Start camera")).to_be_enabled()
    button(page, "Start camera").click()
    expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
    expect(button(page, "Pause")).to_be_visible()
    expect(page.get_by_text(re.compile("s left in this part"))).to_be_visible()


def frames_shown(page: Page) -> int:
    video = page.frame_locator(PICTURE).locator("video")
    return int(video.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames"))


def test_from_start_over_keys_and_another_page_to_the_review(
    server: Server, browser: Any
) -> None:
    with window(browser, server.address) as page:
        open_live(page)
        start(page)
        before = frames_shown(page)
        page.wait_for_function(
            "() => document.querySelectorAll('.stVegaLiteChart').length >= 8")
        page.locator(".stMainBlockContainer").press("2")
        expect(page.get_by_text(re.compile(r"Marked: 0:\d\d Tearful"))).to_be_visible()
        assert frames_shown(page) > before
        page.locator(".stMainBlockContainer").press("p")
        expect(button(page, "Resume")).to_be_visible()
        page.locator(".stMainBlockContainer").press("p")
        expect(button(page, "Pause")).to_be_visible()

        page.get_by_role("link", name="Patients").click()
        expect(page.get_by_role("heading", name="All patients")).to_be_visible()
        page.get_by_role("link", name="Live").click()
        expect(page.get_by_text("The session was paused when you left this page")).to_be_visible()
        expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
        button(page, "Resume").click()
        expect(button(page, "Pause")).to_be_visible()
        page.wait_for_timeout(2000)

        expect(button(page, "Stop")).to_have_count(1)
        button(page, "Stop").click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
        expect(page.get_by_text(re.compile(r"◆ 0:\d\d Tearful"))).to_be_visible()


def test_a_closed_window_ends_the_session_and_a_killed_server_offers_to_go_on(
    server: Server, browser: Any
) -> None:
    with window(browser, server.address) as page:
        open_live(page)
        start(page)
        page.wait_for_timeout(3000)
        page.close()
    with window(browser, f"{server.address}/live") as page:
        cut_off = page.get_by_text("was cut off")
        for _ in range(SOON):
            expect(page.get_by_role("heading", name="Live session")).to_be_visible()
            page.wait_for_timeout(2000)
            if cut_off.is_visible():
                break
            page.reload()
        expect(cut_off).to_be_visible()
        button(page, "Continue").click()
        expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
        button(page, "Start now").or_(button(page, "Pause")).first.wait_for()
        expect(button(page, "Pause")).to_be_visible()
        page.wait_for_timeout(3000)
        server.kill()
    server.start()
    with window(browser, f"{server.address}/live") as page:
        expect(page.get_by_text(re.compile("was cut off"))).to_be_visible()
        button(page, "Close and review").click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
