"""A stakeholder without a camera: what the product is, in at most eight clicks of the demo."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.browser.conftest import PATIENCE_MS, ROOT, free_port

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=PATIENCE_MS)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MARK = "DEMO: made-up people. Nothing here is real."
MOST_CLICKS = 8
_BLANK = """() => {
  window.blank = {since: null, longest: 0}
  const look = () => {
    const page = document.querySelector(".st-key-page") || document.querySelector("main")
    const said = page && page.innerText.trim().length > 0
    const now = performance.now()
    if (said) window.blank.since = null
    else window.blank.since ??= now
    if (window.blank.since !== null)
      window.blank.longest = Math.max(window.blank.longest, now - window.blank.since)
    requestAnimationFrame(look)
  }
  look()
}"""
"""Counts in the page itself how long nothing can be read, picture after picture."""


@dataclass(frozen=True)
class Demo:
    """What ``start.py --demo`` serves.

    Attributes:
        began: When it was started, in seconds of ``time.monotonic``.
        folder: Where the clinic lies until the end.
    """

    address: str
    began: float
    folder: Path


def started() -> Iterator[Demo]:
    """The demo as anybody starts it; its folder is gone afterwards."""
    port, began = free_port(), time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "start.py", "--demo", "--no-browser", "--port", str(port)], cwd=ROOT,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if "Emo-Care is ready" in line:
                break
        else:
            raise AssertionError("".join(said))
        words = next(line for line in said if line.startswith("The demo clinic is in "))
        folder = Path(words.removeprefix("The demo clinic is in ").split(". It is")[0])
        yield Demo(f"http://127.0.0.1:{port}", began, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()
    assert not folder.exists()
    assert not folder.with_name("clinic-key").exists()


@pytest.fixture
def demo() -> Iterator[Demo]:
    """The running demo."""
    yield from started()


@dataclass
class Visitor:
    """Somebody who was told nothing; every click is counted, and every stop is timed."""

    page: Any
    clicks: int = 0
    pages: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Types the address of the demo and waits for Home."""
        self.page.add_init_script(f"({_BLANK})()")
        self.page.goto(address)
        expect(self.page.get_by_role("heading", name="What to look at")).to_be_visible()
        expect(self.page.get_by_role("heading", name="All patients")).to_be_visible()
        self.saw("Home")

    def click(self, button: Any) -> None:
        """One click."""
        expect(button).to_be_enabled()
        button.click()
        self.clicks += 1

    def next(self, title: str) -> None:
        """The button of the band that leads on."""
        self.click(self.page.get_by_role("button", name=f"Next: {title}"))

    def saw(self, name: str) -> None:
        """Notes a page that says that nothing is real."""
        expect(self.page.get_by_text(MARK, exact=True)).to_be_visible()
        self.pages.append(name)

    @property
    def longest_blank_s(self) -> float:
        """The longest time in which nothing could be read."""
        return float(self.page.evaluate("() => window.blank.longest")) / 1000


def walk(visitor: Visitor) -> None:
    """The six things, from Home on."""
    page = visitor.page
    visitor.click(page.get_by_role("button", name="A session with its film"))
    expect(page.get_by_text("Inês Duarte").first).to_be_visible()
    expect(page.get_by_role("heading", name="The session over time")).to_be_visible()
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")
    visitor.saw("Review")
    visitor.click(page.locator("[data-part=play]"))
    page.wait_for_function(
        "() => { const v = document.querySelector('.st-key-clip video'); "
        "return v && v.currentTime > 1 }"
    )

    visitor.next("A film that was too dark")
    expect(page.get_by_text("The questionnaire opens in")).to_be_visible()
    visitor.saw("Review of an unusable film")
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    visitor.saw("Questionnaire")

    visitor.next("An answer that needs a person")
    expect(page.locator(".st-key-alert").get_by_text("PHQ-9 item 9 “several days”")).to_be_visible()
    visitor.saw("Review with an alert")

    visitor.next("A year of visits")
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")
    visitor.saw("Timeline")

    visitor.next("The signed report")
    expect(page.get_by_text("Fingerprint (SHA-256) of this version")).to_be_visible()
    visitor.saw("Report")


def test_everything_is_seen_in_eight_clicks(demo: Demo, chromium: Any, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    visitor = Visitor(page)
    visitor.open(demo.address)
    print(f"Home after {time.monotonic() - demo.began:.1f} s")
    cookie = next(one for one in context.cookies() if one["name"] == "emocare_sign_in")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"

    walk(visitor)
    with page.expect_download() as download:
        visitor.click(page.get_by_role("button", name="PDF", exact=True).first)
    assert download.value.suggested_filename.startswith("DEMO-")
    said = words_of(Path(download.value.path()))
    assert len(said) > 1 and all(MARK in words for words in said)

    visitor.next("How far to trust it")
    expect(page.get_by_role("heading", name="What it cannot do")).to_be_visible()
    visitor.saw("Evidence")
    assert visitor.clicks <= MOST_CLICKS
    print(f"{visitor.clicks} clicks; longest without words {visitor.longest_blank_s:.2f} s")
    be_everybody(page)
    assert not [url for url in outside if not url.startswith((demo.address, "data:", "blob:"))]
    context.close()


def be_everybody(page: Any) -> None:
    """One click each: the patient, the administrator, and back; then out, and in again."""
    for role, heading in (("Patient", "Your journal"), ("Administrator", "Accounts"),
                          ("Physician", "What to look at")):  # fmt: skip
        page.get_by_role("radio", name=role, exact=True).click()
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        expect(page.get_by_text(MARK, exact=True)).to_be_visible()
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/leave")
    expect(page.get_by_role("heading", name="The demo clinic")).to_be_visible()
    expect(page.get_by_text(MARK, exact=True)).to_be_visible()
    page.get_by_role("button", name="A patient").click()
    expect(page.get_by_role("heading", name="Your journal")).to_be_visible()


def words_of(pdf: Path) -> list[str]:
    """What each page of a report says."""
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
