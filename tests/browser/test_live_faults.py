"""Live without a working camera in a real browser: refused, pulled, and what there is instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emocare.ui.text import live as text
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.fake_camera import arguments, camera_file
from tests.browser.live_tools import (
    CLIP,
    MARKS,
    PICTURE,
    Page,
    Server,
    agree,
    button,
    expect,
    open_live,
    playwright,
    window,
)

CAMERA_S = 4.0
PULLED = """() => {
  navigator.mediaDevices.enumerateDevices = async () => []
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"))
}"""
"""What a browser tells a page when the cable is pulled."""

SEEN = """() => {
  const video = document.querySelector('[data-testid="stCameraInput"] video')
  return video !== null && video.readyState >= 2 && video.currentTime > 0.5
}"""
"""The browser's own camera field shows a picture that moves."""

pytestmark = MARKS


@pytest.fixture
def player() -> Iterator[Any]:
    with playwright.sync_playwright() as made:
        yield made


def choose(page: Page, name: str) -> None:
    """Picks the only person there is, and where the picture comes from."""
    page.get_by_role("combobox", name="Patient").click()
    page.get_by_role("option").first.click()
    page.get_by_text(text.SOURCES[name], exact=True).first.click()


def test_refused_says_how_to_allow_it_and_a_sample_plays_instead(
    server: Server, player: Any
) -> None:
    # Without the switches of a fake camera a headless browser refuses by itself.
    browser = player.chromium.launch(
        executable_path=CHROMIUM, args=[*ARGUMENTS, "--use-fake-device-for-media-stream"]
    )
    with window(browser, server.address) as page:
        open_live(page)
        agree(page)
        button(page, text.START_CAMERA).click()
        cause, remedy = text.FAULTS["NotAllowedError"]
        expect(page.get_by_text(cause)).to_be_visible()
        expect(page.get_by_text(remedy[:40])).to_be_visible()
        button(page, "Play a sample").last.click()
        page.locator(".st-key-live_sample button").first.click()
        expect(button(page, text.START_SAMPLE)).to_be_enabled()
        button(page, text.START_SAMPLE).click()
        button(page, text.BEGIN).click()
        expect(button(page, text.PAUSE)).to_be_visible()
        expect(page.get_by_text(re.compile(r"[1-9][\d,]* read"))).to_be_visible()
        button(page, text.STOP).click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    browser.close()


def test_a_pulled_camera_pauses_and_one_picture_can_be_read_without_a_session(
    server: Server, player: Any, tmp_path: Path
) -> None:
    camera = camera_file(CLIP, tmp_path / "camera.y4m", CAMERA_S)
    browser = player.chromium.launch(executable_path=CHROMIUM, args=arguments(camera))
    with window(browser, server.address) as page:
        open_live(page)
        agree(page)
        button(page, text.START_CAMERA).click()
        expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
        button(page, text.BEGIN).click()
        expect(page.get_by_text(re.compile(r"[1-9][\d,]* read"))).to_be_visible()
        page.evaluate(PULLED)
        expect(page.get_by_text(text.FAULTS["Unplugged"][0])).to_be_visible()
        expect(button(page, text.RESUME)).to_be_visible()
        button(page, text.STOP).click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    with window(browser, f"{server.address}/live") as page:
        choose(page, text.SOURCE_SNAPSHOT)
        page.locator("label", has_text="Live analysis by the camera").first.click()
        page.wait_for_function(SEEN)  # before that the picture is black
        button(page, "Take Photo").click()
        expect(page.get_by_text(text.SNAPSHOT_TITLE)).to_be_visible()
        expect(page.get_by_text(text.SNAPSHOT_READ[:30])).to_be_visible()
    browser.close()
