"""The walk through a live session: every state of the page, with clips in place of a camera."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from camera import Camera
from playwright.sync_api import expect

from tests.browser import entrance
from tests.browser.conftest import CHROMIUM, PATIENCE_MS
from tests.browser.fake_camera import arguments, camera_file
from tests.browser.test_live import CLIP, PICTURE, button, open_live

SIZES = ("1440", "1024")
SAMPLES = CLIP.parent
STRETCHES = {
    "session": ("session.mp4", 60.0, 6.0, 1.0), "away": ("look_away.mp4", 3.7, 1.2, 1.0),
    "people": ("two_people.mp4", 4.0, 4.0, 1.0), "dark": ("session.mp4", 0.0, 4.0, 0.14),
}  # fmt: skip
"""Name -> clip, where its stretch begins and how long it is in seconds, share of its light."""
TO_MEASURE_MS = 30_000
"""Until the panels show a line after the resting face was skipped, ms."""
GATE_MS = 120_000
LAST_LEFT = re.compile(r"opens in [1-9] s")


def live(play: Any, address: str, camera: Camera, folder: Path) -> None:
    """Every state that is wanted, each with the camera that leads to it.

    The first window adds the sample person.
    """
    with window(play, address, None) as page:
        open_live(page)
        agree(page)
        expect(page.get_by_text("There is no camera on this machine.")).to_be_visible()
        take(camera, page, "live-no-camera", SIZES)
    for walk, scenes in ((check, ("check",)), (measuring, ("baseline", "measuring", "ended")),
                         (several, ("several",)), (dark, ("dark", "fallback"))):  # fmt: skip
        if any(camera.wants(f"live-{scene}", size) for scene in scenes for size in SIZES):
            walk(play, f"{address}/live", camera, folder)


def check(play: Any, address: str, camera: Camera, folder: Path) -> None:
    """The sitting position with a head that is turned."""
    with window(play, address, made(folder, "away")) as page:
        check_of(page)
        take(camera, page, "live-check", SIZES)


def measuring(play: Any, address: str, camera: Camera, folder: Path) -> None:
    """The resting face, the panels, and a session that another window has ended."""
    with window(play, address, made(folder, "session")) as page:
        check_of(page)
        expect(button(page, "Pause")).to_be_visible()
        take(camera, page, "live-baseline", SIZES)
        button(page, "Skip").click()
        button(page, "Tearful").click()
        page.wait_for_timeout(TO_MEASURE_MS)
        take(camera, page, "live-measuring", (*SIZES, "1440-dark"))
        with window(play, address, None) as other:
            button(other, "Close and review").click()
            expect(other.get_by_role("heading", name="Your decision")).to_be_visible()
        expect(page.get_by_role("heading", name="The session has ended")).to_be_visible()
        take(camera, page, "live-ended", SIZES)


def several(play: Any, address: str, camera: Camera, folder: Path) -> None:
    """A second person beside the patient."""
    with window(play, address, made(folder, "people")) as page:
        check_of(page)
        button(page, "Start now").click()
        expect(page.get_by_text(re.compile("Somebody else is in the picture"))).to_be_visible()
        take(camera, page, "live-several", SIZES)
        button(page, "Stop").click()
        expect(page.get_by_role("heading", name="Your decision")).to_be_visible()


def dark(play: Any, address: str, camera: Camera, folder: Path) -> None:
    """Too little light: in the check, and until the questionnaire takes over."""
    with window(play, address, made(folder, "dark")) as page:
        check_of(page)
        expect(page.get_by_text(re.compile("Turn a lamp towards the face")).first).to_be_visible()
        take(camera, page, "live-dark", SIZES)
        button(page, "Start now").click()
        expect(page.get_by_text(LAST_LEFT)).to_be_visible(timeout=GATE_MS)
        take(camera, page, "live-fallback", SIZES, whole=False)


def take(camera: Camera, page: Any, scene: str, variants: Any, *, whole: bool = True) -> None:
    """The page as it stands; the camera is named after what it is, not after its file."""
    for option in page.locator("#emocare-cameras option").all():
        option.evaluate("(one, words) => { one.textContent = words }", "Sample clip")
    camera.take(page, scene, variants, whole=whole)


def made(folder: Path, name: str) -> Path:
    """The file that a browser plays as its camera."""
    clip, start_s, length_s, dim = STRETCHES[name]
    target = folder / f"{name}.y4m"
    if not target.exists():
        camera_file(SAMPLES / clip, target, length_s, start_s=start_s, dim=dim)
    return target


@contextlib.contextmanager
def window(play: Any, address: str, camera: Path | None) -> Iterator[Any]:
    """A window of a browser of its own, with that camera."""
    browser = play.chromium.launch(executable_path=CHROMIUM, args=arguments(camera))
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    entrance.let_in(page.context, address)
    page.goto(address)
    try:
        yield page
    except AssertionError:
        page.screenshot(path="where-it-stopped.png")
        raise
    finally:
        browser.close()


def agree(page: Any) -> None:
    """Consent and the press on Start."""
    for label in ("Live analysis by the camera", "Keep derived measurements"):
        page.locator("label", has_text=label).first.click()
    expect(button(page, "Start camera")).to_be_enabled()
    button(page, "Start camera").click()


def check_of(page: Any) -> None:
    """The check of the sample person's sitting position, with the first readings."""
    page.get_by_role("combobox", name="Patient").click()
    page.get_by_role("option").first.click()
    agree(page)
    expect(page.frame_locator(PICTURE).locator("video")).to_be_visible()
    expect(page.get_by_text(re.compile(r"turned \d+°|no face"))).not_to_have_count(0)
    page.wait_for_timeout(1500)
