"""A stakeholder without a camera: what the product is, in at most eight clicks of the demo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PATIENCE_MS

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.browser.demo_walk import MARK, Demo, Visitor, started, walk, words_of
from tests.browser.live_tools import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MOST_CLICKS = 8


@pytest.fixture
def demo(chromium: Any) -> Iterator[Demo]:
    """The running demo; not started where there is no browser."""
    with started() as running:
        yield running


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
    print(f"{visitor.clicks} clicks; without words at most {visitor.longest_blank_s:.2f} s, "
          f"{visitor.blank_first_s:.2f} s before Home")  # fmt: skip
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
