"""The demo as anybody starts it, and a visitor who was told nothing: for tests and long counts."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2

from tests.browser.conftest import ROOT, free_port
from tests.browser.live_tools import expect

MARK = "DEMO: made-up people. Nothing here is real."
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
  }
  look()
  setInterval(look, 50)
}"""
"""Counts in the page itself how long nothing can be read, twenty times a second."""


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


@contextlib.contextmanager
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


@dataclass
class Visitor:
    """Somebody who was told nothing; every click is counted.

    Attributes:
        pages: What was seen, each with the mark on it.
        blank_first_s: How long nothing could be read before Home, while the browser loads the
            application.
    """

    page: Any
    clicks: int = 0
    pages: list[str] = field(default_factory=list)
    blank_first_s: float = 0.0

    def open(self, address: str) -> None:
        """Types the address of the demo and waits for Home."""
        self.page.add_init_script(f"({_BLANK})()")
        self.page.goto(address)
        expect(self.page.get_by_role("heading", name="What to look at")).to_be_visible()
        expect(self.page.get_by_role("heading", name="All patients")).to_be_visible()
        self.saw("Home")
        self.blank_first_s = self.longest_blank_s
        self.page.evaluate("() => { window.blank.longest = 0 }")

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
        """The longest time since Home in which nothing could be read."""
        return float(self.page.evaluate("() => window.blank.longest")) / 1000


def walk(visitor: Visitor) -> None:
    """The six things, from Home on."""
    page = visitor.page
    visitor.click(page.get_by_role("button", name="A session with its film"))
    expect(page.get_by_text("Inês Duarte").first).to_be_visible()
    expect(page.get_by_role("heading", name="The session over time")).to_be_visible()
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")
    expect(page.get_by_text("What the severity network looked at")).to_be_visible()
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


def words_of(pdf: Path) -> list[str]:
    """What each page of a report says."""
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
