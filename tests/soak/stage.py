"""A running installation with a browser beside it, and how the page Live is driven and read."""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from emocare.ui.text import live as text
from tests.browser.conftest import CHROMIUM
from tests.browser.fake_camera import arguments, camera_file
from tests.browser.live_tools import (
    CLIP,
    PICTURE,
    Page,
    Server,
    agree,
    button,
    expect,
    playwright,
    window,
)
from tests.soak.section import one_line

FAULTS = (AssertionError, playwright.Error)
"""What a step raises that did not come to its end."""
CAMERA_S = 20.0
SOON_S = 60.0
"""How long a new window looks whether the session of a closed one has ended."""
CUT_OFF = "was cut off"
COUNTS = re.compile(r"Delay (?:(\d+) ms|not known) · ([\d,]+) frames in, ([\d,]+) read, "
                    r"([\d,]+) dropped")  # fmt: skip
MEASURING = """() => {
  const card = document.querySelector(".st-key-live_quality")
  const shown = card === null ? "" : card.innerText
  const pause = [...document.querySelectorAll("button")].some((b) => b.innerText.includes(PAUSE))
  return pause && shown.includes(TITLE) && /[1-9][0-9,]* read/.test(shown)
}""".replace("PAUSE", repr(text.PAUSE)).replace("TITLE", repr(text.QUALITY))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for.

    Attributes:
        count: Rounds of the parts that count; None: as many as each has of itself.
        seconds: Length of the long recording.
        minutes: Length of the endurance recording.
        whole: The endurance camera sends 1280x720 whatever the page asks for.
        state: File in which the fuzz count notes how far it is; None: in the folder of the system.
    """

    count: int | None = None
    seconds: float = 130.0
    minutes: float = 10.0
    whole: bool = False
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The line of counts under the capture quality; ``delay_ms`` is None where none is known."""

    delay_ms: float | None
    frames_in: int
    read: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Stage:
    """Server, browser and the folder of both; and whom the sessions are of."""

    server: Server
    browser: Any
    folder: Path
    patient_id: str

    @property
    def live_address(self) -> str:
        """Of the page Live with the sample person chosen."""
        return f"{self.server.address}/live?patient={self.patient_id}"

    def window(self) -> contextlib.AbstractContextManager[Page]:
        """A window of a fresh profile on the page Live."""
        return window(self.browser, self.live_address)

    def restart(self) -> None:
        """Starts the server anew, after a round that failed."""
        self.server.stop()
        self.server.start()


@contextlib.contextmanager
def stage(make_camera: Callable[[Path], Path] | None = None) -> Iterator[Stage]:
    """Server with the settings as shipped, and a browser with that camera.

    Args:
        make_camera: Writes the camera's file into a folder; None: 20 s of the long sample as
            640x480 at 15 fps.
    """
    make = make_camera or short_camera
    with tempfile.TemporaryDirectory(prefix="emocare-soak-") as name:
        folder = Path(name)
        server = Server(folder, {})
        with playwright.sync_playwright() as player:
            browser = player.chromium.launch(
                executable_path=CHROMIUM, args=arguments(make(folder)))
            server.start()
            try:
                yield Stage(server, browser, folder, _sample_person(browser, server))
            finally:
                browser.close()
                server.stop()


def _sample_person(browser: Any, server: Server) -> str:
    """Adds the sample person; their identifier."""
    with window(browser, server.address) as page:
        button(page, "Try with a sample").click()
        expect(page.get_by_role("heading", name="Upload")).to_be_visible()
        return parse_qs(urlsplit(page.url).query)["patient"][0]


def short_camera(folder: Path) -> Path:
    return camera_file(CLIP, folder / "camera.y4m", CAMERA_S)


def say(words: str) -> None:
    """Progress, with the time of day."""
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", flush=True)


def prepare(page: Page) -> None:
    """Everything of a free recording up to the press on "Start camera"."""
    expect(page.get_by_role("heading", name=text.TITLE)).to_be_visible()
    page.get_by_text(text.WAYS[False], exact=True).first.click()
    expect(page.get_by_text(text.FREE_NOTE)).to_be_visible()
    agree(page)


def start_at_once(page: Page) -> float:
    """Presses "Start camera", then "Start now" as soon as it is there; seconds from the first
    press until the page shows the first picture that was read for the recording."""
    started = time.monotonic()
    button(page, text.START_CAMERA).click()
    button(page, text.BEGIN).click()
    page.wait_for_function(MEASURING, polling=50)
    return time.monotonic() - started


def start_settled(page: Page) -> None:
    """The same, but "Start now" is pressed once pictures are read, so that the recording's first
    row follows its start by one picture."""
    prepare(page)
    button(page, text.START_CAMERA).click()
    begin_settled(page)


def begin_settled(page: Page) -> None:
    """From the check to a recording that measures."""
    expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
    expect(page.get_by_text(re.compile(r"[1-9][\d,]* read"))).to_be_visible()
    button(page, text.BEGIN).click()
    page.wait_for_function(MEASURING, polling=50)


def stop_and_review(page: Page) -> float:
    """Presses Stop; seconds until the review is visible."""
    started = time.monotonic()
    button(page, text.STOP).click()
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    return time.monotonic() - started


def counts(page: Page) -> Counts | None:
    """The counts as the page shows them now; None while it shows none."""
    shown = page.locator(".st-key-live_quality")
    found = COUNTS.search(shown.inner_text()) if shown.count() else None
    if found is None:
        return None
    delay, *others = found.groups()
    frames_in, read, dropped = (int(number.replace(",", "")) for number in others)
    return Counts(None if delay is None else float(delay), frames_in, read, dropped)


def wait_for_notice(page: Page) -> None:
    """Loads the page anew until it tells of a session that was cut off."""
    notice = page.get_by_text(CUT_OFF)
    until = time.monotonic() + SOON_S
    while time.monotonic() < until:
        expect(page.get_by_role("heading", name=text.TITLE)).to_be_visible()
        page.wait_for_timeout(1000)
        if notice.is_visible():
            return
        page.reload()
    raise AssertionError(f"no notice of the session within {SOON_S:.0f} s")


def wait_for_read(page: Page, least: int) -> int:
    """Waits until the page has counted so many readings; how many it has then."""
    until = time.monotonic() + SOON_S
    while time.monotonic() < until:
        shown = counts(page)
        if shown is not None and shown.read >= least:
            return shown.read
        page.wait_for_timeout(100)
    raise AssertionError(f"not {least} readings within {SOON_S:.0f} s")


def rounds(part: str, count: int, found: Stage, one: Callable[[int], str]) -> list[str]:
    """Does ``one`` so many times; a round that fails is told and the next begins afresh.

    Args:
        one: Does round number i and says how it went.

    Returns:
        Number and reason of every round that failed.
    """
    failed = []
    for i in range(count):
        try:
            say(f"{part} {i + 1} of {count}: {one(i)}")
        except FAULTS as error:
            reason = one_line(str(error))
            say(f"{part} {i + 1} of {count}: failed: {reason}")
            failed.append(f"Round {i + 1} failed: {reason}")
            found.restart()
    return failed
