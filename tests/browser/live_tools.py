"""What everything that drives a live session in a real browser needs."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from emocare.settings import load_settings
from tests.browser import entrance
from tests.browser.conftest import CHROMIUM, PATIENCE_MS, ROOT, free_port, wait_until_up

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect, Page = playwright.expect, playwright.Page

CLIP = load_settings().samples_dir / "session.mp4"
PICTURE = "iframe[title*='webrtc_streamer']"
FRUGAL = {"EMOCARE_READING_HZ": "8", "EMOCARE_READER_THREADS": "1"}
"""Enough for a session, and kind to a machine on which a browser runs as well."""

MARKS = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CLIP.is_file(), reason="the sample clips are not there"),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("EMOCARE_REQUIRE_BROWSER"),
                       reason="no Chromium on this machine"),
]  # fmt: skip
"""Of every test that drives a live session."""

expect.set_options(timeout=PATIENCE_MS)


class Server:
    """The application on a free port with its own data folder; may be killed and started anew."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = FRUGAL,
                 physicians: Sequence[str] = ()) -> None:  # fmt: skip
        """Args:
        physicians: Sign-in names of more than the one that there always is.
        """
        self.folder = folder
        self.settings = settings
        self.physicians = physicians
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def data_dir(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        entrance.prepare(self.data_dir, self.address, self.physicians)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port",
                 str(port), "--server.headless", "true"],
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **self.settings, "EMOCARE_DATA_DIR": str(self.data_dir)},
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


@contextlib.contextmanager
def window(browser: Any, address: str, login: str = entrance.LOGIN) -> Iterator[Page]:
    """A window of a profile of its own, signed in."""
    profile = browser.new_context(viewport={"width": 1440, "height": 900})
    entrance.let_in(profile, address, login)
    page = profile.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    try:
        yield page
    finally:
        profile.close()


def button(page: Page, name: str | re.Pattern[str]) -> Any:
    return page.get_by_role("button", name=name)


def open_live(page: Page) -> None:
    """Adds the sample person on the way, so that there is somebody to record."""
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_role("heading", name="Live session")).to_be_visible()


def agree(page: Page) -> None:
    """Ticks what a live session needs; the camera can be started then."""
    for label in ("Live analysis by the camera", "Keep derived measurements"):
        page.locator("label", has_text=label).first.click()
    expect(button(page, "Start camera")).to_be_enabled()


def start(page: Page) -> None:
    """Consent, camera, and the recording that begins by itself after three seconds of green."""
    agree(page)
    button(page, "Start camera").click()
    expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
    expect(button(page, "Pause")).to_be_visible()
    expect(page.get_by_text(re.compile("s left in this part"))).to_be_visible()


def frames_shown(page: Page) -> int:
    video = page.frame_locator(PICTURE).locator("video")
    return int(video.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames"))
