"""A live session in a real browser whose camera plays a sample clip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CHROMIUM
from tests.browser.fake_camera import arguments, camera_file
from tests.browser.live_tools import (
    CLIP,
    MARKS,
    PICTURE,
    Server,
    button,
    expect,
    frames_shown,
    open_live,
    playwright,
    start,
    window,
)

CAMERA_S = 4.0
SOON = 20
"""How often a new window looks whether the session of a closed one has ended."""

pytestmark = MARKS


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A headless browser whose camera shows the beginning of the sample session."""
    camera = camera_file(CLIP, tmp_path / "camera.y4m", CAMERA_S)
    with playwright.sync_playwright() as player:
        made = player.chromium.launch(executable_path=CHROMIUM, args=arguments(camera))
        yield made
        made.close()


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
