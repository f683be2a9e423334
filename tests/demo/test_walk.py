"""A stakeholder without a camera: the whole guided start in at most eight clicks."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PATIENCE_MS, ROOT, free_port

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=PATIENCE_MS)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MARK = "DEMO: made-up people. Nothing here is real."
MOST_CLICKS = 8


@pytest.fixture
def address() -> Iterator[str]:
    """Where ``start.py --demo`` serves; its folder is gone afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "start.py", "--demo", "--no-browser", "--port", str(port)], cwd=ROOT,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    made = ""
    try:
        for line in process.stdout:
            made += line
            if "ready" in line:
                break
        else:
            pytest.fail(made)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()
    folder = re.search(r"The demo clinic is in (\S+)\.\n", made)
    assert folder is not None
    assert not Path(folder[1]).exists()


class Visitor:
    """Counts the clicks of somebody who was told nothing."""

    def __init__(self, page: Any) -> None:
        self.page, self.clicks = page, 0

    def click(self, button: Any) -> None:
        expect(button).to_be_enabled(timeout=PATIENCE_MS)
        button.click()
        self.clicks += 1

    def next(self, title: str) -> None:
        self.click(self.page.get_by_role("button", name=f"Next: {title}"))
        expect(self.page.get_by_text(MARK, exact=True)).to_be_visible()


def test_everything_is_seen_in_eight_clicks(address: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    expect(page.get_by_text(MARK, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="What to look at")).to_be_visible()
    visitor = Visitor(page)

    visitor.click(page.get_by_role("button", name="A session with its film"))
    expect(page.get_by_text("Inês Duarte")).to_be_visible()
    visitor.click(page.locator("[data-part=play]"))
    page.wait_for_function(
        "() => { const v = document.querySelector('.st-key-clip video'); "
        "return v && v.currentTime > 1 }"
    )

    visitor.next("A film that was too dark")
    expect(page.get_by_text("Αντωνία Παππά")).to_be_visible()
    expect(page.get_by_text("Unreliable").first).to_be_visible()

    visitor.next("An answer that needs a person")
    expect(page.locator(".st-key-alert").get_by_text("PHQ-9 item 9 “several days”")).to_be_visible()

    visitor.next("A year of visits")
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")

    visitor.next("The signed report")
    expect(page.get_by_text("Fingerprint (SHA-256) of this version")).to_be_visible()

    visitor.next("How far to trust it")
    expect(page.get_by_role("heading", name="What it cannot do")).to_be_visible()
    assert visitor.clicks <= MOST_CLICKS
